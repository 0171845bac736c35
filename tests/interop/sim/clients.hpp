// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A simulated host with something of everything, and programs of others that are pointed at it.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/sim/host_storage.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/server.hpp>

#include <sys/wait.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace esxvi::test {

inline void furnish(sim::Host& host) {
  host.add_datastore("fast/ssd", std::int64_t{1} << 38);
  sim::add_nas_datastore(host, "images", "nas.example.test", "/export/images",
                         std::int64_t{1} << 39);
  sim::add_iscsi_target(host, {.address = "192.0.2.50",
                               .name = "iqn.2005-10.org.freenas.ctl:target0",
                               .disks = {std::int64_t{100} << 30, std::int64_t{200} << 30}});
  host.add_vm("web01").memory(2048).cpus(2).ip("192.0.2.81").host_name("web01.lab").powered_on();
  host.add_vm("db01").memory(4096).cpus(4, 2).disk(40).powered_on();
  host.add_vm("test01").serial_file("[datastore1] test01/serial.out");
  host.add_vm("idle01").suspended();
}

inline sim::HostOptions one_user() {
  return {.users = {{.name = "root", .password = "esxvi", .full_name = "Administrator"}}};
}

/// What a command prints, errors included, and how it ended.
inline std::pair<int, std::string> run(std::string const& command) {
  std::pair<int, std::string> out{-1, {}};
  FILE* const pipe = ::popen(("timeout 120 " + command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 4096> some{};
  while (auto const size = std::fread(some.data(), 1, some.size(), pipe))
    out.second.append(some.data(), size);
  int const status = ::pclose(pipe);
  out.first = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

}  // namespace esxvi::test
