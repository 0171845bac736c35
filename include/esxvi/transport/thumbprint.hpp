// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/hex.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

/// The hash of a server's certificate (of its DER form), by which a user recognises the server.
/// A value; safe to share.
class Thumbprint {
 public:
  enum class algorithm : unsigned char { sha1, sha256 };

  /// Reads what the tools of VMware, OpenSSL and Windows print, in either case:
  /// "AA:BB:...", "aabb...", "aa bb ...", "aa-bb-...", with or without "sha256:", "SHA-1=",
  /// "SHA256 Fingerprint=" in front. 20 bytes are SHA-1, 32 are SHA-256. Throws invalid_argument.
  [[nodiscard]] static Thumbprint parse(std::string_view text);

  /// From the bytes of the hash: 20 or 32, else invalid_argument.
  [[nodiscard]] static Thumbprint of_digest(std::span<unsigned char const> digest) {
    if (digest.size() != sha1_size && digest.size() != sha256_size)
      refuse("the hash has " + std::to_string(digest.size()) + " bytes");
    Thumbprint made;
    made.kind_ = digest.size() == sha1_size ? algorithm::sha1 : algorithm::sha256;
    std::copy(digest.begin(), digest.end(), made.digest_.begin());
    return made;
  }

  [[nodiscard]] algorithm kind() const noexcept { return kind_; }
  /// "SHA-1" or "SHA-256"
  [[nodiscard]] std::string_view algorithm_name() const noexcept {
    return kind_ == algorithm::sha1 ? "SHA-1" : "SHA-256";
  }
  [[nodiscard]] std::span<unsigned char const> digest() const noexcept {
    return {digest_.data(), kind_ == algorithm::sha1 ? sha1_size : sha256_size};
  }
  /// "AA:BB:...", as the vendor's tools print it and the API takes it (`sslThumbprint`).
  [[nodiscard]] std::string to_string() const {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (unsigned char const byte : digest()) {
      if (!out.empty()) out += ':';
      out.append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return out;
  }

  [[nodiscard]] friend bool operator==(Thumbprint const&, Thumbprint const&) = default;
  [[nodiscard]] friend auto operator<=>(Thumbprint const&, Thumbprint const&) = default;

 private:
  static constexpr std::size_t sha1_size = 20;
  static constexpr std::size_t sha256_size = 32;

  Thumbprint() = default;

  [[noreturn]] static void refuse(std::string problem) {
    throw invalid_argument({"reading a certificate's thumbprint",
                            {},
                            std::move(problem),
                            "give the SHA-256 (64 digits) or the SHA-1 (40 digits) of the "
                            "certificate, such as AA:BB:..."});
  }

  algorithm kind_ = algorithm::sha256;
  std::array<unsigned char, sha256_size> digest_{};
};

inline Thumbprint Thumbprint::parse(std::string_view text) {
  // What stands before the hash, without blanks and hyphens: "sha256fingerprint".
  std::string name;
  std::string_view hex = text;
  if (!text.empty() && (text[0] == 's' || text[0] == 'S')) {
    std::size_t const end = text.find_first_of(":=");
    if (end == text.npos) refuse("the name of a hash is followed by nothing");
    hex = text.substr(end + 1);
    for (char const c : text.substr(0, end))
      if (c != ' ' && c != '-') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (name.ends_with("fingerprint")) name.resize(name.size() - 11);
    if (name != "sha1" && name != "sha256")
      refuse("\"" + std::string(text.substr(0, std::min<std::size_t>(end, 32))) +
             "\" is no known hash");
  }
  while (hex.starts_with(' ')) hex.remove_prefix(1);
  while (hex.ends_with(' ')) hex.remove_suffix(1);

  // The first separator decides: it stands between all bytes or none.
  std::array<unsigned char, sha256_size> bytes{};
  std::size_t size = 0;
  std::size_t at = 0;
  char const separator =
      hex.size() > 2 && escape::detail::hex_digit(static_cast<unsigned char>(hex[2])) < 0 ? hex[2]
                                                                                          : '\0';
  if (separator != '\0' && std::string_view(": -").find(separator) == std::string_view::npos)
    refuse("it holds a character that is no hexadecimal digit");
  for (; at < hex.size(); at += 2) {
    if (separator != '\0' && size != 0) {
      if (hex[at] != separator) refuse("its bytes are separated in different ways");
      ++at;
    }
    auto const digit = [&](std::size_t position) {
      int const value = position < hex.size()
                            ? escape::detail::hex_digit(static_cast<unsigned char>(hex[position]))
                            : -1;
      if (value < 0) refuse("it holds something that is no pair of hexadecimal digits");
      return static_cast<unsigned>(value);
    };
    auto const byte = static_cast<unsigned char>(digit(at) << 4U | digit(at + 1));
    if (size == bytes.size()) refuse("it is longer than a SHA-256");
    bytes[size++] = byte;
  }
  if (size != sha1_size && size != sha256_size) refuse("it has " + std::to_string(size) + " bytes");
  if (!name.empty() && name != (size == sha1_size ? "sha1" : "sha256"))
    refuse("it is called " + name + " but has " + std::to_string(size) + " bytes");
  return of_digest({bytes.data(), size});
}

}  // namespace esxvi
