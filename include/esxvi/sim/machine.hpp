// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/task.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace esxvi::sim {

class Host;

/// What a new virtual machine is to be like.
struct MachineDescription {
  struct Disk {
    std::int64_t gigabytes = 16;
    bool thin = true;
  };
  std::string name{};
  int memory_mb = 1024;
  int cpus = 1;
  int cores_per_socket = 1;
  std::string guest_id = "otherLinux64Guest";
  std::string guest_name = "Other Linux (64-bit)";
  std::string hardware_version = "vmx-19";
  std::string annotation{};
  std::string uuid{};  ///< empty: made up
  bool on = false;
  bool suspended = false;
  std::vector<Disk> disks{};  ///< empty: one of 16 GB
  std::vector<Ref<types::Network>> networks{};
  std::optional<std::string> iso{};
  std::vector<std::string> serial_files{};
  std::optional<Ref<types::Datastore>> datastore{};
  std::optional<Ref<types::Folder>> folder{};
  std::optional<Ref<types::ResourcePool>> pool{};
  std::optional<Ref<types::HostSystem>> host{};
  std::string ip_address{};
  std::string host_name{};
  std::vector<Question> questions{};     ///< asked at each power-on
  std::vector<std::string> snapshots{};  ///< names: each is a child of the one before it
};

/// Describes a machine that is made when this goes out of scope, or when its reference is asked
/// for: `host.add_vm("web01").memory(2048).cpus(2).powered_on();`
///
/// What it refers to has to be there (ManagedObjectNotFound), and the destructor throws that too.
class MachineBuilder {
 public:
  MachineBuilder(Host& host, std::string name) : host_(&host) { what_.name = std::move(name); }
  MachineBuilder(MachineBuilder const&) = delete;
  MachineBuilder& operator=(MachineBuilder const&) = delete;
  ~MachineBuilder() noexcept(false) {
    // Not again when that failed, nor when the description is left by an exception.
    if (!tried_ && std::uncaught_exceptions() == exceptions_) static_cast<void>(ref());
  }

  MachineBuilder& memory(int megabytes) { return what_.memory_mb = megabytes, *this; }
  MachineBuilder& cpus(int count, int cores_per_socket = 1) {
    what_.cpus = count;
    what_.cores_per_socket = cores_per_socket;
    return *this;
  }
  MachineBuilder& guest(std::string id, std::string name) {
    what_.guest_id = std::move(id);
    what_.guest_name = std::move(name);
    return *this;
  }
  MachineBuilder& annotation(std::string text) { return what_.annotation = std::move(text), *this; }
  MachineBuilder& uuid(std::string text) { return what_.uuid = std::move(text), *this; }
  MachineBuilder& powered_on() { return what_.on = true, *this; }
  MachineBuilder& suspended() { return what_.suspended = true, *this; }
  MachineBuilder& disk(std::int64_t gigabytes, bool thin = true) {
    return what_.disks.push_back({gigabytes, thin}), *this;
  }
  MachineBuilder& network(Ref<types::Network> where) {
    return what_.networks.push_back(std::move(where)), *this;
  }
  /// "[datastore1] iso/debian.iso"
  MachineBuilder& cdrom(std::string path) { return what_.iso = std::move(path), *this; }
  /// A serial port that writes to a file: the machine asks at power-on what to do with what the
  /// file holds.
  MachineBuilder& serial_file(std::string path) {
    return what_.serial_files.push_back(std::move(path)), *this;
  }
  MachineBuilder& datastore(Ref<types::Datastore> where) {
    return what_.datastore = std::move(where), *this;
  }
  MachineBuilder& folder(Ref<types::Folder> where) {
    return what_.folder = std::move(where), *this;
  }
  MachineBuilder& pool(Ref<types::ResourcePool> where) {
    return what_.pool = std::move(where), *this;
  }
  MachineBuilder& host(Ref<types::HostSystem> where) {
    return what_.host = std::move(where), *this;
  }
  MachineBuilder& ip(std::string address) { return what_.ip_address = std::move(address), *this; }
  MachineBuilder& host_name(std::string name) { return what_.host_name = std::move(name), *this; }
  MachineBuilder& asks(Question question) {
    return what_.questions.push_back(std::move(question)), *this;
  }

  /// Without memory. The next one is its child.
  MachineBuilder& snapshot(std::string name) {
    return what_.snapshots.push_back(std::move(name)), *this;
  }

  /// Makes the machine, once.
  Ref<types::VirtualMachine> const& ref();
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Ref<types::VirtualMachine>() { return ref(); }

 private:
  Host* host_;
  MachineDescription what_;
  std::optional<Ref<types::VirtualMachine>> made_{};
  bool tried_ = false;
  int exceptions_ = std::uncaught_exceptions();
};

/// Makes a machine; what MachineBuilder ends in.
Ref<types::VirtualMachine> make_machine(Host& host, MachineDescription const& what);

/// A name as servers keep it: `%`, `/` and `\` as %25, %2f and %5c.
[[nodiscard]] std::string server_name(std::string_view name);

}  // namespace esxvi::sim
