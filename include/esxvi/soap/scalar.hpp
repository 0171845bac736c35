// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core/binary.hpp>
#include <esxvi/types/core/date_time.hpp>
#include <esxvi/types/core/ref.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

/// The lexical forms of XML Schema's simple types.
namespace esxvi::soap {

[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
  auto const blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

namespace detail {

template <class T> bool parse_integer(std::string_view text, void* to) noexcept {
  // Plain digits that cannot overflow are nearly all there are; from_chars is slower.
  if (!text.empty() && text.size() <= std::numeric_limits<T>::digits10) {
    std::int64_t number = 0;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
      number = number * 10 + (text[i] - '0');
    if (i == text.size()) return *static_cast<T*>(to) = static_cast<T>(number), true;
  }
  if (text.starts_with("+-")) return false;
  if (text.starts_with('+')) text.remove_prefix(1);
  auto const [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), *static_cast<T*>(to));
  return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

template <class T> bool parse_float(std::string_view text, void* to) noexcept {
  T& value = *static_cast<T*>(to);
  if (text == "INF" || text == "+INF") return value = std::numeric_limits<T>::infinity(), true;
  if (text == "-INF") return value = -std::numeric_limits<T>::infinity(), true;
  if (text == "NaN") return value = std::numeric_limits<T>::quiet_NaN(), true;
  if (text.starts_with("+-")) return false;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string_view const number = text.substr(text.starts_with('-') ? 1 : 0);
  if (number.empty() || (number[0] != '.' && (number[0] < '0' || number[0] > '9')))
    return false;  // from_chars also reads "inf" and "nan"
  auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

template <class T> void print_number(void const* from, std::string& out) {
  T const value = *static_cast<T const*>(from);
  if constexpr (std::numeric_limits<T>::has_infinity) {
    if (std::isnan(value)) return void(out += "NaN");
    if (std::isinf(value)) return void(out += value < 0 ? "-INF" : "INF");
  }
  char buffer[40];
  auto const end = [&] {
    if constexpr (sizeof(T) == 1)
      return std::to_chars(buffer, buffer + sizeof buffer, static_cast<int>(value)).ptr;
    else
      return std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  }();
  out.append(buffer, end);
}

}  // namespace detail

[[nodiscard]] constexpr bool is_scalar(reflect::kind what) noexcept {
  return what <= reflect::kind::reference;
}

/// Reads the text of a scalar element into *to. False: it is no value of that type.
[[nodiscard]] inline bool parse_scalar(reflect::type_info const& type, std::string_view text,
                                       void* to) {
  using reflect::kind;
  switch (type.what) {
    case kind::text:
      static_cast<std::string*>(to)->assign(text);
      return true;
    case kind::boolean:
      text = trimmed(text);
      *static_cast<bool*>(to) = text == "true" || text == "1";
      return *static_cast<bool*>(to) || text == "false" || text == "0";
    case kind::int8:
      return detail::parse_integer<std::int8_t>(trimmed(text), to);
    case kind::int16:
      return detail::parse_integer<std::int16_t>(trimmed(text), to);
    case kind::int32:
      return detail::parse_integer<std::int32_t>(trimmed(text), to);
    case kind::int64:
      return detail::parse_integer<std::int64_t>(trimmed(text), to);
    case kind::float32:
      return detail::parse_float<float>(trimmed(text), to);
    case kind::float64:
      return detail::parse_float<double>(trimmed(text), to);
    case kind::date_time: {
      auto const parsed = DateTime::parse(trimmed(text));
      if (parsed) *static_cast<DateTime*>(to) = *parsed;
      return parsed.has_value();
    }
    case kind::binary:
      return static_cast<Binary*>(to)->assign_base64(text);
    case kind::enumeration:
      type.set_literal(to, trimmed(text));
      return true;
    case kind::reference:
      static_cast<untyped_ref*>(to)->assign_value(text);
      return true;
    default:
      return false;
  }
}

/// Appends the text of a scalar other than kind::text, enumeration and reference: nothing in it
/// needs escaping.
inline void print_scalar(reflect::type_info const& type, void const* from, std::string& out) {
  using reflect::kind;
  switch (type.what) {
    case kind::boolean:
      out += *static_cast<bool const*>(from) ? "true" : "false";
      break;
    case kind::int8:
      detail::print_number<std::int8_t>(from, out);
      break;
    case kind::int16:
      detail::print_number<std::int16_t>(from, out);
      break;
    case kind::int32:
      detail::print_number<std::int32_t>(from, out);
      break;
    case kind::int64:
      detail::print_number<std::int64_t>(from, out);
      break;
    case kind::float32:
      detail::print_number<float>(from, out);
      break;
    case kind::float64:
      detail::print_number<double>(from, out);
      break;
    case kind::date_time:
      static_cast<DateTime const*>(from)->append_to(out);
      break;
    case kind::binary:
      static_cast<Binary const*>(from)->append_base64(out);
      break;
    default:
      break;
  }
}

}  // namespace esxvi::soap
