// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/percent.hpp>
#include <esxvi/vmx/detail/description.hpp>
#include <esxvi/vmx/document.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::vmx::detail {

/// An entry whose text its member cannot hold. The text is in Machine::extra.
struct problem {
  place where;
  std::string key;  ///< as spelt in the file
  std::string value;
  std::size_t line = 0;
};

/// A machine and what stands behind it.
struct reading {
  Machine machine{};
  Document const* document = nullptr;
  std::string_view file{};  ///< for messages
  style how = style::vmware;
  std::vector<problem> problems{};
  std::vector<place> places{};  ///< of each entry of the document; empty in libvirt's style

  [[nodiscard]] problem const* problem_of(std::string_view key) const noexcept {
    for (problem const& p : problems)
      if (same_word(p.key, key)) return &p;
    return nullptr;
  }
};

/// "web.vmx:12: memsize = "abc""
[[nodiscard]] inline std::string whereabouts(reading const& in, std::string_view key) {
  std::string out(in.file.empty() ? std::string_view("the VMX file") : in.file);
  if (Document::Entry const* const e = in.document != nullptr ? in.document->find(key) : nullptr) {
    std::string scratch;
    out.append(":").append(std::to_string(e->line())).append(": ").append(key);
    if (!is_secret(key))
      out.append(" = \"").append(shown(in.document->value(*e, scratch))).append("\"");
  } else if (!key.empty()) {
    out.append(": ").append(key);
  }
  return out;
}

/// Refuses a conversion because of one entry.
[[noreturn]] inline void refuse(reading const& in, std::string_view key, std::string problem,
                                std::string expected) {
  if (!expected.empty()) expected = "expected " + expected;
  not_convertible e(
      {"converting to domain XML", whereabouts(in, key), std::move(problem), std::move(expected)});
  if (Document::Entry const* const at = in.document != nullptr ? in.document->find(key) : nullptr)
    e.set_line(at->line());
  throw e;
}

/// An entry of the device called `device` ("ethernet0", empty for sections) for use. In libvirt's
/// style, what it cannot read is refused when it is looked at, not before.
template <class E>
[[nodiscard]] E const& checked(reading const& in, std::string_view device, E const& entry) {
  if (in.how == style::libvirt && !entry.has_value() && !in.problems.empty()) {
    std::string key(device);
    if (!device.empty()) key += '.';
    key += E::key;
    if (in.problem_of(key) != nullptr)
      refuse(in, key, "the value is malformed or unknown",
             value<typename E::value_type>::expected());
  }
  return entry;
}

/// %HH as libvirt reads it, which takes %00.
struct libvirt_percent
    : escape::hex_codec<libvirt_percent, escape::hex_rule{.introducer = '%',
                                                          .escaped = escape::percent_rule.escaped,
                                                          .nul_may_escape = true}> {
  static constexpr std::string_view name = "libvirt_percent";
};

/// Resolves escapes as libvirt does: all of the text must be well-formed, and then it ends at the
/// first NUL. False when it is not.
template <class Codec>
[[nodiscard]] bool resolve_as_libvirt(std::string_view& text, std::string& scratch) {
  if (escape::find_first<Codec::decode_set>(text) == text.size()) return true;
  auto decoded = Codec::try_decode(text);
  if (!decoded) return false;
  scratch = *std::move(decoded);
  text = std::string_view(scratch).substr(0, scratch.find('\0'));
  return true;
}

/// The text of an entry before its type is looked at. Nothing when it is badly escaped.
[[nodiscard]] inline bool text_of(Document const& document, Document::Entry const& e,
                                  spelling spelt, style how, std::string& scratch,
                                  std::string_view& text) {
  if (how == style::vmware) {
    text = document.value(e, scratch);
    if (spelt == spelling::name && text.find('%') != std::string_view::npos) {
      scratch = escape::percent::decode_lenient(text);
      text = scratch;
    }
    return true;
  }
  text = document.escaped_value(e, scratch);
  if (spelt == spelling::name && !resolve_as_libvirt<libvirt_percent>(text, scratch)) return false;
  if (spelt != spelling::plain && !resolve_as_libvirt<vendor_pipe>(text, scratch)) return false;
  return true;
}

/// The one key that is of the file and not of the machine.
[[nodiscard]] inline bool is_encoding(std::string_view key) noexcept {
  return key.starts_with('.') && same_word(key, ".encoding");
}

inline void read_into(reading& out) {
  std::string scratch;
  // libvirt's way has no use for what its XML cannot say.
  bool const keep_places = out.how == style::vmware;
  if (keep_places) out.places.resize(out.document->entries().size());
  std::size_t number = 0;
  for (Document::Entry const& e : out.document->entries()) {
    std::size_t const here = number++;
    if (e.duplicate()) continue;
    std::string_view const key = out.document->key(e);
    if (is_encoding(key)) continue;
    place const p = find_key(key);
    if (keep_places) out.places[here] = p;
    std::string_view text;
    if (p.at == nullptr) {
      text = out.document->value(e, scratch);
      out.machine.extra.push_back({std::string(key), std::string(text)});
      continue;
    }
    void* const object = object_at(out.machine, p, true);
    bool const spelt_well = text_of(*out.document, e, p.at->spelt, out.how, scratch, text);
    if (object == nullptr || !spelt_well ||
        !p.at->operations->read(p.at->address(object), text, out.how)) {
      out.machine.extra.push_back({std::string(key), std::string(out.document->value(e, scratch))});
      out.problems.push_back({p, std::string(key), out.machine.extra.back().value, e.line()});
    }
  }
}

}  // namespace esxvi::vmx::detail
