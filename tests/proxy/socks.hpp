// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The SOCKS proxies of Debian: arguments for ServerProcess.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace test {

/// Lets in walt with his password: version 5.
inline std::vector<std::string> microsocks(std::uint16_t port, std::filesystem::path const&) {
  return {"-i", "127.0.0.1", "-p", std::to_string(port), "-u", "walt", "-P", "5ecret-w0rd"};
}

/// Lets in everybody: versions 4 and 5.
inline std::vector<std::string> dante(std::uint16_t port, std::filesystem::path const& folder) {
  auto const file = folder / "danted.conf";
  std::ofstream{file} << "logoutput: stderr\ninternal: 127.0.0.1 port = " << port
                      << "\nexternal: 127.0.0.1\nclientmethod: none\nsocksmethod: none\n"
                      << (::geteuid() == 0 ? "user.unprivileged: nobody\n" : "")
                      << "client pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n";
  return {"-f", file.string()};
}

}  // namespace test
