// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The state of a host in a file. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/save.hpp>
#include <esxvi/soap/decoder.hpp>
#include <esxvi/soap/encoder.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/EventManager_properties.hpp>
#include <esxvi/types/ManagedEntity_properties.hpp>
#include <esxvi/types/SessionManager_properties.hpp>
#include <esxvi/types/TaskManager_properties.hpp>
#include <esxvi/xml/reader.hpp>

#include <boost/describe/class.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

namespace esxvi::sim {

namespace detail {

// What is in a file, in its order. The members are elements of the same names.

constexpr std::int32_t state_format = 1;

/// What kind of server it is: of HostOptions, but for what LoadOptions has.
struct SavedServer {
  bool vcenter = false;
  std::string version{};
  std::string api_version{};
  std::string build{};
  std::string name{};
  std::int64_t seed = 0;
  std::int64_t memory_bytes = 0;
  std::int32_t cpu_packages = 0;
  std::int32_t cores_per_package = 0;
  std::int32_t hosts = 0;
};
BOOST_DESCRIBE_STRUCT(SavedServer, (),
                      (vcenter, version, api_version, build, name, seed, memory_bytes, cpu_packages,
                       cores_per_package, hosts))

/// Where ids and made-up identities go on.
struct SavedCounters {
  std::int64_t random = 0;
  std::int64_t next_id = 0;
  std::int64_t next_task = 0;
  std::int64_t next_question = 0;
  std::int32_t next_snapshot = 0;
};
BOOST_DESCRIBE_STRUCT(SavedCounters, (), (random, next_id, next_task, next_question, next_snapshot))

struct SavedFile {
  std::string path{};
  bool directory = false;
  bool locked = false;
  std::int64_t size = 0;
  std::int64_t allocated = 0;
  DateTime modified{};
  std::optional<Binary> head{};  ///< the bytes before the zeros
};
BOOST_DESCRIBE_STRUCT(SavedFile, (), (path, directory, locked, size, allocated, modified, head))

struct SavedDatastore {
  Ref<types::Datastore> datastore{};
  std::vector<SavedFile> file{};
};
BOOST_DESCRIBE_STRUCT(SavedDatastore, (), (datastore, file))

/// What is known of a machine beyond its properties.
struct SavedMachine {
  Ref<types::VirtualMachine> vm{};
  bool has_files = false;     ///< the .vmx file says what the configuration says
  bool out_of_place = false;  ///< it asks whether it was moved or copied
  bool cd_locked = false;
};
BOOST_DESCRIBE_STRUCT(SavedMachine, (), (vm, has_files, out_of_place, cd_locked))

struct SavedSnapshot {
  Ref<types::VirtualMachineSnapshot> snapshot{};
  Enum<types::VirtualMachinePowerState> power{};
  std::vector<Ref<types::Network>> network{};
};
BOOST_DESCRIBE_STRUCT(SavedSnapshot, (), (snapshot, power, network))

struct SavedObject {
  untyped_ref ref{};
  Any properties{};
};
BOOST_DESCRIBE_STRUCT(SavedObject, (), (ref, properties))

struct SavedState {
  std::int32_t format = 0;
  SavedServer server{};
  SavedCounters counters{};
  Places places{};
  std::vector<SavedObject> object{};
  std::vector<SavedMachine> machine{};
  std::vector<SavedSnapshot> snapshot{};
  std::vector<SavedDatastore> datastore{};
};
BOOST_DESCRIBE_STRUCT(SavedState, (),
                      (format, server, counters, places, object, machine, snapshot, datastore))

namespace {

constexpr std::string_view state_element = "simulatedHost";

// ---- saving ----

inline SavedServer saved_server(HostOptions const& o) {
  return {o.vcenter,      o.version,      o.api_version,
          o.build,        o.name,         static_cast<std::int64_t>(o.seed),
          o.memory_bytes, o.cpu_packages, o.cores_per_package,
          o.hosts};
}

/// The part of `object` that is a T; null when it is none.
template <class T> T* part_of(reflect::type_info const& type, void* object) {
  auto const* table = &type;
  while (table != nullptr && table->name != reflect::type_name<T>()) table = table->base;
  return table != nullptr ? static_cast<T*>(object) : nullptr;
}

/// Takes away what ends with the process.
inline void forget_the_present(reflect::type_info const& type, void* object) {
  if (auto* entity = part_of<types::ManagedEntity>(type, object)) entity->recentTask.clear();
  if (auto* vm = part_of<types::VirtualMachine>(type, object)) {
    vm->runtime.question.reset();
    vm->summary.runtime.question.reset();
  }
  if (auto* tasks = part_of<types::TaskManager>(type, object)) tasks->recentTask.clear();
  if (auto* events = part_of<types::EventManager>(type, object)) events->latestEvent.reset();
  if (auto* sessions = part_of<types::SessionManager>(type, object)) {
    sessions->sessionList.clear();
    sessions->currentSession.reset();
  }
}

inline bool is_kept(Object const& object) {
  return object.owner().empty() && !object.kind().is_a("Task");
}

inline SavedDatastore saved_files(Ref<types::Datastore> const& ref, DatastoreFiles const& files) {
  SavedDatastore out{ref, {}};
  for (auto& one : files.entries()) {
    auto const head = one.content.head();
    SavedFile file{std::move(one.path),
                   one.is_directory,
                   one.is_locked,
                   static_cast<std::int64_t>(one.content.size()),
                   static_cast<std::int64_t>(one.allocated),
                   DateTime::instant(std::chrono::floor<std::chrono::microseconds>(one.modified)),
                   {}};
    if (!head.empty()) file.head.emplace(Binary{{head.begin(), head.end()}});
    out.file.push_back(std::move(file));
  }
  return out;
}

inline SavedMachine saved_machine(MachineServices const& services, std::string const& id) {
  return {Ref<types::VirtualMachine>(id), services.written.contains(id),
          services.out_of_place.contains(id), services.locked_cds.contains(id)};
}

/// Writes one element after the other, so that no text of the whole is needed.
class StateWriter {
 public:
  explicit StateWriter(std::ostream& to) : to_(to) {}
  template <class T> void element(std::string_view name, T const& value) {
    encoder_.element(name, *reflect::type_of<T>(), &value);
    line();
  }
  void object(untyped_ref const& ref, reflect::type_info const& type, void const* properties) {
    text_ += "<object>";
    encoder_.element("ref", *reflect::type_of<untyped_ref>(), &ref);
    encoder_.boxed("properties", type, properties);
    text_ += "</object>";
    line();
  }
  void line(std::string_view text = {}) {
    to_ << text_ << text << '\n';
    text_.clear();
  }

