// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The host's objects, identities and clock. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/SystemError.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>

namespace esxvi::sim {

namespace detail {

inline std::string object_key(untyped_ref const& ref) {
  std::string key;
  key.reserve(ref.value().size() + ref.type().size() + 1);
  return key.append(ref.value()).append(1, ' ').append(ref.type());
}

inline Kind const& kind_of(State& state, std::string_view name) {
  auto const known = state.kinds.find(name);
  if (known != state.kinds.end()) return *known->second;
  auto made = std::make_unique<Kind>();
  made->name = name;
  Kind const& kind = *made;
  for (std::string_view n = kind.name; !n.empty(); n = types::object_base_of(n))
    made->ancestors.push_back(n);
  // The schema leaves the root of all objects out.
  if (!kind.is_a("ManagedObject")) made->ancestors.push_back("ManagedObject");
  state.kinds.emplace(kind.name, std::move(made));
  return kind;
}

namespace {

// splitmix64: any seed will do, and each number depends on the seed alone.
inline std::uint64_t draw(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

/// Does what nobody calls, so that nobody can catch what it throws: check() tells.
template <class F> void note_problems(State& s, F const& act) {
  try {
    act();
  } catch (...) {
    s.problems.push_back("what was due threw: " + current_failure().message());
  }
}

}  // namespace

Failure system_error(std::string reason) {
  types::SystemError why;
  why.reason = reason;
  return fault(std::move(why), "A general system error occurred: " + reason);
}

Failure current_failure() {
  try {
    throw;
  } catch (Failure const& why) {
    return why;
  } catch (std::exception const& e) {
    return system_error(e.what());
  } catch (...) {
    return system_error("unknown exception");
  }
}

Trouble const* trouble_for(Host& host, std::string_view path, std::string_view method,
                           untyped_ref const& self) {
  State& s = host.state();
  for (Trouble& t : s.troubles) {
    if (t.times == 0 || (!t.method.empty() && t.method != method) ||
        (t.object && t.object != self) || t.path.empty() != path.empty() ||
        !path.starts_with(t.path))
      continue;
    if (t.skip > 0) {
      --t.skip;
      continue;
    }
    // 53 bits, as many as a double holds.
    if (t.chance < 1 && static_cast<double>(draw(s.trouble_dice) >> 11) * 0x1p-53 >= t.chance)
      continue;
    if (t.times > 0) --t.times;
    return &t;
  }
  return nullptr;
}

WebResponse shape_of(Trouble const& trouble) {
  return {.cut_after = trouble.cut_after,
          .drop = trouble.drop_after,
          .delay = trouble.delay,
          .bytes_per_second = trouble.bytes_per_second};
}

void put_into_shape(WebResponse& response, WebResponse const& shape) {
  response.drop = response.drop || shape.drop;
  response.delay += shape.delay;
  if (shape.cut_after) response.cut_after = shape.cut_after;
  if (shape.bytes_per_second > 0) response.bytes_per_second = shape.bytes_per_second;
}

}  // namespace detail

// Only the outermost lock of a thread looks at what happened: until then things are half done.
Host::Lock::Lock(Host& host) : host_(host) {
  host_.state_->mutex.lock();
  ++host_.state_->depth;
}

Host::Lock::~Lock() {
  detail::State& s = *host_.state_;
  std::vector<std::function<void()>> act;
  if (s.depth == 1) {
    detail::note_problems(s, [&] { detail::look_at_held_tasks(host_); });
    detail::note_problems(s, [&] { detail::tell_waiting(host_); });
    act.swap(s.afterwards);
  }
  --s.depth;
  s.mutex.unlock();
  for (auto const& a : act) a();
}

HostOptions const& Host::options() const noexcept { return state_->options; }
Places const& Host::places() const noexcept { return state_->places; }

void Host::add_object(untyped_ref const& ref, reflect::held_type const& type,
                      std::shared_ptr<void> properties, std::string owner) {
  Lock const hold(*this);
  detail::State& s = *state_;
  detail::Kind const& kind = detail::kind_of(s, ref.type());
  for (auto const* t = type.type; t != nullptr; t = t->base) s.tables.emplace(t->name, t);
  // A placeholder makes room for whoever knows more.
  if (Object const* const there = find_object(ref);
      there != nullptr && there->type().name == "ManagedObject" && there->watchers.empty())
    remove(ref);
  auto const [at, fresh] = s.object_index.emplace(detail::object_key(ref), s.objects.size());
  if (!fresh)
    throw invalid_argument({"adding an object", ref.type() + " " + ref.value(),
                            "there is one already", "give each object an id of its own"});
  s.objects.push_back(
      std::make_unique<Object>(ref, kind, type, std::move(properties), std::move(owner)));
  Object& object = *s.objects.back();
  if (kind.is_a("ManagedEntity")) ++s.structure;
  changed(object);
}

Object* Host::find_object(untyped_ref const& ref) {
  auto const found = state_->object_index.find(detail::object_key(ref));
  return found == state_->object_index.end() ? nullptr : state_->objects[found->second].get();
}

bool Host::exists(untyped_ref const& ref) {
  Lock const hold(*this);
  return find_object(ref) != nullptr;
}

void Host::remove(untyped_ref const& ref) {
  Lock const hold(*this);
  detail::State& s = *state_;
  auto const found = s.object_index.find(detail::object_key(ref));
  if (found == s.object_index.end()) not_found(ref);
  auto& place = s.objects[found->second];
  if (place->kind().is_a("ManagedEntity")) ++s.structure;
  for (detail::Filter* filter : std::vector(place->watchers)) filter->gone(*place);
  s.object_index.erase(found);
  place.reset();
  if (++s.removed * 2 <= s.objects.size() + 64) return;
  std::erase(s.objects, nullptr);
  s.removed = 0;
  for (std::size_t i = 0; i < s.objects.size(); ++i)
    s.object_index[detail::object_key(s.objects[i]->ref())] = i;
}

void Host::for_each(std::function<void(Object const&)> const& visit) {
  Lock const hold(*this);
  for (std::size_t i = 0; i < state_->objects.size(); ++i)
    if (state_->objects[i]) visit(*state_->objects[i]);
}

std::size_t Host::object_count() {
  Lock const hold(*this);
  return state_->object_index.size();
}

void Host::not_found(untyped_ref const& ref) {
  types::ManagedObjectNotFound why;
  why.obj = Ref<types::ManagedObject>(ref.type(), ref.value());
  throw fault(std::move(why));
}

std::shared_ptr<void const> Host::snapshot(untyped_ref const& ref, std::string_view type) {
  Lock const hold(*this);
  Object* const object = find_object(ref);
  if (object == nullptr) return nullptr;
  auto const* table = &object->type();
  while (table != nullptr && table->name != type) table = table->base;
  return table != nullptr ? object->properties() : nullptr;
}

Object& Host::writable(untyped_ref const& ref, std::string_view type) {
  Object* const object = find_object(ref);
  if (object == nullptr) not_found(ref);
  auto const* table = &object->type();
  while (table != nullptr && table->name != type) table = table->base;
  if (table == nullptr) not_found(ref);
  return *object;
}

void Host::changed(Object& object) {
  detail::State& s = *state_;
  object.stamp(++s.version);
  if (!s.deriving) {
    s.deriving = true;
    // Also when a rule throws.
    struct Restore {
      bool& deriving;
      ~Restore() { deriving = false; }
    } const done{s.deriving};
    for (std::string_view const kind : object.kind().ancestors)
      if (auto const rules = s.derivations.find(kind); rules != s.derivations.end())
        for (auto const& rule : rules->second) rule(*this, object, nullptr);
  }
  if (detail::is_container(object.kind())) ++s.structure;
  for (detail::Filter* filter : object.watchers) filter->note(object);
}

void Host::refresh(Object& object, Call const* call) {
  if (state_->computations.empty()) return;
  for (std::string_view const kind : object.kind().ancestors)
    if (auto const rules = state_->computations.find(kind); rules != state_->computations.end())
      for (auto const& rule : rules->second) rule(*this, object, call);
}

void Host::add_rule(std::string_view kind, Rule rule, bool at_reading) {
  Lock const hold(*this);
  auto& rules = at_reading ? state_->computations : state_->derivations;
  rules[std::string(kind)].push_back(std::move(rule));
}

void Host::add_check(std::function<void(Host&, std::vector<std::string>&)> check) {
  Lock const hold(*this);
  state_->checks.push_back(std::move(check));
}

// Identities

std::uint64_t Host::next_number() {
  Lock const hold(*this);
  return detail::draw(state_->random);
}

std::string Host::make_uuid() {
  auto const a = next_number();
  auto const b = next_number();
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(a >> 32),
                static_cast<unsigned>(a >> 16 & 0xffff),
                static_cast<unsigned>((a & 0x0fff) | 0x4000),
                static_cast<unsigned>((b >> 48 & 0x3fff) | 0x8000),
                static_cast<unsigned long long>(b & 0xffffffffffff));
  return text;
}

std::string Host::make_id(std::string_view vcenter_prefix) {
  Lock const hold(*this);
  std::string const number = std::to_string(state_->next_id++);
  return state_->options.vcenter ? std::string(vcenter_prefix) + "-" + number : number;
}

// Time

std::chrono::nanoseconds Host::elapsed() {
  Lock const hold(*this);
  if (state_->options.time == TimeMode::simulated) return state_->simulated;
  return std::chrono::steady_clock::now() - state_->started;
}

DateTime Host::now() {
  using std::chrono::floor;
  // Microseconds, as servers send them.
  return DateTime::instant(floor<std::chrono::microseconds>(state_->started_at + elapsed()));
}

std::uint64_t Host::after(std::chrono::nanoseconds delay, std::function<void()> act) {
  Lock const hold(*this);
  detail::State& s = *state_;
  auto const number = s.next_timer++;
  if (s.closing) return number;
  auto const when = elapsed() + delay;
  s.timers.emplace(std::pair(when, number), std::move(act));
  s.timer_times.emplace(number, when);
  if (s.options.time == TimeMode::real && !s.timer_thread.joinable())
    s.timer_thread = std::jthread([this](std::stop_token const& stop) {
      std::unique_lock wait(state_->mutex);
      while (!stop.stop_requested()) {
        if (state_->timers.empty()) {
          state_->timer_signal.wait(wait);
          continue;
        }
        auto const due = state_->started + state_->timers.begin()->first.first;
        if (due > std::chrono::steady_clock::now()) {
          state_->timer_signal.wait_until(
              wait, std::chrono::time_point_cast<std::chrono::steady_clock::duration>(due));
          continue;
        }
        wait.unlock();
        step(std::chrono::steady_clock::now() - state_->started);
        wait.lock();
      }
    });
  s.timer_signal.notify_all();
  return number;
}

void Host::cancel(std::uint64_t timer) {
  Lock const hold(*this);
  auto const due = state_->timer_times.find(timer);
  if (due == state_->timer_times.end()) return;
  state_->timers.erase({due->second, timer});
  state_->timer_times.erase(due);
}

bool Host::step(std::chrono::nanoseconds limit) {
  Lock const hold(*this);
  detail::State& s = *state_;
  if (s.timers.empty() || s.timers.begin()->first.first > limit) return false;
  auto const first = s.timers.begin();
  s.simulated = std::max(s.simulated, first->first.first);
  auto const act = std::move(first->second);
  s.timer_times.erase(first->first.second);
  s.timers.erase(first);
  if (s.options.time == TimeMode::simulated) detail::end_silent_sessions(*this);
  detail::note_problems(s, act);
  return true;
}

void Host::advance(std::chrono::nanoseconds by) {
  auto const until = elapsed() + by;
  // Not locked in between: whoever waits for what a step brings is told before the next one.
  while (step(until)) {
  }
  Lock const hold(*this);
  state_->simulated = std::max(state_->simulated, until);
  detail::end_silent_sessions(*this);
}

}  // namespace esxvi::sim
