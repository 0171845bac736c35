// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// virsh of the system, with the ESX driver of libvirt, and a simulated server that it is pointed
// at.
#pragma once

#include <esxvi/sim/host_files.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients.hpp"
#include "support/skip.hpp"

namespace esxvi::test {

namespace vim = esxvi::types;
using Power = vim::VirtualMachinePowerState;

class Virsh {
 public:
  explicit Virsh(sim::HostOptions options = one_user()) : host(std::move(options)) {
    furnish(host);
    server_.emplace(host, sim::ServerOptions{.tls = true, .threads = 2});
    std::string name = (std::filesystem::temp_directory_path() / "esxvi-virsh-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    home_ = name;
    auto const& user = host.options().users.front();
    std::ofstream(home_ / "auth.conf")
        << "[credentials-sim]\nusername=" << user.name << "\npassword=" << user.password
        << "\n[auth-esx-127.0.0.1]\ncredentials=sim\n";
  }
  ~Virsh() {
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
    for (auto const& problem : host.check()) FAIL_CHECK(problem);
  }
  Virsh(Virsh const&) = delete;
  Virsh& operator=(Virsh const&) = delete;

  /// Of the host, or of the path of a host of the vCenter ("Datacenter/Cluster/esx01").
  [[nodiscard]] std::string uri(std::string_view query = {}, std::string_view path = {}) const {
    std::string const where = "127.0.0.1:" + std::to_string(server_->port()) + "/";
    return (host.options().vcenter ? "vpx://" : "esx://root@") + where + std::string(path) +
           "?no_verify=1" + std::string(query);
  }
  /// Any program, with what virsh needs in its environment.
  [[nodiscard]] std::pair<int, std::string> program(std::string const& command) const {
    return test::run("env LIBVIRT_DEBUG=4 HOME=" + home_.string() + " LIBVIRT_AUTH_FILE=" +
                     (home_ / "auth.conf").string() + " no_proxy='*' " + command);
  }
  [[nodiscard]] std::pair<int, std::string> run(std::string const& command,
                                                std::string_view query = {},
                                                std::string_view path = {}) const {
    return program("virsh -q -c '" + uri(query, path) + "' " + command);
  }
  /// What a command that succeeds prints; runs of blanks count as one.
  std::string ok(std::string const& command, std::string_view query = {},
                 std::string_view path = {}) const {
    auto const [status, text] = run(command, query, path);
    INFO(command << ": " << text);
    CHECK(status == 0);
    std::string out;
    for (char const c : text)
      if (c != ' ' || (!out.empty() && out.back() != ' ' && out.back() != '\n')) out += c;
    return out;
  }
  /// What a command that fails says.
  [[nodiscard]] std::string refused(std::string const& command, std::string_view query = {}) const {
    auto const [status, text] = run(command, query);
    INFO(command << ": " << text);
    CHECK(status == 1);
    return text;
  }
  [[nodiscard]] std::string file(std::string const& name, std::string const& text = {}) const {
    if (!text.empty()) std::ofstream(home_ / name) << text;
    return (home_ / name).string();
  }

  /// @name What is so in the host itself
  /// @{
  [[nodiscard]] std::shared_ptr<vim::VirtualMachine const> find(std::string_view name) {
    for (auto const& ref : host.all<vim::VirtualMachine>())
      if (auto vm = host.get<vim::VirtualMachine>(ref); vm->name == name) return vm;
    return nullptr;
  }
  [[nodiscard]] std::shared_ptr<vim::VirtualMachine const> machine(std::string_view name) {
    auto vm = find(name);
    if (!vm) throw std::runtime_error("there is no machine " + std::string(name));
    return vm;
  }
  [[nodiscard]] Power power(std::string_view name) {
    return machine(name)->runtime.powerState.value();
  }
  [[nodiscard]] std::shared_ptr<sim::DatastoreFiles> files() {
    return sim::files_of(host, host.places().datastore);
  }
  /// @}

  sim::Host host;

 private:
  std::optional<sim::Server> server_{};
  std::filesystem::path home_{};
};

inline bool has(std::string const& text, std::string_view part) {
  bool const found = text.find(part) != std::string::npos;
  if (!found) MESSAGE(part << " is not in:\n" << text);
  return found;
}

#define NEED_VIRSH()                                                 \
  if (esxvi::test::run("sh -c 'virsh -V | grep -q ESX'").first != 0) \
  ESXVI_SKIP("there is no virsh with the ESX driver (it needs libvirt-clients and libvirt0)")

}  // namespace esxvi::test
