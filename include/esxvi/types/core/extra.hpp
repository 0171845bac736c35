// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

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
  struct piece {
    std::uint32_t position;  ///< stands before the member with this index
    std::string xml;         ///< one or more complete elements
  };

  Extra() = default;
  Extra(Extra const& other) : content_(other.content_ ? std::make_unique<content>(*other.content_) : nullptr) {}
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
    return content_ ? std::string_view(content_->type) : std::string_view();
  }
  /// Unknown attributes as they stand in a start tag, each with a blank in front.
  [[nodiscard]] std::string_view attributes() const noexcept {
    return content_ ? std::string_view(content_->attributes) : std::string_view();
  }
  [[nodiscard]] std::vector<piece> const& pieces() const noexcept {
    static std::vector<piece> const none;
    return content_ ? content_->pieces : none;
  }
  /// All unknown elements, in order.
  [[nodiscard]] std::string xml() const {
    std::string all;
    for (piece const& p : pieces()) all += p.xml;
    return all;
  }

  void set_type(std::string_view name) { ensure().type = name; }
  void add_attribute(std::string_view text) { ensure().attributes += text; }
  /// The text to append an unknown element to that stands before member `position`.
  [[nodiscard]] std::string& text_before(std::uint32_t position) {
    auto& pieces = ensure().pieces;
    if (pieces.empty() || pieces.back().position != position) pieces.push_back({position, {}});
    return pieces.back().xml;
  }
  void clear() noexcept { content_.reset(); }

  [[nodiscard]] bool operator==(Extra const& other) const {
    return type() == other.type() && attributes() == other.attributes() && xml() == other.xml();
  }

 private:
  struct content {
    std::string type;
    std::string attributes;
    std::vector<piece> pieces;
  };
  content& ensure() {
    if (!content_) content_ = std::make_unique<content>();
    return *content_;
  }

  std::unique_ptr<content> content_;
};

}  // namespace esxvi
