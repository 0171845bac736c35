// Speed of every codec, in megabytes of its input a second: long texts without anything to escape,
// long texts of which each tenth byte is to be escaped, and names of the usual length. The floor
// copies the same text into a new string.
#include <esxvi/escape.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace escape = esxvi::escape;

constexpr std::size_t long_text = 16 * 1024;      // an annotation, or a VMX file
constexpr std::size_t bytes_a_run = 64UL << 20U;  // some milliseconds
constexpr int runs = 7;

std::size_t guard = 0;

template <class F>
void measure(std::string_view codec, std::string_view what, std::string_view text, F f) {
  std::size_t const times = bytes_a_run / text.size();
  std::array<double, runs> seconds{};
  for (int run = -1; run < runs; ++run) {  // the first does not count
    auto const start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < times; ++i) {
      char const* data = text.data();
      asm volatile("" : "+r"(data) : : "memory");  // the text could be another each time
      std::string const made = f(std::string_view(data, text.size()));
      asm volatile("" : : "r"(made.data()) : "memory");  // and somebody reads what was made of it
      guard += made.size();
    }
    std::chrono::duration<double> const taken = std::chrono::steady_clock::now() - start;
    if (run >= 0) seconds[static_cast<std::size_t>(run)] = taken.count();
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf("escape.%.*s.%.*s\t%.0f\tMB/s\n", static_cast<int>(codec.size()), codec.data(),
              static_cast<int>(what.size()), what.data(),
              static_cast<double>(times * text.size()) / seconds[runs / 2] / 1e6);
  std::fflush(stdout);
}

std::string random_text(std::size_t size, unsigned specials_in_100, std::string_view specials) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::mt19937 random(1);
  std::string out;
  while (out.size() < size) {
    auto const& from = random() % 100 < specials_in_100 ? specials : plain;
    out += from[random() % from.size()];
  }
  return out;
}

// `specials` are what decoding makes: none of them is plain.
template <class Codec> void both(std::string_view name, std::string_view specials) {
  std::string_view const short_name = "LocalDSDC0C0RP0VM0WindowsServer2019prod";
  auto const plain = random_text(long_text, 0, specials);
  auto const tenth = random_text(long_text, 10, specials);
  measure(name, "encode.plain", plain, Codec::encode);
  measure(name, "encode.tenth", tenth, Codec::encode);
  measure(name, "encode.name", short_name, Codec::encode);
  measure(name, "decode.plain", plain, Codec::decode);
  measure(name, "decode.tenth", Codec::encode(tenth), Codec::decode);
  measure(name, "decode.name", short_name, Codec::decode);
}

}  // namespace

int main() {
  auto const copy = [](std::string_view text) { return std::string(text); };
  measure("floor", "copy.plain", random_text(long_text, 0, {}), copy);
  measure("floor", "copy.name", "LocalDSDC0C0RP0VM0WindowsServer2019prod", copy);
  both<escape::percent>("percent", "%/\\");
  both<escape::pipe>("pipe", "|\"");
  both<escape::vmxname>("vmxname", "%/|\"");
  both<escape::uri>("uri", " /[]&");
  both<escape::vmbase64>("vmbase64", "~[]%");
  both<escape::dsitem>("dsitem", "~[]%/");
  both<escape::xml_entities>("xml", "&<>\"'");

  auto const western = random_text(long_text, 10, "\x80\xE4\xF6\xFC\xDF");
  measure("windows1252", "decode.tenth", western, escape::windows1252::decode);
  measure("windows1252", "encode.tenth", escape::windows1252::decode(western),
          escape::windows1252::encode);
  return guard == 0 ? 1 : 0;
}
