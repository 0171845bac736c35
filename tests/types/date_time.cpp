// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// xsd:dateTime.
#include <esxvi/types/core/date_time.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <sstream>
#include <string>

using esxvi::DateTime;
using namespace std::chrono;
using namespace std::string_literals;

namespace {
DateTime at(std::string_view text) {
  auto const parsed = DateTime::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}
std::int64_t seconds_of(std::string_view text) {
  return at(text).seconds().time_since_epoch().count();
}
bool refused(std::string_view text) { return !DateTime::parse(text).has_value(); }
std::string again(std::string_view text) { return at(text).to_string(); }
}  // namespace

TEST_CASE("a text means an instant") {
  CHECK(seconds_of("1970-01-01T00:00:00Z") == 0);
  CHECK(seconds_of("2000-02-29T23:59:59Z") == 951868799);
  CHECK(seconds_of("2023-11-05T09:30:00.25-06:00") == 1699198200);
  CHECK(seconds_of("2024-12-31T12:00:00+05:45") == 1735625700);
  CHECK(seconds_of("1969-12-31T23:59:59Z") == -1);
  CHECK(seconds_of("2038-01-19T03:14:08Z") == 2147483648);
  CHECK(seconds_of("1970-01-01T00:00:00+14:00") == -50400);
  CHECK(seconds_of("1970-01-01T00:00:00-14:00") == 50400);
}

TEST_CASE("without a zone the instant is in UTC, and the text stays without") {
  CHECK(seconds_of("1970-01-01T00:00:01") == 1);
  CHECK_FALSE(at("1970-01-01T00:00:01").offset().has_value());
  CHECK(at("1970-01-01T00:00:01Z").offset() == minutes(0));
  CHECK(at("1970-01-01T00:00:01-01:30").offset() == minutes(-90));
  CHECK(at("1970-01-01T00:00:01") == at("1970-01-01T00:00:01Z"));
  CHECK(again("1970-01-01T00:00:01") == "1970-01-01T00:00:01");
}

TEST_CASE("a fraction of any length is read, nanoseconds are kept") {
  CHECK(at("2026-11-22T10:32:09Z").nanoseconds() == 0);
  CHECK(at("2026-11-22T10:32:09.5Z").nanoseconds() == 500'000'000);
  CHECK(at("2026-11-22T10:32:09.05Z").nanoseconds() == 50'000'000);
  CHECK(at("2026-11-22T10:32:09.123456Z").nanoseconds() == 123'456'000);
  CHECK(at("2026-11-22T10:32:09.123456789Z").nanoseconds() == 123'456'789);
  CHECK(at("2026-11-22T10:32:09.1234567899Z").nanoseconds() == 123'456'789);
  CHECK(at("2026-11-22T10:32:09."s + std::string(5000, '9') + "Z").nanoseconds() == 999'999'999);
  // Before 1970 the fraction still counts forward.
  CHECK(at("1969-12-31T23:59:59.25Z").time_point() == DateTime::instant(milliseconds(-750)));
}

TEST_CASE("what was read is written back as it was") {
  for (std::string_view const text :
       {"2026-11-22T10:32:09.555Z", "2026-11-22T10:32:09Z", "2026-11-22T10:32:09.5Z",
        "2026-11-22T10:32:09.500Z", "2026-11-22T10:32:09.000000000Z",
        "2026-11-22T10:32:09.123456789+00:00", "2026-11-22T10:32:09-00:30",
        "2026-11-22T10:32:09+14:00", "2026-11-22T10:32:09.1", "0001-01-01T00:00:00Z",
        "0000-12-31T23:59:59Z", "-0001-03-04T05:06:07Z", "9999-12-31T23:59:59.999999999Z",
        "12345-06-07T08:09:10Z", "32767-12-31T23:59:59-14:00", "-32767-01-01T00:00:00+14:00",
        "1582-10-15T00:00:00Z"}) {
    CHECK(again(text) == text);
  }
}

