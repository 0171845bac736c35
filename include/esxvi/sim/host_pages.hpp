// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What a host serves beside SOAP.
#pragma once

#include <esxvi/sim/folder.hpp>
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/screen.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace esxvi::sim {

/// 200 for a request with a session or with the name and password of a user, 403 when that user
/// may only look and the request does more, else 401.
[[nodiscard]] inline int web_access(Host& host, WebRequest const& request, bool only_looks) {
  std::optional<Role> role;
  if (auto const session = host.session_of(request)) {
    role = session->user.role;
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

/// Has a host serve `/folder`, `/screen` and `/sdk/vimServiceVersions.xml`. `folder` holds the
/// files; its owner adds and removes datastores at any time.
inline void serve_pages(Host& host, std::shared_ptr<FolderPages> folder) {
  host.on_path("/folder", [&host, folder = std::move(folder)](
                              WebRequest request, WebHandler::Done const& done, std::stop_token) {
    if (!FolderPages::owns(request.target)) return done(error_page(404));
    auto const only_looks = request.method == "GET" || request.method == "HEAD";
    auto const access = web_access(host, request, only_looks);
    done(access == 200 ? folder->handle(std::move(request)) : error_page(access));
  });
  host.on_path(
      "/screen", [&host](WebRequest const& request, WebHandler::Done const& done, std::stop_token) {
        if (split_target(request.target).path != "/screen") return done(error_page(404));
        auto const access = web_access(host, request, false);
        if (access != 200) return done(error_page(access));
        done(screen_page(request,
                         [&host](std::string const& machine) { return screen_of(host, machine); }));
      });
  host.on_path("/sdk/vimServiceVersions.xml",
               [&host](WebRequest const& request, WebHandler::Done const& done, std::stop_token) {
                 auto const known = request.method == "GET" || request.method == "HEAD";
                 done(known ? service_versions(host.options().api_version) : error_page(405));
               });
}

}  // namespace esxvi::sim
