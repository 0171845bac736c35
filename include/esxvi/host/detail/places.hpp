// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/query/collect.hpp>
#include <esxvi/query/detail/filter_spec.hpp>
#include <esxvi/query/retrieve.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// A folder, datacenter, compute resource or host.
struct Place {
  untyped_ref object{};
  std::string name{};  ///< as the server stores it
  std::optional<Ref<types::ManagedEntity>> parent{};
  std::optional<Ref<types::ResourcePool>> pool{};  ///< of a compute resource
  std::optional<std::string> uuid{};               ///< of a host
  std::optional<std::string> manager{};            ///< of a host: address of its vCenter

  [[nodiscard]] bool is(std::string_view kind) const { return is_kind_of(object.type(), kind); }
  /// "a/b" and not "a%2fb"
  [[nodiscard]] std::string plain() const { return escape::percent::decode_lenient(name); }
  [[nodiscard]] std::string_view kind() const {
    return is("Datacenter")                            ? "datacenter"
           : is("ClusterComputeResource")              ? "cluster"
           : is("HostSystem") || is("ComputeResource") ? "host"
                                                       : "folder";
  }
};

template <class Row, class T> T member_type_of(T Row::*);
template <class Row, class T> Row row_type_of(T Row::*);

/// The column that fills a member of a row.
template <auto Member> constexpr column column_of(std::string_view path) {
  return {path, reflect::type_of<decltype(member_type_of(Member))>(), [](void* row) -> void* {
            return &(static_cast<decltype(row_type_of(Member))*>(row)->*Member);
          }};
}

/// Everything in an inventory that contains machines, from the root folder down to the hosts.
class Places {
 public:
  /// 1 request (or more when the server pages).
  static Places read(Session& session, CallOptions const& call) {
    types::PropertyFilterSpec spec;
    add_object(spec, session.opening_content().rootFolder).selectSet =
        selection_for("HostSystem", true);
    spec.propSet = {
        paths_of("Folder", {"name", "parent"}), paths_of("Datacenter", {"name", "parent"}),
        paths_of("ComputeResource", {"name", "parent", "resourcePool"}),
        paths_of("HostSystem",
                 {"name", "parent", "summary.hardware.uuid", "summary.managementServerIp"})};
    Places places;
    std::function<void(Missing const&)> const ignore;
    RowKeeper<Place> keeper(places.all_, ignore);
    Collector(session, Columns::layout, keeper,
              {.objects = {}, .roots = {}, .page_size = 0, .call = call, .spec = std::move(spec)})
        .run();
    places.root_ = session.opening_content().rootFolder;
    return places;
  }

  [[nodiscard]] std::vector<Place> const& all() const noexcept { return all_; }
  [[nodiscard]] Place const* find(untyped_ref const& object) const {
    auto const found = std::find_if(all_.begin(), all_.end(), [&](Place const& p) {
      return p.object.value() == object.value();
    });
    return found == all_.end() ? nullptr : &*found;
  }
  [[nodiscard]] Place const* above(Place const& place) const {
    return place.parent ? find(*place.parent) : nullptr;
  }
  [[nodiscard]] std::vector<Place const*> in(Place const& place) const {
    std::vector<Place const*> found;
    for (Place const& p : all_)
      if (p.parent && p.parent->value() == place.object.value()) found.push_back(&p);
    return found;
  }
  [[nodiscard]] std::vector<Place const*> of_kind(std::string_view kind) const {
    std::vector<Place const*> found;
    for (Place const& p : all_)
      if (p.is(kind)) found.push_back(&p);
    return found;
  }
  /// Null where the user may not see it.
  [[nodiscard]] Place const* root() const { return find(root_); }

 private:
  struct Columns {
    static constexpr std::array<column, 5> all{
        column_of<&Place::name>("name"), column_of<&Place::parent>("parent"),
        column_of<&Place::pool>("resourcePool"), column_of<&Place::uuid>("summary.hardware.uuid"),
        column_of<&Place::manager>("summary.managementServerIp")};
    static constexpr row_layout layout{"ManagedEntity", all, [](void* row) -> untyped_ref* {
                                         return &static_cast<Place*>(row)->object;
                                       }};
  };

  Rows<Place> all_{};
  untyped_ref root_{};
};

}  // namespace esxvi::detail
