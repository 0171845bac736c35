// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/reflect/enum.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/soap/namespaces.hpp>
#include <esxvi/soap/observer.hpp>
#include <esxvi/soap/raw.hpp>
#include <esxvi/soap/scalar.hpp>
#include <esxvi/soap/type_names.hpp>
#include <esxvi/types/core/any.hpp>
#include <esxvi/types/core/box.hpp>
#include <esxvi/types/core/extra.hpp>
#include <esxvi/types/core/ref.hpp>
#include <esxvi/xml/limits.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::soap {

/// How much a reply held.
struct Counts {
  std::uint64_t elements = 0;
  std::uint64_t objects = 0;
  std::uint64_t unknown_members = 0;
  std::uint64_t unknown_types = 0;
};

/// Thrown for a value that its type cannot hold; the reader of the reply adds where it stood.
struct bad_value {
  std::string problem;
};

/// Turns the events of a document into objects, guided by type tables: the only decoder there is.
///
/// An xml::Handler. Elements come in the order of the schema nearly always, so the member after the
/// last one is tried first. Nothing is allocated for an element beyond what the result owns.
class Decoder {
 public:
  /// Decodes the document whose root element `root` says where to put.
  explicit Decoder(reflect::place root, Observer* observer = nullptr, xml::Limits limits = {})
      : observer_(observer), text_limit_(limits.text) {
    frames_.reserve(32);
    open({.type = root.type, .object = root.address});
  }

  void start(char const* name, char const* const* attributes) {
    ++counts_.elements;
    ++depth_;
    if (skipped_ > 0 || collecting_) {  // a simple value has no children
      ++skipped_;
      return;
    }
    if (raw_.active()) {
      for (auto a = attributes; *a != nullptr; a += 2) namespaces_.declare(a[0], a[1], depth_);
      raw_.start(name, attributes, namespaces_);
      if (raw_.size() > text_limit_) too_much_text();
      return;
    }
    if (attributes[0] != nullptr)
      attributes_.read(namespaces_, attributes, depth_);
    else if (attributes_.any)
      attributes_ = {};
    frame& top = frames_.back();
    reflect::place const found = member(top, name);
    if (found.type == nullptr) return unknown(top, name, attributes);
    if (attributes_.nil) {  // as good as not sent
      if (observer_ != nullptr && top.type->what == reflect::kind::object)
        seen_[top.seen + top.next - 1] = false;
      return skip();
    }
    descend(found, name, attributes);
  }

  void text(std::string_view piece) {
    if (skipped_ > 0) return;
    if (collecting_) {
      sink_->append(piece);
      if (sink_->size() > text_limit_) too_much_text();
    } else if (raw_.active()) {
      raw_.text(piece);
      if (raw_.size() > text_limit_) too_much_text();
    }
  }

  void end(char const* name) {
    if (skipped_ > 0) {
      --skipped_;
    } else if (raw_.active()) {
      if (raw_.end(local_name(name)) && raw_frame_) pop();
    } else {
      if (collecting_) {
        if (sink_ == &text_) store();
        collecting_ = false;
        if (scalar_.container_type != nullptr) scalar_.container_type->completed(scalar_.container);
      } else {
        pop();
      }
    }
    namespaces_.leave(depth_);
    --depth_;
  }

  [[nodiscard]] Counts const& counts() const noexcept { return counts_; }
  /// Whether an object that consists of one promised member came without it: the response of a
  /// method that always returns something.
  [[nodiscard]] bool lacks_result() const noexcept { return lacks_result_; }
  /// "VirtualHardware.numCPU": the member that is being read.
  [[nodiscard]] std::string current() const {
    std::string path;
    for (frame const& f : frames_) {
      if (f.type == nullptr || f.next == 0 || f.next > f.type->members.size()) continue;
      path.assign(f.type->name).append(".").append(f.type->members[f.next - 1].name);
    }
    return path;
  }

 private:
  // An element that is being read, and where it goes.
  struct target {
    reflect::type_info const* type = nullptr;
    void* object = nullptr;
    reflect::type_info const* container_type = nullptr;  // to be told when the element is complete
    void* container = nullptr;
  };
  struct frame : target {
    std::uint32_t next = 0;  // index of the member after the last one
    std::size_t seen = 0;    // where its part of seen_ begins
  };

