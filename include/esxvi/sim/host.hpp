// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/call.hpp>
#include <esxvi/sim/fault.hpp>
#include <esxvi/sim/object.hpp>
#include <esxvi/sim/options.hpp>
#include <esxvi/sim/task.hpp>
#include <esxvi/sim/trouble.hpp>
#include <esxvi/sim/web.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

class MachineBuilder;
namespace detail {
struct State;
}

/// Who is logged in.
struct HostSession {
  std::string key{};     ///< as in UserSession
  std::string cookie{};  ///< value of vmware_soap_session
  User user{};
  std::string address{};
  std::string agent{};
  DateTime since{};
  std::chrono::nanoseconds last_active{};
  DateTime last_active_at{};
  std::int64_t calls = 0;
  int parked = 0;  ///< calls that wait for an answer: no silence
  bool ended = false;
};

/// Where the standing parts of the inventory are. A vCenter has several hosts; these are the first.
struct Places {
  Ref<types::Folder> root{};
  Ref<types::Datacenter> datacenter{};
  Ref<types::Folder> vm_folder{};
  Ref<types::Folder> host_folder{};
  Ref<types::Folder> datastore_folder{};
  Ref<types::Folder> network_folder{};
  Ref<types::ComputeResource> compute_resource{};
  Ref<types::HostSystem> host{};
  Ref<types::ResourcePool> pool{};
  Ref<types::Datastore> datastore{};
  Ref<types::Network> network{};
};

/// An ESX host, or a vCenter, in memory: objects, methods, sessions, tasks and a clock.
///
///     sim::Host host;
///     host.add_vm("web01").memory(2048).cpus(2).powered_on();
///     Session session(sim::Transport(host), "https://esx01/sdk", {"root", "esxvi"});
///
/// Thread-safe. What is handed to its functions runs with the host locked and may call it again.
/// The definitions are in <esxvi/sim/implementation.hpp>: one source file of the program includes
/// that.
class Host final : public WebHandler {
 public:
  explicit Host(HostOptions options = {});
  ~Host();
  Host(Host const&) = delete;
  Host& operator=(Host const&) = delete;

  void handle(WebRequest request, Done done, std::stop_token stop) override;

  [[nodiscard]] HostOptions const& options() const noexcept;
  [[nodiscard]] Places const& places() const noexcept;

  /// Holds the host still. What changed is told to waiting clients when the last one goes.
  class [[nodiscard]] Lock {
   public:
    explicit Lock(Host& host);
    ~Lock();
    Lock(Lock const&) = delete;
    Lock& operator=(Lock const&) = delete;

   private:
    Host& host_;
  };
  Lock lock() { return Lock(*this); }

  /// @name Objects
  /// @{
  /// A new object; `owner` is the session that it ends with. The properties are a generated struct
  /// of its kind or of a base of that. An object that was a bare ManagedObject is replaced.
  template <class K, class T> Ref<K> add(Ref<K> ref, T properties, std::string owner = {}) {
    add_object(ref, reflect::held<T>(), std::make_shared<T>(std::move(properties)),
               std::move(owner));
    return ref;
  }
  /// Its properties as they are now, unchanged for as long as they are held; null when there is no
  /// such object or it is none of kind T.
  template <class T> [[nodiscard]] std::shared_ptr<T const> find(untyped_ref const& ref) {
    return std::static_pointer_cast<T const>(snapshot(ref, reflect::type_name<T>()));
  }
  /// The same, but throws ManagedObjectNotFound.
  template <class T> [[nodiscard]] std::shared_ptr<T const> get(untyped_ref const& ref) {
    auto found = find<T>(ref);
    if (!found) not_found(ref);
    return found;
  }
  /// Changes properties: `host.modify(vm, [](vim::VirtualMachine& vm) { ... })`.
  template <class T, class F> void modify(Ref<T> const& ref, F&& change) {
    Lock const hold(*this);
    Object& object = writable(ref, reflect::type_name<T>());
    std::forward<F>(change)(*static_cast<T*>(object.writable()));
    changed(object);
  }
  void remove(untyped_ref const& ref);
  [[nodiscard]] bool exists(untyped_ref const& ref);
  /// Calls `visit` with each object, in the order of their making.
  void for_each(std::function<void(Object const&)> const& visit);
  template <class T> [[nodiscard]] std::vector<Ref<T>> all() {
    std::vector<Ref<T>> found;
    for_each([&](Object const& object) {
      if (object.kind().is_a(reflect::type_name<T>()))
        found.emplace_back(object.ref().type(), object.ref().value());
    });
    return found;
  }
  [[nodiscard]] std::size_t object_count();

  /// Runs after each change of a T, for what follows from other properties: a summary.
  template <class T, class F> void derive(F&& follow) {
    add_rule(
        reflect::type_name<T>(),
        [f = std::forward<F>(follow)](Host& host, Object& object, Call const*) {
          f(host, *static_cast<T*>(object.writable()));
        },
        false);
  }
  /// Runs before properties of a T are read, for what depends on the time or the reader (the call
  /// may be null). Nobody is told of such changes.
  template <class T, class F> void compute(F&& work_out) {
    add_rule(
        reflect::type_name<T>(),
        [f = std::forward<F>(work_out)](Host& host, Object& object, Call const* call) {
          f(host, call, *static_cast<T*>(object.writable()));
        },
        true);
  }
  /// @}

