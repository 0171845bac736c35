// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/sim/host.hpp>
#include <esxvi/types/PropertyCollector_types.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace esxvi::sim::detail {

/// A PropertyFilterSpec, checked and ready to run.
class Plan {
 public:
  /// Throws InvalidProperty, InvalidArgument, ManagedObjectNotFound.
  Plan(Host& host, types::PropertyFilterSpec const& spec);

  /// A property of a kind of objects, and the privilege that reading it takes.
  struct Column {
    Path path;
    std::string_view privilege;
    bool unknown = false;  ///< the object's struct is too small to hold it
  };
  /// What is wanted of an object; null: nothing, not even the object itself.
  [[nodiscard]] std::vector<Column> const* columns(Object const& object);

  struct Found {
    Object* object;
    bool reported;
  };
  /// All objects that are met, each once, in the order of their meeting.
  [[nodiscard]] std::vector<Found> select(Call const* call);
  /// Whether steps lead on from objects of this kind.
  [[nodiscard]] bool leads_on(Kind const& kind) const;
  [[nodiscard]] std::vector<untyped_ref> const& missing() const noexcept { return missing_; }

 private:
  struct Step {
    std::string name;
    std::string kind;
    std::string path;
    bool skip = false;
    std::vector<std::string> next_names;
    std::vector<std::size_t> next;
    std::map<reflect::type_info const*, std::optional<Path>> paths;
  };
  struct Root {
    untyped_ref object;
    bool skip;
    std::vector<std::size_t> steps;
  };
  struct Wanted {
    std::string kind;
    bool all;
    std::vector<Path> paths;
  };

  std::vector<std::size_t> add_steps(std::vector<Poly<types::SelectionSpec>> const& set);
  void add_wanted(types::PropertySpec const& spec);
  std::size_t step_named(std::string const& name) const;

  Host& host_;
  bool lenient_;
  std::vector<Root> roots_;
  std::vector<Step> steps_;
  std::vector<Wanted> wanted_;
  std::map<Kind const*, std::optional<std::vector<Column>>> columns_;
  std::vector<untyped_ref> missing_;
};

/// What a reader with this session lacks to read a property; null: nothing.
std::optional<Failure> refusal(HostSession const* session, untyped_ref const& object,
                               std::string_view privilege);

/// The members of an ObjectContent.
void write_content(std::string& out, Host& host, Call const* call, Object& object,
                   std::vector<Plan::Column> const& columns);
void write_reference(std::string& out, std::string_view tag, untyped_ref const& ref);

class Collector;

/// A filter of a property collector: which objects it knows, and as what.
class Filter {
 public:
  Filter(Host& host, untyped_ref ref, std::shared_ptr<Plan> plan, bool partial, Collector& owner);
  ~Filter();
  Filter(Filter const&) = delete;
  Filter& operator=(Filter const&) = delete;

  [[nodiscard]] untyped_ref const& ref() const noexcept { return ref_; }
  /// An object that the filter knows changed, or is about to go.
  void note(Object& object);
  void gone(Object& object);
  /// Forgets what was told.
  void restart();

  /// Appends at most `most` object updates; false when nothing was appended. Lowers `most`.
  bool write_updates(std::string& out, Call const* call, std::size_t& most);
  [[nodiscard]] bool has_more() const noexcept {
    return again_ || !pending_.empty() || !left_.empty();
  }

 private:
  struct Entry {
    std::shared_ptr<void const> told;  ///< the properties as they were told; null: not yet
    std::uint64_t met = 0;
    bool reported = false;
    bool pending = false;
  };
  void select(Call const* call);
  bool write_update(std::string& out, Call const* call, Object& object, Entry& entry);

  Host& host_;
  untyped_ref ref_;
  std::shared_ptr<Plan> plan_;
  bool partial_;
  Collector& owner_;
  std::unordered_map<Object*, Entry> entries_;
  std::deque<Object*> pending_;
  std::deque<untyped_ref> left_;
  bool again_ = true;  ///< the selection has to be made anew
  bool told_missing_ = false;
  std::uint64_t round_ = 0;
};

/// The filters of a session (or of a collector that it made), and who waits for them.
class Collector {
 public:
  Collector(Host& host, untyped_ref ref, std::string session)
      : host_(host), ref_(std::move(ref)), session_(std::move(session)) {}
  ~Collector();
  Collector(Collector const&) = delete;
  Collector& operator=(Collector const&) = delete;

  [[nodiscard]] std::string const& session() const noexcept { return session_; }
  [[nodiscard]] std::vector<std::unique_ptr<Filter>>& filters() noexcept { return filters_; }
  untyped_ref add_filter(std::shared_ptr<Plan> plan, types::PropertyFilterSpec spec, bool partial);
  bool remove_filter(untyped_ref const& filter);

  /// The reply to a check; nullopt: nothing new. Throws InvalidCollectorVersion.
  std::optional<std::string> check(Call const* call, std::string_view version, std::size_t most);
  /// Answers `call` when there is something new, or after `seconds`.
  void wait(std::shared_ptr<Call> const& call, std::string version, std::size_t most,
            std::optional<int> seconds);
  /// Ends a wait, with a fault or with nothing.
  void release(std::optional<Failure> const& why);
  void note() noexcept { dirty_ = true; }
  /// Looks whether whoever waits can be answered.
  void look();

 private:
  std::optional<std::string> write_update_set(Call const* call, std::size_t most);

  Host& host_;
  untyped_ref ref_;
  std::string session_;
  std::vector<std::unique_ptr<Filter>> filters_;
  std::uint64_t version_ = 0;
  bool dirty_ = true;
  // whoever waits
  std::shared_ptr<Call> waiting_;
  std::size_t most_ = 0;
  std::uint64_t timer_ = 0;
};

/// @name What several services need.
/// @{
Failure invalid_property(std::string name);
Failure bad_argument(std::string name);
/// The privilege that reading a property takes, stated where the property is declared.
std::string_view privilege_of(reflect::type_info const& kind, std::string_view member);
/// A kind that the API has, whether or not the host has objects of it.
bool is_known_kind(std::string_view name);
void write_missing(std::string& out, std::string_view path, Failure const& why);
/// An object that a filter was made for and that there is not.
void write_missing(std::string& out, untyped_ref const& object);
/// What is right below an object of the inventory.
void for_each_child(Host& host, Object const& object,
                    std::function<void(Object const&)> const& visit);
/// @}

bool is_container(Kind const& kind);
/// Lets tasks go on that waited for a change.
void look_at_held_tasks(Host& host);
/// Answers those whose news came.
void tell_waiting(Host& host);
/// The collector that a call is made on; one per session stands behind the well-known reference.
Collector& collector_of(Call const& call);
void end_collectors(Host& host, HostSession const& session);
/// Brings container views up to date with the inventory.
void update_views(Host& host);

}  // namespace esxvi::sim::detail
