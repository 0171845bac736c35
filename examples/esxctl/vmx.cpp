// esxctl vmx: looks at VMX files, changes them, and converts them to domain XML and back.
#include "commands.hpp"
#include "file_names.hpp"

#include <esxvi/error.hpp>
#include <esxvi/vmx.hpp>

#include <boost/json.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace esxctl {

namespace {

namespace vmx = esxvi::vmx;
namespace json = boost::json;

constexpr std::string_view hidden = "(hidden)";

std::string read_file(std::string const& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    throw esxvi::not_found({"reading", path, "the file cannot be opened", {}});
  return {std::istreambuf_iterator<char>(file), {}};
}

vmx::Document open(std::string const& path, vmx::grammar rules = vmx::grammar::vendor) {
  return vmx::Document::parse(read_file(path), {.rules = rules, .file = path});
}

// Beside the old file first, so that a failure leaves that one as it was.
void replace_file(std::string const& path, std::string_view bytes) {
  std::filesystem::path const target = std::filesystem::canonical(path);
  std::string draft = target.string() + ".XXXXXX";  // a name that nobody has
  int const made = ::mkostemp(draft.data(), O_CLOEXEC);
  std::ofstream file;
  if (made >= 0) {
    ::close(made);
    file.open(draft, std::ios::binary);
  }
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code failed;
  if (file)
    std::filesystem::permissions(draft, std::filesystem::status(target).permissions(), failed);
  if (file && !failed) std::filesystem::rename(draft, target, failed);
  if (!file || failed) {
    if (made >= 0) std::filesystem::remove(draft, failed);
    throw esxvi::invalid_argument({"writing", path, "the file cannot be written", {}});
  }
}

void print(std::vector<vmx::diagnostic> const& findings, std::string const& file) {
  for (vmx::diagnostic const& f : findings) std::cerr << "esxctl: " << to_string(f, file) << '\n';
}

// ---- show ---------------------------------------------------------------------------------------

json::value json_of(vmx::EntryView const& e) {
  if (e.form == vmx::detail::shape::boolean) return e.text == "TRUE";
  std::int64_t number = 0;
  auto const* const end = e.text.data() + e.text.size();
  if (e.form == vmx::detail::shape::number &&
      std::from_chars(e.text.data(), end, number).ptr == end && !e.text.empty())
    return number;
  return json::string(e.text);
}

struct ShowOptions {
  std::string file;
  std::string format = "text";
  bool secrets = false;
};

int show(ShowOptions const& options) {
  vmx::Document const document = open(options.file);
  std::vector<vmx::diagnostic> findings = document.diagnostics();
  vmx::Machine const machine = vmx::read(document, &findings);
  json::object out;
  out["encoding"] = document.encoding();
  vmx::for_each_entry(machine, [&](vmx::EntryView e) {
    if (!options.secrets && vmx::is_secret(e.key)) e.text = hidden;
    if (options.format == "text") {
      if (!e.member.empty()) {
        std::cout << (e.device.empty() ? e.group : e.device) << '.' << e.member;
      } else {
        std::cout << "extra " << e.key;
      }
      std::cout << " = " << e.text << '\n';
      return;
    }
    if (e.member.empty()) {
      out.emplace("extra", json::object()).first->value().as_object()[e.key] = e.text;
      return;
    }
    json::object* in = &out.emplace(e.device.empty() ? e.group : "devices", json::object())
                            .first->value()
                            .as_object();
    if (!e.device.empty()) in = &in->emplace(e.device, json::object()).first->value().as_object();
    (*in)[e.member] = json_of(e);
  });
  if (options.format == "json") {
    json::array notes;
    for (vmx::diagnostic const& f : findings)
      notes.push_back({{"line", f.line},
                       {"key", f.key},
                       {"value", f.value},
                       {"problem", f.problem},
                       {"expected", f.expected}});
    out["findings"] = std::move(notes);
    std::cout << json::serialize(out) << '\n';
  } else {
    print(findings, options.file);
  }
  return 0;
}

// ---- the others ---------------------------------------------------------------------------------

int diff(std::string const& before, std::string const& after, bool secrets) {
  auto const found = vmx::differences(vmx::read(open(before)), vmx::read(open(after)));
  for (vmx::Difference const& d : found) {
    bool const hide = !secrets && vmx::is_secret(d.key);
    auto const text = [&](std::optional<std::string> const& value) {
      return !value ? std::string("(absent)") : hide ? std::string(hidden) : '"' + *value + '"';
    };
    std::cout << d.key << ": " << text(d.before) << " -> " << text(d.after) << '\n';
  }
  flush_output();
  return found.empty() ? 0 : 1;
}

struct ConvertOptions {
  std::string file;
  std::string names = "plain";
  std::string autodetect;
  std::string datacenter_path;
  std::string moref;
  std::string original;
  std::int64_t version = 0;
  bool peer = false;
  bool no_metadata = false;
  bool verbose = false;
};

int to_xml(ConvertOptions const& o) {
  std::vector<vmx::diagnostic> findings;
  vmx::ToXmlOptions options;
  options.files = file_names(o.names);
  options.peer_compatible = o.peer;
  options.datacenter_path = o.datacenter_path;
  options.moref = o.moref;
  options.carry_rest = !o.no_metadata;
  options.file = o.file;
  options.findings = &findings;
  std::cout << to_domain_xml(open(o.file, o.peer ? vmx::grammar::peer : vmx::grammar::vendor),
                             options);
  if (o.verbose) print(findings, o.file);
  return 0;
}

int from_xml(ConvertOptions const& o) {
  std::vector<vmx::diagnostic> findings;
  vmx::FromXmlOptions options;
  options.files = file_names(o.names);
  options.peer_compatible = o.peer;
  if (o.version != 0) options.hardware_version = o.version;
  if (!o.autodetect.empty())
    options.controller_model = [&](vmx::DiskOnController const&) { return o.autodetect; };
  vmx::Document original;
  if (!o.original.empty()) {
    original = open(o.original);
    options.original = &original;
  }
  options.file = o.file;
  options.findings = &findings;
  std::cout << from_domain_xml(read_file(o.file), options).text();
  if (o.verbose) print(findings, o.file);
  return 0;
}

void add_convert(CLI::App& command, char const* name, char const* help, int& status,
                 int (*run)(ConvertOptions const&)) {
  auto* const sub = command.add_subcommand(name, help);
  auto const o = std::make_shared<ConvertOptions>();
  sub->add_option("file", o->file, "the file, or - for standard input")->required();
  sub->add_option("--file-names", o->names, "how names of images are translated")
      ->check(CLI::IsMember({"plain", "test-parse", "test-format"}));
  sub->add_option("--scsi-autodetect", o->autodetect,
                  "model of the SCSI controllers that say auto");
  sub->add_option("--datacenter-path", o->datacenter_path, "written as <vmware:datacenterpath>");
  sub->add_option("--moref", o->moref, "written as <vmware:moref>");
  sub->add_option("--hw-version", o->version, "virtualHW.version of the new file")
      ->check(CLI::Range(1, 99));
  sub->add_option(
      "--original", o->original,
      "the VMX file that the XML came from: what the XML cannot say stays as it is there");
  sub->add_flag("--peer-compatible", o->peer, "exactly as libvirt does it");
  sub->add_flag("--no-metadata", o->no_metadata,
                "without the element that holds what domain XML cannot say");
  sub->add_flag("-v,--verbose", o->verbose, "say what was implied, skipped or dropped");
  sub->callback([o, run, &status] { status = run(*o); });
}

}  // namespace