  // What the attributes of an element say to the codec.
  struct attribute_view {
    std::string_view type;  // xsi:type, local part
    bool type_is_xsd = false;
    bool nil = false;
    bool any = false;
    std::string_view kind;    // type="..." of a reference
    std::string_view server;  // serverGuid
    bool others = false;

    void read(Namespaces& namespaces, char const* const* attributes, std::size_t depth) {
      *this = {};
      any = true;
      if (attributes[0][0] == 't' && attributes[2] == nullptr &&
          std::string_view(attributes[0]) == "type") {  // of a reference, nearly all there are
        others = true;
        kind = attributes[1];
        return;
      }
      // Declarations first: they hold for the attributes beside them.
      for (auto a = attributes; *a != nullptr; a += 2)
        if (a[0][0] == 'x' && a[0][1] == 'm') namespaces.declare(a[0], a[1], depth);
      for (auto a = attributes; *a != nullptr; a += 2) {
        std::string_view const name = a[0];
        auto const colon = name.find(':');
        if (colon == std::string_view::npos) {
          if (name == "xmlns") continue;
          others = true;
          if (name == "type")
            kind = a[1];
          else if (name == "serverGuid")
            server = a[1];
          continue;
        }
        std::string_view const local = name.substr(colon + 1);
        if (local == "type") {
          if (namespaces.resolve(name.substr(0, colon)) != Namespaces::uri::xsi) continue;
          qname const value(trimmed(a[1]));
          type = value.local;
          type_is_xsd =
              !value.prefix.empty() && namespaces.resolve(value.prefix) == Namespaces::uri::xsd;
        } else if (local == "nil") {
          if (namespaces.resolve(name.substr(0, colon)) != Namespaces::uri::xsi) continue;
          nil = std::string_view(a[1]) == "true" || std::string_view(a[1]) == "1";
        }
      }
    }
  };

  static std::string_view local_name(char const* name) noexcept {
    char const* const colon = std::strchr(name, ':');
    return colon == nullptr ? name : colon + 1;
  }

  // Compares without knowing the length of `name`, which costs as much as the comparison.
  static bool same(std::string_view member, char const* name) noexcept {
    return member[0] == name[0] && std::strncmp(member.data(), name, member.size()) == 0 &&
           name[member.size()] == '\0';
  }

  reflect::place member(frame& f, char const* name) {
    using reflect::kind;
    if (f.type == nullptr) return {};
    switch (f.type->what) {
      case kind::object: {
        std::size_t i = index_of(f, name);
        if (i == no_member) {
          if (char const* const colon = std::strchr(name, ':')) i = index_of(f, colon + 1);
          if (i == no_member) return {};
        }
        f.next = static_cast<std::uint32_t>(i + 1);
        reflect::member_info const& found = f.type->members[i];
        if (observer_ != nullptr) {
          if (seen_[f.seen + i] && found.type->what != kind::array)
            observer_->repeated_member(f.type->name, found.name);
          seen_[f.seen + i] = true;
        }
        return {found.type, found.at(f.object)};
      }
      case kind::dynamic:
        return f.type->locate(f.object, local_name(name));
      case kind::array:  // ArrayOfX: each child is an item whatever its name
        return {f.type, f.object};
      default:
        return {};
    }
  }

  static constexpr std::size_t no_member = static_cast<std::size_t>(-1);

  static std::size_t index_of(frame const& f, char const* name) noexcept {
    auto const members = f.type->members;
    std::size_t const next = f.next;
    // The next one, the same again (an array), one further on (optional ones were left out), any.
    if (next < members.size() && same(members[next].name, name)) return next;
    if (next > 0 && same(members[next - 1].name, name)) return next - 1;
    for (std::size_t i = next + 1; i < members.size(); ++i)
      if (same(members[i].name, name)) return i;
    for (std::size_t i = 0; i + 1 < next; ++i)
      if (same(members[i].name, name)) return i;
    return no_member;
  }

  void unknown(frame& top, char const* name, char const* const* attributes) {
    ++counts_.unknown_members;
    if (observer_ != nullptr && top.type != nullptr)
      observer_->unknown_member(top.type->name, qname(name).local);
    if (top.type == nullptr || top.type->extra == nullptr) return skip();
    std::string& text = top.type->extra(top.object)->text_before(top.next);
    raw_frame_ = false;
    raw_.begin(text, RawCapture::extent::whole_element);
    raw_.start(name, attributes, namespaces_);
  }

  void skip() { skipped_ = 1; }

