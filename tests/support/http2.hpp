// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Just enough of HTTP/2 for a test: answers every stream with 200, text/xml and a fixed body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/http_server.hpp"

namespace esxvi::test {

/// For HttpServerOptions::http2. `cut`: the connection ends in the middle of the body instead.
inline void serve_http2(HttpConnection& connection, std::string_view body, bool cut = false) {
  enum : std::uint8_t { data = 0, headers = 1, settings = 4, ping = 6 };
  auto const frame = [&](std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                         std::string_view payload) {
    std::string out;
    auto const put = [&](std::size_t value, int bytes) {
      while (bytes-- > 0) out.push_back(static_cast<char>(value >> (8 * bytes) & 0xffu));
    };
    put(payload.size(), 3);
    put(type, 1);
    put(flags, 1);
    put(stream, 4);
    return connection.send(out.append(payload));
  };
  std::string preface;
  if (!connection.receive_exactly(preface, 24)) return;
  frame(settings, 0, 0, "");
  for (;;) {
    std::string head;
    std::string payload;
    if (!connection.receive_exactly(head, 9)) return;
    auto const byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(head[i]));
    };
    auto const size = byte(0) << 16 | byte(1) << 8 | byte(2);
    auto const stream = byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
    if (!connection.receive_exactly(payload, size)) return;
    if (byte(3) == settings && byte(4) == 0) frame(settings, 1, 0, "");
    if (byte(3) == ping && byte(4) == 0) frame(ping, 1, 0, payload);
    if ((byte(3) == headers || byte(3) == data) && (byte(4) & 1u) != 0) {
      // HPACK: 0x88 is ":status: 200"; 0x0f 0x10 a literal "content-type".
      frame(headers, 4, stream, std::string{"\x88\x0f\x10\x08"} + "text/xml");
      frame(data, cut ? 0 : 1, stream, body);
      if (cut) return;
    }
  }
}

}  // namespace esxvi::test
