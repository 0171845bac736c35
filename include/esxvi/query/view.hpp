// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/View.hpp>
#include <esxvi/types/ViewManager.hpp>
#include <esxvi/types/core.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

namespace detail {
class WatchedRows;
}

struct ViewOptions {
  untyped_ref container{};  ///< folder, data center, cluster, host or pool; empty: everything
  bool recursive = true;    ///< not only what is right below the container
  CallOptions call{};
};

/// A list that the server keeps of all objects of some kinds below a container. It stands for them
/// in QueryOptions::below and WatchOptions::below.
///
/// 1 request to make it, 1 to destroy it. It belongs to the session: when that was lost, a View
/// names an object that is gone (see alive()), and a new one has to be made; a watch that makes its
/// view itself (WatchOptions::view) does so.
/// Not thread-safe. The session has to outlive it.
class View {
 public:
  /// `kinds` by their names, "VirtualMachine"; empty: all. Throws invalid_argument when the server
  /// has no views, fault when the container is gone or is none.
  View(Session& session, std::vector<std::string> kinds, ViewOptions const& options = {})
      : session_(&session) {
    auto const& content = session.opening_content();
    if (!content.viewManager)
      throw invalid_argument({"CreateContainerView", session.service_url(),
                              "the server has no view manager", "go without a view"});
    untyped_ref const root = content.rootFolder;
    untyped_ref const& in = options.container ? options.container : root;
    view_ = session.call(types::CreateContainerView{.self = *content.viewManager,
                                                    .container = Ref<types::ManagedEntity>(
                                                        in.type(), in.value(), in.server_guid()),
                                                    .type = std::move(kinds),
                                                    .recursive = options.recursive},
                         options.call);
    generation_ = session.generation();
  }
  View(View&& other) noexcept
      : session_(other.session_),
        view_(std::exchange(other.view_, {})),
        generation_(other.generation_) {}
  View& operator=(View&& other) noexcept {
    close(detail::farewell());
    session_ = other.session_;
    view_ = std::exchange(other.view_, {});
    generation_ = other.generation_;
    return *this;
  }
  ~View() { close(detail::farewell()); }

  /// Of all objects of kind T: `auto hosts = View::of<vim::HostSystem>(session);`
  template <class T>
  [[nodiscard]] static View of(Session& session, ViewOptions const& options = {}) {
    return View(session, {std::string(reflect::type_name<T>())}, options);
  }

  [[nodiscard]] Ref<types::ContainerView> const& ref() const noexcept { return view_; }
  /// False when it ended with an earlier session.
  [[nodiscard]] bool alive() const { return view_ && session_->generation() == generation_; }

 private:
  friend detail::WatchedRows;

  void close(CallOptions const& limits) noexcept {
    if (!alive()) return;
    detail::quietly([&] {
      session_->call(types::DestroyView{.self = Ref<types::View>(view_.type(), view_.value())},
                     limits);
    });
    view_ = {};
  }

  Session* session_;
  Ref<types::ContainerView> view_{};
  std::uint64_t generation_ = 0;
};

}  // namespace esxvi
