// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/soap/namespaces.hpp>
#include <esxvi/soap/scalar.hpp>
#include <esxvi/xml/writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

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
  /// Bytes of what the element is written to.
  [[nodiscard]] std::size_t size() const noexcept { return out_ != nullptr ? out_->size() : 0; }

  void start(char const* name, char const* const* attributes, Namespaces const& namespaces) {
    std::string_view const whole = name;
    bool const prefixed = whole.find(':') != std::string_view::npos;
    qname const split(prefixed ? whole : std::string_view());
    if (prefixed) check_name(split.prefix, split.local);
    close_tag();
    *out_ += '<';
    *out_ += prefixed ? split.local : whole;
    if (depth_ == 0 && namespaces.any_other()) append_namespace(*out_, namespaces, split.prefix);
    if (attributes[0] != nullptr) append_attributes(*out_, attributes, namespaces, true);
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
    if (open_) {
      out_->append("/>", 2);
    } else {
      out_->append("</", 2);
      *out_ += local;
      *out_ += '>';
    }
    open_ = false;
    if (depth_ == 0) out_ = nullptr;
    return depth_ == 0;
  }

  /// Appends a default namespace when `prefix` stands for one that is not vim25.
  static void append_namespace(std::string& out, Namespaces const& namespaces,
                               std::string_view prefix) {
    auto const uri = namespaces.other_uri(prefix);
    if (uri.empty()) return;
    out += " xmlns=\"";
    xml::append_escaped(out, uri, xml::position::attribute);
    out += '"';
  }

  /// Appends attributes, `with_xsi` also xsi:type and xsi:nil with our prefixes. The API has no
  /// others with a prefix; what a server adds there is lost.
  static void append_attributes(std::string& out, char const* const* attributes,
                                Namespaces const& namespaces, bool with_xsi) {
    bool typed = false;
    bool nil = false;
    for (auto a = attributes; *a != nullptr; a += 2) {
      qname const name(a[0]);
      if (name.prefix == "xmlns" || (name.prefix.empty() && name.local == "xmlns")) continue;
      bool const prefixed = name.local.data() != a[0];
      if (prefixed) {
        if (!with_xsi || namespaces.resolve(name.prefix) != Namespaces::uri::xsi) continue;
        if (name.local != "type" && name.local != "nil") continue;
        // Two prefixes may mean the same.
        if (std::exchange(name.local == "type" ? typed : nil, true)) continue;
      }
      out.append(prefixed ? " xsi:" : " ").append(name.local).append("=\"");
      if (prefixed && name.local == "type") {
        qname const value(trimmed(a[1]));
        if (namespaces.resolve(value.prefix) == Namespaces::uri::xsd) out += "xsd:";
        xml::append_escaped(out, value.local, xml::position::attribute);
      } else {
        xml::append_escaped(out, a[1], xml::position::attribute);
      }
      out += '"';
    }
  }

 private:
  // A prefix taken off must leave a name; expat lets "a:", "a:1" and "a:b:c" pass.
  static void check_name(std::string_view prefix, std::string_view local) {
    if (!local.empty() && local[0] != '-' && local[0] != '.' &&
        (local[0] < '0' || local[0] > '9') && local.find(':') == std::string_view::npos &&
        prefix.find(':') == std::string_view::npos)
      return;
    throw malformed_xml({"decoding",
                         {},
                         "an element's name is no qualified name",
                         "something between here and the server may have changed it"},
                        delivery::answered);
  }

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
