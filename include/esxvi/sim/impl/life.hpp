// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// How a host begins, ends, and looks after itself. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntity_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <algorithm>
#include <set>

namespace esxvi::sim {

namespace detail {
void add_kinds(State& state);
void add_machine_rules(Host& host);

namespace {

template <class T, class List> bool holds(List const& list, Ref<T> const& wanted) {
  return std::any_of(list.begin(), list.end(), [&](untyped_ref const& r) {
    return r.value() == wanted.value() && r.type() == wanted.type();
  });
}

/// Whether something exists and knows a machine.
template <class T> bool knows(Host& host, Ref<T> const& who, Ref<types::VirtualMachine> const& vm) {
  auto const found = host.find<T>(who);
  return found && holds(found->vm, vm);
}

inline void check_folder(Host& host, Object const& object, std::vector<std::string>& wrong) {
  auto const folder = host.find<types::Folder>(object.ref());
  if (!folder) return;
  for (auto const& child : folder->childEntity) {
    Object const* const c = host.find_object(child);
    auto const entity = host.find<types::ManagedEntity>(child);
    auto const say = [&](std::string_view what) {
      wrong.push_back("Folder " + object.ref().value() + ": " + child.value() + " " +
                      std::string(what));
    };
    if (entity && (!entity->parent || entity->parent->value() != object.ref().value()))
      say("names another parent");
    if (c != nullptr && !may_hold(*folder, c->kind())) say("is none of the kinds that it takes");
  }
}

inline void check_parents(Host& host, Object const& object, std::vector<std::string>& wrong) {
  auto entity = host.find<types::ManagedEntity>(object.ref());
  for (std::size_t left = host.object_count(); entity && entity->parent; --left) {
    if (left == 0)
      return wrong.push_back(object.ref().type() + " " + object.ref().value() +
                             ": its parents form a cycle");
    entity = host.find<types::ManagedEntity>(*entity->parent);
  }
}

inline void check_machine(Host& host, Ref<types::VirtualMachine> const& ref,
                          std::vector<std::string>& wrong) {
  auto const vm = host.find<types::VirtualMachine>(ref);
  if (!vm) return wrong.push_back(ref.value() + ": has no properties of a machine");
  auto const say = [&](std::string what) { wrong.push_back(ref.value() + ": " + std::move(what)); };
  if (!vm->runtime.host || !host.find<types::HostSystem>(*vm->runtime.host))
    say("its host does not exist");
  else if (!knows(host, *vm->runtime.host, ref))
    say("its host does not have it");
  if (vm->resourcePool && !knows(host, *vm->resourcePool, ref)) say("its pool does not have it");
  for (auto const& store : vm->datastore)
    if (!knows(host, store, ref)) say("a datastore does not have it");
  for (auto const& network : vm->network)
    if (!knows(host, network, ref)) say("a network does not have it");
  if (auto const folder = vm->parent ? host.find<types::Folder>(*vm->parent)
                                     : std::shared_ptr<types::Folder const>();
      folder && !holds(folder->childEntity, ref))
    say("its folder does not have it");
  if (vm->summary.runtime.powerState != vm->runtime.powerState) say("its summary is out of date");
  if (vm->config && vm->config->name != vm->name) say("its name differs from its configuration's");
  auto const& asked = host.state().questions;
  auto const first = std::ranges::find(asked, ref.value(), &AskedQuestion::vm);
  auto const& shown = vm->runtime.question;
  if (shown && std::ranges::find(asked, shown->id, &AskedQuestion::id) == asked.end())
    say("nobody waits for the answer to its question");
  else if (first != asked.end() && (!shown || shown->id != first->id))
    say("its question " + first->id + " cannot be answered: clients do not see it");
  if (vm->config) {
    std::set<std::int32_t> keys;
    for (auto const& d : vm->config->hardware.device)
      if (!keys.insert(d->key).second) say("two devices have the key " + std::to_string(d->key));
    for (auto const& d : vm->config->hardware.device)
      if (d->controllerKey && keys.count(*d->controllerKey) == 0)
        say("a device's controller is missing");
  }
}

}  // namespace
}  // namespace detail

Host::Host(HostOptions options) : state_(std::make_unique<detail::State>()) {
  detail::State& s = *state_;
  s.options = std::move(options);
  s.random = s.options.seed;
  s.trouble_dice = s.options.seed;
  if (s.options.users.empty()) {
    s.options.users = {{s.options.vcenter ? "administrator@vsphere.local" : "root", "esxvi",
                        Role::administrator, "Administrator"},
                       {"viewer", "esxvi", Role::read_only, "Viewer"}};
  }
  Lock const hold(*this);
  detail::add_machine_rules(*this);
  detail::add_kinds(s);
  build_inventory(*this);
  add_core_services(*this);
  on_path("/sdk/vimServiceVersions.xml",
          [page = service_versions(s.options.api_version)](
              WebRequest const& request, Done const& done, std::stop_token const&) {
            if (split_target(request.target).path != "/sdk/vimServiceVersions.xml")
              return done(error_page(404));
            bool const reads = request.method == "GET" || request.method == "HEAD";
            done(reads ? page : error_page(405));
          });
}

Host::~Host() {
  detail::State& s = *state_;
  {
    Lock const hold(*this);
    s.closing = true;
  }
  if (s.timer_thread.joinable()) {
    {
      // Held, so that the thread is either before its look at the stop or asleep.
      std::lock_guard const lock(s.mutex);
      s.timer_thread.request_stop();
      s.timer_signal.notify_all();
    }
    s.timer_thread.join();
  }
  end_all_sessions();
  Lock const hold(*this);
  s.collectors.clear();
}

void add_core_services(Host& host) {
  add_session_methods(host);
  add_retrieval_methods(host);
  add_property_update_methods(host);
  add_view_methods(host);
  add_search_methods(host);
  add_task_methods(host);
  add_power_methods(host);
  add_machine_file_services(host);
  add_configuration_methods(host);
  add_registry_methods(host);
  add_placement_methods(host);
  add_snapshot_methods(host);
  add_console_methods(host);
  add_autostart_methods(host);
  add_browser_methods(host);
  add_datastore_methods(host);
  add_event_services(host);
  add_history_methods(host);
  add_licence_services(host);
  add_pool_methods(host);
  add_authorization_services(host);
  add_provisioning_methods(host);
  add_host_services(host);
  add_network_services(host);
  add_statistics_services(host);
  add_storage_services(host);
}

std::vector<std::string> Host::check() {
  using namespace types;
  Lock const hold(*this);
  std::vector<std::string> wrong = state_->problems;
  for_each([&](Object const& object) {
    auto const properties = object.properties();
    bool const entity = object.kind().is_a("ManagedEntity");
    std::string const name = object.ref().type() + " " + object.ref().value();
    if (find_object(object.ref()) != &object) wrong.push_back(name + ": not in the index");
    if (entity)
      detail::visit_references(object.type(), properties.get(), [&](untyped_ref const& ref) {
        // Of managers that a host lacks there are references too, but not among entities.
        if (find_object(ref) == nullptr)
          wrong.push_back(name + ": refers to " + ref.type() + " " + ref.value() +
                          ", which does not exist");
      });
    if (!object.owner().empty()) {
      auto const all = sessions();
      if (std::none_of(all.begin(), all.end(),
                       [&](auto const& s) { return s->key == object.owner(); }))
        wrong.push_back(name + ": outlived its session");
    }
    if (object.kind().is_a("VirtualMachine"))
      detail::check_machine(*this, Ref<VirtualMachine>(object.ref().value()), wrong);
    if (entity) detail::check_parents(*this, object, wrong);
    if (object.kind().is_a("Folder")) detail::check_folder(*this, object, wrong);
    if (auto const task = find<Task>(object.ref())) {
      bool const over =
          task->info.state == TaskInfoState::success || task->info.state == TaskInfoState::error;
      if (over == (state_->tasks.count(object.ref().value()) > 0))
        wrong.push_back(name + ": ended and still runs, or neither");
      if ((task->info.state == TaskInfoState::error) != task->info.error.has_value())
        wrong.push_back(name + ": its error does not go with its state");
    }
  });
  for (auto const name : detail::missing_places(*this, places()))
    wrong.push_back("its " + std::string(name) + " does not exist");
  for (auto const& asked : state_->questions)
    if (!find<VirtualMachine>({"VirtualMachine", asked.vm}))
      wrong.push_back(asked.vm + ": its question " + asked.id + " outlived it");
  for (auto const& check : std::vector(state_->checks)) check(*this, wrong);
  return wrong;
}

}  // namespace esxvi::sim
