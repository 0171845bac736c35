// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core/any.hpp>
#include <esxvi/types/core/binary.hpp>
#include <esxvi/types/core/box.hpp>
#include <esxvi/types/core/date_time.hpp>
#include <esxvi/types/core/extra.hpp>
#include <esxvi/types/core/ref.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace esxvi::detail {

bool same(reflect::type_info const& type, void const* a, void const* b);

template <class T> bool same_plain(void const* a, void const* b) {
  return *static_cast<T const*>(a) == *static_cast<T const*>(b);
}

inline bool same_box(box const& a, box const& b) {
  if (a.type() != b.type()) return false;
  return a.object() == nullptr || same(*a.type(), a.object(), b.object());
}

inline bool same_elements(reflect::type_info const& type, void const* a, void const* b) {
  auto const x = type.elements(a);
  auto const y = type.elements(b);
  if (x.count != y.count) return false;
  for (std::size_t i = 0; i < x.count; ++i)
    if (!same(*type.element, static_cast<char const*>(x.first) + i * type.stride,
              static_cast<char const*>(y.first) + i * type.stride))
      return false;
  return true;
}

/// Whether two values of one type are equal, by its table: generated types have no operator==.
/// Floating-point numbers are compared bit by bit.
inline bool same(reflect::type_info const& type, void const* a, void const* b) {
  using reflect::kind;
  if (a == b) return true;
  switch (type.what) {
    case kind::boolean:
      return same_plain<bool>(a, b);
    case kind::int8:
      return same_plain<std::int8_t>(a, b);
    case kind::int16:
      return same_plain<std::int16_t>(a, b);
    case kind::int32:
      return same_plain<std::int32_t>(a, b);
    case kind::int64:
      return same_plain<std::int64_t>(a, b);
    case kind::float32:
      return std::memcmp(a, b, sizeof(float)) == 0;
    case kind::float64:
      return std::memcmp(a, b, sizeof(double)) == 0;
    case kind::text:
      return same_plain<std::string>(a, b);
    case kind::date_time:
      return same_plain<DateTime>(a, b);
    case kind::binary:
      return same_plain<Binary>(a, b);
    case kind::enumeration:
      return type.get_literal(a) == type.get_literal(b);
    case kind::reference:
      return same_plain<untyped_ref>(a, b);
    case kind::poly:
      return same_box(*static_cast<box const*>(a), *static_cast<box const*>(b));
    case kind::any:
      return same_box(static_cast<Any const*>(a)->content(), static_cast<Any const*>(b)->content());
    case kind::raw:
      return static_cast<RawValue const*>(a)->xml == static_cast<RawValue const*>(b)->xml &&
             static_cast<RawValue const*>(a)->type == static_cast<RawValue const*>(b)->type;
    case kind::optional:
    case kind::array:
      return same_elements(type, a, b);
    case kind::object: {
      auto const at = [](void const* p) { return const_cast<void*>(p); };  // NOLINT(*-const-cast)
      for (auto const& m : type.members)
        if (!same(*m.type, m.at(at(a)), m.at(at(b)))) return false;
      return type.extra == nullptr || *type.extra(at(a)) == *type.extra(at(b));
    }
    case kind::dynamic:
      break;
  }
  return true;
}

}  // namespace esxvi::detail
