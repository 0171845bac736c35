// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// RetrieveProperties and its relatives. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ManagedObject_properties.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/PropertyCollector_properties.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>

#include <algorithm>
#include <iterator>
#include <limits>

namespace esxvi::sim {

namespace detail {

/// Reads one property by name, as every managed object lets; in no WSDL, but clients use it.
struct Fetch {
  using reply_type = Any;
  static constexpr MethodFacts facts{
      .name = "Fetch", .object = "ManagedObject", .since = "2.0", .privilege = "System.Anonymous"};
  Required<Ref<types::ManagedObject>, "self"> self;
  Required<std::string, "prop"> prop;
};
BOOST_DESCRIBE_STRUCT(Fetch, (), (self, prop))

/// What a RetrievePropertiesEx found and has not sent yet.
struct Retrieval {
  std::string session;
  std::vector<std::shared_ptr<Plan>> plans;
  std::vector<std::pair<untyped_ref, std::size_t>> objects;  // and the plan that found them
  std::size_t next = 0;
  std::size_t page = 0;
};

namespace {

constexpr std::string_view open_to_all[] = {"ServiceInstance", "SessionManager",
                                            "PropertyCollector"};

inline std::shared_ptr<Retrieval> retrieve(Call& call,
                                           std::vector<types::PropertyFilterSpec> const& specs) {
  auto found = std::make_shared<Retrieval>();
  for (types::PropertyFilterSpec const& spec : specs) {
    // What has nothing for everybody is not even looked at without a login; of the others the
    // properties that need one are reported missing.
    for (types::ObjectSpec const& object : spec.objectSet)
      if (std::find(std::begin(open_to_all), std::end(open_to_all), object.obj.type()) ==
          std::end(open_to_all))
        call.require("System.View", object.obj);
    auto plan = std::make_shared<Plan>(call.host(), spec);
    for (Plan::Found const& f : plan->select(&call))
      if (f.reported && plan->columns(*f.object) != nullptr)
        found->objects.emplace_back(f.object->ref(), found->plans.size());
    found->plans.push_back(std::move(plan));
  }
  return found;
}

inline void write_objects(std::string& out, std::string_view tag, Call& call, Retrieval& found,
                          std::size_t most) {
  for (; most > 0 && found.next < found.objects.size(); ++found.next, --most) {
    auto const& [ref, plan] = found.objects[found.next];
    Object* const object = call.host().find_object(ref);
    if (object == nullptr) continue;  // gone since the last page
    out.append("<").append(tag).append(">");
    write_content(out, call.host(), &call, *object, *found.plans[plan]->columns(*object));
    out.append("</").append(tag).append(">");
  }
}

inline void reply_page(Call& call, std::shared_ptr<Retrieval> const& found) {
  std::string objects;
  write_objects(objects, "objects", call, *found,
                found->page > 0 ? found->page : std::numeric_limits<std::size_t>::max());
  std::string text = "<returnval>";
  if (found->next < found->objects.size()) {
    std::string const token = call.host().make_uuid();
    call.host().state().retrievals[token] = found;
    text += "<token>" + token + "</token>";
  }
  call.reply_text(text + objects + "</returnval>");
}

/// Tokens are good once, and for the session that got them.
inline std::shared_ptr<Retrieval> take_retrieval(Call& call, std::string const& token) {
  auto& all = call.host().state().retrievals;
  auto const at = all.find(token);
  auto found = at == all.end() ? nullptr : std::static_pointer_cast<Retrieval>(at->second);
  if (!found || found->session != call.session()->key) {
    types::InvalidArgument why;
    why.invalidProperty = "token";
    throw fault(std::move(why));
  }
  all.erase(at);
  return found;
}

}  // namespace
}  // namespace detail

void add_retrieval_methods(Host& host) {
  using namespace esxvi::types;
  host.on_call<RetrieveProperties>(
      [](std::shared_ptr<Call> const& call, RetrieveProperties const& r) {
        auto const found = detail::retrieve(*call, *r.specSet);
        std::string text;
        detail::write_objects(text, "returnval", *call, *found,
                              std::numeric_limits<std::size_t>::max());
        call->reply_text(text);
      });
  host.on_call<RetrievePropertiesEx>(
      [](std::shared_ptr<Call> const& call, RetrievePropertiesEx const& r) {
        auto const most = r.options->maxObjects.value_or(0);
        if (most < 0) throw detail::bad_argument("options.maxObjects");
        auto const found = detail::retrieve(*call, *r.specSet);
        if (found->objects.empty()) return call->reply_text({});
        if (most > 0) found->page = static_cast<std::size_t>(most);
        // Without a login there is nobody to keep the rest for.
        if (call->session() == nullptr) found->page = 0;
        if (call->session() != nullptr) found->session = call->session()->key;
        detail::reply_page(*call, found);
      });
  host.on_call<ContinueRetrievePropertiesEx>(
      [](std::shared_ptr<Call> const& call, ContinueRetrievePropertiesEx const& r) {
        detail::reply_page(*call, detail::take_retrieval(*call, *r.token));
      });
  host.on<CancelRetrievePropertiesEx>([](Call& call, CancelRetrievePropertiesEx const& r) {
    detail::take_retrieval(call, *r.token);
  });
  host.on_call<detail::Fetch>([](std::shared_ptr<Call> const& call, detail::Fetch const& r) {
    Object& object = *call->host().find_object(r.self.value);
    auto const path = detail::find_path(object.type(), *r.prop);
    if (!path) {
      // Of some managers the host knows only that they are there: all they have is unset.
      auto const& tables = call->host().state().tables;
      auto const table = tables.find(object.kind().name);
      if (table == tables.end() || !detail::find_path(*table->second, *r.prop))
        throw detail::invalid_property(*r.prop);
      call->require(detail::privilege_of(*table->second, *r.prop), object.ref());
      return call->reply_text({});
    }
    call->require(detail::privilege_of(object.type(), *r.prop), object.ref());
    call->host().refresh(object, call.get());
    auto const properties = object.properties();
    detail::Value const value = detail::read(object.type(), properties.get(), *path);
    std::string text;
    if (detail::is_set(value)) detail::write_value(text, "returnval", value);
    call->reply_text(text);
  });
  host.on_session_end([&host](HostSession const& session) {
    std::erase_if(host.state().retrievals, [&](auto const& r) {
      return std::static_pointer_cast<detail::Retrieval>(r.second)->session == session.key;
    });
  });
  host.compute<PropertyCollector>([](Host& h, Call const* call, PropertyCollector& collector) {
    collector.filter.clear();
    if (call == nullptr || call->session() == nullptr) return;
    for (auto const& [name, one] : h.state().collectors)
      if (one->session() == call->session()->key)
        for (auto const& filter : one->filters())
          collector.filter.emplace_back(filter->ref().type(), filter->ref().value());
  });
}

}  // namespace esxvi::sim
