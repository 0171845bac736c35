// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Filters: what changed since a client last asked. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/fault/InvalidCollectorVersion.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/RequestCanceled.hpp>
#include <esxvi/types/fault/SecurityError.hpp>
#include <esxvi/xml/writer.hpp>

#include <algorithm>
#include <limits>

namespace esxvi::sim::detail {

Filter::Filter(Host& host, untyped_ref ref, std::shared_ptr<Plan> plan, bool partial,
               Collector& owner)
    : host_(host), ref_(std::move(ref)), plan_(std::move(plan)), partial_(partial), owner_(owner) {}

Filter::~Filter() {
  for (auto const& [object, entry] : entries_) std::erase(object->watchers, this);
}

void Filter::note(Object& object) {
  auto const known = entries_.find(&object);
  if (known == entries_.end()) return;
  if (plan_->leads_on(object.kind())) again_ = true;
  if (known->second.reported && !known->second.pending) {
    known->second.pending = true;
    pending_.push_back(&object);
  }
  owner_.note();
  host_.state().news = true;
}

void Filter::gone(Object& object) {
  auto const known = entries_.find(&object);
  if (known == entries_.end()) return;
  if (known->second.told) left_.push_back(object.ref());
  if (known->second.pending) std::erase(pending_, &object);
  std::erase(object.watchers, this);
  entries_.erase(known);
  owner_.note();
  host_.state().news = true;
}

void Filter::restart() {
  for (auto const& [object, entry] : entries_) std::erase(object->watchers, this);
  entries_.clear();
  pending_.clear();
  left_.clear();
  again_ = true;
  told_missing_ = false;
}

void Filter::select(Call const* call) {
  again_ = false;
  ++round_;
  for (Plan::Found const& found : plan_->select(call)) {
    auto const [place, fresh] = entries_.try_emplace(found.object);
    Entry& entry = place->second;
    entry.met = round_;
    if (fresh) found.object->watchers.push_back(this);
    bool const reported = found.reported && plan_->columns(*found.object) != nullptr;
    if (reported && !entry.reported && !entry.pending) {
      entry.pending = true;
      pending_.push_back(found.object);
    }
    if (!reported && entry.told) {
      left_.push_back(found.object->ref());
      entry.told.reset();
    }
    entry.reported = reported;
  }
  for (auto at = entries_.begin(); at != entries_.end();) {
    auto const& [object, entry] = *at;
    if (entry.met == round_) {
      ++at;
      continue;
    }
    if (entry.told) left_.push_back(object->ref());
    if (entry.pending) std::erase(pending_, object);
    std::erase(object->watchers, this);
    at = entries_.erase(at);
  }
}

namespace {

inline void write_change(std::string& out, std::string_view path, std::string_view op,
                         Value const& now) {
  out += "<changeSet><name>";
  xml::append_escaped(out, path);
  out.append("</name><op>").append(op).append("</op>");
  if (now.at != nullptr) write_value(out, "val", now);
  out += "</changeSet>";
}

}  // namespace

bool Filter::write_update(std::string& out, Call const* call, Object& object, Entry& entry) {
  host_.refresh(object, call);
  auto const* const columns = plan_->columns(object);
  auto const now = object.properties();
  HostSession const* const session = call != nullptr ? call->session() : nullptr;
  std::string changes;
  std::string missing;
  for (Plan::Column const& column : *columns) {
    if (column.unknown || !is_known(object.type(), column.path)) continue;
    if (auto const why = refusal(session, object.ref(), column.privilege)) {
      if (!entry.told) write_missing(missing, column.path.text, *why);
      continue;
    }
    Value const value = read(object.type(), now.get(), column.path);
    if (!entry.told) {
      if (is_set(value)) write_change(changes, column.path.text, "assign", value);
      continue;
    }
    Value const before = read(object.type(), entry.told.get(), column.path);
    if (value.at != nullptr && before.at != nullptr) {
      find_changes(column.path.text, before, value, partial_,
                   [&](std::string const& path, std::string_view op, Value const& v) {
                     write_change(changes, path, op, v);
                   });
    } else if (is_set(value)) {
      write_change(changes, column.path.text, "assign", value);
    } else if (is_set(before)) {
      write_change(changes, column.path.text, value.parent_unset ? "indirectRemove" : "remove", {});
    }
  }
  bool const enters = !entry.told;
  entry.told = now;
  if (!enters && changes.empty()) return false;
  out.append("<objectSet><kind>").append(enters ? "enter" : "modify").append("</kind>");
  write_reference(out, "obj", object.ref());
  out.append(changes).append(missing).append("</objectSet>");
  return true;
}

bool Filter::write_updates(std::string& out, Call const* call, std::size_t& most) {
  if (again_) select(call);
  std::string text;
  for (; most > 0 && !left_.empty(); left_.pop_front(), --most) {
    text += "<objectSet><kind>leave</kind>";
    write_reference(text, "obj", left_.front());
    text += "</objectSet>";
  }
  while (most > 0 && !pending_.empty()) {
    Object& object = *pending_.front();
    pending_.pop_front();
    Entry& entry = entries_.at(&object);
    entry.pending = false;
    if (entry.reported && write_update(text, call, object, entry)) --most;
  }
  if (!std::exchange(told_missing_, true))
    for (untyped_ref const& object : plan_->missing()) write_missing(text, object);
  if (text.empty()) return false;
  out += "<filterSet>";
  write_reference(out, "filter", ref_);
  out.append(text).append("</filterSet>");
  return true;
}

Collector::~Collector() {
  for (auto const& filter : filters_)
    if (host_.find_object(filter->ref()) != nullptr) host_.remove(filter->ref());
}

untyped_ref Collector::add_filter(std::shared_ptr<Plan> plan, types::PropertyFilterSpec spec,
                                  bool partial) {
  Ref<types::PropertyFilter> ref("session[" + session_ + "]" + host_.make_uuid());
  types::PropertyFilter properties;
  properties.spec = std::move(spec);
  properties.partialUpdates = partial;
  host_.add(ref, std::move(properties), session_);
  filters_.push_back(std::make_unique<Filter>(host_, ref, std::move(plan), partial, *this));
  dirty_ = true;
  host_.state().news = true;
  return ref;
}

bool Collector::remove_filter(untyped_ref const& filter) {
  auto const found = std::find_if(filters_.begin(), filters_.end(),
                                  [&](auto const& f) { return f->ref() == filter; });
  if (found == filters_.end()) return false;
  auto const kept = std::move(*found);
  filters_.erase(found);
  host_.remove(filter);
  return true;
}

std::optional<std::string> Collector::write_update_set(Call const* call, std::size_t most) {
  if (!dirty_) return std::nullopt;
  // A call that waited is answered by another thread.
  std::optional<Speaking> as;
  if (call != nullptr) as.emplace(call->version());
  std::string sets;
  bool more = false;
  try {
    for (auto const& filter : filters_) {
      filter->write_updates(sets, call, most);
      more = more || filter->has_more();
    }
  } catch (...) {
    ++version_;  // what was taken out is lost: who waits has to start over
    throw;
  }
  dirty_ = more;
  if (sets.empty()) return std::nullopt;
  std::string text = "<returnval><version>" + std::to_string(++version_) + "</version>";
  text += sets;
  if (more) text += "<truncated>true</truncated>";
  return text + "</returnval>";
}

std::optional<std::string> Collector::check(Call const* call, std::string_view version,
                                            std::size_t most) {
  if (version.empty()) {
    for (auto const& filter : filters_) filter->restart();
    dirty_ = true;
  } else if (version != std::to_string(version_)) {
    throw fault(types::InvalidCollectorVersion());
  }
  update_views(host_);
  return write_update_set(call, most);
}

void Collector::wait(std::shared_ptr<Call> const& call, std::string version, std::size_t most,
                     std::optional<int> seconds) {
  // One wait at a time: the newer one takes the place of the older.
  if (waiting_) release(fault(types::RequestCanceled()));
  if (auto const news = check(call.get(), version, most)) return call->reply_text(*news);
  if (seconds && *seconds <= 0) return call->reply_text({});
  waiting_ = call;
  most_ = most;
  State& s = host_.state();
  if (seconds)
    timer_ = host_.after(std::chrono::seconds(*seconds), [this] {
      timer_ = 0;
      release(std::nullopt);
    });
  auto& all = s.collectors;
  for (auto const& [name, collector] : all)
    if (collector.get() == this) s.waiting.push_back(collector);
  call->park([this] {
    waiting_.reset();
    release(std::nullopt);
  });
}

void Collector::release(std::optional<Failure> const& why) {
  if (timer_ != 0) host_.cancel(std::exchange(timer_, 0));
  std::erase_if(host_.state().waiting, [this](auto const& w) {
    auto const collector = w.lock();
    return !collector || collector.get() == this;
  });
  auto const call = std::exchange(waiting_, nullptr);
  if (!call) return;
  if (why)
    call->fail(*why);
  else
    call->reply_text({});
}

void Collector::look() {
  if (!waiting_) return;
  std::optional<std::string> news;
  try {
    news = write_update_set(waiting_.get(), most_);
  } catch (...) {  // a rule of the program's: what it throws is the end of the call
    return release(current_failure());
  }
  if (!news) return;
  auto const call = std::exchange(waiting_, nullptr);
  release(std::nullopt);
  call->reply_text(*news);
}

void tell_waiting(Host& host) {
  State& s = host.state();
  if (s.waiting.empty()) return;
  update_views(host);
  if (!std::exchange(s.news, false)) return;
  for (auto const& waiting : std::vector(s.waiting))
    if (auto const collector = waiting.lock()) collector->look();
}

Collector& collector_of(Call const& call) {
  State& s = call.host().state();
  auto const made = s.collectors.find(call.self().value());
  if (made != s.collectors.end()) return *made->second;
  auto& own = s.collectors["session[" + call.session()->key + "]"];
  if (!own) own = std::make_shared<Collector>(call.host(), call.self(), call.session()->key);
  return *own;
}

void end_collectors(Host& host, HostSession const& session) {
  State& s = host.state();
  std::vector<std::shared_ptr<Collector>> ended;
  for (auto at = s.collectors.begin(); at != s.collectors.end();) {
    if (at->second->session() != session.key) {
      ++at;
      continue;
    }
    ended.push_back(at->second);
    at = s.collectors.erase(at);
  }
  for (auto const& collector : ended) {
    types::NotAuthenticated why;
    why.object = Ref<types::ManagedObject>(host.places().root.type(), host.places().root.value());
    why.privilegeId = "System.View";
    collector->release(fault(std::move(why)));
  }
}

namespace {

inline std::size_t most_of(std::optional<types::WaitOptions> const& options) {
  if (options && options->maxObjectUpdates.value_or(0) > 0)
    return static_cast<std::size_t>(*options->maxObjectUpdates);
  return std::numeric_limits<std::size_t>::max();
}

}  // namespace

}  // namespace esxvi::sim::detail

