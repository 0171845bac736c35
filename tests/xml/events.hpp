// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A handler that notes what happens, and what a reader makes of a text.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/xml/reader.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace esxvi::test {

/// Writes the events down: <name a="v">text</name>, pieces of text joined.
struct Events {
  std::string log{};
  std::size_t count = 0;

  void start(char const* name, char const* const* attributes) {
    ++count;
    log.append("<").append(name);
    for (auto a = attributes; *a != nullptr; a += 2)
      log.append(" ").append(a[0]).append("='").append(a[1]).append("'");
    log += '>';
  }
  void text(std::string_view piece) { log.append(piece); }
  void end(char const* name) { log.append("</").append(name).append(">"); }
};

/// The events of a text that is fed in pieces of `piece` bytes; throws what the reader throws.
inline std::string events_of(std::string_view text, std::size_t piece = std::string_view::npos,
                             xml::Limits limits = {}) {
  Events events;
  xml::Reader<Events> reader(events, {"reading", "a test"}, limits);
  for (std::size_t at = 0; at < text.size();) {
    auto const part = text.substr(at, piece);
    reader.feed(part);
    at += part.size();
  }
  reader.finish();
  return events.log;
}

/// How a text is refused; nothing when it is accepted.
struct Refusal {
  errc code{};
  std::size_t offset = 0;
  std::string problem{};
};
inline std::optional<Refusal> refusal_of(std::string_view text,
                                         std::size_t piece = std::string_view::npos,
                                         xml::Limits limits = {}) {
  try {
    events_of(text, piece, limits);
    return std::nullopt;
  } catch (protocol_error const& e) {
    return Refusal{e.code(), e.offset(), e.problem()};
  }
}
inline std::optional<errc> code_of(std::string_view text,
                                   std::size_t piece = std::string_view::npos,
                                   xml::Limits limits = {}) {
  auto const refusal = refusal_of(text, piece, limits);
  if (!refusal) return std::nullopt;
  return refusal->code;
}

}  // namespace esxvi::test
