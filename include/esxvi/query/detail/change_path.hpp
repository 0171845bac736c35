// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/soap/scalar.hpp>
#include <esxvi/types/core.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The paths that a property collector names in its changes, followed through decoded values.
namespace esxvi::detail {

/// How the path of a change lies to the path that is watched.
enum class path_relation { apart, same, deeper, shallower };

inline bool path_goes_on(std::string_view longer, std::string_view shorter) {
  return longer.size() > shorter.size() && longer.starts_with(shorter) &&
         (longer[shorter.size()] == '.' || longer[shorter.size()] == '[');
}

inline path_relation relate(std::string_view changed, std::string_view watched) {
  if (changed == watched) return path_relation::same;
  if (path_goes_on(changed, watched)) return path_relation::deeper;
  if (path_goes_on(watched, changed)) return path_relation::shallower;
  return path_relation::apart;
}

/// A place in a value: a member, or an element of an array.
struct Spot {
  reflect::type_info const* type = nullptr;
  void* at = nullptr;                              ///< null: the array has no such element
  reflect::type_info const* array_type = nullptr;  ///< of the array that it is an element of
  void* array = nullptr;
  std::size_t index = 0;
};

/// What is really there, inside of optional members and boxes; no address: nothing.
inline Spot open_boxes(Spot spot) {
  using reflect::kind;
  while (spot.at != nullptr) {
    if (spot.type->what == kind::optional) {
      auto const inside = spot.type->elements(spot.at);
      // elements() is of constant containers; this one is ours to change.
      spot = {spot.type->element,
              inside.count > 0 ? const_cast<void*>(inside.first) : nullptr};  // NOLINT
    } else if (spot.type->what == kind::poly || spot.type->what == kind::any) {
      box& content = spot.type->what == kind::poly ? *static_cast<box*>(spot.at)
                                                   : static_cast<Any*>(spot.at)->content();
      spot = {content.type(), content.object()};
    } else {
      break;
    }
  }
  return spot;
}

/// Whether paths name an element by `key`: what its member `key` says, or what it is itself.
inline bool has_key(reflect::type_info const& type, void* element, std::string_view key) {
  using reflect::kind;
  Spot spot = open_boxes({&type, element});
  if (spot.at == nullptr) return false;
  if (spot.type->what == kind::object) {
    auto const member = std::find_if(spot.type->members.begin(), spot.type->members.end(),
                                     [](auto const& m) { return m.name == "key"; });
    if (member == spot.type->members.end()) return false;
    spot = open_boxes({member->type, member->at(spot.at)});
    if (spot.at == nullptr) return false;
  }
  if (spot.type->what == kind::text) return *static_cast<std::string const*>(spot.at) == key;
  if (spot.type->what == kind::reference) {
    auto const& ref = *static_cast<untyped_ref const*>(spot.at);
    return ref.value() == key || ref.type() + ":" + ref.value() == key;
  }
  std::string text;
  if (soap::is_scalar(spot.type->what)) soap::print_scalar(*spot.type, spot.at, text);
  return text == key;
}

/// Takes "[4000]" or "[\"name\"]" from the front of a path; nothing when it is malformed.
inline std::optional<std::string_view> take_key(std::string_view& path) {
  bool const quoted = path.starts_with("[\"");
  auto const end = path.find(quoted ? "\"]" : "]");
  if (end == std::string_view::npos) return std::nullopt;
  std::size_t const mark = quoted ? 2 : 1;
  auto const key = path.substr(mark, end - mark);
  path.remove_prefix(end + mark);
  return key;
}

/// Follows ".hardware.device[4000].backing" through the value at `from`, by the types that are
/// really there. Nothing when the value has no such place.
inline std::optional<Spot> follow(Spot from, std::string_view path) {
  using reflect::kind;
  Spot spot = from;
  while (!path.empty()) {
    spot = open_boxes(spot);
    if (spot.at == nullptr) return std::nullopt;
    if (path[0] == '[') {
      auto const key = take_key(path);
      if (!key || spot.type->what != kind::array) return std::nullopt;
      auto const all = spot.type->elements(spot.at);
      Spot element{spot.type->element, nullptr, spot.type, spot.at, 0};
      for (std::size_t i = 0; i < all.count && element.at == nullptr; ++i) {
        auto* const at = static_cast<char*>(const_cast<void*>(all.first)) +  // NOLINT
                         i * spot.type->stride;
        if (has_key(*element.type, at, *key)) element.at = at, element.index = i;
      }
      spot = element;
    } else {
      path.remove_prefix(1);
      auto const name = path.substr(0, path.find_first_of(".["));
      if (spot.type->what != kind::object) return std::nullopt;
      auto const members = spot.type->members;
      auto const member = std::find_if(members.begin(), members.end(),
                                       [&](auto const& m) { return m.name == name; });
      if (member == members.end()) return std::nullopt;
      spot = {member->type, member->at(spot.at)};
      path.remove_prefix(name.size());
    }
  }
  return spot;
}

}  // namespace esxvi::detail
