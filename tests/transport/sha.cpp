// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The two hashes against the examples of FIPS 180-4 and against OpenSSL.
#include <doctest/doctest.h>

#include <openssl/evp.h>
#include <esxvi/transport/detail/sha.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using esxvi::detail::sha1;
using esxvi::detail::sha256;

namespace {

constexpr std::array<std::uint8_t, 3> abc{'a', 'b', 'c'};
static_assert(sha1(abc)[0] == 0xa9 && sha1(abc)[19] == 0x9d);
static_assert(sha256(abc)[0] == 0xba && sha256(abc)[31] == 0xad);

std::string hex(std::span<std::uint8_t const> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (auto const byte : bytes) {
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}
std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

std::string openssl(EVP_MD const* algorithm, std::vector<std::uint8_t> const& message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  REQUIRE(EVP_Digest(message.data(), message.size(), out.data(), &size, algorithm, nullptr) == 1);
  return hex(std::span{out}.first(size));
}

}  // namespace

TEST_CASE("sha: the examples of the standard") {
  CHECK(hex(sha1(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex(sha256(abc)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  auto const two_blocks = bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
  CHECK(hex(sha1(two_blocks)) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hex(sha256(two_blocks)) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  std::vector<std::uint8_t> const million(1'000'000, 'a');
  CHECK(hex(sha1(million)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  CHECK(hex(sha256(million)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha: as OpenSSL, for every length around the ends of blocks") {
  std::vector<std::uint8_t> message;
  for (unsigned i = 0; i < 200; ++i) {
    CAPTURE(i);
    CHECK(hex(sha1(message)) == openssl(EVP_sha1(), message));
    CHECK(hex(sha256(message)) == openssl(EVP_sha256(), message));
    message.push_back(static_cast<std::uint8_t>(i * 37));
  }
}
