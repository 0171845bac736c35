// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

/// Keeps a reply.
struct Collect final : esxvi::http::BodySink {
  void begin(esxvi::http::Response const& response) override {
    ++begins;
    head = response;
    if (on_begin) on_begin(response);
  }
  void write(std::string_view piece) override {
    if (begins == 0) early = true;
    pieces.emplace_back(piece);
    body.append(piece);
    if (on_write) on_write(piece);
  }
  std::string header(std::string_view name) const {
    auto const* value = esxvi::http::find_header(head.headers, name);
    return value == nullptr ? std::string{} : *value;
  }

  std::function<void(esxvi::http::Response const&)> on_begin{};
  std::function<void(std::string_view)> on_write{};
  int begins = 0;
  bool early = false;  ///< a piece came before begin()
  esxvi::http::Response head{};
  std::vector<std::string> pieces{};
  std::string body{};
};

/// Streams a text; announces `announced` bytes (-1: unknown).
struct Source final : esxvi::http::BodySource {
  Source(std::string content, std::int64_t announced) : text(std::move(content)), said(announced) {}
  std::size_t read(char* to, std::size_t size) override {
    if (on_read) on_read();
    auto const count = std::min({size, step, text.size() - at});
    std::memcpy(to, text.data() + at, count);
    at += count;
    return count;
  }
  std::int64_t size() const override { return said; }
  bool rewind() override {
    ++rewinds;
    at = 0;
    return true;
  }

  std::function<void()> on_read{};
  std::string text;
  std::int64_t said;
  std::size_t step = 1000;
  std::size_t at = 0;
  int rewinds = 0;
};

}  // namespace test
