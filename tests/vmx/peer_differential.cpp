// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// With peer_compatible, esxvi converts what libvirt 9.0.0 converts, refuses what it refuses, and
// writes the same bytes. Its converter runs beside ours on thousands of made inputs
// (ESXVI_PEER_RUNS of each direction, from seed ESXVI_PEER_SEED on), on files from the wild and on
// the conformance cases. Where we differ on purpose, the lists below say it; all else fails.
#include "file_names.hpp"
#include "support/skip.hpp"
#include "vmx/generate_domain.hpp"
#include "vmx/generate_vmx.hpp"
#include "vmx/support.hpp"

#include <esxvi/escape/pipe.hpp>
#include <esxvi/escape/utf8.hpp>
#include <esxvi/vmx/domain_xml.hpp>
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;

namespace {

enum class direction : std::uint8_t { to_xml, to_vmx };

/// One conversion to be made by both.
struct Input {
  direction way = direction::to_xml;
  std::string name{};
  std::string text{};
  std::string files = "test";
  std::int64_t hardware = 4;
  bool autodetect = true;
  std::string datacenter_path{};
  std::string moref{};
};

/// What came of it.
struct Outcome {
  bool accepted = false;
  bool crashed = false;  ///< no answer at all: a signal, or no end of it
  std::string text{};    ///< the result, or why there is none
};

std::size_t number_from(char const* variable, std::size_t otherwise) {
  char const* const said = std::getenv(variable);
  return said == nullptr ? otherwise : std::stoul(said);
}

// ---- the two programs ---------------------------------------------------------------------------

Outcome convert_by_libvirt(Input const& in, std::filesystem::path const& folder) {
  std::vector<std::string> options{"--files", in.files};
  auto const option = [&](char const* name, std::string const& value) {
    if (!value.empty()) options.insert(options.end(), {name, value});
  };
  if (in.way == direction::to_vmx) option("--hw", std::to_string(in.hardware));
  if (!in.autodetect) option("--autodetect", "none");
  option("--dcpath", in.datacenter_path);
  option("--moref", in.moref);
  auto done = LibvirtConverter::get().run(in.way == direction::to_xml ? "vmx2xml" : "xml2vmx",
                                          options, in.text, folder);
  if (done.status == 0) return {true, false, std::move(done.out)};
  return {false, done.status != 1, std::move(done.err)};
}

Outcome convert_ourselves(Input const& in) {
  try {
    if (in.way == direction::to_xml) {
      auto const document =
          vmx::Document::parse(in.text, {.rules = vmx::grammar::peer, .file = "in.vmx"});
      vmx::ToXmlOptions options;
      options.peer_compatible = true;
      options.files = esxctl::file_names(in.files);
      options.datacenter_path = in.datacenter_path;
      options.moref = in.moref;
      options.file = "in.vmx";
      return {true, false, vmx::to_domain_xml(document, options)};
    }
    vmx::FromXmlOptions options;
    options.peer_compatible = true;
    options.files = esxctl::file_names(in.files);
    options.hardware_version = in.hardware;
    if (in.autodetect)
      options.controller_model = [](vmx::DiskOnController const&) { return "lsilogic"; };
    options.file = "in.xml";
    return {true, false, vmx::from_domain_xml(in.text, options).text()};
  } catch (error const& e) {
    return {false, false, e.what()};
  } catch (std::exception const& e) {
    return {false, true, std::string("another exception: ") + e.what()};
  }
}

// ---- comparing ----------------------------------------------------------------------------------

/// An element as far as it counts: attributes in any order, children by name.
std::string essence(xml::Element const& e) {
  std::map<std::string, std::string> attributes;
  for (auto const& a : e.attributes()) attributes.emplace(a.name, a.value);
  std::map<std::string, std::string> children;
  for (xml::Element const& child : e.children())
    children[std::string(child.name())] += essence(child);
  std::string out = "<" + std::string(e.name());
  for (auto const& [name, value] : attributes) out += " " + name + "=" + value;
  out += ">";
  if (children.empty()) out += e.text();
  for (auto const& [name, content] : children) out += content;
  return out + "</>";
}

using Entries = std::vector<std::pair<std::string, std::string>>;

/// libvirt escapes two values and writes all others as they are, quotes and line ends included.
/// What it meant: only these two are without escapes.
Entries literal_entries(std::string_view text) {
  constexpr std::string_view between = " = \"";
  Entries out;
  while (!text.empty()) {
    auto const end = std::min(text.find("\"\n"), text.size());
    auto const line = text.substr(0, end);
    auto const middle = line.find(between);
    if (middle == std::string_view::npos) return {};
    auto const key = lower_case(line.substr(0, middle));
    std::string const value(line.substr(middle + between.size()));
    if (key == "displayname" || key == "annotation")
      out.emplace_back(key, escape::pipe::decode(value));
    else
      out.emplace_back(key, value);
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

/// Both have converted domain XML: what they made of it.
struct Files {
  xml::Element const& domain;
  Entries ours;
  Entries theirs;

  /// Takes the escapes out of our values, where libvirt writes none.
  template <class Which> void decode(Which which) {
    for (auto& [key, value] : ours) {
      auto decoded = escape::pipe::decode_lenient(value);
      bool const is_theirs = std::ranges::any_of(
          theirs, [&](auto const& e) { return e.first == key && e.second == decoded; });
      if (is_theirs && which(std::string_view(value))) value = std::move(decoded);
    }
  }
  void forget(std::string_view key) {
    for (Entries* const entries : {&ours, &theirs})
      std::erase_if(*entries, [&](auto const& e) { return e.first == key; });
  }
};

/// How we differ on purpose. Either the outcomes differ, or a part of them is forgotten before
/// they are compared.
struct Known {
  char const* name;
  bool (*is_it)(Input const& in, Outcome const& ours, Outcome const& theirs);
  void (*forget)(Files& files);
  char const* why;  ///< what is better
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<Known> const& known_differences() {
  static std::vector<Known> const all{
      {"no answer from libvirt",
       [](Input const&, Outcome const& ours, Outcome const& theirs) {
         return theirs.crashed && !ours.crashed;
       },
       nullptr, "it ends by a signal, or does not end: huge numbers make it allocate and count"},
      {"undecodable bytes",
       [](Input const& in, Outcome const& ours, Outcome const& theirs) {
         return in.way == direction::to_xml &&
                (ours.accepted ? contains(theirs.text, "input conversion failed")
                               : contains(ours.text, "means nothing in"));
       },
       nullptr,
       "libvirt drops what follows a byte that the encoding of the file has no meaning for"},
      {"control characters in XML",
       [](Input const& in, Outcome const& ours, Outcome const& theirs) {
         auto text = theirs.text;
         std::erase_if(text, [](char c) { return c >= 0x1A && c <= 0x1F; });
         return in.way == direction::to_xml && ours.accepted && theirs.accepted &&
                text.size() != theirs.text.size() && text == ours.text;
       },
       nullptr, "libvirt leaves out most of them but not 1A to 1F: what it writes then is no XML"},
      {"bytes that are no UTF-8",
       [](Input const& in, Outcome const& ours, Outcome const& theirs) {
         return in.way == direction::to_xml && ours.accepted && theirs.accepted &&
                escape::find_invalid_utf8(theirs.text).has_value() &&
                contains(ours.text, "\xEF\xBF\xBD");
       },
       nullptr, "libvirt copies them: what it writes is no XML"},
      {"backslash of Shift_JIS",
       [](Input const& in, Outcome const& ours, Outcome const& theirs) {
         return in.way == direction::to_xml && ours.accepted && theirs.accepted &&
                contains(theirs.text, "\xC2\xA5") && contains(lower_case(in.text), "shift_jis");
       },
       nullptr, "libvirt takes the byte 5C for a yen sign, which makes paths of Windows unusable"},
      {"escaped quotes and line ends", nullptr,
       [](Files& files) {
         files.decode([](std::string_view value) {
           return contains(value, "|22") || contains(value, "|0A") || contains(value, "|0D");
         });
       },
       "a quote or a line end in a value breaks the file that libvirt writes"},
      {"escaped pipes and control characters", nullptr,
       [](Files& files) { files.decode([](std::string_view) { return true; }); },
       "VMware takes a pipe with two digits behind it for an escape"},
      {"doubled keys", nullptr,
       [](Files& files) {
         std::set<std::string> seen;
         std::set<std::string> doubled;
         for (auto const& [key, value] : files.theirs)
           if (!seen.insert(key).second) doubled.insert(key.substr(0, key.rfind('.')));
         for (Entries* const entries : {&files.ours, &files.theirs})
           std::erase_if(*entries, [&](auto const& e) {
             return std::ranges::any_of(doubled, [&](std::string const& device) {
               return e.first.starts_with(device + ".");
             });
           });
       },
       "of two devices with one number libvirt writes both, and reads the first"},
      {"random UUID", nullptr,
       [](Files& files) {
         xml::Element const* const uuid = files.domain.child("uuid");
         if (uuid != nullptr && !uuid->text().empty()) return;
         files.forget("uuid.bios");
         files.forget("uuid.action");
       },
       "a domain without UUID gets a random one from libvirt; here VMware makes it"},
      {"random MAC address", nullptr,
       [](Files& files) {
         xml::Element const* const devices = files.domain.child("devices");
         std::size_t number = 0;
         if (devices == nullptr) return;
         for (xml::Element const& adapter : devices->children("interface")) {
           auto const p = "ethernet" + std::to_string(number++) + ".";
           xml::Element const* const mac = adapter.child("mac");
           if (mac != nullptr && mac->attribute("address")) continue;
           for (char const* const key :
                {"addresstype", "generatedaddress", "generatedaddressoffset"})
             files.forget(p + key);
         }
       },
       "an adapter without MAC address gets a random one from libvirt; here VMware makes it"},
  };
  return all;
}

enum class verdict : std::uint8_t { same_bytes, same_meaning, both_refuse, on_purpose, different };

struct Comparison {
  verdict what = verdict::different;
  std::vector<Known const*> why{};  ///< of differences on purpose
  std::string key{};                ///< the first that tells another thing
  std::string text{};               ///< where they differ
};

Comparison different(Entries const& ours, Entries const& theirs) {
  Comparison out;
  std::size_t same = 0;
  while (same < std::min(ours.size(), theirs.size()) && ours[same] == theirs[same]) ++same;
  auto const show = [&](char const* whose, Entries const& entries) {
    out.text += whose;
    for (std::size_t i = same; i < std::min(same + 4, entries.size()); ++i)
      out.text += "\n    " + entries[i].first + " = " + shown(entries[i].second, 200);
  };
  show("  ours", ours);
  show("\n  theirs", theirs);
  out.key = same < ours.size() ? ours[same].first : same < theirs.size() ? theirs[same].first : "";
  return out;
}

Comparison different_lines(std::string_view ours, std::string_view theirs) {
  for (std::size_t line = 1;; ++line) {
    auto const a = ours.substr(0, ours.find('\n'));
    auto const b = theirs.substr(0, theirs.find('\n'));
    if (a != b || (ours.empty() && theirs.empty()))
      return {verdict::different,
              {},
              std::string(a.substr(0, a.find_first_of("=>"))),
              "line " + std::to_string(line) + "\n  ours:   " + shown(a, 300) +
                  "\n  theirs: " + shown(b, 300)};
    ours.remove_prefix(std::min(a.size() + 1, ours.size()));
    theirs.remove_prefix(std::min(b.size() + 1, theirs.size()));
  }
}

Comparison different_answers(Outcome const& ours, Outcome const& theirs) {
  auto const said = [](Outcome const& o) {
    return o.crashed    ? "no answer: " + shown(o.text, 300)
           : o.accepted ? std::string("accepts")
                        : "refuses: " + shown(o.text, 300);
  };
  return {
      verdict::different,
      {},
      ours.text.substr(0, ours.accepted ? 0 : 24) + theirs.text.substr(0, theirs.accepted ? 0 : 50),
      "ours:   " + said(ours) + "\ntheirs: " + said(theirs)};
}

Comparison compare(Input const& in, Outcome const& ours, Outcome const& theirs) {
  if (!ours.crashed && !theirs.crashed) {
    if (!ours.accepted && !theirs.accepted) return {verdict::both_refuse};
    if (ours.accepted && theirs.accepted && ours.text == theirs.text) return {verdict::same_bytes};
  }
  for (Known const& known : known_differences())
    if (known.is_it != nullptr && known.is_it(in, ours, theirs))
      return {verdict::on_purpose, {&known}};
  if (!ours.accepted || !theirs.accepted) return different_answers(ours, theirs);
  try {
    if (in.way == direction::to_xml) {
      bool const same = essence(xml::Tree::parse(ours.text).root()) ==
                        essence(xml::Tree::parse(theirs.text).root());
      if (same && number_from("ESXVI_PEER_EXACT", 0) == 0) return {verdict::same_meaning};
    } else {
      auto const domain = xml::Tree::parse(in.text);
      Files files{domain.root(), literal_entries(ours.text), literal_entries(theirs.text)};
      Comparison out{verdict::same_meaning};
      for (Known const& known : known_differences()) {
        if (files.ours == files.theirs) break;
        if (known.forget == nullptr) continue;
        auto const before = files;
        known.forget(files);
        if (files.ours != before.ours || files.theirs != before.theirs) {
          out.what = verdict::on_purpose;
          out.why.push_back(&known);
        }
      }
      if (files.ours != files.theirs) return different(files.ours, files.theirs);
      return out;
    }
  } catch (error const&) {
    // what one of them wrote is no XML
  }
  return different_lines(ours.text, theirs.text);
}

// ---- running ------------------------------------------------------------------------------------

struct Tally {
  std::map<verdict, std::size_t> verdicts{};
  std::map<std::string, std::size_t> known{};
  std::size_t unexplained = 0;
};

/// The lines of an input that it takes to see the difference.
Input shrink(Input in, std::filesystem::path const& folder) {
  auto const lines_of = [](std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
      auto const end = std::min(text.find('\n'), text.size() - 1) + 1;
      lines.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    }
    return lines;
  };
  auto lines = lines_of(in.text);
  auto const join = [](std::vector<std::string> const& all) {
    std::string out;
    for (auto const& line : all) out += line;
    return out;
  };
  // Removing lines makes other differences; this one is to stay.
  auto const wanted = compare(in, convert_ourselves(in), convert_by_libvirt(in, folder)).key;
  int budget = 600;
  for (std::size_t size = std::max<std::size_t>(lines.size() / 2, 1); size != 0; size /= 2) {
    for (std::size_t at = 0; at < lines.size() && budget != 0;) {
      auto fewer = lines;
      auto const from = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(from,
                  fewer.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, fewer.size())));
      Input smaller = in;
      smaller.text = join(fewer);
      --budget;
      auto const ours = convert_ourselves(smaller);
      auto const theirs = convert_by_libvirt(smaller, folder);
      auto const what = compare(smaller, ours, theirs);
      if (what.what == verdict::different && what.key == wanted)
        lines = std::move(fewer);
      else
        at += size;
    }
  }
  in.text = join(lines);
  return in;
}

std::string report(Input const& in, Outcome const& ours, Outcome const& theirs) {
  std::string out =
      in.name + " (" + (in.way == direction::to_xml ? "to XML" : "to VMX") + ", files " + in.files;
  if (in.way == direction::to_vmx)
    out += ", hardware " + std::to_string(in.hardware) +
           (in.autodetect ? "" : ", no controller function");
  out += ")\n" + shown(in.text, 3000) + "\n";
  return out + compare(in, ours, theirs).text;
}

/// Compares all inputs, on two threads. `make` gives one by its number.
template <class Make> Tally run_all(std::size_t count, Make make) {
  Tally tally;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  std::vector<std::string> reports;
  std::set<std::string> shown_keys;
  std::exception_ptr failure;
  auto const work = [&] {
    try {
      TemporaryFolder const folder;
      for (std::size_t i = next++; i < count; i = next++) {
        Input const in = make(i);
        auto const ours = convert_ourselves(in);
        auto const theirs = convert_by_libvirt(in, folder.path());
        auto const what = compare(in, ours, theirs);
        std::string text;
        if (what.what == verdict::different) {
          bool const few = [&] {
            std::lock_guard const lock(mutex);
            return shown_keys.size() < number_from("ESXVI_PEER_SHOWN", 10) &&
                   shown_keys.insert(what.key).second;
          }();
          if (few) {
            auto const small = shrink(in, folder.path());
            text =
                report(small, convert_ourselves(small), convert_by_libvirt(small, folder.path()));
          }
        }
        std::lock_guard const lock(mutex);
        ++tally.verdicts[what.what];
        for (Known const* const known : what.why) ++tally.known[known->name];
        if (what.what == verdict::different) {
          ++tally.unexplained;
          if (!text.empty()) reports.push_back(text);
        }
      }
    } catch (...) {
      std::lock_guard const lock(mutex);
      failure = std::current_exception();
    }
  };
  std::thread other(work);
  work();
  other.join();
  if (failure) std::rethrow_exception(failure);
  for (auto const& text : reports) std::cout << "DIFFERENT " << text << "\n\n";
  return tally;
}

void print(std::string_view what, Tally const& tally) {
  auto const of = [&](verdict v) {
    auto const at = tally.verdicts.find(v);
    return at == tally.verdicts.end() ? 0 : at->second;
  };
  std::cout << what << ": " << of(verdict::same_bytes) << " the same byte for byte, "
            << of(verdict::same_meaning) << " by meaning, " << of(verdict::both_refuse)
            << " refused by both, " << of(verdict::on_purpose) << " different on purpose, "
            << tally.unexplained << " different\n";
  for (auto const& [name, count] : tally.known) std::cout << "    " << count << " " << name << "\n";
}

/// Converted and refused: what the run was about must have occurred.
void check(std::string_view what, Tally const& tally, bool made) {
  print(what, tally);
  CHECK(tally.unexplained == 0);
  if (!made) return;
  CHECK(tally.verdicts.contains(verdict::same_bytes));
  CHECK(tally.verdicts.contains(verdict::both_refuse));
}

std::size_t runs() { return number_from("ESXVI_PEER_RUNS", 2000); }
std::uint32_t seed_of(std::size_t i) {
  return static_cast<std::uint32_t>(number_from("ESXVI_PEER_SEED", 1) + i);
}

Input made_vmx(std::size_t i) {
  auto const seed = seed_of(i);
  Input in;
  in.name = "seed " + std::to_string(seed);
  in.text = random_vmx(seed);
  in.files = seed % 4 == 0 ? "plain" : "test";
  if (seed % 10 == 1) in.datacenter_path = "folder & 1/dc";
  if (seed % 10 == 2) in.moref = "vm-<5>";
  return in;
}

Input made_domain(std::size_t i) {
  constexpr std::array<std::int64_t, 10> versions{3, 4, 6, 7, 8, 9, 10, 13, 19, 21};
  auto const seed = seed_of(i);
  Input in;
  in.way = direction::to_vmx;
  in.name = "seed " + std::to_string(seed);
  in.text = random_domain_xml(seed);
  in.files = seed % 4 == 0 ? "plain" : "test";
  in.hardware = versions[seed % versions.size()];
  in.autodetect = seed % 3 != 0;
  return in;
}

}  // namespace