  void descend(reflect::place at, char const* name, char const* const* attributes) {
    using reflect::kind;
    target next;
    reflect::type_info const* type = at.type;
    void* address = at.address;
    while (type->what == kind::optional || (type->what == kind::array && !at.boxed)) {
      next.container_type = type->completed != nullptr ? type : nullptr;
      next.container = address;
      address = type->emplace(address);
      type = type->element;
    }
    next.type = type;
    next.object = address;
    if (is_scalar(type->what)) {
      if (type->what == kind::reference) {
        auto& ref = *static_cast<untyped_ref*>(address);
        if (!attributes_.kind.empty()) ref.assign_type(attributes_.kind);
        if (!attributes_.server.empty()) ref.assign_server_guid(attributes_.server);
      }
      return begin_text(next);
    } else if (type->what == kind::object) {
      if (is_other_type(attributes_.type, *type)) {
        if (wrap_fault(next, attributes_.type)) return;
        keep_type(*type, address, attributes_.type);
      }
      ++counts_.objects;
      keep_attributes(*type, address, attributes);
    } else if (type->what == kind::poly) {
      open_poly(next, at.boxed ? fault_name(local_name(name)) : std::string_view(), attributes);
    } else if (type->what == kind::any) {
      if (!open_any(next, name, attributes)) return;
    } else if (type->what == kind::raw) {
      begin_raw(next, name, attributes);
      return;
    }
    open(next);
  }

  void open(target const& f) {
    frames_.push_back({f, 0, 0});
    if (observer_ == nullptr || f.type->what != reflect::kind::object) return;
    frames_.back().seen = seen_.size();
    seen_.resize(seen_.size() + f.type->members.size());
  }

  // Most elements are simple values: they need no frame.
  void begin_text(target const& f) {
    scalar_ = f;
    // A string collects its own text.
    sink_ = f.type->what == reflect::kind::text ? static_cast<std::string*>(f.object) : &text_;
    sink_->clear();
    collecting_ = true;
  }

  [[nodiscard]] static bool is_other_type(std::string_view sent, reflect::type_info const& type) {
    return !sent.empty() && sent != type.name;
  }

  void keep_type(reflect::type_info const& type, void* object, std::string_view sent) {
    if (type.extra == nullptr) return;
    ++counts_.unknown_types;
    if (observer_ != nullptr) observer_->unknown_type(type.name, sent);
    type.extra(object)->set_type(sent);
  }

  void keep_attributes(reflect::type_info const& type, void* object,
                       char const* const* attributes) {
    if (!attributes_.others || type.extra == nullptr) return;
    std::string text;
    RawCapture::append_attributes(text, attributes, namespaces_, false);
    type.extra(object)->add_attribute(text);
  }

  // The detail of a SOAP fault: an element without xsi:type is named after its type. Empty: no
  // fault.
  static std::string_view fault_name(std::string_view local) noexcept {
    bool const known = !types::base_of(local).empty();
    if (!local.ends_with("Fault")) return known ? local : std::string_view();
    std::string_view const bare = local.substr(0, local.size() - 5);
    return known && types::base_of(bare).empty() ? local : bare;
  }

  void open_poly(target& f, std::string_view fallback, char const* const* attributes) {
    auto& box = *static_cast<esxvi::detail::box*>(f.object);  // Poly<T> is nothing else
    reflect::held_type const& declared = *f.type->held;
    std::string_view name = attributes_.type;
    if (!fallback.empty() && (name.empty() || types::base_of(name).empty()) &&
        !types::base_of(fallback).empty())
      name = fallback;
    if (name.empty()) name = fallback;
    fill_box(f, box, name, declared);
    keep_attributes(*f.type, f.object, attributes);
  }

  // Makes the object that is named `name`, as far as the program knows it.
  void fill_box(target& f, esxvi::detail::box& box, std::string_view name,
                reflect::held_type const& declared) {
    ++counts_.objects;
    nearest const answer = name.empty() ? nearest{&declared} : cache_.find(name, declared);
    f.object = box.emplace(*answer.type);
    f.type = answer.type->type;
    if (!is_other_type(name, *f.type)) return;
    if (answer.name.empty() || f.type->extra == nullptr)
      keep_type(*f.type, f.object, name);
    else
      f.type->extra(f.object)->set_known_type(answer.name);
  }