void add_vmx(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("vmx", "Look at VMX files, change and convert them");
  command->require_subcommand(1);

  auto* const shown = command->add_subcommand("show", "What a file says");
  auto const show_options = std::make_shared<ShowOptions>();
  shown->add_option("file", show_options->file, "the file, or - for standard input")->required();
  shown->add_option("--format", show_options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  shown->add_flag("--secrets", show_options->secrets, "passwords and keys too");
  shown->callback([show_options, &status] { status = show(*show_options); });

  auto* const round =
      command->add_subcommand("roundtrip", "Read a file and write it back to standard output");
  auto const path = std::make_shared<std::string>();
  round->add_option("file", *path, "the file, or - for standard input")->required();
  round->callback([path, &status] {
    std::cout << open(*path).text();
    status = 0;
  });

  struct SetOptions {
    std::string file, key, value;
    bool erase = false;
  };
  auto const change = std::make_shared<SetOptions>();
  auto* const set =
      command->add_subcommand("set", "Give a key a value; no other line of the file changes");
  set->add_option("file", change->file, "the file")->required();
  set->add_option("key", change->key, "\"memsize\", in any case")->required();
  auto* const value = set->add_option("value", change->value, "the value, unescaped");
  set->add_flag("--erase", change->erase, "take the key out")->excludes(value);
  set->callback([change, value, &status] {
    if (!change->erase && value->empty()) throw CLI::RequiredError("value");
    vmx::Document document = open(change->file);
    if (change->erase)
      document.erase(change->key);
    else
      document.set(change->key, change->value);
    if (change->file == "-")
      std::cout << document.text();
    else
      replace_file(change->file, document.text());
    status = 0;
  });

  struct DiffOptions {
    std::string before, after;
    bool secrets = false;
  };
  auto const compared = std::make_shared<DiffOptions>();
  auto* const compare = command->add_subcommand(
      "diff", "How two machines differ, by meaning; exit code 1 when they do, 2 for trouble");
  compare->add_option("before", compared->before, "one file")->required();
  compare->add_option("after", compared->after, "the other file")->required();
  compare->add_flag("--secrets", compared->secrets, "passwords and keys too");
  compare->callback([compared, &status] {
    status = 2;  // of whatever is thrown: 1 would say that they differ
    status = diff(compared->before, compared->after, compared->secrets);
  });

  add_convert(*command, "to-xml", "VMX file to libvirt domain XML", status, to_xml);
  add_convert(*command, "from-xml", "libvirt domain XML to VMX file", status, from_xml);
}

}  // namespace esxctl
