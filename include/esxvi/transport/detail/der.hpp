// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

/// Enough of DER (X.690) to read a certificate. Nothing is copied; every length is checked.
namespace esxvi::detail::der {

using bytes = std::span<std::uint8_t const>;

enum tag : std::uint8_t {
  boolean = 0x01,
  bit_string = 0x03,
  octet_string = 0x04,
  oid = 0x06,
  utf8_string = 0x0c,
  sequence = 0x30,
  set = 0x31,
  printable_string = 0x13,
  ia5_string = 0x16,
  utc_time = 0x17,
  generalized_time = 0x18,
};
/// [n], primitive or constructed.
constexpr std::uint8_t context(unsigned n, bool constructed = false) {
  return static_cast<std::uint8_t>((constructed ? 0xa0U : 0x80U) | n);
}

[[noreturn]] inline void malformed() {
  throw tls_failed({"reading a certificate",
                    {},
                    "it is no X.509 certificate",
                    "is this the server's own certificate, unchanged?"});
}

struct element {
  std::uint8_t tag;
  bytes content;
};

/// Walks the elements that stand one behind the other. Throws tls_failed where the bytes are no
/// DER.
class reader {
 public:
  explicit reader(bytes input) : rest_(input) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

  element next() {
    auto const tag = byte();
    if ((tag & 0x1fU) == 0x1fU) malformed();  // tags of more than a byte: none in certificates
    std::size_t size = byte();
    if (size >= 0x80) {
      auto count = size - 0x80;
      if (count == 0 || count > 4) malformed();  // no end given, or gigabytes
      for (size = 0; count > 0; --count) size = size << 8U | byte();
    }
    if (size > rest_.size()) malformed();
    auto const content = rest_.first(size);
    rest_ = rest_.subspan(size);
    return {tag, content};
  }
  /// The next one, which has to be of this kind.
  bytes next(std::uint8_t tag) {
    auto const found = next();
    if (found.tag != tag) malformed();
    return found.content;
  }
  /// The next one if it is of this kind.
  std::optional<bytes> next_if(std::uint8_t tag) {
    if (rest_.empty() || rest_.front() != tag) return std::nullopt;
    return next().content;
  }

 private:
  std::uint8_t byte() {
    if (rest_.empty()) malformed();
    auto const first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }

  bytes rest_;
};

}  // namespace esxvi::detail::der