 private:
  std::ostream& to_;
  std::string text_{};
  soap::Encoder encoder_{text_};
};

inline bool part_of_any(reflect::type_info const* type, std::string_view name) {
  while (type != nullptr && type->name != name) type = type->base;
  return type != nullptr;
}

// ---- loading ----

/// The document: one element, and what it says.
struct StateDocument {
  SavedState state{};
  bool found = false;
  static reflect::place locate(void* object, std::string_view name) {
    auto& self = *static_cast<StateDocument*>(object);
    if (name != state_element || self.found) return {};
    self.found = true;
    return {reflect::type_of<SavedState>(), &self.state};
  }
  static constexpr reflect::type_info info{
      .what = reflect::kind::dynamic, .name = "document", .locate = &locate};
};

class StateLoader {
 public:
  explicit StateLoader(std::string name) : name_(std::move(name)) {}

  std::unique_ptr<Host> load(std::istream& from, LoadOptions options) {
    read(from);
    auto host = std::make_unique<Host>(host_options(std::move(options)));
    auto const hold = host->lock();
    try {
      put_objects(*host);
      put_places(*host);
      put_machines(*host);
      put_files(*host);
    } catch (Failure const& e) {  // of a service that looks for something else than there is
      refuse(e.message());
    } catch (malformed_file const&) {
      throw;
    } catch (error const& e) {
      refuse(e.problem());
    }
    put_counters(*host);
    return host;
  }

 private:
  [[noreturn]] void refuse(std::string problem) const {
    throw malformed_file({"loading a simulated host", name_, std::move(problem), {}});
  }

  void read(std::istream& from) {
    StateDocument document;
    soap::Decoder decoder({&StateDocument::info, &document});
    xml::Reader reader(decoder, {"loading a simulated host", name_, "the state"});
    try {
      std::string piece(std::size_t{1} << 16, '\0');
      while (from.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
             from.gcount() > 0)
        reader.feed({piece.data(), static_cast<std::size_t>(from.gcount())});
      if (from.bad()) refuse("it cannot be read");
      reader.finish();
    } catch (soap::bad_value const& e) {
      refuse(e.problem + " in line " + std::to_string(reader.line()));
    } catch (protocol_error const& e) {
      refuse(e.problem());
    }
    if (!document.found) refuse("it is not what save_state() writes");
    state_ = std::move(document.state);
    if (state_.format != state_format)
      refuse("its format is " + std::to_string(state_.format) + ", and this program knows " +
             std::to_string(state_format));
  }

