// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/object.hpp>
#include <esxvi/sim/call.hpp>
#include <esxvi/sim/host.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/core/method.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace esxvi::sim {

namespace detail {

/// How a method is served; without types.
struct Method {
  MethodFacts facts;
  reflect::type_info const* request;
  std::shared_ptr<void> (*make_request)();
  std::function<void(Call&, void const* request)> serve;
};

template <class M> struct blank_member {
  static M make() { return M{}; }
};
template <class T, reflect::fixed_string Name> struct blank_member<Required<T, Name>> {
  static Required<T, Name> make() { return Required<T, Name>(esxvi::detail::decode_later{}); }
};

/// A request with nothing in it yet, to decode into.
template <class R, template <class...> class List, class... D> R blank_request(List<D...>) {
  return R{blank_member<reflect::member_type<D>>::make()...};
}

template <class R> Method method_of() {
  return {R::facts,
          reflect::type_of<R>(),
          [] {
            return std::static_pointer_cast<void>(
                std::make_shared<R>(blank_request<R>(reflect::own_members<R>())));
          },
          {}};
}

}  // namespace detail

/// Serves a method: `host.on<vim::PowerOnVM_Task>([](Call& call, vim::PowerOnVM_Task const& r) {
/// return task; })`. The request arrives decoded and checked: its object exists, the user may call
/// the method. What the handler returns is encoded; a Failure that it throws becomes the fault.
template <class R, class F> void Host::on(F&& handler) {
  using reply_type = typename R::reply_type;
  detail::Method method = detail::method_of<R>();
  method.serve = [f = std::forward<F>(handler)](Call& call, void const* request) {
    auto const& r = *static_cast<R const*>(request);
    if constexpr (std::is_void_v<reply_type>) {
      f(call, r);
      call.reply_text({});
    } else {
      soap::Reply<reply_type> reply{f(call, r)};
      call.reply(*reflect::type_of<decltype(reply)>(), &reply);
    }
  };
  add_method(std::move(method));
}

template <class R, class F> void Host::on_call(F&& handler) {
  detail::Method method = detail::method_of<R>();
  method.serve = [f = std::forward<F>(handler)](Call& call, void const* request) {
    f(call.shared_from_this(), *static_cast<R const*>(request));
  };
  add_method(std::move(method));
}

}  // namespace esxvi::sim
