// Reading VMX files, of the usual size and of sizes nobody has: the time a byte takes must not
// depend on how many there are.
#include <esxvi/vmx/document.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

using esxvi::vmx::Document;

namespace {

/// A file of `entries` keys, thirty-odd bytes each, as those of a virtual machine are.
std::string file_of(std::size_t entries) {
  constexpr char const* first[] = {".encoding = \"UTF-8\"\n", "config.version = \"8\"\n",
                                   "virtualHW.version = \"19\"\n", "displayName = \"web01\"\n"};
  constexpr char const* names[] = {"present = \"TRUE\"", "fileName = \"web01.vmdk\"",
                                   "deviceType = \"scsi-hardDisk\"", "redo = \"\"",
                                   "pciSlotNumber = \"33\""};
  std::string out;
  for (std::size_t i = 0; i < entries; ++i) {
    if (i < 4)
      out += first[i];
    else
      out.append("scsi")
          .append(std::to_string(i / 80))
          .append(":")
          .append(std::to_string(i / 5 % 16))
          .append(".")
          .append(names[i % 5])
          .append("\n");
  }
  return out;
}

/// The best of many runs, in nanoseconds a call.
template <class F> double time_of(F&& call, std::size_t calls, int rounds) {
  double best = 1e18;
  for (int round = 0; round < rounds; ++round) {
    auto const begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < calls; ++i) call();
    std::chrono::duration<double, std::nano> const took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count() / static_cast<double>(calls));
  }
  return best;
}

std::size_t volatile kept = 0;

}  // namespace

int main() {
  for (std::size_t const entries : {48U, 163U}) {
    auto const text = file_of(entries);
    std::printf("vmx.parse.%zu.bytes\t%zu\tbytes\n", entries, text.size());
    double const ns = time_of([&] { kept = Document::parse(text).entries().size(); }, 2000, 15);
    std::printf("vmx.parse.%zu\t%.0f\tns\n", entries, ns);
  }
  for (std::size_t const megabytes : {1U, 10U}) {
    auto const text = file_of(megabytes * 1'000'000 / 34);
    double const ns = time_of([&] { kept = Document::parse(text).entries().size(); }, 1, 9);
    std::printf("vmx.parse.%zuMB\t%.0f\tMB/s\n", megabytes,
                static_cast<double>(text.size()) / ns * 1000);
  }
  {
    std::string text = "x = \"";
    text.append(100'000'000, 'x').append("\"\n");
    double const ns = time_of([&] { kept = Document::parse(text).entries().size(); }, 1, 3);
    std::printf("vmx.parse.line_of_100MB\t%.0f\tMB/s\n",
                static_cast<double>(text.size()) / ns * 1000);
  }
  for (std::size_t const entries : {48U, 100'000U}) {
    auto const document = Document::parse(file_of(entries));
    std::vector<std::string> keys;
    for (auto const& entry : document.entries()) keys.emplace_back(document.key(entry));
    for (auto& key : keys) key[0] = static_cast<char>(key[0] & ~0x20);
    keys[0] = ".Encoding";
    std::size_t found = 0;
    double const ns = time_of(
        [&] {
          for (auto const& key : keys) found += document.contains(key) ? 1 : 0;
        },
        entries < 100 ? 2000 : 1, 15);
    kept = found;
    std::printf("vmx.find.%zu\t%.1f\tns\n", entries, ns / static_cast<double>(keys.size()));
  }
  {
    auto const document = Document::parse(file_of(163));
    std::size_t bytes = 0;
    double const ns = time_of(
        [&] {
          std::string scratch;
          for (auto const& entry : document.entries())
            bytes += document.value(entry, scratch).size();
        },
        2000, 15);
    kept = bytes;
    std::printf("vmx.value\t%.1f\tns\n", ns / 163);
  }
  {
    double const ns = time_of(
        [&] {
          Document document;
          for (int i = 0; i < 163; ++i)
            document.append("scsi0:" + std::to_string(i) + ".present", "TRUE");
          kept = document.text().size();
        },
        200, 15);
    std::printf("vmx.write.163\t%.0f\tns\n", ns);
  }
  return 0;
}
