// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <esxvi/sim/detail/server_parser.hpp>
#include <esxvi/sim/detail/server_reply.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/server_options.hpp>
#include <esxvi/sim/web.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>

namespace esxvi::sim::detail {

namespace asio = boost::asio;
using server_strand = asio::strand<asio::io_context::executor_type>;
using server_socket = asio::basic_stream_socket<asio::ip::tcp, server_strand>;

class server_connection;

/// What the connections of one server share. Outlives them: a handler may hold on to a `done` for
/// as long as it likes.
struct server_core {
  server_core(WebHandler& h, ServerOptions o) : handler(h), options(std::move(o)) {}

  WebHandler& handler;
  ServerOptions options;
  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> rejected = 0;
  std::atomic<std::size_t> waiting = 0;

  std::mutex mutex{};
  std::condition_variable emptied{};
  std::unordered_map<server_connection*, std::weak_ptr<server_connection>> open{};

  asio::io_context io{};  // last: what is still queued in it goes first
};

/// One connection, without the bytes: plain and TLS sockets derive from it. Everything but answer()
/// and shut_down() runs on the strand.
///
/// A request waits in the handler without a thread and, but for a small buffer in which the end of
/// the connection shows, without memory of the server's. What a client sends ahead is kept, up to
/// the length of a head: behind more than that its end is not seen.
class server_connection : public std::enable_shared_from_this<server_connection> {
 public:
  server_connection(std::shared_ptr<server_core> const& core, server_strand const& strand)
      : core_(core), shared_(core.get()), timer_(strand), strand_(strand) {}
  virtual ~server_connection() = default;
  server_connection(server_connection const&) = delete;
  server_connection& operator=(server_connection const&) = delete;

  void start() {
    set_deadline(options().header_timeout);
    open();
  }

  /// From any thread: the server stops.
  void shut_down() {
    asio::post(strand_, [self = shared_from_this()] { self->stop_soon(); });
  }

  /// Without its thread, after the server has stopped.
  void close() {
    if (phase_ == phase::closed) return;
    auto const was_waiting = phase_ == phase::handling;
    phase_ = phase::closed;
    timer_.cancel();
    if (pace_) pace_->cancel();
    boost::system::error_code ignored;
    socket().close(ignored);
    {
      std::lock_guard const lock{shared_->mutex};
      shared_->open.erase(this);
      if (shared_->open.empty()) shared_->emptied.notify_all();
    }
    if (was_waiting) --shared_->waiting;
    // Last: whoever waits for news of this client may call back at once.
    std::exchange(stop_, std::stop_source{std::nostopstate}).request_stop();
  }

 protected:
  using error_code = boost::system::error_code;

  // ---- what a kind of socket does; each ends in the on_... of the same name, on the strand ----
  virtual server_socket& socket() = 0;
  [[nodiscard]] virtual bool is_tls() const = 0;
  virtual void open() = 0;
  virtual void read(asio::mutable_buffer to) = 0;
  virtual void write(std::array<asio::const_buffer, 2> const& from) = 0;
  virtual void say_goodbye() = 0;

  void on_open(error_code error) {
    if (phase_ == phase::closed) return;
    if (error) {
      ++shared_->rejected;
      return close();
    }
    phase_ = phase::head;
    read_more();
  }

  void on_read(error_code error, std::size_t size) {
    reading_ = false;
    if (phase_ == phase::closed) return;
    if (std::exchange(reading_ahead_, false) && !error)
      asio::buffer_copy(buffer_.prepare(size), asio::buffer(ahead_, size));
    if (!error) {
      buffer_.commit(size);
      if (phase_ == phase::handling) return listen();
      if (phase_ == phase::head && !parser_) set_deadline(options().header_timeout);
      if (phase_ == phase::head || phase_ == phase::body) parse();
      return;
    }
    // Nobody asks any more. The reply, if it comes, may still be read: HTTP/1.0 clients shut down
    // their side after the request. What was sent before that, as another request, still counts.
    if (buffer_.size() == 0) keep_alive_ = false;
    if (error == asio::error::eof && (phase_ == phase::handling || phase_ == phase::replying)) {
      std::stop_source{stop_}.request_stop();  // a copy: the answer may come at once
      return;
    }
    close();
  }

  void on_write(error_code error) {
    writing_ = false;
    if (phase_ == phase::closed) return;
    if (error) return close();
    if (phase_ == phase::body) return read_more();  // "100 Continue" is out
    if (phase_ == phase::replying) send_more();
  }

  void on_goodbye() {
    if (phase_ == phase::closed) return;
    drain();
  }

