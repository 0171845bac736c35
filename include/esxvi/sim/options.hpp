// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace esxvi::sim {

/// What a user may do.
enum class Role {
  administrator,  ///< everything
  read_only,      ///< System.Anonymous, System.View, System.Read
};

struct User {
  std::string name{};
  std::string password{};
  Role role = Role::administrator;
  std::string full_name{};
  /// What LoginByToken takes instead of the password: the SAML assertion as it stands in the
  /// Security header of the message. Empty: this user has none.
  std::string token{};
};

enum class TimeMode {
  real,
  /// Time stands still but for advance() and for calls that wait in process: those move it to the
  /// next thing that is going to happen.
  simulated,
};

/// What kind of server it is.
struct HostOptions {
  bool vcenter = false;
  std::string version = "8.0.3";        ///< of the product
  std::string api_version = "8.0.3.0";  ///< newest version of the API: "6.5" to "8.0.3.0"
  std::string build = "24022510";
  std::string name = "esx01.example.test";
  /// Empty: root (or administrator@vsphere.local) with the password `esxvi`, and `viewer`, who may
  /// only look, with the same password.
  std::vector<User> users{};
  TimeMode time = TimeMode::real;
  std::chrono::seconds session_idle{1800};  ///< sessions end after so much silence; 0: never
  std::uint64_t seed = 1;                   ///< of UUIDs, keys and MAC addresses
  std::int64_t memory_bytes = std::int64_t{64} << 30;
  int cpu_packages = 2;
  int cores_per_package = 8;
  /// Of a vCenter: what its one data center holds.
  int hosts = 2;  ///< in one cluster
};

}  // namespace esxvi::sim