namespace esxvi::sim {

void add_property_update_methods(Host& host) {
  using namespace esxvi::types;
  host.on<CreateFilter>([](Call& call, CreateFilter const& r) {
    auto plan = std::make_shared<detail::Plan>(call.host(), r.spec.value);
    auto const ref = detail::collector_of(call).add_filter(std::move(plan), r.spec.value,
                                                           r.partialUpdates.value);
    return Ref<PropertyFilter>(ref.type(), ref.value());
  });
  host.on<DestroyPropertyFilter>([](Call& call, DestroyPropertyFilter const& r) {
    for (auto const& [name, collector] : call.host().state().collectors)
      if (collector->session() == call.session()->key && collector->remove_filter(r.self.value))
        return;
    call.host().remove(r.self.value);
  });
  // The texts are written as they are found, which is why these answer by themselves.
  host.on_call<CheckForUpdates>([](std::shared_ptr<Call> const& call, CheckForUpdates const& r) {
    auto const news = detail::collector_of(*call).check(
        call.get(), r.version.value_or(std::string()), std::numeric_limits<std::size_t>::max());
    call->reply_text(news.value_or(std::string()));
  });
  host.on_call<WaitForUpdates>([](std::shared_ptr<Call> const& call, WaitForUpdates const& r) {
    detail::collector_of(*call).wait(call, r.version.value_or(std::string()),
                                     std::numeric_limits<std::size_t>::max(), std::nullopt);
  });
  host.on_call<WaitForUpdatesEx>([](std::shared_ptr<Call> const& call, WaitForUpdatesEx const& r) {
    std::optional<int> seconds;
    if (r.options && r.options->maxWaitSeconds) seconds = *r.options->maxWaitSeconds;
    if (seconds.value_or(0) < 0) throw detail::bad_argument("options.maxWaitSeconds");
    if (r.options && r.options->maxObjectUpdates.value_or(0) < 0)
      throw detail::bad_argument("options.maxObjectUpdates");
    detail::collector_of(*call).wait(call, r.version.value_or(std::string()),
                                     detail::most_of(r.options), seconds);
  });
  host.on<CancelWaitForUpdates>([](Call& call, CancelWaitForUpdates const&) {
    detail::collector_of(call).release(fault(RequestCanceled()));
  });
  host.on<CreatePropertyCollector>([](Call& call, CreatePropertyCollector const&) {
    Host& h = call.host();
    Ref<PropertyCollector> const ref("session[" + call.session()->key + "]" + h.make_uuid());
    h.add(ref, PropertyCollector(), call.session()->key);
    h.state().collectors[ref.value()] =
        std::make_shared<detail::Collector>(h, ref, call.session()->key);
    return ref;
  });
  host.on<DestroyPropertyCollector>([](Call& call, DestroyPropertyCollector const& r) {
    auto& all = call.host().state().collectors;
    auto const found = all.find(r.self->value());
    if (found == all.end()) return;  // the one that every session has
    auto const collector = found->second;
    all.erase(found);
    collector->release(fault(RequestCanceled()));
    call.host().remove(r.self.value);
  });
}

}  // namespace esxvi::sim
