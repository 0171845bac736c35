// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

/// SHA-1 and SHA-256 (FIPS 180-4), for the thumbprints of certificates. Not for secrets.
namespace esxvi::detail {

/// The state and the rounds are what the two differ in; blocks and padding are the same.
template <class Algorithm> constexpr auto sha_digest(std::span<std::uint8_t const> message) {
  auto state = Algorithm::initial;
  std::array<std::uint32_t, 16> block{};
  auto const put = [&](std::uint64_t at, std::uint8_t byte) {
    auto const in_block = static_cast<std::size_t>(at % 64);
    if (in_block == 0) block.fill(0);
    block[in_block / 4] |= std::uint32_t{byte} << (24 - 8 * (in_block % 4));
    if (in_block == 63) Algorithm::rounds(state, block);
  };
  std::uint64_t at = 0;
  for (std::uint8_t const byte : message) put(at++, byte);
  put(at++, 0x80);
  while (at % 64 != 56) put(at++, 0);
  auto const bits = std::uint64_t{message.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) put(at++, static_cast<std::uint8_t>(bits >> shift));

  std::array<std::uint8_t, sizeof(state)> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

struct sha1_algorithm {
  static constexpr std::array<std::uint32_t, 5> initial{0x67452301, 0xefcdab89, 0x98badcfe,
                                                        0x10325476, 0xc3d2e1f0};

  static constexpr void rounds(std::array<std::uint32_t, 5>& state,
                               std::array<std::uint32_t, 16> const& block) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = block[i];
    for (std::size_t i = 16; i < 80; ++i)
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < 80; ++i) {
      auto const f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999U
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1U
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcU
                              : (b ^ c ^ d) + 0xca62c1d6U;
      auto const next = std::rotl(a, 5) + f + e + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    std::array<std::uint32_t, 5> const sum{a, b, c, d, e};
    for (std::size_t i = 0; i < sum.size(); ++i) state[i] += sum[i];
  }
};

struct sha256_algorithm {
  static constexpr std::array<std::uint32_t, 8> initial{0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                                        0xa54ff53a, 0x510e527f, 0x9b05688c,
                                                        0x1f83d9ab, 0x5be0cd19};
  static constexpr std::array<std::uint32_t, 64> constants{
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
      0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
      0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
      0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
      0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
      0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
      0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
      0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
      0xc67178f2};

  static constexpr void rounds(std::array<std::uint32_t, 8>& state,
                               std::array<std::uint32_t, 16> const& block) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = block[i];
    for (std::size_t i = 16; i < 64; ++i) {
      auto const s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
      auto const s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto v = state;  // a to h
    for (std::size_t i = 0; i < 64; ++i) {
      auto const s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
      auto const choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
      auto const t1 = v[7] + s1 + choice + constants[i] + w[i];
      auto const s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
      auto const majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
      v = {t1 + s0 + majority, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
    }
    for (std::size_t i = 0; i < v.size(); ++i) state[i] += v[i];
  }
};

[[nodiscard]] constexpr std::array<std::uint8_t, 20> sha1(std::span<std::uint8_t const> message) {
  return sha_digest<sha1_algorithm>(message);
}
[[nodiscard]] constexpr std::array<std::uint8_t, 32> sha256(std::span<std::uint8_t const> message) {
  return sha_digest<sha256_algorithm>(message);
}

}  // namespace esxvi::detail
