// VMX files to domain XML and back, in microseconds a file: minimum and median of many conversions,
// with peer_compatible and in the usual mode, beside libvirt's converter when that can be run.
//
// The small file is a conformance case when those are beside the checkout, else one of the same
// size; the large one has the 163 entries of a busy ESX machine.
#include "vmx/generate.hpp"
#include "vmx/support.hpp"

#include <esxvi/vmx/domain_xml.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace esxvi;
using namespace esxvi::test;

constexpr int loops = 2000;

struct Times {
  double least = 0;
  double median = 0;
};

std::size_t guard = 0;

template <class F> Times measure(int times, F f) {
  std::vector<double> all;
  all.reserve(static_cast<std::size_t>(times));
  for (int i = -times / 20; i < times; ++i) {  // the first do not count
    auto const start = std::chrono::steady_clock::now();
    guard += f();
    std::chrono::duration<double, std::micro> const taken =
        std::chrono::steady_clock::now() - start;
    if (i >= 0) all.push_back(taken.count());
  }
  std::ranges::sort(all);
  return {all.front(), all[all.size() / 2]};
}

void report(std::string const& name, Times const& times) {
  std::printf("vmx.%s.min\t%.2f\tus\nvmx.%s.median\t%.2f\tus\n", name.c_str(), times.least,
              name.c_str(), times.median);
  std::fflush(stdout);
}
void report_ratio(std::string const& name, Times const& theirs, Times const& ours) {
  std::printf("vmx.%s.faster\t%.1f\tx libvirt\n", name.c_str(), theirs.least / ours.least);
  std::fflush(stdout);
}

/// What the programs of the peer print: name, ..., mean, median, minimum. Nothing when they fail.
std::optional<Times> times_of(Finished const& done) {
  if (done.status != 0) return std::nullopt;
  std::vector<std::string> cells;
  std::istringstream in(done.out.substr(0, done.out.find('\n')));
  for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
  if (cells.size() < 4) return std::nullopt;
  return Times{std::stod(cells.back()), std::stod(cells[cells.size() - 2])};
}

std::size_t entries_of(std::string const& text) {
  return vmx::Document::parse(text).entries().size();
}

void to_xml(std::string const& name, std::string const& text, std::filesystem::path const& folder) {
  auto const compatible = measure(loops, [&] {
    auto const document = vmx::Document::parse(text, {.rules = vmx::grammar::peer});
    vmx::ToXmlOptions options;
    options.peer_compatible = true;
    return vmx::to_domain_xml(document, options).size();
  });
  report(name + ".compatible", compatible);
  report(name + ".usual",
         measure(loops, [&] { return vmx::to_domain_xml(vmx::Document::parse(text)).size(); }));
  auto const file = folder / (name + ".vmx");
  write_file(file, text);
  auto const& libvirt = LibvirtConverter::get();
  if (libvirt.why_missing() != nullptr) return;
  if (auto const theirs = times_of(libvirt.run(
          "vmx2xml", {"--files", "plain", "--loops", std::to_string(loops)}, text, folder))) {
    report(name + ".libvirt_converter", *theirs);
    report_ratio(name + ".compatible", *theirs, compatible);
  }
  if (auto const theirs = times_of(run_program(
          {libvirt.native().string(), "-n", std::to_string(loops), file.string()}, folder))) {
    report(name + ".libvirt_api", *theirs);
    report_ratio(name + ".compatible_to_api", *theirs, compatible);
  }
}

void to_vmx(std::string const& name, std::string const& xml, std::filesystem::path const& folder) {
  auto const compatible = measure(loops, [&] {
    vmx::FromXmlOptions options;
    options.peer_compatible = true;
    options.hardware_version = 10;
    return vmx::from_domain_xml(xml, options).text().size();
  });
  report(name + ".compatible", compatible);
  report(name + ".usual", measure(loops, [&] { return vmx::from_domain_xml(xml).text().size(); }));
  auto const& libvirt = LibvirtConverter::get();
  if (libvirt.why_missing() != nullptr) return;
  if (auto const theirs = times_of(libvirt.run(
          "xml2vmx", {"--files", "plain", "--hw", "10", "--loops", std::to_string(loops)}, xml,
          folder))) {
    report(name + ".libvirt_converter", *theirs);
    report_ratio(name + ".compatible", *theirs, compatible);
  }
}

void parse_large_file() {
  std::string text;
  for (std::size_t i = 0; text.size() < 10'000'000; ++i)
    text += "scsi0:" + std::to_string(i % 64) + ".setting" + std::to_string(i) + " = \"value " +
            std::to_string(i) + "\"\n";
  auto const parse = [&](vmx::grammar rules) {
    return measure(9, [&] { return vmx::Document::parse(text, {.rules = rules}).entries().size(); })
        .median;
  };
  auto const speed = [&](double microseconds) {
    return static_cast<double>(text.size()) / microseconds;
  };
  std::printf("vmx.parse_10_MB.usual\t%.0f\tMB/s\n", speed(parse(vmx::grammar::vendor)));
  std::printf("vmx.parse_10_MB.compatible\t%.0f\tMB/s\n", speed(parse(vmx::grammar::peer)));
  auto const document = vmx::Document::parse(text);
  std::printf("vmx.text_10_MB\t%.0f\tMB/s\n",
              speed(measure(9, [&] { return document.text().size(); }).median));
}

}  // namespace

int main() {
  TemporaryFolder const folder;
  // The other program asks VMware's tools for their version; these stand in for them.
  if (auto const tools = shared_folder("bench") / "vmx-peer" / "fake-vmware";
      std::filesystem::exists(tools)) {
    char const* const path = std::getenv("PATH");
    ::setenv(
        "PATH",
        (std::filesystem::absolute(tools).string() + ":" + (path != nullptr ? path : "")).c_str(),
        1);
  }
  auto const small_case = shared_folder("conformance") / "vmx2xml" / "esx-in-the-wild-1.vmx";
  auto const small = std::filesystem::exists(small_case) ? read_file(small_case) : esx_file(48);
  auto const large = esx_file(163);
  to_xml("to_xml" + std::to_string(entries_of(small)), small, folder.path());
  to_xml("to_xml" + std::to_string(entries_of(large)), large, folder.path());

  auto const xml_case = shared_folder("conformance") / "xml2vmx" / "xml2vmx-esx-in-the-wild-9.xml";
  to_vmx("to_vmx_small",
         std::filesystem::exists(xml_case)
             ? read_file(xml_case)
             : vmx::to_domain_xml(vmx::Document::parse(esx_file(48)), {.carry_rest = false}),
         folder.path());
  vmx::ToXmlOptions compatible;
  compatible.peer_compatible = true;
  to_vmx("to_vmx_large", vmx::to_domain_xml(vmx::Document::parse(large), compatible),
         folder.path());
  auto const with_metadata = vmx::to_domain_xml(vmx::Document::parse(large));
  report("to_vmx_large.metadata",
         measure(loops, [&] { return vmx::from_domain_xml(with_metadata).text().size(); }));

  parse_large_file();
  return guard == 0 ? 1 : 0;
}
