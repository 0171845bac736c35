// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// `/screen`: a picture of a machine's screen.
#pragma once

#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/png.hpp>
#include <esxvi/sim/web.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::sim {

/// What is to be seen on the screen of a machine.
struct ScreenState {
  std::string name{};
  bool is_on = true;     ///< powered on; a suspended machine shows nothing either
  std::string guest{};   ///< "Debian GNU/Linux 12 (64-bit)"
  std::string uptime{};  ///< "3 days, 4:05"
  std::string address{};
};

/// A text console of this size.
[[nodiscard]] inline Picture draw_screen(ScreenState const& state, std::size_t width = 720,
                                         std::size_t height = 400) {
  enum : std::size_t { black, grey, white, blue, green };
  Picture out{
      width, height, {{0, 0, 0}, {170, 170, 170}, {255, 255, 255}, {0, 48, 135}, {64, 200, 64}}};
  auto const scale = std::max<std::size_t>(1, std::min(out.width() / 360, out.height() / 200));
  auto const column = (detail::glyph_width + 1) * scale;
  auto const line = (detail::glyph_height + 3) * scale;
  out.fill(0, 0, out.width(), line + scale, blue);
  out.text(column, 2 * scale, state.name, scale, white);
  auto const power = std::string_view{state.is_on ? "powered on" : "powered off"};
  auto const room = column * (power.size() + 1);
  if (out.width() > 2 * room) {
    out.fill(out.width() - room - column, 0, room + column, line + scale, blue);
    out.text(out.width() - room, 2 * scale, power, scale, state.is_on ? green : grey);
  }
  if (!state.is_on) return out;

  auto y = 2 * line;
  auto const say = [&](std::string_view text, std::size_t colour) {
    out.text(column, y, text, scale, colour);
    y += line;
  };
  if (!state.guest.empty()) say(state.guest + " tty1", grey);
  y += line;
  if (!state.uptime.empty()) say("up " + state.uptime, grey);
  if (!state.address.empty()) say("address " + state.address, grey);
  y += line;
  std::string const prompt = "login: ";
  out.fill(column + column * prompt.size(), y, column - scale, detail::glyph_height * scale, white);
  say(prompt, grey);
  return out;
}

/// What `/screen?id=MOID&w=...&h=...` asks for.
struct ScreenRequest {
  std::string machine{};
  std::size_t width = 720;
  std::size_t height = 400;
};

/// Nothing without an id, or with a size that is no number. Sizes are bounded by 2048.
[[nodiscard]] inline std::optional<ScreenRequest> parse_screen_request(std::string_view target) {
  ScreenRequest out;
  out.machine = query_value(target, "id").value_or(std::string{});
  if (out.machine.empty()) return std::nullopt;
  for (auto const& [name, to] : {std::pair{"w", &out.width}, std::pair{"h", &out.height}}) {
    auto const text = query_value(target, name);
    if (!text || text->empty()) continue;
    auto const* const end = text->data() + text->size();
    auto const [stop, error] = std::from_chars(text->data(), end, *to);
    if (error != std::errc{} || stop != end || *to == 0) return std::nullopt;
    *to = std::min<std::size_t>(*to, 2048);
  }
  return out;
}

/// Answers GET and HEAD of `/screen`. `find` gives the state of a machine by the ID of its managed
/// object. 400 for a request that makes no sense, 404 for a machine that is not there, 503 for one
/// that is off.
[[nodiscard]] inline WebResponse screen_page(
    WebRequest const& request,
    std::function<std::optional<ScreenState>(std::string const& machine)> const& find) {
  if (request.method != "GET" && request.method != "HEAD") return error_page(405);
  auto const wanted = parse_screen_request(request.target);
  if (!wanted) return error_page(400);
  auto const state = find(wanted->machine);
  if (!state) return error_page(404);
  if (!state->is_on) return error_page(503);
  return {.headers = {{"Content-Type", "image/png"}},
          .body = draw_screen(*state, wanted->width, wanted->height).png()};
}

}  // namespace esxvi::sim