  /// @name Methods: what is not registered answers as a server that lacks it. See <sim/on.hpp>.
  /// @{
  template <class R, class F> void on(F&& handler);
  /// The handler gets (std::shared_ptr<Call>, R const&) and answers itself, perhaps later.
  template <class R, class F> void on_call(F&& handler);
  void add_method(detail::Method method);
  [[nodiscard]] std::vector<std::string> methods();
  /// Serves HTTP targets that begin with `prefix` instead of /sdk. The host is not locked.
  using PathHandler = std::function<void(WebRequest, Done, std::stop_token)>;
  void on_path(std::string prefix, PathHandler handler);
  /// What goes wrong from now on; see Trouble.
  void cause(Trouble trouble);
  void clear_troubles();
  /// Requests served so far: all, or of one method.
  [[nodiscard]] std::uint64_t calls(std::string_view method = {});
  /// @}

  /// @name Sessions
  /// @{
  /// The session that a request's cookie names; null when there is none or it ended.
  [[nodiscard]] std::shared_ptr<HostSession> session_of(WebRequest const& request);
  [[nodiscard]] std::shared_ptr<HostSession> log_in(User const& user, WebRequest const& request);
  /// The user with this name and password; null otherwise.
  [[nodiscard]] User const* authenticate(std::string_view name, std::string_view password);
  /// The session in which the ticket was acquired that a request brings along; null when it is for
  /// something else. A ticket is good for one request.
  [[nodiscard]] std::shared_ptr<HostSession> redeem_ticket(WebRequest const& request);
  void end_session(std::string_view key);
  void end_all_sessions();
  [[nodiscard]] std::vector<std::shared_ptr<HostSession>> sessions();
  /// Runs when a session ended.
  void on_session_end(std::function<void(HostSession const&)> act);
  /// @}

  /// @name Time
  /// @{
  [[nodiscard]] DateTime now();
  /// Since the host was made.
  [[nodiscard]] std::chrono::nanoseconds elapsed();
  /// Runs `act` later; the result is for cancel().
  std::uint64_t after(std::chrono::nanoseconds delay, std::function<void()> act);
  void cancel(std::uint64_t timer);
  /// Moves simulated time on, and runs what is due.
  void advance(std::chrono::nanoseconds by);
  /// Moves simulated time to the next thing that is due, but not past `limit` (since the host was
  /// made). False: there is none.
  bool step(std::chrono::nanoseconds limit = std::chrono::nanoseconds::max());
  /// @}

  /// @name Tasks
  /// @{
  /// `operation` is "VirtualMachine.powerOn". From a method's handler the method and its user go
  /// with it by themselves.
  Ref<types::Task> start_task(untyped_ref const& entity, std::string_view operation, TaskPlan plan,
                              std::string_view user = {});
  /// Changes the plans of tasks to come. The hook may change anything.
  void plan_tasks(
      std::function<void(untyped_ref const& entity, std::string_view operation, TaskPlan&)> hook);
  /// Gives an answer as AnswerVM does; throws InvalidArgument when no such question is pending.
  void answer(Ref<types::VirtualMachine> const& vm, std::string_view question,
              std::string_view choice);
  /// Asks without a task, as a running machine does whose disk is full. A machine asks one question
  /// at a time: a second one is put when the first has its answer.
  void ask(Ref<types::VirtualMachine> const& vm, Question question);
  /// Has a machine ask at each power-on, after what it asks by itself and was told to ask before.
  void ask_on_power_on(Ref<types::VirtualMachine> const& vm, Question question);
  void cancel_task(Ref<types::Task> const& task);
  /// @}

  /// @name Inventory
  /// @{
  /// A new virtual machine, described further by the result. It exists when that goes out of scope.
  MachineBuilder add_vm(std::string name);
  Ref<types::Datastore> add_datastore(std::string name, std::int64_t capacity_bytes);
  Ref<types::Network> add_network(std::string name);
  Ref<types::Folder> add_folder(Ref<types::Folder> const& parent, std::string name);
  /// @}

  /// @name Made-up identities: the same for the same seed and order.
  /// @{
  [[nodiscard]] std::uint64_t next_number();
  [[nodiscard]] std::string make_uuid();
  /// `vm-42` on a vCenter, `42` on a host.
  [[nodiscard]] std::string make_id(std::string_view vcenter_prefix);
  /// @}

  /// What is wrong with the host's own state, one line each: dangling references, children whose
  /// parent says otherwise, summaries that differ. Empty: nothing.
  [[nodiscard]] std::vector<std::string> check();
  void add_check(std::function<void(Host&, std::vector<std::string>&)> check);

  [[nodiscard]] detail::State& state() noexcept { return *state_; }

  /// For those who write services without naming types.
  Object* find_object(untyped_ref const& ref);
  void add_object(untyped_ref const& ref, reflect::held_type const& type,
                  std::shared_ptr<void> properties, std::string owner);
  /// To be called, locked, after an object's properties were written.
  void changed(Object& object);
  /// Works out what depends on the reader.
  void refresh(Object& object, Call const* call);

 private:
  friend class Lock;
  using Rule = std::function<void(Host&, Object&, Call const*)>;
  void add_rule(std::string_view kind, Rule rule, bool at_reading);
  std::shared_ptr<void const> snapshot(untyped_ref const& ref, std::string_view type);
  Object& writable(untyped_ref const& ref, std::string_view type);
  [[noreturn]] static void not_found(untyped_ref const& ref);

  std::unique_ptr<detail::State> state_;
};

}  // namespace esxvi::sim