TEST_CASE("made files become the same domain XML, or none") {
  if (auto const* const why = LibvirtConverter::get().why_missing()) ESXVI_SKIP(*why);
  check("made VMX files", run_all(runs(), made_vmx), true);
}

TEST_CASE("made domain XML becomes the same file, or none") {
  if (auto const* const why = LibvirtConverter::get().why_missing()) ESXVI_SKIP(*why);
  check("made domain XML", run_all(runs(), made_domain), true);
}

TEST_CASE("files from the wild become the same domain XML, or none") {
  if (auto const* const why = LibvirtConverter::get().why_missing()) ESXVI_SKIP(*why);
  auto const files = files_in(shared_folder("vmx-wild"), ".vmx");
  if (files.empty()) ESXVI_SKIP("no VMX files from the wild beside the checkout, see ESXVI_SHARED");
  auto const make = [&](std::size_t i) {
    Input in;
    in.name = files[i / 2].filename().string();
    in.text = read_file(files[i / 2]);
    in.files = i % 2 == 0 ? "plain" : "test";
    return in;
  };
  check("wild VMX files", run_all(2 * files.size(), make), false);
}

TEST_CASE("the domain XML of files from the wild becomes the same file, or none") {
  if (auto const* const why = LibvirtConverter::get().why_missing()) ESXVI_SKIP(*why);
  auto const files = files_in(shared_folder("vmx-wild"), ".vmx");
  if (files.empty()) ESXVI_SKIP("no VMX files from the wild beside the checkout, see ESXVI_SHARED");
  TemporaryFolder const folder;
  std::vector<Input> inputs;
  for (auto const& file : files) {
    Input there;
    there.text = read_file(file);
    there.files = "plain";
    auto const theirs = convert_by_libvirt(there, folder.path());
    for (std::int64_t const hardware : {4, 7, 13}) {
      Input back;
      back.way = direction::to_vmx;
      back.name = file.filename().string();
      back.files = "plain";
      back.hardware = hardware;
      // What libvirt made of it, and what we make of all of them.
      back.text = theirs.accepted
                      ? theirs.text
                      : vmx::to_domain_xml(vmx::Document::parse(there.text), {.carry_rest = false});
      inputs.push_back(std::move(back));
    }
  }
  check("XML of wild files", run_all(inputs.size(), [&](std::size_t i) { return inputs[i]; }),
        false);
}

