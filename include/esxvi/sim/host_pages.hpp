// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What a host shows beside SOAP, and to whom.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/screen.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace esxvi::sim {

/// 200 for a request with a session, with a ticket or with the name and password of a user, 403
/// when that user may only look and the request does more, else 401.
[[nodiscard]] inline int web_access(Host& host, WebRequest const& request, bool only_looks) {
  std::optional<Role> role;
  if (auto const session = host.session_of(request)) {
    role = session->user.role;
  } else if (auto const giver = host.redeem_ticket(request)) {
    role = giver->user.role;
  } else if (auto const login = basic_login(request)) {
    if (auto const* user = host.authenticate(login->user, login->password)) role = user->role;
  }
  if (!role) return 401;
  return only_looks || *role == Role::administrator ? 200 : 403;
}

/// What the screen of a machine shows now; nothing when there is no such machine.
[[nodiscard]] inline std::optional<ScreenState> screen_of(Host& host, std::string const& machine) {
  auto const vm = host.find<types::VirtualMachine>({"VirtualMachine", machine});
  if (vm == nullptr) return std::nullopt;
  ScreenState out{.name = vm->name,
                  .is_on = vm->runtime.powerState == types::VirtualMachinePowerState::poweredOn};
  if (vm->guest) {
    out.guest = vm->guest->guestFullName.value_or(std::string{});
    out.address = vm->guest->ipAddress.value_or(std::string{});
  }
  if (out.guest.empty() && vm->config) out.guest = vm->config->guestFullName;
  if (vm->runtime.bootTime) {
    using namespace std::chrono;
    auto const up = std::max(host.now().seconds() - vm->runtime.bootTime->seconds(), seconds{0});
    auto const hours_and_minutes = hh_mm_ss{up % days{1}};
    auto const minutes_text = std::to_string(hours_and_minutes.minutes().count());
    out.uptime = std::to_string(floor<days>(up).count()) + " days, " +
                 std::to_string(hours_and_minutes.hours().count()) +
                 (minutes_text.size() == 1 ? ":0" : ":") + minutes_text;
  }
  return out;
}

}  // namespace esxvi::sim