 private:
  enum class phase { opening, head, body, handling, replying, draining, closed };
  using clock = std::chrono::steady_clock;

  /// The `done` of one request: answers once, or drops the connection when it is thrown away.
  class exchange {
   public:
    explicit exchange(std::shared_ptr<server_connection> connection)
        : core_(connection->core_.lock()), connection_(std::move(connection)) {}
    exchange(exchange const&) = delete;
    exchange& operator=(exchange const&) = delete;
    ~exchange() {
      try {
        answer({.drop = true});
      } catch (std::exception const&) {  // no memory: the connection stays until the server stops
      }
    }
    void answer(WebResponse response) {
      if (answered_.exchange(true)) return;
      auto& strand = connection_->strand_;
      // Not dispatch(): it may run what else waits on this strand, and the caller can hold locks.
      if (strand.running_in_this_thread()) return connection_->reply(std::move(response));
      asio::post(strand, [to = connection_, r = std::move(response)]() mutable {
        to->reply(std::move(r));
      });
    }

   private:
    std::shared_ptr<server_core> core_;  // before the connection, which needs it to the last
    std::shared_ptr<server_connection> connection_;
    std::atomic<bool> answered_ = false;
  };

  [[nodiscard]] ServerOptions const& options() const noexcept { return shared_->options; }

  // ---- in ----
  void read_more() {
    if (reading_) return;
    reading_ = true;
    // An idle connection holds little, a body is read in large pieces.
    std::size_t const size = phase_ == phase::body ? 64 * 1024 : buffer_.size() == 0 ? 2048 : 8192;
    read(buffer_.prepare(size));
  }

  void next_request() {
    phase_ = phase::head;
    parser_.reset();
    out_ = {};
    pace_.reset();
    if (shared_->stopping) return close();
    if (buffer_.size() == 0) {
      set_deadline(options().idle_timeout);
      if (!reading_) shrink();
      return read_more();
    }
    set_deadline(options().header_timeout);
    parse();
  }

  void shrink() {
    if (buffer_.capacity() > 4096) buffer_.shrink_to_fit();
  }

  void parse() {
    if (!parser_) parser_.emplace(options());
    auto& parser = *parser_;
    error_code error;
    auto const was_head = !parser.is_header_done();
    buffer_.consume(parser.put(buffer_.data(), error));
    if (error && error != boost::beast::http::error::need_more) {
      return reject(server_parser::status_of(error));
    }
    if (parser.is_done()) return hand_over();
    if (was_head && parser.is_header_done()) {
      phase_ = phase::body;
      set_deadline(options().body_timeout);
      if (parser.expects_continue() && parser.version() >= 11 && buffer_.size() == 0 &&
          parser.request().body.empty()) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        return write_out({asio::buffer(go_on.data(), go_on.size()), asio::const_buffer{}});
      }
    }
    read_more();
  }

  void hand_over() {
    auto& parser = *parser_;
    keep_alive_ = parser.keep_alive() && !shared_->stopping;
    version_ = parser.version();
    auto request = std::move(parser.request());
    parser_.reset();
    if (buffer_.size() == 0) shrink();
    request.peer = peer();
    request.tls = is_tls();
    is_head_ = request.method == "HEAD";
    ++shared_->requests;
    ++shared_->waiting;
    phase_ = phase::handling;
    set_deadline({});
    auto const call = std::make_shared<exchange>(shared_from_this());
    stop_ = std::stop_source{};
    try {
      shared_->handler.handle(
          std::move(request), [call](WebResponse response) { call->answer(std::move(response)); },
          stop_.get_token());
    } catch (std::exception const&) {
      call->answer(error_page(500));
    }
    if (phase_ != phase::handling) return;
    if (buffer_.size() == 0) buffer_ = {};
    listen();
  }

  /// Not answered yet: listens, or nobody would notice that the client goes away. Not into the
  /// buffer, which the next request is taken from, perhaps before anything comes.
  void listen() {
    if (reading_ || buffer_.size() >= options().header_limit) return;
    reading_ = reading_ahead_ = true;
    read(asio::buffer(ahead_));
  }

  std::string peer() {
    error_code error;
    auto const endpoint = socket().remote_endpoint(error);
    return error ? std::string{} : endpoint.address().to_string();
  }

  // ---- out ----
  void reply(WebResponse response) {
    if (phase_ != phase::handling) return;
    --shared_->waiting;
    stop_ = std::stop_source{std::nostopstate};
    if (response.drop) {
      phase_ = phase::replying;
      return delayed(response.delay, [](server_connection& self) { self.close(); });
    }
    auto const delay = response.delay;
    keep_alive_ = keep_alive_ && !shared_->stopping;
    out_ = server_reply{std::move(response), version_, keep_alive_, is_head_};
    phase_ = phase::replying;
    delayed(delay, [](server_connection& self) { self.send_more(); });
  }