  // False: there is nothing left to open.
  bool open_any(target& f, char const* name, char const* const* attributes) {
    auto& box = static_cast<Any*>(f.object)->content();
    auto const* held =
        attributes_.type.empty() ? nullptr : find_type(attributes_.type, attributes_.type_is_xsd);
    if (held == nullptr) {
      auto& raw = *static_cast<RawValue*>(box.emplace(reflect::held_type_of<RawValue>));
      raw.type = attributes_.type_is_xsd ? "xsd:" : "";
      raw.type += attributes_.type;
      if (!raw.type.empty() && !attributes_.type_is_xsd) {
        ++counts_.unknown_types;
        if (observer_ != nullptr) observer_->unknown_type("xsd:anyType", attributes_.type);
      }
      f.type = reflect::type_of<RawValue>();
      f.object = &raw;
      begin_raw(f, name, attributes);
      return false;
    }
    f.object = box.emplace(*held);
    f.type = held->type;
    if (is_scalar(f.type->what)) {
      if (f.type->what == reflect::kind::reference)
        *static_cast<untyped_ref*>(f.object) =
            untyped_ref(attributes_.kind, {}, std::string(attributes_.server));
      begin_text(f);
      return false;
    } else if (f.type->what == reflect::kind::object) {
      ++counts_.objects;
      keep_attributes(*f.type, f.object, attributes);
    }
    return true;
  }

  void begin_raw(target const& f, char const* name, char const* const* attributes) {
    auto& raw = *static_cast<RawValue*>(f.object);
    RawCapture::append_namespace(raw.attributes, namespaces_, qname(name).prefix);
    RawCapture::append_attributes(raw.attributes, attributes, namespaces_, false);
    raw_.begin(raw.xml, RawCapture::extent::content_only);
    raw_frame_ = true;
    open(f);
  }

  // An item of ArrayOfMethodFault may be the bare fault instead of a LocalizedMethodFault.
  bool wrap_fault(target& f, std::string_view sent) {
    if (f.type->members.empty() || f.type->members[0].type->what != reflect::kind::poly ||
        f.type->members[0].name != "fault")
      return false;
    reflect::held_type const& declared = *f.type->members[0].type->held;
    std::string_view base = sent;
    while (!base.empty() && base != declared.type->name) base = types::base_of(base);
    if (base.empty()) return false;
    auto& box = *static_cast<esxvi::detail::box*>(f.type->members[0].at(f.object));
    fill_box(f, box, sent, declared);
    open(f);
    return true;
  }

  void store() {
    target const& f = scalar_;
    if (!parse_scalar(*f.type, text_, f.object)) {
      throw bad_value{"\"" + text_.substr(0, 60) + "\" is no " + std::string(f.type->name) +
                      " in " + current()};
    }
    if (observer_ != nullptr && f.type->what == reflect::kind::enumeration &&
        reflect::find_literal(f.type->literals, trimmed(text_)) == nullptr)
      observer_->unknown_literal(f.type->name, trimmed(text_));
  }

  void pop() {
    frame const& top = frames_.back();
    if (top.next == 0 && top.type != nullptr && top.type->name == "Response" &&
        !top.type->members.empty())
      lacks_result_ = lacks_result_ || top.type->members[0].required;
    if (observer_ != nullptr && top.type != nullptr && top.type->what == reflect::kind::object)
      report_omitted(top);
    auto const* const type = top.container_type;
    void* const container = top.container;
    frames_.pop_back();
    if (type != nullptr) type->completed(container);
  }

  void report_omitted(frame const& f) {
    for (std::size_t i = 0; i < f.type->members.size(); ++i)
      if (f.type->members[i].required && !seen_[f.seen + i])
        observer_->omitted(f.type->name, f.type->members[i].name);
    seen_.resize(f.seen);
  }

  [[noreturn]] void too_much_text() const {
    throw limit_exceeded(
        {"decoding", current(), "more than " + std::to_string(text_limit_) + " bytes of text",
         "raise xml::Limits::text if the server really sends this"},
        delivery::answered);
  }

  Observer* observer_;
  std::size_t text_limit_;
  Namespaces namespaces_;
  TypeCache cache_;
  Counts counts_;
  attribute_view attributes_;
  std::vector<frame> frames_;
  target scalar_;
  std::vector<bool> seen_;  // members of the open objects, while somebody wants to know
  std::string text_;
  std::string* sink_ = &text_;
  RawCapture raw_;
  bool raw_frame_ = false;
  bool collecting_ = false;
  bool lacks_result_ = false;
  std::size_t skipped_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace esxvi::soap
