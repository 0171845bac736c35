// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A squid that lets in walt with his password, or everybody: by http and by https.
#pragma once

#include <esxvi/version.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/certificate.hpp"
#include "support/process.hpp"

namespace test {

class Squid {
 public:
  static constexpr std::string_view user = "walt";
  static constexpr std::string_view password = "5ecret-w0rd";
  /// It lets nobody connect to this one.
  static constexpr std::string_view forbidden = "forbidden.example";

  static bool is_here() { return esxvi::test::find_program("squid").has_value(); }

  /// Of whom it wants a user and a password, or that it asks nobody for them.
  enum class Door { guarded, open };

  explicit Squid(Door door = Door::guarded)
      : door_(door),
        certificate_(esxvi::test::Certificate::make("127.0.0.1")),
        process_(
            *esxvi::test::find_program("squid"),
            [this](std::uint16_t port, std::filesystem::path const& folder) {
              return configure(port, folder);
            },
            &tls_port_) {}

  std::string address(std::string_view scheme = "http") const {
    return std::string{scheme} + "://" + std::string{user} + ":" + std::string{password} + "@" +
           authority(scheme);
  }
  std::string address_without_user() const { return "http://" + authority("http"); }
  std::string authority(std::string_view scheme) const {
    return "127.0.0.1:" + std::to_string(port(scheme));
  }
  std::uint16_t port(std::string_view scheme = "http") const {
    return scheme == "https" ? tls_port_ : process_.port();
  }
  std::string ca_file() const { return certificate_.file(); }
  /// Requests that squid has got so far, one line each; it writes them a moment later.
  std::string log() const {
    std::ifstream file{log_};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

 private:
  std::vector<std::string> configure(std::uint16_t port, std::filesystem::path const& folder) {
    namespace fs = std::filesystem;
    do {
      tls_port_ = esxvi::test::ServerProcess::free_port();
    } while (tls_port_ == port);
    auto const pem = folder / "proxy.pem";
    fs::copy_file(certificate_.file(), pem, fs::copy_options::overwrite_existing);
    auto const helper = folder / "passwords";
    std::ofstream{helper} << "#!/bin/sh\nwhile read -r line; do\n  if [ \"$line\" = \"" << user
                          << ' ' << password << "\" ]; then echo OK; else echo ERR; fi\ndone\n";
    fs::permissions(helper, fs::perms{0755});
    log_ = folder / "access.log";
    auto const file = folder / "squid.conf";
    std::ofstream out{file};
    out << "http_port 127.0.0.1:" << port << "\nhttps_port 127.0.0.1:" << tls_port_
        << " tls-cert=" << pem.string() << "\npid_filename none\naccess_log stdio:" << log_.string()
        << "\ncache_store_log none\ncache_log /dev/null\n"
        << "cache deny all\ncache_mem 0 MB\ncoredump_dir " << folder.string()
        << "\nacl bad dstdomain " << forbidden << "\nhttp_access deny bad\n";
    if (door_ == Door::guarded)
      out << "auth_param basic program " << helper.string()
          << "\nauth_param basic children 1 startup=1\nacl known proxy_auth REQUIRED\n"
          << "http_access allow known\nhttp_access deny all\n";
    else
      out << "http_access allow all\n";
    return {"-N", "-f", file.string()};
  }

  Door door_;
  esxvi::test::Certificate certificate_;
  std::uint16_t tls_port_ = 0;
  std::filesystem::path log_{};
  esxvi::test::ServerProcess process_;
};

}  // namespace test
