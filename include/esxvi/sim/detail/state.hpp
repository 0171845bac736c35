// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/sim/on.hpp>

#include <boost/describe/class.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace esxvi::sim {

BOOST_DESCRIBE_STRUCT(Places, (),
                      (root, datacenter, vm_folder, host_folder, datastore_folder, network_folder,
                       compute_resource, host, pool, datastore, network))

}  // namespace esxvi::sim

namespace esxvi::sim::detail {

class Collector;
class Filter;
struct EventLog;
struct MachineServices;
struct RunningTask;

/// For which request a ticket is, and in which session it was acquired.
struct ServiceTicket {
  std::string session;
  std::string method;
  std::string target;
};

/// A question of a machine that is not answered yet.
struct AskedQuestion {
  std::string id;
  std::string vm;
  std::function<void()> show;  ///< makes it the one that clients see
  std::function<void(std::string_view)> answered;
};

/// The place of a collector in its history. Keys of items grow.
struct HistoryReader {
  bool of_tasks = false;
  std::int32_t next = 0;  ///< key of the first item behind the place
  std::size_t page = 10;  ///< size of the latest page
};

/// Ends the sessions that have been silent for too long, if it is time to look.
void end_silent_sessions(Host& host);
/// A session may have been silent for too long when the time for that has passed from now on.
void expect_silence(Host& host);
/// A request of which something is to go wrong; null: all goes well. `path` is empty for methods.
Trouble const* trouble_for(Host& host, std::string_view path, std::string_view method,
                           untyped_ref const& self);
/// What goes wrong with the answer.
WebResponse shape_of(Trouble const& trouble);
void put_into_shape(WebResponse& response, WebResponse const& shape);
/// What an exception that is no fault of the API looks like from outside.
Failure system_error(std::string reason);
/// The exception that is being handled, as a fault.
Failure current_failure();

/// Everything a host knows. Whoever reads or writes it holds `mutex`.
struct State {
  HostOptions options;
  Places places;

  std::recursive_mutex mutex;
  int depth = 0;  // of locks of the thread that holds the mutex

  // Objects, in the order of their making; places of removed ones stay empty until some are many.
  std::vector<std::unique_ptr<Object>> objects;
  std::unordered_map<std::string, std::size_t> object_index;  // by id and kind
  std::size_t removed = 0;
  std::map<std::string, std::unique_ptr<Kind>, std::less<>> kinds;
  std::map<std::string, reflect::type_info const*, std::less<>> tables;  // bases included
  std::uint64_t version = 0;
  std::map<std::string, std::vector<std::function<void(Host&, Object&, Call const*)>>, std::less<>>
      derivations, computations;
  bool deriving = false;
  std::uint64_t structure = 0;  // grows when objects come, go or change their children
  std::uint64_t viewed = 0;     // what of it the views show
  std::vector<untyped_ref> container_views;

  // Methods
  std::map<std::string, Method, std::less<>> methods;
  std::vector<std::pair<std::string, Host::PathHandler>> paths;
  std::vector<Trouble> troubles;
  std::uint64_t trouble_dice = 0;  // apart, or troubles would change the identities
  std::map<std::string, std::uint64_t, std::less<>> call_counts;
  std::uint64_t call_count = 0;
  Call const* serving = nullptr;  // whose handler runs

  // Sessions
  std::map<std::string, std::shared_ptr<HostSession>, std::less<>> sessions;  // by cookie
  std::map<std::string, std::string, std::less<>> clone_tickets;              // to session keys
  std::map<std::string, ServiceTicket, std::less<>> service_tickets;          // by id
  std::vector<std::function<void(HostSession const&)>> session_ends;
  std::optional<std::chrono::nanoseconds> silence_ends;  // not before this a session does

  // Property collectors: by reference value, and the one that every session has, by session key.
  std::map<std::string, std::shared_ptr<Collector>, std::less<>> collectors;
  std::vector<std::weak_ptr<Collector>> waiting;                         // with parked calls
  bool news = false;                                                     // for any of them
  std::map<std::string, std::shared_ptr<void>, std::less<>> retrievals;  // by token

  // Time
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::chrono::system_clock::time_point started_at = std::chrono::system_clock::now();
  std::chrono::nanoseconds simulated{0};
  std::map<std::pair<std::chrono::nanoseconds, std::uint64_t>, std::function<void()>> timers;
  std::unordered_map<std::uint64_t, std::chrono::nanoseconds> timer_times;
  std::uint64_t next_timer = 1;
  std::condition_variable_any timer_signal;
  std::jthread timer_thread;
  bool closing = false;
  std::vector<std::string> problems;  // of actions that were due and threw

  // Tasks
  std::map<std::string, std::shared_ptr<RunningTask>, std::less<>> tasks;  // that have not ended
  std::vector<std::shared_ptr<RunningTask>> held;  // of them, those that are not ready to end
  // In the order of asking: clients see the first of a machine, the others wait behind it.
  std::vector<AskedQuestion> questions;
  std::vector<std::function<void(untyped_ref const&, std::string_view, TaskPlan&)>> plan_hooks;
  std::map<std::string, std::vector<Question>, std::less<>> power_on_questions;  // by machine
  std::uint64_t next_task = 1;
  std::uint64_t next_question = 0;

  std::shared_ptr<MachineServices> machines;
  std::shared_ptr<EventLog> events;
  std::map<std::string, HistoryReader, std::less<>> histories;  // by id of the collector

  std::uint64_t next_id = 1;
  std::uint64_t random = 1;
  std::vector<std::function<void(Host&, std::vector<std::string>&)>> checks;

  // Done when the last lock goes.
  std::vector<std::function<void()>> afterwards;
};

/// Names of the places where nothing of their kind is; a host may have no datastore and no network.
std::vector<std::string_view> missing_places(Host& host, Places const& places);

}  // namespace esxvi::sim::detail