TEST_CASE("the end of a day is the beginning of the next, a leap second the second after") {
  CHECK(again("2026-12-31T24:00:00Z") == "2027-01-01T00:00:00Z");
  CHECK(again("2026-12-31T24:00:00.00Z") == "2027-01-01T00:00:00.00Z");
  CHECK(again("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
  CHECK(refused("2026-12-31T24:00:01Z"));
  CHECK(refused("2026-12-31T24:01:00Z"));
  CHECK(refused("2026-12-31T24:00:00.001Z"));
  CHECK(refused("2026-12-31T25:00:00Z"));
}

TEST_CASE("days are those of the calendar") {
  CHECK_FALSE(refused("2024-02-29T00:00:00Z"));
  CHECK(refused("2023-02-29T00:00:00Z"));
  CHECK(refused("1900-02-29T00:00:00Z"));
  CHECK_FALSE(refused("2000-02-29T00:00:00Z"));
  CHECK(refused("2026-04-31T00:00:00Z"));
  CHECK(refused("2026-13-01T00:00:00Z"));
  CHECK(refused("2026-00-01T00:00:00Z"));
  CHECK(refused("2026-01-00T00:00:00Z"));
  CHECK(refused("2026-01-32T00:00:00Z"));
}

TEST_CASE("years have bounds, and four digits unless they need more") {
  CHECK_FALSE(refused("32767-12-31T23:59:59Z"));
  CHECK(refused("32768-01-01T00:00:00Z"));
  CHECK(refused("32767-12-31T24:00:00Z"));
  CHECK(refused("32767-12-31T23:59:60Z"));
  CHECK(refused("999999-01-01T00:00:00Z"));
  CHECK(refused("99999999999-01-01T00:00:00Z"));
  CHECK(refused("02026-01-01T00:00:00Z"));
  CHECK(refused("-0000-01-01T00:00:00Z"));
  CHECK(refused("226-01-01T00:00:00Z"));
}

TEST_CASE("what is not exactly a dateTime is refused") {
  for (std::string_view const text : {"",
                                      "Z",
                                      "-",
                                      "2026",
                                      "2026-11-22",
                                      "2026-11-22T",
                                      "2026-11-22T10:32",
                                      "2026-11-22T10:32:09.",
                                      "2026-11-22T10:32:09.Z",
                                      "2026-11-22 10:32:09Z",
                                      "2026-11-22t10:32:09Z",
                                      "2026-11-22T10:32:09z",
                                      "2026/11/22T10:32:09Z",
                                      "2026-11-22T10:60:00Z",
                                      "2026-11-22T10:32:61Z",
                                      "2026-11-22T10:32:09+1:00",
                                      "2026-11-22T10:32:09+0100",
                                      "2026-11-22T10:32:09+15:00",
                                      "2026-11-22T10:32:09+01:60",
                                      "2026-11-22T10:32:09+",
                                      "2026-11-22T10:32:09ZZ",
                                      "2026-11-22T10:32:09Z ",
                                      " 2026-11-22T10:32:09Z",
                                      "+2026-11-22T10:32:09Z",
                                      "--2026-11-22T10:32:09Z",
                                      "2026-1-22T10:32:09Z",
                                      "2026-11-22T1:32:09Z",
                                      "2026-11-22T10:32:0",
                                      "2026-11-22T10:32:09,5Z",
                                      "10:32:09Z"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("every prefix of a text is refused, but where a fraction or a zone may end") {
  std::string const text = "2026-11-22T10:32:09.55+01:00";
  for (std::size_t n = 0; n < text.size(); ++n) {
    CAPTURE(text.substr(0, n));
    CHECK(refused(text.substr(0, n)) == (n != 19 && n != 21 && n != 22));
  }
}

TEST_CASE("order is that of the instants") {
  CHECK(at("2026-01-01T00:00:00Z") < at("2026-01-01T00:00:00.000000001Z"));
  CHECK(at("2026-01-01T01:00:00+01:00") == at("2026-01-01T00:00:00.000Z"));
  CHECK(at("2026-01-01T01:00:00+02:00") < at("2026-01-01T00:00:00Z"));
  CHECK(at("-0001-01-01T00:00:00Z") < at("0001-01-01T00:00:00Z"));
  CHECK((at("1969-12-31T23:59:59.9Z") <=> at("1970-01-01T00:00:00Z")) ==
        std::strong_ordering::less);
}

TEST_CASE("instants of the clock convert to the shortest text and back") {
  DateTime const t = DateTime::instant(seconds(1) + milliseconds(250));
  CHECK(t.to_string() == "1970-01-01T00:00:01.25Z");
  CHECK(DateTime(DateTime::instant(nanoseconds(-1))).to_string() ==
        "1969-12-31T23:59:59.999999999Z");
  CHECK(DateTime(DateTime::instant()).to_string() == "1970-01-01T00:00:00Z");
  CHECK(DateTime().to_string() == "1970-01-01T00:00:00Z");
  CHECK(DateTime(DateTime::instant::min()).to_string() == "1677-09-21T00:12:43.145224192Z");
  CHECK(DateTime(DateTime::instant::max()).to_string() == "2262-04-11T23:47:16.854775807Z");
  std::ostringstream out;
  out << t;
  CHECK(out.str() == t.to_string());
}

TEST_CASE("an instant that nanoseconds cannot count is the nearest that they can") {
  CHECK(at("9999-12-31T23:59:59Z").time_point() == DateTime::instant::max());
  CHECK(at("0001-01-01T00:00:00Z").time_point() == DateTime::instant::min());
  CHECK(at("2262-01-01T00:00:00Z").time_point() < DateTime::instant::max());
  CHECK(at("1678-01-01T00:00:00Z").time_point() > DateTime::instant::min());
}

TEST_CASE("any instant survives the way to text and back") {
  std::mt19937_64 random(
      20261122);  // NOLINT(bugprone-random-generator-seed): the same run every time
  std::uniform_int_distribution<std::int64_t> any(
      DateTime::instant::min().time_since_epoch().count() + 2'000'000'000,
      DateTime::instant::max().time_since_epoch().count() - 2'000'000'000);
  for (int i = 0; i < 2000; ++i) {
    DateTime::instant const when{nanoseconds(any(random))};
    auto const text = DateTime(when).to_string();
    CAPTURE(text);
    CHECK(at(text).time_point() == when);
    CHECK(again(text) == text);
  }
}
