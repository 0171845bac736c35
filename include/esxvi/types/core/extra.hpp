// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// What a server sent that this program's types do not know: members of newer releases, the name
/// and the members of a derived type. Kept as XML, written back at the same place.
///
/// One pointer in size while empty. Value semantics.
class Extra {
 public:
  Extra() = default;
  Extra(Extra const& other)
      : content_(other.content_ ? std::make_unique<content>(*other.content_) : nullptr) {}
  Extra(Extra&&) noexcept = default;
  Extra& operator=(Extra const& other) {
    if (this != &other) *this = Extra(other);
    return *this;
  }
  Extra& operator=(Extra&&) noexcept = default;
  ~Extra() = default;

  [[nodiscard]] bool empty() const noexcept { return content_ == nullptr; }

  /// Wire name of the derived type that the object really has; empty: it is what its C++ type says.
  [[nodiscard]] std::string_view type() const noexcept {
    if (content_ == nullptr) return {};
    return content_->own_type.empty() ? content_->known_type : std::string_view(content_->own_type);
  }
  /// Unknown attributes as they stand in a start tag, each with a blank in front.
  [[nodiscard]] std::string_view attributes() const noexcept {
    return content_ ? std::string_view(content_->attributes) : std::string_view();
  }
  /// All unknown elements, in order.
  [[nodiscard]] std::string_view xml() const noexcept {
    return content_ ? std::string_view(content_->xml) : std::string_view();
  }
  /// Those that stand before the member with index `position`.
  [[nodiscard]] std::string_view xml_before(std::uint32_t position) const noexcept {
    if (content_ == nullptr) return {};
    std::size_t from = 0;
    std::uint32_t at = content_->first;
    std::string_view const all = content_->xml;
    for (cut const& c : content_->cuts) {
      if (at == position) return all.substr(from, c.offset - from);
      from = c.offset;
      at = c.position;
    }
    return at == position ? all.substr(from) : std::string_view();
  }

  void set_type(std::string_view name) { ensure().own_type = name; }
  /// The same for a name that lives as long as the program, such as one of the schema's.
  void set_known_type(std::string_view name) { ensure().known_type = name; }
  void add_attribute(std::string_view text) { ensure().attributes += text; }
  /// The text to append an unknown element to that stands before member `position`. Positions do
  /// not decrease.
  [[nodiscard]] std::string& text_before(std::uint32_t position) {
    content& c = ensure();
    if (c.xml.empty()) {
      c.xml.reserve(120);  // the members of a small device
      c.first = position;
    } else if (position > (c.cuts.empty() ? c.first : c.cuts.back().position)) {
      c.cuts.push_back({position, c.xml.size()});
    }
    return c.xml;
  }
  void clear() noexcept { content_.reset(); }

  [[nodiscard]] bool operator==(Extra const& other) const {
    return type() == other.type() && attributes() == other.attributes() && xml() == other.xml();
  }

 private:
  struct cut {
    std::uint32_t position;
    std::size_t offset;
  };
  struct content {
    std::string_view known_type;
    std::string own_type;
    std::string attributes;
    std::string xml;
    std::uint32_t first = 0;  // position of what `xml` begins with
    std::vector<cut> cuts;    // where in `xml` what stands further behind begins
  };
  content& ensure() {
    if (!content_) content_ = std::make_unique<content>();
    return *content_;
  }

  std::unique_ptr<content> content_;
};

}  // namespace esxvi
