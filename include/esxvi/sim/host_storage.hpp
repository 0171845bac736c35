// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace esxvi::sim {

/// A target that the software iSCSI adapter of the hosts is configured for.
struct IscsiTarget {
  std::string address{};
  std::string name{};                 ///< "iqn.2005-10.org.freenas.ctl:target0"
  std::vector<std::int64_t> disks{};  ///< sizes in bytes, one logical unit each
  int port = 3260;
};
void add_iscsi_target(Host& host, IscsiTarget const& target);

/// A datastore on a file server, mounted on all hosts.
Ref<types::Datastore> add_nas_datastore(Host& host, std::string name, std::string remote_host,
                                        std::string remote_path, std::int64_t capacity_bytes);

}  // namespace esxvi::sim