  HostOptions host_options(LoadOptions options) const {
    auto const& s = state_.server;
    if (s.cpu_packages < 1 || s.cpu_packages > 64 || s.cores_per_package < 1 ||
        s.cores_per_package > 256 || s.hosts < 1 || s.hosts > 10'000)
      refuse("its server has an impossible number of hosts or processors");
    return {.vcenter = s.vcenter,
            .version = s.version,
            .api_version = s.api_version,
            .build = s.build,
            .name = s.name,
            .users = std::move(options.users),
            .time = options.time,
            .session_idle = options.session_idle,
            .seed = static_cast<std::uint64_t>(s.seed),
            .memory_bytes = s.memory_bytes,
            .cpu_packages = s.cpu_packages,
            .cores_per_package = s.cores_per_package,
            .hosts = s.hosts};
  }

  // In the place of those that a new host has.
  void put_objects(Host& host) {
    State& s = host.state();
    s.objects.clear();
    s.object_index.clear();
    s.removed = 0;
    s.deriving = true;  // what follows from other properties is in the file too
    for (SavedObject& saved : state_.object) {
      auto const text = saved.ref.type() + " " + saved.ref.value();
      auto const properties = std::make_shared<Any>(std::move(saved.properties));
      auto const* const type = properties->content().type();
      auto const* const held = type != nullptr ? reflect::registry::find(type->name) : nullptr;
      if (!saved.ref || saved.ref.type().empty()) refuse("an object has no reference");
      if (held == nullptr || held->type != type || !part_of_any(type, "ManagedObject"))
        refuse(text + " has properties of the type '" + std::string(properties->type_name()) +
               "', which this program does not know");
      if (host.exists(saved.ref)) refuse(text + " is there twice");
      // The box keeps the properties alive, which stay where they are.
      host.add_object(saved.ref, *held, {properties, properties->content().object()}, {});
      auto const& kind = host.find_object(saved.ref)->kind();
      check_rules(s.derivations, kind, *type, text);
      check_rules(s.computations, kind, *type, text);
    }
    s.deriving = false;
    state_.object = {};
    check_parents(host);
  }

  // Who walks up from an object has to arrive.
  void check_parents(Host& host) const {
    auto const most = host.object_count();
    host.for_each([&](Object const& object) {
      auto entity = host.find<types::ManagedEntity>(object.ref());
      for (std::size_t steps = 0; entity && entity->parent; ++steps) {
        if (steps == most)
          refuse(object.ref().type() + " " + object.ref().value() +
                 " is in itself, by its parents");
        entity = host.find<types::ManagedEntity>(*entity->parent);
      }
    });
  }

  // Rules take the properties of an object for what its kind promises.
  template <class Rules>
  void check_rules(Rules const& rules, Kind const& kind, reflect::type_info const& type,
                   std::string const& text) const {
    for (auto const name : kind.ancestors)
      if (rules.contains(name) && !part_of_any(&type, name))
        refuse(text + " has properties of the type '" + std::string(type.name) + "'");
  }

  void put_places(Host& host) {
    for (auto const name : missing_places(host, state_.places))
      refuse("its " + std::string(name) + " is not there");
    host.state().places = state_.places;
  }

  void put_machines(Host& host) {
    auto& services = machine_services(host);
    for (SavedMachine const& saved : state_.machine) {
      auto const vm = host.find<types::VirtualMachine>(saved.vm);
      if (!vm) refuse("the machine " + saved.vm.value() + " is not there");
      std::string const& id = saved.vm.value();
      if (saved.has_files && vm->config)
        services.written[id] = std::hash<std::string>()(vmx_text(host, *vm->config));
      else
        services.unsaved.insert(id);
      if (saved.out_of_place) services.out_of_place.insert(id);
      if (saved.cd_locked) services.locked_cds.insert(id);
    }
    for (SavedSnapshot const& saved : state_.snapshot)
      services.snapshots[saved.snapshot.value()] = {saved.power.value(), saved.network};
  }

  void put_files(Host& host) {
    for (SavedDatastore& saved : state_.datastore) {
      auto const store = host.find<types::Datastore>(saved.datastore);
      if (!store) refuse("the datastore " + saved.datastore.value() + " is not there");
      std::vector<DatastoreFiles::Entry> all;
      for (SavedFile& f : saved.file) {
        auto const bytes = f.head ? std::string(f.head->bytes.begin(), f.head->bytes.end()) : "";
        if (f.size < static_cast<std::int64_t>(bytes.size()) || f.allocated < 0)
          refuse("the file " + f.path + " has an impossible size");
        all.push_back({std::move(f.path), f.directory, f.locked,
                       FileContent::sparse(static_cast<std::uint64_t>(f.size), bytes),
                       static_cast<std::uint64_t>(f.allocated),
                       std::chrono::system_clock::time_point(f.modified.time_point())});
      }
      if (!files_as_they_are(host, store->name)->restore(std::move(all)))
        refuse("the files of the datastore " + store->name + " do not fit together");
    }
  }

  void put_counters(Host& host) {
    State& s = host.state();
    auto const& c = state_.counters;
    s.random = static_cast<std::uint64_t>(c.random);
    s.next_id = static_cast<std::uint64_t>(c.next_id);
    s.next_task = static_cast<std::uint64_t>(c.next_task);
    s.next_question = static_cast<std::uint64_t>(c.next_question);
    machine_services(host).next_snapshot = c.next_snapshot;
  }

  std::string name_;
  SavedState state_{};
};

}  // namespace

std::vector<std::string_view> missing_places(Host& host, Places const& places) {
  std::vector<std::string_view> missing;
  Places usual;
  Places at = places;
  for (auto const& m : reflect::type_of<Places>()->members) {
    auto const& ref = *static_cast<untyped_ref const*>(m.at(&at));
    auto const* const object = host.find_object(ref);
    auto const& expected = static_cast<untyped_ref const*>(m.at(&usual))->type();
    bool const may_be_empty = m.name == "datastore" || m.name == "network";
    if (object != nullptr ? !part_of_any(&object->type(), expected) : ref || !may_be_empty)
      missing.push_back(m.name);
  }
  return missing;
}

}  // namespace detail

void save_state(Host& host, std::ostream& to) {
  using namespace detail;
  auto const hold = host.lock();
  State& s = host.state();
  MachineServices& services = machine_services(host);
  // Files that are behind their machines; machines that have none yet get them when they are
  // looked at, then as now.
  for (std::string const& id : std::set(services.unsaved))
    if (services.written.contains(id)) save_machine(host, id);

  StateWriter out(to);
  out.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  out.line("<" + std::string(state_element) +
           " xmlns=\"urn:vim25\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
           " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
  out.element("format", state_format);
  out.element("server", saved_server(s.options));
  out.element(
      "counters",
      SavedCounters{static_cast<std::int64_t>(s.random), static_cast<std::int64_t>(s.next_id),
                    static_cast<std::int64_t>(s.next_task),
                    static_cast<std::int64_t>(s.next_question), services.next_snapshot});
  out.element("places", s.places);
  for (auto const& object : s.objects) {
    if (!object || !is_kept(*object)) continue;
    auto const* const held = reflect::registry::find(object->type().name);
    auto const now = object->properties();
    std::unique_ptr<void, void (*)(void*) noexcept> const copy(held->clone(now.get()),
                                                               held->destroy);
    forget_the_present(object->type(), copy.get());
    out.object(object->ref(), object->type(), copy.get());
  }
  for (auto const& ref : host.all<types::VirtualMachine>())
    out.element("machine", saved_machine(services, ref.value()));
  for (auto const& [id, kept] : services.snapshots)
    out.element("snapshot",
                SavedSnapshot{Ref<types::VirtualMachineSnapshot>(id), kept.power, kept.networks});
  for (auto const& [id, files] : services.files)
    if (Ref<types::Datastore> const ref(id); host.exists(ref))
      out.element("datastore", saved_files(ref, *files));
  out.line("</" + std::string(state_element) + ">");
}

void save_state(Host& host, std::filesystem::path const& file) {
  // Beside the file, or else it could not take its place at once.
  auto beside = file;
  beside += ".new-" + std::to_string(::getpid());
  auto const refuse = [&](std::string problem) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    throw invalid_argument({"saving a simulated host", file.string(), std::move(problem), {}});
  };
  {
    std::ofstream to(beside, std::ios::binary);
    if (to) save_state(host, to);
    if (!to.flush()) refuse("the file cannot be written: " + std::string(std::strerror(errno)));
  }
  std::error_code failed;
  std::filesystem::rename(beside, file, failed);
  if (failed) refuse("the file cannot be replaced: " + failed.message());
}

std::unique_ptr<Host> load_state(std::istream& from, LoadOptions options, std::string name) {
  return detail::StateLoader(std::move(name)).load(from, std::move(options));
}

std::unique_ptr<Host> load_state(std::filesystem::path const& file, LoadOptions options) {
  std::ifstream from(file, std::ios::binary);
  if (!from)
    throw not_found({"loading a simulated host",
                     file.string(),
                     "the file cannot be opened: " + std::string(std::strerror(errno)),
                     {}});
  return load_state(from, std::move(options), file.string());
}

}  // namespace esxvi::sim
