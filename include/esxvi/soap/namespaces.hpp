// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::soap {

/// Local name and prefix of a qualified name.
struct qname {
  std::string_view prefix;
  std::string_view local;

  explicit qname(std::string_view name) : local(name) {
    // find() is vectorised and rfind() is not; nearly always there is nothing to find.
    if (name.find(':') == std::string_view::npos) return;
    if (auto const colon = name.rfind(':'); colon != std::string_view::npos) {
      prefix = name.substr(0, colon);
      local = name.substr(colon + 1);
    }
  }
};

/// The prefixes in force. Servers invent prefixes and redeclare them on any element, so they are
/// resolved by URI; this is far cheaper than to let expat expand every name.
class Namespaces {
 public:
  enum class uri : std::uint8_t { vim, xsi, xsd, envelope, other };

  /// True when the attribute is a declaration, which it then takes note of.
  bool declare(std::string_view attribute, std::string_view value, std::size_t depth) {
    if (!attribute.starts_with("xmlns")) return false;
    std::string_view prefix;
    if (attribute.size() > 5) {
      if (attribute[5] != ':') return false;
      prefix = attribute.substr(6);
    }
    entry& e = push();
    e.depth = depth;
    e.prefix.assign(prefix);
    e.kind = classify(value);
    e.uri_text.assign(e.kind == uri::other ? value : std::string_view());
    return true;
  }

  /// Forgets what was declared at `depth` or deeper.
  void leave(std::size_t depth) noexcept {
    while (used_ > 0 && entries_[used_ - 1].depth >= depth) --used_;
  }

  [[nodiscard]] uri resolve(std::string_view prefix) const noexcept {
    if (entry const* e = find(prefix)) return e->kind;
    // Not declared: what everybody means by it.
    if (prefix == "xsi") return uri::xsi;
    if (prefix == "xsd") return uri::xsd;
    return uri::vim;
  }
  /// Whether one of the declarations in force is of a URI that is none of the known ones.
  [[nodiscard]] bool any_other() const noexcept {
    for (std::size_t i = 0; i < used_; ++i)
      if (entries_[i].kind == uri::other) return true;
    return false;
  }
  /// Text of a URI that is none of the known ones; empty otherwise.
  [[nodiscard]] std::string_view other_uri(std::string_view prefix) const noexcept {
    entry const* e = find(prefix);
    return e != nullptr ? std::string_view(e->uri_text) : std::string_view();
  }

 private:
  struct entry {
    std::size_t depth = 0;
    uri kind = uri::other;
    std::string prefix;
    std::string uri_text;
  };

  static uri classify(std::string_view text) noexcept {
    if (text == "http://www.w3.org/2001/XMLSchema-instance") return uri::xsi;
    if (text == "http://www.w3.org/2001/XMLSchema") return uri::xsd;
    if (text == "http://schemas.xmlsoap.org/soap/envelope/") return uri::envelope;
    if (text.empty() || text.starts_with("urn:vim2")) return uri::vim;
    return uri::other;
  }

  // Entries are reused, so that a declaration on every element allocates nothing.
  entry& push() {
    if (used_ == entries_.size()) entries_.emplace_back();
    return entries_[used_++];
  }

  [[nodiscard]] entry const* find(std::string_view prefix) const noexcept {
    for (std::size_t i = used_; i-- > 0;)
      if (entries_[i].prefix == prefix) return &entries_[i];
    return nullptr;
  }

  std::vector<entry> entries_;
  std::size_t used_ = 0;
};

}  // namespace esxvi::soap
