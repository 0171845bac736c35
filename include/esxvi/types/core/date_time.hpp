// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace esxvi {

/// xsd:dateTime: `2026-11-22T10:32:09.555Z`, with an offset or no zone at all, and with up to nine
/// digits of a fraction. What was read is written back as it was (but 24:00:00 and a leap second as
/// the moment after, and -00:00 as +00:00); comparison and conversion go by the instant. Without a
/// zone UTC is assumed, as vSphere does.
class DateTime {
 public:
  using instant = std::chrono::sys_time<std::chrono::nanoseconds>;

  DateTime() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): an instant is a DateTime in UTC.
  DateTime(instant when) {
    // Not by floor(): the second that instant::min() is in has no beginning that nanoseconds count.
    auto const count = when.time_since_epoch().count();
    auto const part = count % 1'000'000'000;
    seconds_ = count / 1'000'000'000 - (part < 0 ? 1 : 0);
    nanoseconds_ = static_cast<std::uint32_t>(part < 0 ? part + 1'000'000'000 : part);
    digits_ = 9;
    for (std::uint32_t rest = nanoseconds_; digits_ > 0 && rest % 10 == 0; rest /= 10) --digits_;
  }

  /// nullopt when `text` is no xsd:dateTime; days are checked against the calendar.
  [[nodiscard]] static std::optional<DateTime> parse(std::string_view text) noexcept;

  /// Seconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] std::chrono::sys_seconds seconds() const noexcept {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds_));
  }
  /// Covers the years 1678 to 2261; outside it is the nearest end: use seconds() there.
  [[nodiscard]] instant time_point() const noexcept {
    using std::chrono::floor;
    if (seconds() <= floor<std::chrono::seconds>(instant::min())) return instant::min();
    if (seconds() >= floor<std::chrono::seconds>(instant::max())) return instant::max();
    return instant(seconds()) + std::chrono::nanoseconds(nanoseconds_);
  }
  [[nodiscard]] std::uint32_t nanoseconds() const noexcept { return nanoseconds_; }
  /// Minutes east of UTC; nullopt when the text had no zone.
  [[nodiscard]] std::optional<std::chrono::minutes> offset() const noexcept {
    if (zone_ == zone::none) return std::nullopt;
    return std::chrono::minutes(offset_);
  }

  void append_to(std::string& out) const;
  [[nodiscard]] std::string to_string() const {
    std::string out;
    append_to(out);
    return out;
  }

  [[nodiscard]] friend std::strong_ordering operator<=>(DateTime const& a,
                                                        DateTime const& b) noexcept {
    if (auto order = a.seconds_ <=> b.seconds_; order != 0) return order;
    return a.nanoseconds_ <=> b.nanoseconds_;
  }
  [[nodiscard]] friend bool operator==(DateTime const& a, DateTime const& b) noexcept {
    return (a <=> b) == 0;
  }
  friend std::ostream& operator<<(std::ostream& out, DateTime const& t) {
    return out << t.to_string();
  }

 private:
  enum class zone : std::uint8_t { utc, offset, none };

  std::int64_t seconds_ = 0;
  std::uint32_t nanoseconds_ = 0;
  std::int16_t offset_ = 0;
  std::uint8_t digits_ = 0;
  zone zone_ = zone::utc;
};

inline std::optional<DateTime> DateTime::parse(std::string_view text) noexcept {
  auto const digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  std::size_t at = 0;
  bool bad = false;
  auto const number = [&](std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i, ++at) {
      if (!digit(at)) return bad = true, 0;
      value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  auto const expect = [&](char c) {
    if (at >= text.size() || text[at] != c) bad = true;
    ++at;
  };

  bool const negative = text.starts_with('-');
  if (negative) ++at;
  std::size_t year_digits = 0;
  while (digit(at + year_digits)) ++year_digits;
  if (year_digits < 4 || year_digits > 6) return std::nullopt;
  if (year_digits > 4 && text[at] == '0') return std::nullopt;
  int const year = number(year_digits);
  expect('-');
  int const month = number(2);
  expect('-');
  int const day = number(2);
  expect('T');
  int const hour = number(2);
  expect(':');
  int const minute = number(2);
  expect(':');
  int const second = number(2);
  if (bad) return std::nullopt;

  DateTime result;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digit(at)) return std::nullopt;
    std::uint32_t scale = 100'000'000;
    for (; digit(at); ++at) {
      if (result.digits_ == 9) continue;  // finer than a nanosecond: cut
      result.nanoseconds_ += static_cast<std::uint32_t>(text[at] - '0') * scale;
      scale /= 10;
      ++result.digits_;
    }
  }
  if (at == text.size()) {
    result.zone_ = zone::none;
  } else if (text[at] == 'Z') {
    ++at;
  } else if (text[at] == '+' || text[at] == '-') {
    int const sign = text[at] == '-' ? -1 : 1;
    ++at;
    int const hours = number(2);
    expect(':');
    int const minutes = number(2);
    if (bad || hours > 14 || minutes > 59) return std::nullopt;
    result.offset_ = static_cast<std::int16_t>(sign * (hours * 60 + minutes));
    result.zone_ = zone::offset;
  }
  if (bad || at != text.size()) return std::nullopt;

  using namespace std::chrono;
  // std::chrono::year ends at 32767.
  if (year > 32767 || (negative && year == 0)) return std::nullopt;
  year_month_day const date{std::chrono::year(negative ? -year : year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  bool const end_of_day = hour == 24 && minute == 0 && second == 0 && result.nanoseconds_ == 0;
  if (!date.ok() || (hour > 23 && !end_of_day) || minute > 59 || second > 60) return std::nullopt;
  auto const clock = hour * 3600 + minute * 60 + second;
  // The last day's end is in a year that cannot be written.
  if (clock >= 86400 && date == year_month_day(year::max() / December / 31)) return std::nullopt;
  result.seconds_ =
      sys_days(date).time_since_epoch().count() * std::int64_t{86400} + clock - result.offset_ * 60;
  return result;
}

inline void DateTime::append_to(std::string& out) const {
  using namespace std::chrono;
  auto const put = [&out](std::int64_t value, std::size_t width) {
    std::string const digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
  };
  sys_seconds const local(std::chrono::seconds(seconds_ + offset_ * 60));
  auto const midnight = floor<days>(local);
  year_month_day const date(midnight);
  auto const time = (local - midnight).count();
  int const year = static_cast<int>(date.year());
  if (year < 0) out += '-';
  put(year < 0 ? -year : year, 4);
  out += '-';
  put(static_cast<unsigned>(date.month()), 2);
  out += '-';
  put(static_cast<unsigned>(date.day()), 2);
  out += 'T';
  put(time / 3600, 2);
  out += ':';
  put(time / 60 % 60, 2);
  out += ':';
  put(time % 60, 2);
  if (digits_ > 0) {
    std::uint32_t fraction = nanoseconds_;
    for (int i = digits_; i < 9; ++i) fraction /= 10;
    out += '.';
    put(fraction, digits_);
  }
  if (zone_ == zone::utc) {
    out += 'Z';
  } else if (zone_ == zone::offset) {
    int const minutes = offset_ < 0 ? -offset_ : offset_;
    out += offset_ < 0 ? '-' : '+';
    put(minutes / 60, 2);
    out += ':';
    put(minutes % 60, 2);
  }
}

template <> struct reflect::descriptor<DateTime> {
  static constexpr std::string_view name = "xsd:dateTime";
  static constexpr type_info info{.what = kind::date_time, .name = name};
};

}  // namespace esxvi