  void write_out(std::array<asio::const_buffer, 2> const& from) {
    writing_ = true;
    write(from);
  }

  /// A request that never becomes one.
  void reject(int status) {
    ++shared_->rejected;
    if (writing_) return close();  // "100 Continue" does not get through: nothing else will
    keep_alive_ = false;
    parser_.reset();
    is_head_ = false;
    out_ = server_reply{error_page(status), 11, false, false};
    phase_ = phase::replying;
    send_more();
  }

  void send_more() {
    auto const now = clock::now();
    auto const piece = out_.next(now);
    if (piece.size != 0) {
      set_deadline(options().write_timeout);
      return write_out(piece.buffers);
    }
    if (!piece.finished) {
      set_deadline({});
      return delayed(piece.wait, [](server_connection& self) { self.send_more(); });
    }
    if (out_.is_cut()) return close();
    if (keep_alive_) return next_request();
    phase_ = phase::draining;
    if (shared_->stopping) return close();
    set_deadline(std::chrono::milliseconds{1000});
    say_goodbye();
  }

  /// `then` now, or after a while.
  void delayed(std::chrono::milliseconds delay, void (*then)(server_connection&)) {
    if (delay.count() <= 0) return then(*this);
    if (!pace_) pace_.emplace(strand_);
    pace_->expires_after(delay);
    pace_->async_wait([self = shared_from_this(), then](error_code error) {
      if (!error && self->phase_ == phase::replying) then(*self);
    });
  }

  /// A socket that is closed while the client still sends takes the reply with it (the client gets
  /// a reset), so what it sends is read for a moment and thrown away.
  void drain() {
    out_ = {};
    error_code ignored;
    socket().shutdown(asio::socket_base::shutdown_send, ignored);
    if (ignored) return close();
    swallow();
  }
  void swallow() {
    if (!rest_) rest_ = std::make_unique<std::array<char, 16 * 1024>>();
    socket().async_read_some(asio::buffer(*rest_),
                             [self = shared_from_this()](error_code error, std::size_t size) {
                               self->swallowed_ += size;
                               if (error || self->swallowed_ > (std::size_t{8} << 20)) {
                                 return self->close();
                               }
                               self->swallow();
                             });
  }

  // ---- time ----
  /// No duration: no deadline. One wait is enough for many requests: it looks at the deadline of
  /// the moment when it is over, and only a nearer one needs another.
  void set_deadline(std::chrono::milliseconds duration) {
    deadline_ = duration.count() == 0 ? clock::time_point::max() : clock::now() + duration;
    if (deadline_ < armed_) arm();
  }
  void arm() {
    armed_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      auto const self = weak.lock();
      if (error || self == nullptr || self->phase_ == phase::closed) return;
      self->armed_ = clock::time_point::max();
      if (clock::now() >= self->deadline_) {
        self->on_deadline();
      } else if (self->deadline_ != clock::time_point::max()) {
        self->arm();
      }
    });
  }
  void on_deadline() {
    auto const begun = phase_ == phase::body || (phase_ == phase::head && buffer_.size() != 0);
    if (begun) return reject(408);
    if (phase_ == phase::opening) ++shared_->rejected;
    close();
  }

  void stop_soon() {
    switch (phase_) {
      case phase::handling:
        keep_alive_ = false;
        std::stop_source{stop_}.request_stop();
        return;
      case phase::replying:
        keep_alive_ = false;
        if (!pace_) return;  // it is on its way
        return close();
      default:
        return close();
    }
  }

  std::weak_ptr<server_core> core_;
  server_core* shared_;
  phase phase_ = phase::opening;
  bool reading_ = false;
  bool reading_ahead_ = false;  // into ahead_
  bool writing_ = false;
  bool keep_alive_ = true;
  bool is_head_ = false;
  int version_ = 11;
  std::size_t swallowed_ = 0;
  clock::time_point deadline_ = clock::time_point::max();
  clock::time_point armed_ = clock::time_point::max();
  boost::beast::flat_buffer buffer_{};
  std::array<char, 256> ahead_{};
  std::optional<server_parser> parser_{};
  std::stop_source stop_{std::nostopstate};
  server_reply out_{};
  std::unique_ptr<std::array<char, 16 * 1024>> rest_{};
  using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, server_strand>;
  timer timer_;
  std::optional<timer> pace_{};

 protected:
  server_strand strand_;
};

}  // namespace esxvi::sim::detail
