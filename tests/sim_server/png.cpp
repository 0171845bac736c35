// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Pictures of screens, read by a decoder that shares nothing with the encoder.
#include <doctest/doctest.h>
#include <esxvi/sim/screen.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace esxvi::sim;

namespace {

std::uint32_t number(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return out;
}

std::uint32_t crc(std::string_view bytes) {
  std::uint32_t out = 0xffffffff;
  for (char const c : bytes) {
    out ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) out = (out >> 1) ^ ((out & 1) * 0xedb88320U);
  }
  return ~out;
}

/// RFC 1951, blocks with the fixed codes only.
std::string inflate(std::string_view in) {
  std::size_t bit = 0;
  auto const take = [&](unsigned count) {
    unsigned out = 0;
    for (unsigned i = 0; i < count; ++i, ++bit) {
      out |= (static_cast<unsigned char>(in.at(bit / 8)) >> (bit % 8) & 1U) << i;
    }
    return out;
  };
  auto const code = [&](unsigned count) {
    unsigned out = 0;
    for (unsigned i = 0; i < count; ++i) out = out << 1 | take(1);
    return out;
  };
  auto const symbol = [&]() -> unsigned {
    auto value = code(7);
    if (value <= 0x17) return 256 + value;
    value = value << 1 | take(1);
    if (value >= 0x30 && value <= 0xbf) return value - 0x30;
    if (value >= 0xc0 && value <= 0xc7) return 280 + value - 0xc0;
    value = value << 1 | take(1);
    if (value < 0x190) throw std::runtime_error("bad code");
    return 144 + value - 0x190;
  };
  static constexpr std::array<unsigned, 29> lengths{3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                    15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                    67, 83, 99, 115, 131, 163, 195, 227, 258};
  static constexpr std::array<unsigned, 29> length_bits{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  if (take(1) != 1 || take(2) != 1) throw std::runtime_error("not one block of fixed codes");
  std::string out;
  for (;;) {
    auto const s = symbol();
    if (s < 256) {
      out += static_cast<char>(s);
      continue;
    }
    if (s == 256) return out;
    auto length = lengths.at(s - 257) + take(length_bits.at(s - 257));
    auto const d = code(5);
    if (d > 29) throw std::runtime_error("bad distance");
    std::size_t distance = d + 1;
    if (d >= 4) {
      auto const extra = d / 2 - 1;
      distance = ((2 + d % 2) << extra) + 1 + take(extra);
    }
    if (distance > out.size()) throw std::runtime_error("before the start");
    while (length-- > 0) out += out[out.size() - distance];
  }
}

struct Decoded {
  std::size_t width = 0;
  std::size_t height = 0;
  std::string palette{};
  std::vector<std::uint8_t> pixels{};
};

Decoded decode(std::string_view png) {
  Decoded out;
  REQUIRE(png.starts_with("\x89PNG\r\n\x1a\n"));
  std::string names;
  std::string data;
  for (std::size_t at = 8; at < png.size();) {
    auto const size = number(png, at);
    auto const name = png.substr(at + 4, 4);
    auto const content = png.substr(at + 8, size);
    REQUIRE(number(png, at + 8 + size) == crc(png.substr(at + 4, size + 4)));
    names.append(name).append(" ");
    if (name == "IHDR") {
      out.width = number(content, 0);
      out.height = number(content, 4);
      REQUIRE(content.substr(8) == std::string_view("\4\3\0\0\0", 5));
    } else if (name == "PLTE") {
      out.palette = content;
    } else if (name == "IDAT") {
      data = content;
    }
    at += 12 + size;
  }
  REQUIRE(names == "IHDR PLTE IDAT IEND ");
  REQUIRE((static_cast<unsigned char>(data.at(0)) * 256 + static_cast<unsigned char>(data[1])) %
              31 ==
          0);
  auto const rows = inflate(std::string_view{data}.substr(2));
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (char const c : rows) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  REQUIRE(number(data, data.size() - 4) == (b << 16 | a));
  auto const row = 1 + (out.width + 1) / 2;
  REQUIRE(rows.size() == row * out.height);
  for (std::size_t y = 0; y < out.height; ++y) {
    REQUIRE(rows[y * row] == 0);
    for (std::size_t x = 0; x < out.width; ++x) {
      auto const byte = static_cast<unsigned char>(rows[y * row + 1 + x / 2]);
      out.pixels.push_back(x % 2 == 0 ? byte >> 4 : byte & 15);
    }
  }
  return out;
}

void check_same(Picture const& picture) {
  auto const png = decode(picture.png());
  REQUIRE(png.width == picture.width());
  REQUIRE(png.height == picture.height());
  std::size_t wrong = 0;
  for (std::size_t y = 0; y < png.height; ++y) {
    for (std::size_t x = 0; x < png.width; ++x) {
      if (png.pixels[y * png.width + x] != picture.at(x, y)) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("sim png: any picture comes back as it was drawn") {
  std::uint32_t random = 1;
  auto const next = [&] { return (random = random * 1664525 + 1013904223) >> 16; };
  for (auto const width : std::initializer_list<std::size_t>{1, 2, 3, 17, 64, 257, 1000}) {
    for (auto const height : std::initializer_list<std::size_t>{1, 2, 31}) {
      CAPTURE(width);
      CAPTURE(height);
      Picture picture{width, height, std::vector<Colour>(16)};
      check_same(picture);
      for (int i = 0; i < 40; ++i) {
        picture.fill(next() % width, next() % height, next() % width, next() % 9, next() % 16);
      }
      check_same(picture);
      for (std::size_t i = 0; i < width * height; ++i) {
        picture.fill(i % width, i / width, 1, 1, next() % 16);
      }
      check_same(picture);
    }
  }
}

TEST_CASE("sim png: runs of every length") {
  for (std::size_t length = 1; length < 600; ++length) {
    Picture picture{2 * length + 3, 1, std::vector<Colour>(16)};
    picture.fill(1, 0, 1, 1, 7);
    picture.fill(2, 0, 2 * length, 1, 5);
    check_same(picture);
  }
}

TEST_CASE("sim png: drawing outside does nothing") {
  Picture picture{10, 10, {{0, 0, 0}, {255, 255, 255}}};
  picture.fill(100, 0, 5, 5, 1);
  picture.fill(0, 100, 5, 5, 1);
  picture.fill(static_cast<std::size_t>(-1), 0, 5, 5, 1);
  for (std::size_t i = 0; i < 100; ++i) CHECK(picture.at(i % 10, i / 10) == 0);
  picture.fill(8, 8, static_cast<std::size_t>(-1), static_cast<std::size_t>(-1), 1);
  CHECK(picture.at(9, 9) == 1);
  CHECK(picture.at(7, 9) == 0);
  picture.text(0, 0, "gr\xc3\xbc\xc3\x9f\x01", 50, 1);
  check_same(picture);
}

TEST_CASE("sim png: a screen shows what it is told, always the same way") {
  ScreenState const state{.name = "web01", .guest = "Debian", .uptime = "3 days"};
  auto const png = draw_screen(state).png();
  CHECK(png == draw_screen(state).png());
  auto const picture = decode(png);
  CHECK(picture.width == 720);
  CHECK(picture.height == 400);
  CHECK(png.size() < 10'000);
  auto other = state;
  other.name = "web02";
  CHECK(draw_screen(other).png() != png);
  other = state;
  other.uptime = "4 days";
  CHECK(draw_screen(other).png() != png);
  other = state;
  other.is_on = false;
  CHECK(draw_screen(other).png() != png);
  // The first letter, in white on the bar: the left stroke of a `w` of twice its size.
  auto const column = 2 * 6;
  CHECK(picture.pixels[(4 + 2 * 2) * 720 + column] == 2);
  CHECK(picture.pixels[(4 + 2 * 2) * 720 + column + 2] == 3);
  for (auto const side : std::initializer_list<std::size_t>{1, 7, 100, 2048}) {
    check_same(draw_screen(state, side, side / 2 + 1));
  }
}

TEST_CASE("sim png: /screen") {
  auto const find = [](std::string const& machine) -> std::optional<ScreenState> {
    if (machine == "vm-1") return ScreenState{.name = "one"};
    if (machine == "vm-2") return ScreenState{.name = "two", .is_on = false};
    return std::nullopt;
  };
  auto const ask = [&](std::string target, std::string method = "GET") {
    return screen_page({.method = std::move(method), .target = std::move(target)}, find);
  };
  auto const reply = ask("/screen?id=vm-1");
  CHECK(reply.status == 200);
  CHECK(reply.headers.at(0).value == "image/png");
  CHECK(decode(reply.body).width == 720);
  auto const small = decode(ask("/screen?id=vm%2D1&w=100&h=50").body);
  CHECK(small.width == 100);
  CHECK(small.height == 50);
  CHECK(decode(ask("/screen?id=vm-1&w=999999&h=1").body).width == 2048);
  CHECK(ask("/screen?id=vm-1&w=0").status == 400);
  CHECK(ask("/screen?id=vm-1&w=-3").status == 400);
  CHECK(ask("/screen?id=vm-1&h=99999999999999999999999").status == 400);
  CHECK(ask("/screen").status == 400);
  CHECK(ask("/screen?id=vm-3").status == 404);
  CHECK(ask("/screen?id=vm-2").status == 503);
  CHECK(ask("/screen?id=vm-1", "POST").status == 405);
}
