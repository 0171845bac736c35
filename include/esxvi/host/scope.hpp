// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/host/detail/places.hpp>
#include <esxvi/query/collect.hpp>
#include <esxvi/query/detail/abilities.hpp>
#include <esxvi/query/retrieve.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/session/connection_uri.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/SearchIndex.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi {

/// A virtual machine in a Scope.
struct NamedMachine {
  Ref<types::VirtualMachine> object{};
  std::string name{};  ///< plain: "a/b", which the server stores as "a%2fb"
};

/// The part of a server that a connection looks at: an ESX host, or one host, one cluster, one
/// datacenter or everything of a vCenter.
///
/// ```cpp
/// auto const scope = esxvi::Scope::at(session, std::vector<std::string>{"dc", "cluster"});
/// for (auto const& [vm, name] : scope.machines()) std::cout << name << '\n';
/// ```
///
/// A value that refers to its session, which has to stay at its place. What it found when it was
/// made does not change. All members may be called from several threads at once.
class Scope {
 public:
  enum class Kind { everything, datacenter, cluster, host };

  /// What a path names: `[folder/]*datacenter[/[folder/]*cluster[/host]]`, where a host that is in
  /// no cluster stands for its cluster. An empty path: everything. Names as in is_name_of().
  ///
  /// 1 request. Throws not_found, which says which name leads nowhere and what there is instead.
  [[nodiscard]] static Scope at(Session& session, std::span<std::string const> path,
                                CallOptions const& call = {}) {
    if (path.empty()) return Scope(session);
    auto const places = detail::Places::read(session, call);
    return Walk{session, places, path, {}}.run();
  }

  /// The host that an ESX server is. 1 request. Throws not_found when the user may not see it.
  [[nodiscard]] static Scope of_host(Session& session, CallOptions const& call = {}) {
    auto const places = detail::Places::read(session, call);
    auto const hosts = places.of_kind("HostSystem");
    if (hosts.empty())
      throw not_found({"opening", session.service_url(), "the server shows no host",
                       "does the user have a role on this host?"});
    Scope scope(session);
    scope.set(places, *hosts.front());
    scope.whole_ = hosts.size() == 1;
    return scope;
  }