TEST_CASE("the inputs of the conformance cases") {
  if (auto const* const why = LibvirtConverter::get().why_missing()) ESXVI_SKIP(*why);
  std::vector<Input> inputs;
  for (char const* const folder : {"vmx2xml", "xml2vmx"}) {
    auto const cases = shared_folder("conformance") / folder;
    if (!std::filesystem::exists(cases / "cases.tsv")) continue;
    for (TableRow const& row : read_table(cases / "cases.tsv")) {
      Input in;
      in.way = row["direction"] == "vmx2xml" ? direction::to_xml : direction::to_vmx;
      in.name = row["case"];
      in.text = read_file(cases / row["input"]);
      if (in.way == direction::to_vmx) {
        // Those that write no version of their own are asked for others as well.
        for (std::int64_t const hardware :
             {std::int64_t{3}, std::int64_t{13}, std::int64_t{std::stol(row["hw_version"])}}) {
          in.hardware = hardware;
          inputs.push_back(in);
        }
        continue;
      }
      in.datacenter_path = row["datacenter_path"];
      in.moref = row["moref"];
      inputs.push_back(in);
    }
  }
  if (inputs.empty()) ESXVI_SKIP("no conformance cases beside the checkout, see ESXVI_SHARED");
  check("conformance inputs", run_all(inputs.size(), [&](std::size_t i) { return inputs[i]; }),
        false);
}
