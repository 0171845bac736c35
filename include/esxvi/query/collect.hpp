// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/object_stream.hpp>
#include <esxvi/query/traversal.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// What to ask a property collector; without types.
struct Collection {
  std::vector<untyped_ref> objects;  ///< exactly these ...
  std::vector<untyped_ref> roots;    ///< ... or everything of the kind below these
  std::int32_t page_size;
  CallOptions call;
};

/// One query from its first request to its last row.
class Collector {
 public:
  Collector(Session& session, row_layout const& layout, RowTaker& taker, Collection what)
      : session_(session),
        layout_(layout),
        taker_(taker),
        what_(std::move(what)),
        stream_(layout, taker) {}

  void run() {
    if (what_.objects.empty()) find_in_inventory();
    while (!what_.objects.empty() || !what_.roots.empty()) {
      try {
        fetch();
        return;
      } catch (fault const& e) {
        if (!drop_vanished(e)) throw;
      }
    }
  }

 private:
  void find_in_inventory() {
    if (!is_entity(layout_.kind))
      throw invalid_argument({"retrieve", std::string(layout_.kind),
                              "objects of this kind have no place in the inventory",
                              "name the objects in QueryOptions::objects"});
    if (!what_.roots.empty()) return;
    whole_ = true;
    what_.roots.push_back(session_.opening_content().rootFolder);
  }

  static bool is_entity(std::string_view kind) {
    while (!kind.empty() && kind != "ManagedEntity") kind = types::object_base_of(kind);
    return !kind.empty();
  }

  [[nodiscard]] types::PropertyFilterSpec filter() const {
    types::PropertySpec properties{.type = std::string(layout_.kind)};
    for (column const& c : layout_.columns) properties.pathSet.emplace_back(c.path);
    if (properties.pathSet.empty()) properties.all = false;
    types::PropertyFilterSpec spec;
    spec.propSet.push_back(std::move(properties));
    auto const add = [&spec](untyped_ref const& object) -> types::ObjectSpec& {
      auto& added = spec.objectSet.emplace_back();
      added.obj = Ref<types::ManagedObject>(object.type(), object.value(), object.server_guid());
      added.skip = false;
      return added;
    };
    for (untyped_ref const& object : what_.objects) add(object);
    for (untyped_ref const& root : what_.roots)
      add(root).selectSet = selection_for(layout_.kind, whole_);
    return spec;
  }

  [[nodiscard]] Ref<types::PropertyCollector> collector() const {
    return session_.opening_content().propertyCollector;
  }

  template <class R> void send(R const& request, reflect::place reply) {
    session_.exchange(R::facts.name, *reflect::type_of<R>(), &request, reply, what_.call);
  }

  void fetch() {
    if (types::version_order(session_.api_version()) < types::version_order("4.1")) {
      fetch_unpaged();
      return;
    }
    try {
      types::RetrieveOptions options;
      if (what_.page_size > 0) options.maxObjects = what_.page_size;
      try {
        send(
            types::RetrievePropertiesEx{
                .self = collector(), .specSet = std::vector{filter()}, .options = options},
            stream_.paged_reply());
        stream_.end_page();
      } catch (fault const& e) {
        // A server that claims a version without having all of it.
        if (stream_.delivered() > 0 || !lacks_method(e)) throw;
        fetch_unpaged();
        return;
      }
      while (!stream_.token().empty()) {
        std::string const token = stream_.token();
        send(types::ContinueRetrievePropertiesEx{.self = collector(), .token = token},
             stream_.paged_reply());
        stream_.end_page();
      }
    } catch (enough const&) {
      cancel();
    } catch (...) {
      cancel();
      throw;
    }
  }

  void fetch_unpaged() {
    try {
      send(types::RetrieveProperties{.self = collector(), .specSet = std::vector{filter()}},
           stream_.plain_reply());
    } catch (enough const&) {  // NOLINT(bugprone-empty-catch): nothing is open on the server
    }
  }

  // A token that is left open keeps the whole result in the server's memory.
  void cancel() noexcept {
    if (stream_.token().empty()) return;
    try {
      session_.call(
          types::CancelRetrievePropertiesEx{.self = collector(), .token = stream_.token()},
          {.deadline = std::chrono::seconds(10)});
    } catch (...) {  // NOLINT(bugprone-empty-catch): the first error is the one to report
    }
  }

  static bool lacks_method(fault const& e) {
    std::string_view const type = e.type_name();
    return type == "NotImplemented" || type == "MethodNotFound" || type == "NotSupported" ||
           type == "InvalidRequest";
  }

  // An object that went away between the caller's knowing it and this query is reported, and the
  // others are read without it.
  bool drop_vanished(fault const& e) {
    auto const* const gone = e.as<types::ManagedObjectNotFound>();
    if (gone == nullptr || stream_.delivered() > 0) return false;
    auto const found = std::find_if(what_.objects.begin(), what_.objects.end(),
                                    [&](auto const& o) { return o.value() == gone->obj.value(); });
    if (found == what_.objects.end()) return false;
    types::LocalizedMethodFault why;
    why.fault = *gone;
    why.localizedMessage = e.server_message();
    taker_.missing({*found, {}, std::move(why)});
    what_.objects.erase(found);
    return true;
  }

  Session& session_;
  row_layout const& layout_;
  RowTaker& taker_;
  Collection what_;
  ObjectStream stream_;
  bool whole_ = false;
};

}  // namespace esxvi::detail
