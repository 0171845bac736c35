// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/soap/namespaces.hpp>
#include <esxvi/xml/writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace esxvi::soap {

/// Writes the events of an element that nobody decodes as XML again, with the prefixes that our
/// own envelopes declare, so that it can be sent back in one of them.
class RawCapture {
 public:
  enum class extent { whole_element, content_only };

  void begin(std::string& out, extent what) {
    out_ = &out;
    depth_ = what == extent::content_only ? 1 : 0;
    content_only_ = what == extent::content_only;
    open_ = false;
  }
  [[nodiscard]] bool active() const noexcept { return out_ != nullptr; }

  void start(std::string_view local, char const* const* attributes, Namespaces const& namespaces,
             std::string_view prefix = {}) {
    close_tag();
    out_->append("<").append(local);
    if (depth_ == 0) {
      if (auto const uri = namespaces.other_uri(prefix); !uri.empty()) {
        out_->append(" xmlns=\"");
        xml::append_escaped(*out_, uri, xml::position::attribute);
        *out_ += '"';
      }
    }
    append_attributes(*out_, attributes, namespaces, true);
    open_ = true;
    ++depth_;
  }

  void text(std::string_view piece) {
    close_tag();
    xml::append_escaped(*out_, piece);
  }

  /// True when that was the last event of the element.
  bool end(std::string_view local) {
    if (--depth_ == 0 && content_only_) {
      out_ = nullptr;
      return true;
    }
    if (open_)
      out_->append("/>");
    else
      out_->append("</").append(local).append(">");
    open_ = false;
    if (depth_ == 0) out_ = nullptr;
    return depth_ == 0;
  }

  /// Appends attributes with our prefixes; without `known` those that the codec itself reads and
  /// writes are left out.
  static void append_attributes(std::string& out, char const* const* attributes,
                                Namespaces const& namespaces, bool known) {
    for (auto a = attributes; *a != nullptr; a += 2) {
      qname const name(a[0]);
      if (name.prefix == "xmlns" || (name.prefix.empty() && name.local == "xmlns")) continue;
      bool const xsi =
          !name.prefix.empty() && namespaces.resolve(name.prefix) == Namespaces::uri::xsi;
      if (!known && (xsi || name.local == "type" || name.local == "serverGuid")) continue;
      out += ' ';
      if (xsi)
        out += "xsi:";
      else if (name.prefix == "xml")
        out += "xml:";
      out.append(name.local).append("=\"");
      if (xsi && name.local == "type") {
        qname const value(a[1]);
        if (namespaces.resolve(value.prefix) == Namespaces::uri::xsd) out += "xsd:";
        xml::append_escaped(out, value.local, xml::position::attribute);
      } else {
        xml::append_escaped(out, a[1], xml::position::attribute);
      }
      out += '"';
    }
  }

 private:
  void close_tag() {
    if (open_) *out_ += '>';
    open_ = false;
  }

  std::string* out_ = nullptr;
  std::size_t depth_ = 0;
  bool content_only_ = false;
  bool open_ = false;  // the last start tag still lacks its '>'
};

}  // namespace esxvi::soap
