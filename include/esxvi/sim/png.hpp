// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/detail/font.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::sim {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

/// A picture of up to 16 colours that can be drawn on and saved as PNG. What lies outside of it is
/// not drawn. The same drawing always gives the same bytes.
class Picture {
 public:
  static constexpr std::size_t max_colours = 16;

  /// All of it in the first colour of the palette; sides of 1 to 8192 pixels.
  Picture(std::size_t width, std::size_t height, std::vector<Colour> palette)
      : width_(std::clamp<std::size_t>(width, 1, 8192)),
        height_(std::clamp<std::size_t>(height, 1, 8192)),
        palette_(std::move(palette)),
        pixels_(width_ * height_, 0) {
    palette_.resize(std::clamp<std::size_t>(palette_.size(), 1, max_colours));
  }

  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  [[nodiscard]] std::size_t height() const noexcept { return height_; }
  [[nodiscard]] std::size_t at(std::size_t x, std::size_t y) const {
    return pixels_.at(y * width_ + x);
  }

  void fill(std::size_t x, std::size_t y, std::size_t width, std::size_t height,
            std::size_t colour) {
    auto const right = x + std::min(width, width_ - std::min(x, width_));
    auto const bottom = y + std::min(height, height_ - std::min(y, height_));
    for (; y < bottom; ++y) {
      for (auto column = x; column < right; ++column) {
        pixels_[y * width_ + column] = static_cast<std::uint8_t>(colour % palette_.size());
      }
    }
  }

  /// One line in a font of 5 x 7 pixels, each of which is a square of `scale`; (x, y) is its upper
  /// left corner. UTF-8 comes out as question marks.
  void text(std::size_t x, std::size_t y, std::string_view line, std::size_t scale,
            std::size_t colour) {
    for (char const c : line) {
      if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;  // the rest of a character
      auto const& rows = detail::glyph_of(c);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t column = 0; column < detail::glyph_width; ++column) {
          if ((rows[row] >> (detail::glyph_width - 1 - column) & 1) != 0) {
            fill(x + column * scale, y + row * scale, scale, scale, colour);
          }
        }
      }
      x += (detail::glyph_width + 1) * scale;
    }
  }

  [[nodiscard]] std::string png() const {
    std::string out = "\x89PNG\r\n\x1a\n";
    std::string header = number(width_) + number(height_);
    header.append({4, 3, 0, 0, 0});  // 4 bits, palette, deflate, filters, not interlaced
    chunk(out, "IHDR", header);
    std::string colours;
    for (auto const& c : palette_) {
      colours += static_cast<char>(c.red);
      colours += static_cast<char>(c.green);
      colours += static_cast<char>(c.blue);
    }
    chunk(out, "PLTE", colours);
    std::string rows;
    rows.reserve(height_ * row_size());
    for (std::size_t y = 0; y < height_; ++y) {
      rows += '\0';  // no filter
      for (std::size_t x = 0; x < width_; x += 2) {
        auto const left = pixels_[y * width_ + x];
        auto const right = x + 1 < width_ ? pixels_[y * width_ + x + 1] : 0;
        rows += static_cast<char>(left << 4 | right);
      }
    }
    chunk(out, "IDAT", deflated(rows, row_size()));
    chunk(out, "IEND", {});
    return out;
  }

 private:
  [[nodiscard]] std::size_t row_size() const noexcept { return 1 + (width_ + 1) / 2; }

  static std::string number(std::size_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
    return out;
  }
  static void chunk(std::string& to, std::string_view type, std::string_view data) {
    static constexpr auto table = [] {
      std::array<std::uint32_t, 256> t{};
      for (std::uint32_t i = 0; i < t.size(); ++i) {
        auto c = i;
        for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xedb88320U ^ c >> 1 : c >> 1;
        t[i] = c;
      }
      return t;
    }();
    to += number(data.size());
    auto const start = to.size();
    to.append(type).append(data);
    std::uint32_t crc = 0xffffffff;
    for (auto i = start; i < to.size(); ++i) {
      crc = table[(crc ^ static_cast<unsigned char>(to[i])) & 0xff] ^ crc >> 8;
    }
    to += number(crc ^ 0xffffffff);
  }

  /// zlib (RFC 1950, 1951) with the fixed codes. A drawn screen repeats the byte before or the row
  /// above, so these two are all the matches that are looked for.
  static std::string deflated(std::string_view data, std::size_t row) {
    bits out;
    out.bytes = "\x78\x01";
    out.put(0b011, 3);  // the last block, fixed codes
    for (std::size_t at = 0; at < data.size();) {
      std::size_t best = 0;
      std::size_t distance = 0;
      for (auto const back : {std::size_t{1}, row}) {
        if (back > at || back > 32768) continue;
        auto const end = std::min(data.size(), at + 258);
        auto here = at;
        while (here < end && data[here] == data[here - back]) ++here;
        if (here - at > best) {
          best = here - at;
          distance = back;
        }
      }
      if (best < 3) {
        out.literal(static_cast<unsigned char>(data[at++]));
      } else {
        out.match(best, distance);
        at += best;
      }
    }
    out.literal(256);
    out.flush();
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (char const c : data) {
      a = (a + static_cast<unsigned char>(c)) % 65521;
      b = (b + a) % 65521;
    }
    return out.bytes + number(std::size_t{b} << 16 | a);
  }

  struct bits {
    std::string bytes{};
    std::uint32_t held = 0;
    unsigned count = 0;

    void put(std::uint32_t value, unsigned size) {
      held |= value << count;
      for (count += size; count >= 8; count -= 8, held >>= 8) {
        bytes += static_cast<char>(held & 0xff);
      }
    }
    void flush() {
      if (count != 0) put(0, 8 - count);
    }
    /// Codes go out from their highest bit on, everything else from its lowest.
    void code(std::uint32_t value, unsigned size) {
      std::uint32_t reversed = 0;
      for (unsigned i = 0; i < size; ++i) reversed |= (value >> i & 1) << (size - 1 - i);
      put(reversed, size);
    }
    void literal(std::uint32_t symbol) {
      if (symbol < 144) return code(0x30 + symbol, 8);
      if (symbol < 256) return code(0x190 + symbol - 144, 9);
      if (symbol < 280) return code(symbol - 256, 7);
      code(0xc0 + symbol - 280, 8);
    }
    void match(std::size_t length, std::size_t distance) {
      // The codes of a length: four for each number of extra bits, after eight without; 258 alone.
      auto const rest = static_cast<std::uint32_t>(length - 3);
      if (length == 258) {
        literal(285);
      } else if (rest < 8) {
        literal(257 + rest);
      } else {
        auto const extra = top_bit(rest) - 2;
        literal(257 + 4 * extra + (rest >> extra));
        put(rest & ((1U << extra) - 1), extra);
      }
      auto const away = static_cast<std::uint32_t>(distance - 1);
      if (away < 4) return code(away, 5);
      auto const extra = top_bit(away) - 1;
      code(2 * extra + (away >> extra), 5);
      put(away & ((1U << extra) - 1), extra);
    }
    static unsigned top_bit(std::uint32_t value) {
      unsigned out = 0;
      while ((value >>= 1) != 0) ++out;
      return out;
    }
  };

  std::size_t width_;
  std::size_t height_;
  std::vector<Colour> palette_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace esxvi::sim