  /// The host of a vCenter that has this UUID (`summary.hardware.uuid`). Where several have it, as
  /// copies of virtual hosts do, the one of this name.
  ///
  /// 1 request. Throws not_found.
  [[nodiscard]] static Scope of_host_with(Session& session, std::string_view uuid,
                                          std::string_view name = {},
                                          CallOptions const& call = {}) {
    auto const places = detail::Places::read(session, call);
    std::vector<detail::Place const*> found;
    for (auto const* const host : places.of_kind("HostSystem"))
      if (host->uuid && same_uuid(*host->uuid, uuid)) found.push_back(host);
    if (found.size() > 1)
      std::erase_if(found, [&](auto const* host) { return !is_name_of(name, host->name); });
    if (found.size() != 1)
      throw not_found({"opening", session.service_url(),
                       "this vCenter has " + std::string(found.empty() ? "no" : "more than one") +
                           " host with the UUID " + std::string(uuid),
                       "is it the vCenter that manages the host, and may the user see the host?"});
    Scope scope(session);
    scope.set(places, *found.front());
    return scope;
  }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] Session& session() const noexcept { return *session_; }
  /// "/dc/cluster/host", in names as servers store them; "/": everything.
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

  /// @name What it found. Empty above the kind: everything has no datacenter.
  /// @{
  [[nodiscard]] std::optional<Ref<types::Datacenter>> const& datacenter() const noexcept {
    return datacenter_;
  }
  /// The cluster, or the compute resource of a host that is in none.
  [[nodiscard]] std::optional<Ref<types::ComputeResource>> const& compute_resource()
      const noexcept {
    return compute_resource_;
  }
  [[nodiscard]] std::optional<Ref<types::HostSystem>> const& host() const noexcept { return host_; }
  /// Where new machines go.
  [[nodiscard]] std::optional<Ref<types::ResourcePool>> const& pool() const noexcept {
    return pool_;
  }
  /// Of a host: its hardware's, as a system administrator reads it; may be empty.
  [[nodiscard]] std::string const& host_uuid() const noexcept { return host_uuid_; }
  /// Of a host: the address of the vCenter that manages it; empty: none does.
  [[nodiscard]] std::string const& manager_address() const noexcept { return manager_; }
  /// @}

  /// Session::retrieve() within the scope: `scope.retrieve<vim::VirtualMachine, "name">()`.
  /// 1 request a page.
  template <class T, reflect::fixed_string... Path>
    requires(!ProjectedRow<T>)
  [[nodiscard]] auto retrieve(QueryOptions<T> options = {}) const {
    options.below = below();
    return session_->retrieve<T, Path...>(options);
  }
  template <ProjectedRow Row>
  [[nodiscard]] Rows<Row> retrieve(
      QueryOptions<typename projection<Row>::object> options = {}) const {
    options.below = below();
    return session_->retrieve<Row>(options);
  }
  /// For QueryOptions::below; empty: the whole inventory.
  [[nodiscard]] std::vector<untyped_ref> below() const {
    if (whole_) return {};
    if (host_ && kind_ == Kind::host) return {*host_};
    if (compute_resource_) return {*compute_resource_};
    return {*datacenter_};
  }

  /// All machines, templates as well. 1 request a page of 1000.
  [[nodiscard]] std::vector<NamedMachine> machines(CallOptions const& call = {}) const {
    std::vector<NamedMachine> all;
    for (auto& row : rows({name_column}, call))
      all.push_back({std::move(row.object), escape::percent::decode_lenient(row.name)});
    return all;
  }
  /// How many there are. 1 request a page of 1000.
  [[nodiscard]] std::size_t count(CallOptions const& call = {}) const {
    return rows({}, call).size();
  }
  /// The machine with this BIOS UUID, else the one with this instance UUID.
  ///
  /// At most 2 requests. On a whole server and in a datacenter the server searches; in a cluster
  /// or of a host the UUIDs of its machines are read. Throws invalid_argument where several have
  /// it, as copied machines do. Servers before 4.0 know no instance UUIDs, and when they search
  /// they name one machine of several.
  [[nodiscard]] std::optional<Ref<types::VirtualMachine>> find_uuid(
      std::string_view uuid, CallOptions const& call = {}) const {
    auto const& index = session_->opening_content().searchIndex;
    bool const old = !detail::speaks(*session_, "4.0");
    if (old && index && (whole_ || kind_ == Kind::datacenter)) {
      types::FindByUuid request{.self = *index, .uuid = std::string(uuid), .vmSearch = true};
      if (!whole_) request.datacenter = datacenter_;
      auto const one = session_->call(request, call);
      if (!one) return std::nullopt;
      return Ref<types::VirtualMachine>(one->type(), one->value());
    }
    if (index && (whole_ || kind_ == Kind::datacenter)) {
      for (bool const instance : {false, true}) {
        types::FindAllByUuid request{
            .self = *index, .uuid = std::string(uuid), .vmSearch = true, .instanceUuid = instance};
        if (!whole_) request.datacenter = datacenter_;
        std::vector<Ref<types::VirtualMachine>> found;
        for (auto const& one : session_->call(request, call))
          found.emplace_back(one.type(), one.value());
        if (found.size() > 1) throw_several("UUID", uuid, found, "look for it by its name");
        if (!found.empty()) return found.front();
      }
      return std::nullopt;
    }
    auto const all = rows(std::span(uuid_columns).first(old ? 1 : 2), call);
    for (auto const member : {&Row::uuid, &Row::instance_uuid}) {
      std::vector<Ref<types::VirtualMachine>> found;
      for (auto const& row : all)
        if (row.*member && same_uuid(*(row.*member), uuid)) found.push_back(row.object);
      if (found.size() > 1) throw_several("UUID", uuid, found, "look for it by its name");
      if (!found.empty()) return found.front();
    }
    return std::nullopt;
  }
  /// The machine with this name; see is_name_of().
  ///
  /// 1 request a page of 1000. Throws invalid_argument where several have it, in different folders.
  [[nodiscard]] std::optional<Ref<types::VirtualMachine>> find_name(
      std::string_view name, CallOptions const& call = {}) const {
    auto all = rows({name_column}, call);
    std::vector<Ref<types::VirtualMachine>> found;
    for (auto const& row : all)
      if (is_name_of(name, row.name)) found.push_back(row.object);
    // "a%2fb" may be how the one machine is stored and what people see of another.
    if (found.size() > 1) {
      auto const stored =
          std::find_if(all.begin(), all.end(), [&](Row const& r) { return r.name == name; });
      auto const same =
          std::count_if(all.begin(), all.end(), [&](Row const& r) { return r.name == name; });
      if (same == 1) return stored->object;
      throw_several("name", name, found, "look for it by its UUID");
    }
    if (found.empty()) return std::nullopt;
    return found.front();
  }

 private:
  explicit Scope(Session& session) : session_(&session) {}

  [[noreturn]] static void throw_several(std::string_view what, std::string_view value,
                                         std::vector<Ref<types::VirtualMachine>> const& found,
                                         std::string_view advice) {
    throw invalid_argument({"looking for a virtual machine", "\"" + std::string(value) + "\"",
                            std::to_string(found.size()) + " machines have this " +
                                std::string(what) + ": " + found[0].value() + ", " +
                                found[1].value() + (found.size() > 2 ? ", ..." : ""),
                            std::string(advice)});
  }

  struct Row {
    Ref<types::VirtualMachine> object{};
    std::string name{};
    std::optional<std::string> uuid{};
    std::optional<std::string> instance_uuid{};
  };
  static constexpr auto name_column = detail::column_of<&Row::name>("name");
  static constexpr std::array uuid_columns{
      detail::column_of<&Row::uuid>("config.uuid"),
      detail::column_of<&Row::instance_uuid>("config.instanceUuid")};

  [[nodiscard]] Rows<Row> rows(std::initializer_list<detail::column> columns,
                               CallOptions const& call) const {
    return rows(std::span<detail::column const>(columns.begin(), columns.size()), call);
  }
  [[nodiscard]] Rows<Row> rows(std::span<detail::column const> columns,
                               CallOptions const& call) const {
    detail::row_layout const layout{"VirtualMachine", columns, [](void* row) -> untyped_ref* {
                                      return &static_cast<Row*>(row)->object;
                                    }};
    Rows<Row> all;
    std::function<void(Missing const&)> const ignore;
    detail::RowKeeper<Row> keeper(all, ignore);
    detail::Collector(*session_, layout, keeper, {.objects = {}, .roots = below(), .call = call})
        .run();
    return all;
  }

  static bool same_uuid(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
      auto const lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      };
      return lower(x) == lower(y);
    });
  }

  /// Takes over a place, and what is above it.
  void set(detail::Places const& places, detail::Place const& place) {
    auto const ref = [](auto& to, untyped_ref const& object) {
      to.emplace(object.type(), object.value(), object.server_guid());
    };
    path_.clear();
    whole_ = false;
    kind_ = place.is("HostSystem")        ? Kind::host
            : place.is("ComputeResource") ? Kind::cluster
                                          : Kind::datacenter;
    for (auto const* at = &place; at != nullptr; at = places.above(*at)) {
      if (at->object == untyped_ref(session_->opening_content().rootFolder)) break;
      // The folder of hosts that each datacenter has is no part of the paths that people write.
      auto const* const up = places.above(*at);
      if (up == nullptr || !(at->is("Folder") && up->is("Datacenter")))
        path_.insert(0, "/" + at->name);
      if (at->is("HostSystem")) {
        ref(host_, at->object);
        host_uuid_ = at->uuid.value_or("");
        manager_ = at->manager.value_or("");
      } else if (at->is("ComputeResource")) {
        ref(compute_resource_, at->object);
        pool_ = at->pool;
      } else if (at->is("Datacenter")) {
        ref(datacenter_, at->object);
      }
    }
  }

  /// From name to name.
  struct Walk {
    Session& session;
    detail::Places const& places;
    std::span<std::string const> path;
    std::string walked;

    [[nodiscard]] Scope run() {
      auto const* at = places.root();
      if (at == nullptr) fail("the user may not see the root folder", nullptr);
      std::string_view wanted = "Datacenter";
      for (std::string const& name : path) {
        at = step(*at, name, wanted);
        walked += "/" + name;
        if (at->is("Datacenter")) wanted = "ComputeResource";
        if (at->is("ComputeResource")) wanted = "HostSystem";
        if (at->is("HostSystem")) wanted = {};
      }
      if (at->is("Folder"))
        fail("this is a folder; a connection needs a datacenter, a cluster or a host", at);
      // A host that is in no cluster.
      if (at->object.type() == "ComputeResource")
        if (auto const hosts = places.in(*at); hosts.size() == 1) at = hosts.front();
      Scope scope(session);
      scope.set(places, *at);
      return scope;
    }

    [[nodiscard]] std::vector<detail::Place const*> candidates(detail::Place const& at,
                                                               std::string_view wanted) const {
      auto all = places.in(at);
      if (at.is("Datacenter")) {
        all.clear();
        for (auto const* const folder : places.in(at))
          for (auto const* const p : places.in(*folder)) all.push_back(p);
      }
      std::erase_if(all, [&](auto const* p) {
        return wanted.empty() || !(p->is(wanted) || (p->is("Folder") && wanted != "HostSystem"));
      });
      return all;
    }
    [[nodiscard]] detail::Place const* step(detail::Place const& at, std::string const& name,
                                            std::string_view wanted) const {
      auto const all = candidates(at, wanted);
      detail::Place const* found = nullptr;
      for (auto const* const p : all)
        if (p->name == name || (found == nullptr && is_name_of(name, p->name))) found = p;
      if (found != nullptr) return found;
      if (wanted.empty()) fail("nothing is below a host, hence no \"" + name + "\"", nullptr);
      fail("there is no " +
               std::string(wanted == "Datacenter"        ? "datacenter or folder"
                           : wanted == "ComputeResource" ? "cluster, host or folder"
                                                         : "host") +
               " \"" + name + "\" in " +
               (walked.empty() ? "the root folder" : std::string(at.kind()) + " " + walked),
           &at, wanted);
    }
    [[noreturn]] void fail(std::string problem, detail::Place const* at,
                           std::string_view wanted = "ManagedEntity") const {
      std::string whole;
      for (auto const& name : path) whole += "/" + escape::percent::encode(name);
      std::string advice;
      if (at != nullptr) {
        auto const all = candidates(*at, wanted);
        for (std::size_t i = 0; i < all.size() && i < 10; ++i)
          advice += (i == 0 ? "there is: " : ", ") + std::string(all[i]->kind()) + " \"" +
                    all[i]->plain() + "\"";
        if (all.size() > 10) advice += ", and " + std::to_string(all.size() - 10) + " more";
        if (all.empty()) advice = "nothing is there that the user may see";
      }
      throw not_found({"opening", whole + " at " + session.service_url(), std::move(problem),
                       std::move(advice)});
    }
  };

  Session* session_;
  Kind kind_ = Kind::everything;
  bool whole_ = true;  ///< nothing of the server is outside
  std::string path_{"/"};
  std::optional<Ref<types::Datacenter>> datacenter_{};
  std::optional<Ref<types::ComputeResource>> compute_resource_{};
  std::optional<Ref<types::HostSystem>> host_{};
  std::optional<Ref<types::ResourcePool>> pool_{};
  std::string host_uuid_{};
  std::string manager_{};
};

}  // namespace esxvi
