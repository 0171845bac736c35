// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/soap/scalar.hpp>
#include <esxvi/types/core/any.hpp>
#include <esxvi/types/core/box.hpp>
#include <esxvi/types/core/extra.hpp>
#include <esxvi/types/core/ref.hpp>
#include <esxvi/xml/writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace esxvi::soap {

/// Leaves things out: servers have clients that speak older versions.
class Selection {
 public:
  [[nodiscard]] virtual bool keeps(reflect::type_info const& type, std::size_t member) const = 0;
  /// `type`, or the base that stands for it.
  [[nodiscard]] virtual reflect::type_info const& known(reflect::type_info const& type) const = 0;

 protected:
  ~Selection() = default;
};

/// Writes objects as XML straight into a buffer, guided by type tables: the only encoder there is.
class Encoder {
 public:
  /// `typed_items`: the items of an array in an anyType have xsi:type too, as servers send them.
  explicit Encoder(std::string& out, Selection const* only = nullptr, bool typed_items = false)
      : out_(out), only_(only), typed_items_(typed_items) {}

  /// One element, or as many as a container holds. An element gets xsi:type where the reader could
  /// not know its type, or when `typed` says so.
  void element(std::string_view name, reflect::type_info const& type, void const* value,
               bool typed = false) {
    using reflect::kind;
    switch (type.what) {
      case kind::optional:
      case kind::array: {
        auto const all = type.elements(value);
        for (std::size_t i = 0; i < all.count; ++i)
          element(name, *type.element, static_cast<char const*>(all.first) + i * type.stride,
                  typed);
        break;
      }
      case kind::object:
        object(name, type, value, typed);
        break;
      case kind::poly: {
        auto const& box = *static_cast<esxvi::detail::box const*>(value);
        if (box.object() == nullptr) break;
        auto const& actual = only_ != nullptr ? only_->known(*box.type()) : *box.type();
        object(name, actual, box.object(), typed || &actual != type.held->type);
        break;
      }
      case kind::any: {
        auto const& box = static_cast<Any const*>(value)->content();
        if (box.object() != nullptr) boxed(name, *box.type(), box.object());
        break;
      }
      case kind::raw:
        raw(name, *static_cast<RawValue const*>(value));
        break;
      case kind::dynamic:
        break;
      default:
        scalar(name, type, value, typed);
    }
  }

  /// An element of type anyType: xsi:type always, an array as ArrayOfX with one child an item.
  void boxed(std::string_view name, reflect::type_info const& type, void const* value) {
    using reflect::kind;
    if (type.what != kind::array) return element(name, type, value, true);
    open(name);
    out_.append(" xsi:type=\"").append(type.name).append("\">");
    std::string_view item = type.element->name;
    item = item.starts_with("xsd:") ? item.substr(4) : type.name.substr(7);
    auto const all = type.elements(value);
    for (std::size_t i = 0; i < all.count; ++i)
      element(item, *type.element, static_cast<char const*>(all.first) + i * type.stride,
              typed_items_);
    close(name);
  }

 private:
  void open(std::string_view name) { out_.append("<").append(name); }
  void close(std::string_view name) { out_.append("</").append(name).append(">"); }

  void xsi_type(std::string_view name) {
    out_.append(" xsi:type=\"");
    xml::append_escaped(out_, name, xml::position::attribute);
    out_ += '"';
  }
  void attribute(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"");
    xml::append_escaped(out_, value, xml::position::attribute);
    out_ += '"';
  }

  void object(std::string_view name, reflect::type_info const& type, void const* value,
              bool typed) {
    // extra() and at() take mutable objects for the decoder's sake; the encoder only reads.
    void* const object = const_cast<void*>(value);  // NOLINT(*-const-cast)
    Extra const* const extra = type.extra != nullptr ? type.extra(object) : nullptr;
    open(name);
    if (extra != nullptr && !extra->type().empty())
      xsi_type(extra->type());
    else if (typed)
      xsi_type(type.name);
    if (extra != nullptr) out_ += extra->attributes();
    out_ += '>';
    if (extra == nullptr || extra->empty()) {
      for (std::size_t i = 0; i < type.members.size(); ++i) {
        auto const& m = type.members[i];
        if (only_ == nullptr || only_->keeps(type, i)) element(m.name, *m.type, m.at(object));
      }
    } else {
      for (std::uint32_t i = 0; i < type.members.size(); ++i) {
        out_ += extra->xml_before(i);
        element(type.members[i].name, *type.members[i].type, type.members[i].at(object));
      }
      out_ += extra->xml_before(static_cast<std::uint32_t>(type.members.size()));
    }
    close(name);
  }

  void raw(std::string_view name, RawValue const& value) {
    open(name);
    if (!value.type.empty()) xsi_type(value.type);
    out_.append(value.attributes).append(">").append(value.xml);
    close(name);
  }

  void scalar(std::string_view name, reflect::type_info const& type, void const* value,
              bool typed) {
    using reflect::kind;
    open(name);
    if (typed) xsi_type(type.name);
    if (type.what == kind::reference) {
      auto const& ref = *static_cast<untyped_ref const*>(value);
      if (!ref.type().empty()) attribute("type", ref.type());
      if (!ref.server_guid().empty()) attribute("serverGuid", ref.server_guid());
      out_ += '>';
      xml::append_escaped(out_, ref.value());
    } else {
      out_ += '>';
      if (type.what == kind::text)
        xml::append_escaped(out_, *static_cast<std::string const*>(value));
      else if (type.what == kind::enumeration)
        xml::append_escaped(out_, type.get_literal(value));
      else
        print_scalar(type, value, out_);
    }
    close(name);
  }

  std::string& out_;
  Selection const* only_;
  bool typed_items_;
};

}  // namespace esxvi::soap
