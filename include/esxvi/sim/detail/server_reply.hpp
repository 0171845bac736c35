// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/asio/buffer.hpp>
#include <esxvi/sim/detail/http_date.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/web.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::sim::detail {

inline bool same_name(std::string_view a, std::string_view b) noexcept {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// A reply on its way out, with what goes wrong on the way.
class server_reply {
 public:
  struct piece {
    std::array<boost::asio::const_buffer, 2> buffers{};
    std::size_t size = 0;
    bool finished = false;
    std::chrono::milliseconds wait{0};  ///< nothing to send yet
  };

  server_reply() = default;
  server_reply(WebResponse response, int version, bool keep_alive, bool is_head)
      : body_(std::move(response.body)), rate_(response.bytes_per_second) {
    auto const bodyless = response.status == 204 || response.status == 304;
    auto chunked = false;
    std::string length = std::to_string(body_.size());
    head_ = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head_.append(reason_phrase(response.status)).append("\r\nDate: ");
    head_.append(http_date(std::chrono::system_clock::now())).append("\r\n");
    for (auto const& header : response.headers) {
      if (same_name(header.name, "Transfer-Encoding")) {
        chunked = version >= 11 && !bodyless;
      } else if (same_name(header.name, "Content-Length")) {
        // Of a body that HEAD does not send; otherwise it is counted here.
        if (is_head) length = header.value;
      } else if (!same_name(header.name, "Connection") && is_safe(header.name) &&
                 is_safe(header.value)) {
        head_.append(header.name).append(": ").append(header.value).append("\r\n");
      }
    }
    if (chunked) {
      head_ += "Transfer-Encoding: chunked\r\n";
    } else if (!bodyless) {
      head_.append("Content-Length: ").append(length).append("\r\n");
    }
    if (!keep_alive) {
      head_ += "Connection: close\r\n";
    } else if (version < 11) {
      head_ += "Connection: keep-alive\r\n";
    }
    head_ += "\r\n";
    if (is_head || bodyless) body_.clear();
    if (response.cut_after) {
      is_cut_ = true;
      body_.resize(std::min(body_.size(), *response.cut_after));
    }
    if (chunked && !is_head) body_ = in_chunks(body_, is_cut_);
    // One piece is one system call, and one TLS record.
    if (rate_ == 0 && body_.size() <= 16 * 1024) head_.append(std::exchange(body_, {}));
  }

  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

  /// What to write now; the buffers point into this.
  piece next(std::chrono::steady_clock::time_point now) {
    namespace asio = boost::asio;
    piece out;
    if (!head_sent_) {
      head_sent_ = true;
      start_ = now;
      auto const with_head = rate_ == 0 ? std::min(slice, body_.size()) : 0;
      out.buffers = {asio::buffer(head_), asio::buffer(body_.data(), with_head)};
      sent_ = with_head;
      out.size = head_.size() + with_head;
      return out;
    }
    if (sent_ == body_.size()) {
      out.finished = true;
      return out;
    }
    auto size = std::min(slice, body_.size() - sent_);
    if (rate_ != 0) {
      // As many as the rate allows since the start, in steps of about a fiftieth of a second.
      using seconds = std::chrono::duration<double>;
      auto const due = seconds{now - start_}.count() * static_cast<double>(rate_);
      auto const allowed =
          due >= static_cast<double>(body_.size()) ? body_.size() : static_cast<std::size_t>(due);
      size = allowed > sent_ ? std::min(size, allowed - sent_) : 0;
      if (size == 0) {
        auto const step = std::max<std::size_t>(1, rate_ / 50);
        auto const at = seconds{static_cast<double>(sent_ + step) / static_cast<double>(rate_)};
        out.wait =
            std::max(std::chrono::milliseconds{1},
                     std::chrono::ceil<std::chrono::milliseconds>(at - seconds{now - start_}));
        return out;
      }
    }
    out.buffers = {asio::buffer(body_.data() + sent_, size), asio::const_buffer{}};
    out.size = size;
    sent_ += size;
    return out;
  }

 private:
  // The deadline of a write counts for each.
  static constexpr std::size_t slice = 256 * 1024;

  static bool is_safe(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos;
  }
  static std::string in_chunks(std::string_view body, bool cut) {
    static constexpr std::size_t chunk = 8 * 1024;
    std::string out;
    out.reserve(body.size() + body.size() / chunk * 8 + 32);
    while (!body.empty()) {
      auto const size = std::min(chunk, body.size());
      std::array<char, 24> line{};
      std::snprintf(line.data(), line.size(), "%zx\r\n", size);
      out.append(line.data()).append(body.substr(0, size)).append("\r\n");
      body.remove_prefix(size);
    }
    return cut ? out : out.append("0\r\n\r\n");
  }

  std::string head_{};
  std::string body_{};
  std::size_t sent_ = 0;
  std::size_t rate_ = 0;
  bool head_sent_ = false;
  bool is_cut_ = false;
  std::chrono::steady_clock::time_point start_{};
};

}  // namespace esxvi::sim::detail
