// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/files.hpp>
#include <esxvi/types/VirtualMachineConfigSpec.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/vmx/machine.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the services of virtual machines share.
namespace esxvi::sim::detail {

/// A file of a datastore before something was done to it; without content: it was not there.
struct FileBefore {
  std::shared_ptr<DatastoreFiles> files{};
  std::string path{};
  std::optional<FileContent> content{};
  std::uint64_t allocated = 0;
};

/// What is known of virtual machines beyond their properties.
struct MachineServices {
  std::map<std::string, std::shared_ptr<DatastoreFiles>, std::less<>> files;  // by datastore
  // What the .vmx file of a machine was last made to say, hashed; none: it has no files yet.
  std::map<std::string, std::size_t, std::less<>> written;
  std::set<std::string, std::less<>> unsaved;       // machines that changed since
  std::set<std::string, std::less<>> out_of_place;  // whose file says that it was elsewhere
  std::set<std::string, std::less<>> locked_cds;    // machines whose guests hold the CD-ROM
  // What snapshots keep beyond their configuration.
  struct Kept {
    types::VirtualMachinePowerState power{};
    std::vector<Ref<types::Network>> networks;
  };
  std::map<std::string, Kept, std::less<>> snapshots;
  std::int32_t next_snapshot = 1;
  // Files and directories that came into being during what may yet fail; null: nothing does.
  std::vector<FileBefore>* begun = nullptr;
};
MachineServices& machine_services(Host& host);

/// Takes a resource pool away, with all below it; the machines go to its parent.
void destroy_pool(Host& host, Ref<types::ResourcePool> const& pool);

// ---- tasks ----

/// States of power, to be joined.
enum power_states : unsigned { when_off = 1, when_on = 2, when_suspended = 4, at_any_time = 7 };

/// How a task of virtual machines goes. Each is one row in the file of its service.
struct Operation {
  std::string_view name;  ///< "VirtualMachine.powerOn"
  unsigned allowed = at_any_time;
  /// What InvalidPowerState says was wanted.
  types::VirtualMachinePowerState wanted = types::VirtualMachinePowerState::poweredOff;
  int milliseconds = 200;
  bool shows_progress = false;
  bool cancelable = false;
  bool needs_host = false;  ///< the machine will run: no template, and not during maintenance
};

/// Why it cannot begin now: the state of power, another task, a question that is pending.
std::optional<Failure> refusal(Host& host, Ref<types::VirtualMachine> const& vm,
                               Operation const& what);
Failure wrong_power(types::VirtualMachinePowerState is,
                    std::optional<types::VirtualMachinePowerState> wanted);
Ref<types::Task> start(Host& host, Ref<types::VirtualMachine> const& vm, Operation const& what,
                       std::string_view user, std::function<Any(Host&)> effect,
                       std::vector<Question> questions = {});
/// A task of something else, such as of the folder that gets a new machine.
TaskPlan plan_of(Operation const& what, std::function<Any(Host&)> effect);

void set_power(Host& host, types::VirtualMachine& vm, types::VirtualMachinePowerState state);

// ---- questions ----

/// All that a machine asks when it is switched on.
std::vector<Question> power_on_questions(Host& host, Ref<types::VirtualMachine> const& vm);
/// The key of the answer that the machine's configuration gives to a question, if it does.
std::optional<std::string> answer_in_advance(Host& host, untyped_ref const& vm,
                                             Question const& question);
/// A value of extraConfig; keys are the same in any case.
std::optional<std::string> extra_value(types::VirtualMachineConfigInfo const& config,
                                       std::string_view key);

// ---- files ----

/// "[datastore1] web01/web01.vmx"
struct DatastorePath {
  std::string datastore{};
  std::string path{};
  [[nodiscard]] std::string text() const { return "[" + datastore + "] " + path; }
  [[nodiscard]] std::string directory() const {
    auto const slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
  }
  /// A file beside this one.
  [[nodiscard]] DatastorePath beside(std::string_view name) const {
    auto const in = directory();
    return {datastore, in.empty() ? std::string(name) : in + "/" + std::string(name)};
  }
};
/// Throws InvalidDatastorePath.
DatastorePath datastore_path(std::string_view text);
Ref<types::Datastore> find_datastore(Host& host, std::string_view name);
/// Throws InvalidName when no datastore can be called so.
void require_datastore_name(std::string const& name);
/// Throws DuplicateName when a datastore has this name.
void require_free_datastore_name(Host& host, std::string const& name);
/// The paths of all machines and snapshots follow. Throws InvalidName, DuplicateName.
void rename_datastore(Host& host, Ref<types::Datastore> const& ref, std::string const& name);
/// Not brought up to date with the machines.
std::shared_ptr<DatastoreFiles> files_as_they_are(Host& host, std::string_view datastore);
bool file_exists(Host& host, std::string const& path);
/// Throws what a server says of a file operation that failed.
void expect_success(FileResult result, DatastorePath const& path);
/// Writes a file of a machine, in directories that are made for it. Throws what speaks against it.
void write_file(Host& host, DatastorePath const& at, FileContent content,
                std::optional<std::uint64_t> allocated = {});
/// What becomes of machines' files lasts when it is kept; otherwise they are with the end of this
/// as they were. What is refused in the end leaves nothing on the datastores, and takes nothing.
class FileChanges {
 public:
  explicit FileChanges(Host& host);
  ~FileChanges();
  FileChanges(FileChanges const&) = delete;
  FileChanges& operator=(FileChanges const&) = delete;
  void keep() { before_.clear(); }

