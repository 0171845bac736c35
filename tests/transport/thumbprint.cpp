// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/transport/thumbprint.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using esxvi::Thumbprint;

namespace {

constexpr std::string_view sha1 = "0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0:00:FF:10:20";
constexpr std::string_view sha256 =
    "0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0:00:FF:10:20:01:02:03:04:05:06:07:08:09:0A:0B:"
    "0C";

/// The same with another separator, or none, and in lower case.
std::string with(std::string_view text, std::string_view separator, bool lower) {
  std::string out;
  for (char const c : text) {
    if (c == ':')
      out.append(separator);
    else
      out += lower && c >= 'A' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

}  // namespace

TEST_CASE("a thumbprint is read in every form that tools print") {
  for (auto const text : {sha1, sha256}) {
    bool const is_sha1 = text == sha1;
    auto const expected = Thumbprint::parse(text);
    CHECK(expected.to_string() == text);
    CHECK(expected.kind() ==
          (is_sha1 ? Thumbprint::algorithm::sha1 : Thumbprint::algorithm::sha256));
    CHECK(expected.algorithm_name() == (is_sha1 ? "SHA-1" : "SHA-256"));
    CHECK(expected.digest().size() == (is_sha1 ? 20 : 32));
    std::vector<std::string> prefixes{""};
    for (auto const* name :
         is_sha1 ? std::array{"sha1", "SHA1", "SHA-1"} : std::array{"sha256", "SHA256", "SHA-256"})
      for (auto const* end : {":", "=", ": ", " Fingerprint=", " Fingerprint: "})
        prefixes.push_back(std::string(name) + end);
    for (auto const& prefix : prefixes)
      for (auto const* separator : {":", "", " ", "-"})
        for (bool const lower : {false, true}) {
          auto const written = prefix + with(text, separator, lower);
          CAPTURE(written);
          CHECK(Thumbprint::parse(written) == expected);
        }
  }
  CHECK(Thumbprint::parse(" " + std::string(sha256) + " ") == Thumbprint::parse(sha256));
}

TEST_CASE("what is no thumbprint is refused") {
  std::string const hex(64, 'a');
  for (std::string const& text : {
           std::string(),
           std::string("AA"),
           std::string("sha256"),
           std::string("sha256:"),
           hex + "a",
           hex + "aa",
           hex.substr(1),
           hex.substr(2),
           std::string(40, 'g'),
           "sha1:" + hex,
           "sha256:" + std::string(40, 'a'),
           "sha512:" + hex,
           "md5:" + hex,
           std::string("sha256//") + std::string(43, 'A') + "=",
           "0x" + hex,
           std::string(sha1) + ":",
           ":" + std::string(sha1),
           with(sha1, "::", false),
           with(sha1, ".", false),
           with(sha1.substr(0, 30), "-", false) + std::string(sha1.substr(30)),
           "AA:BB" + hex.substr(4),
           hex + "\n",
           "sha256 of something=" + hex,
       }) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(Thumbprint::parse(text)), esxvi::invalid_argument);
  }
}

TEST_CASE("a hash has the bytes of SHA-1 or SHA-256") {
  std::array<unsigned char, 32> const bytes{1, 2, 3};
  CHECK(Thumbprint::of_digest(bytes).to_string().starts_with("01:02:03:00"));
  CHECK(Thumbprint::of_digest({bytes.data(), 20}).kind() == Thumbprint::algorithm::sha1);
  CHECK_THROWS_AS(static_cast<void>(Thumbprint::of_digest({bytes.data(), 31})),
                  esxvi::invalid_argument);
  CHECK(Thumbprint::of_digest(bytes) != Thumbprint::of_digest({bytes.data(), 20}));
}
