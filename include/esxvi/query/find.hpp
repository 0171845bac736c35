// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/finder.hpp>
#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

struct FindOptions {
  untyped_ref from{};  ///< where relative paths begin; empty: the root folder
  CallOptions call{};  ///< limits of each request
};

/// An object of the inventory, and where it is: see inventory_path().
template <class T = types::ManagedEntity> struct Found {
  Ref<T> object{};
  std::string path{};

  /// "VirtualMachine"
  [[nodiscard]] std::string const& kind() const noexcept { return object.type(); }
};

/// Objects by their path: `find(session, "/dc/vm/folder/web*")`,
/// `find<vim::VirtualMachine>(session, "/dc/vm/**")`; sorted by path.
///
/// In a name, `*` is anything, `?` one character, `[a-z]` and `[!a-z]` one of a set; a name `**` is
/// any number of names, also none. `/`, `\` and `%` in a name are written %2f, %5c and %25, and
/// `*`, `?`, `[` that mean themselves %2a, %3f, %5b. Names are compared in their plain form, so how
/// the server wrote them does not matter. On a host "/vm/web01" is "/ha-datacenter/vm/web01".
///
/// 1 request for a path without patterns; with them 1 for the part before the first one and 1 for
/// the rest, which reads names only. 1 more for a relative path.
///
/// Nothing matches a pattern: an empty result. A name before the first pattern does not exist, or
/// what has the path is no T: throws not_found, which says which name, and what there is instead.
template <class T = types::ManagedEntity>
[[nodiscard]] std::vector<Found<T>> find(Session& session, std::string_view path,
                                         FindOptions const& options = {}) {
  std::vector<Found<T>> all;
  for (auto& [object, where] :
       detail::Finder(session, reflect::type_name<T>(), options.call).run(path, options.from))
    all.push_back({Ref<T>(object.type(), object.value(), object.server_guid()), std::move(where)});
  return all;
}

}  // namespace esxvi