 private:
  MachineServices& services_;
  std::vector<FileBefore> before_{};
};
/// Of a file that is changed without write_file(): to be called before.
void note_before(Host& host, std::shared_ptr<DatastoreFiles> const& files, std::string path);
/// Whether a running machine holds a file, or one in a directory: clients can neither write nor
/// remove that then. What the host itself does to its machines' files is not asked.
bool is_held(Host& host, Ref<types::Datastore> const& store, std::string_view path);
/// Brings the files of a machine up to date: its .vmx, and at first its disks. The result is that
/// of the .vmx: a machine that runs does not stop when its datastore is full.
FileResult save_machine(Host& host, std::string const& id);
/// The most bytes that a disk can have: 62 TB.
constexpr std::int64_t largest_disk = std::int64_t{62} << 40;
/// What a client's kilobytes are in bytes; of too many, or too few, only that they are.
constexpr std::int64_t bytes_of(std::int64_t kilobytes) {
  return std::clamp<std::int64_t>(kilobytes, -1, largest_disk / 1024 + 1) * 1024;
}
constexpr bool is_disk_size(std::int64_t bytes) { return bytes > 0 && bytes <= largest_disk; }
/// A disk: its descriptor, and the extent that it names. One with a parent, a file beside it, holds
/// what is different from that. Throws what speaks against it.
void write_disk(Host& host, std::string const& path, std::int64_t bytes, bool thin,
                std::string const& parent = {});
/// More room for one without a parent; what is in it stays.
void grow_disk(Host& host, std::string const& path, std::int64_t bytes, bool thin);
void remove_disk(Host& host, std::string const& path);
/// Size of a disk by its files; 0: it has none.
std::int64_t disk_size(Host& host, std::string const& path);

// ---- configurations ----

/// What a machine can have of memory.
constexpr int least_memory_mb = 4;
constexpr int most_memory_mb = 6128 * 1024;
/// How many processors a machine can have.
int most_cpus(Host& host);
/// The file of a machine, as a host writes it.
std::string vmx_text(Host& host, types::VirtualMachineConfigInfo const& config);
/// What a .vmx file says of a machine, added to `config`.
void read_vmx(Host& host, vmx::Machine const& file, DatastorePath const& at,
              types::VirtualMachineConfigInfo& config);
/// By which a machine knows that its files were moved or copied.
std::string location_uuid(Host& host, std::string const& vmx_path);

/// Applies what a ConfigSpec sets to a configuration; throws what a host would.
void reconfigure(Host& host, types::VirtualMachineConfigInfo& config, bool is_on,
                 types::VirtualMachineConfigSpec const& spec);
void change_devices(Host& host, types::VirtualMachineConfigInfo& config, bool is_on,
                    types::VirtualMachineConfigSpec const& spec);
/// To be called when the devices of a machine, or its files, are others than before: which networks
/// and datastores it uses, and who knows of it.
void relink(Host& host, Ref<types::VirtualMachine> const& vm);
/// New identity: UUIDs and generated MAC addresses.
void renew_identity(Host& host, types::VirtualMachineConfigInfo& config);
std::string new_mac(Host& host);
/// Label and summary, where a device has none.
void describe_device(Poly<types::VirtualDevice>& device);
/// How the full name of a guest system reads.
std::string guest_full_name(std::string_view id);
/// The newest virtual hardware that the host runs: 21 is "vmx-21".
int newest_hardware(Host& host);

// ---- snapshots ----

/// With memory a running machine will run again after a revert; without, it will be off. The result
/// is a reference to the snapshot.
Any take_snapshot(Host& host, Ref<types::VirtualMachine> const& vm, std::string const& name,
                  std::string const& description, bool memory, bool quiesced);

// ---- what is in the inventory ----

/// Whether a folder takes objects of a kind.
bool may_hold(types::Folder const& folder, Kind const& kind);
/// Throws NotSupported.
void require_folder_for(Host& host, Ref<types::Folder> const& folder, std::string_view kind);

/// A machine without devices of its own, at a place of the inventory.
struct Placement {
  Ref<types::Folder> folder{};
  std::optional<Ref<types::ResourcePool>> pool{};
  std::optional<Ref<types::HostSystem>> host{};
};
/// `describe` completes the configuration; the machine goes again when that throws.
Ref<types::VirtualMachine> add_machine(
    Host& host, Placement const& at, std::string const& name,
    std::function<void(types::VirtualMachineConfigInfo&)> const& describe);
/// Takes a machine out of the inventory; its files stay.
void remove_machine(Host& host, Ref<types::VirtualMachine> const& vm);
void remove_snapshots(Host& host, Ref<types::VirtualMachine> const& vm);
/// Throws InvalidName when no entity can be called so.
void require_entity_name(std::string const& name);
/// DuplicateName when another of these has this name (in the form that servers give it).
std::optional<Failure> duplicate_name(Host& host, std::vector<untyped_ref> const& among,
                                      std::string_view name, untyped_ref const& but = {});
/// Throws it.
void require_free_name(Host& host, std::vector<untyped_ref> const& among, std::string_view name);
/// The same for an entity that stays where it is.
void require_free_name_beside(Host& host, untyped_ref const& entity, std::string_view name);
/// Throws DuplicateName when another machine has this name.
void require_free_name(Host& host, std::string_view name, std::string_view but = {});

}  // namespace esxvi::sim::detail
