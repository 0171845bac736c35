// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_errors.hpp>
#include <esxvi/transport/detail/curl_failure.hpp>
#include <esxvi/transport/detail/curl_setup.hpp>
#include <esxvi/transport/detail/curl_trust.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/detail/stall.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/secret.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#if LIBCURL_VERSION_NUM < 0x074400
  #error "esxvi needs libcurl 7.68 or newer"
#endif

namespace esxvi::detail {

struct curl_multi_deleter {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct curl_easy_deleter {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct curl_list_deleter {
  void operator()(curl_slist* list) const noexcept {
    // The cookie is in one of them.
    for (auto* each = list; each != nullptr; each = each->next)
      wipe(each->data, std::strlen(each->data));
    curl_slist_free_all(list);
  }
};

/// Names and TLS sessions that all handles of a transport know.
class curl_share {
 public:
  curl_share() : handle_(curl_share_init()) {
    if (handle_ == nullptr) throw std::bad_alloc{};
    curl_share_setopt(handle_, CURLSHOPT_LOCKFUNC, &lock);
    curl_share_setopt(handle_, CURLSHOPT_UNLOCKFUNC, &unlock);
    curl_share_setopt(handle_, CURLSHOPT_USERDATA, this);
    curl_share_setopt(handle_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(handle_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  ~curl_share() { curl_share_cleanup(handle_); }
  curl_share(curl_share const&) = delete;
  curl_share& operator=(curl_share const&) = delete;

  [[nodiscard]] CURLSH* get() const noexcept { return handle_; }

 private:
  static void lock(CURL*, curl_lock_data what, curl_lock_access, void* self) {
    static_cast<curl_share*>(self)->locks_.at(what).lock();
  }
  static void unlock(CURL*, curl_lock_data what, void* self) {
    static_cast<curl_share*>(self)->locks_.at(what).unlock();
  }

  std::array<std::mutex, CURL_LOCK_DATA_LAST> locks_{};
  CURLSH* handle_;
};

/// One handle and its connections. Used by one thread at a time.
///
/// A multi handle for one transfer, because only curl_multi_poll can be woken up from outside.
struct curl_lane {
  curl_lane() : multi(curl_multi_init()), easy(curl_easy_init()) {
    if (multi == nullptr || easy == nullptr) throw std::bad_alloc{};
  }
  std::unique_ptr<CURLM, curl_multi_deleter> multi;
  std::unique_ptr<CURL, curl_easy_deleter> easy;
};

/// One request and its reply on one lane.
class curl_exchange {
 public:
  curl_exchange(http::Request const& request, http::BodySink& sink,
                http::CallContext const& context, CurlOptions const& options)
      : request_(request),
        sink_(sink),
        context_(context),
        options_(options),
        left_(request.source == nullptr ? static_cast<std::int64_t>(request.body.size())
                                        : request.source->size()),
        stall_({.time = options.low_speed_time,
                .rate = options.low_speed_limit,
                .patience = context.patience}) {
    check();
    for (auto const& h : request.headers) append(h.name, h.value);
    // Old servers never answer "100-continue": the wait for it would cost a second a request.
    append("Expect", "");
  }
  curl_exchange(curl_exchange const&) = delete;
  curl_exchange& operator=(curl_exchange const&) = delete;
  ~curl_exchange() { forget(response_.headers); }

  /// Throws what the sink or the source threw, or a transport_error.
  http::Response run(curl_lane& lane, CURLSH* share) {
    begin(lane.easy.get(), share);
    return end(perform(lane.multi.get()));
  }

  /// @name For those who run transfers themselves: begin(), the transfer with a look() now and
  /// then, end().
  /// @{
  /// Sets all options of a handle.
  void begin(CURL* easy, CURLSH* share) {
    easy_ = easy;
    prepare(share);
  }

  /// How long until the next look is worth while; nothing: the transfer has to end now, because of
  /// the stop token or because it stalled.
  std::optional<std::chrono::milliseconds> look() {
    stopped_ = context_.stop.stop_requested();
    auto const wait = patience_left();
    stalled_ = wait.count() <= 0;
    if (stopped_ || stalled_) return std::nullopt;
    return wait;
  }

  /// What came of it; `code` is libcurl's word, CURLE_OK after a look that found nothing left.
  /// Throws as run() does. The handle still belongs to it.
  http::Response end(CURLcode code) {
    if (caught_) std::rethrow_exception(caught_);
    if (code != CURLE_OK || stopped_ || stalled_) fail(code);
    if (!begun_) {  // libcurl has nothing against half a head
      throw connection_lost{about("the connection was closed within the head of the reply",
                                  meaning_of(CURLE_RECV_ERROR).advice),
                            delivered()};
    }
    return std::move(response_);
  }
  /// @}

  /// Adds what the exchange cost.
  void count(CurlStatistics& sum) const {
    if (easy_ == nullptr) return;
    ++sum.requests;
    auto const opened = number<long>(CURLINFO_NUM_CONNECTS);
    auto const connected = number<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T);
    sum.connections_opened += opened;
    if (opened == 0 && connected > 0) ++sum.reused;
    if (opened != 0) sum.connecting += std::chrono::microseconds{connected};
    // Not STARTTRANSFER_TIME: that is when the first byte of a request's body goes out.
    if (first_reply_)
      sum.waiting += *first_reply_ - started_ - std::chrono::microseconds{connected};
    sum.bytes_sent += sent();
    sum.bytes_received += received();
    sum.body_bytes += body_bytes_;
    sum.total += std::chrono::microseconds{number<curl_off_t>(CURLINFO_TOTAL_TIME_T)};
  }

 private:
  // ---- before ----------------------------------------------------------------------------------

  void check() const {
    using namespace std::string_view_literals;
    if (context_.stop.stop_requested()) throw cancelled{about("cancelled", "")};
    std::string_view authority = request_.url;
    if (auto const scheme = authority.find("://"); scheme != authority.npos) {
      authority.remove_prefix(scheme + 3);
    }
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (authority.find('@') != authority.npos) {
      throw invalid_argument{about("the URL carries a user", "give credentials to the session")};
    }
    if (options_.thumbprint && !is_https()) {
      throw invalid_argument{about("a thumbprint is to be compared, but http has no certificate",
                                   "use https, or leave the thumbprint out")};
    }
    if (request_.method.empty() ||
        !std::all_of(request_.method.begin(), request_.method.end(), redact::detail::is_name)) {
      throw invalid_argument{about("the method is no HTTP method", "")};
    }
    for (auto const& h : request_.headers) {
      if (h.name.empty() || h.name.find_first_of("\r\n\0 :;"sv) != h.name.npos ||
          h.value.find_first_of("\r\n\0"sv) != h.value.npos) {
        throw invalid_argument{
            about("a request header holds a character that is not allowed in " +
                      std::string{h.value.find_first_of("\r\n\0"sv) != h.value.npos
                                      ? "the value of " + h.name
                                      : "its name"},
                  "")};
      }
    }
  }

  void append(std::string const& name, std::string const& value) {
    // "Name;" sends an empty value, "Name:" sends no such header at all.
    std::string line;
    line.reserve(name.size() + 2 + value.size());  // one that grows leaves copies behind
    if (value.empty() && name != "Expect")
      line.append(name).append(";");
    else
      line.append(name).append(": ").append(value);
    auto* const longer = curl_slist_append(headers_.get(), line.c_str());
    wipe(line);
    if (longer == nullptr) throw std::bad_alloc{};
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }

  [[nodiscard]] bool is_https() const {
    return redact::detail::same(std::string_view{request_.url}.substr(0, 6), "https:");
  }

  template <class T> void set(CURLoption option, T value) { curl_set(easy_, option, value); }

  void prepare(CURLSH* share) {
    started_ = StallWatch::clock::now();
    curl_easy_reset(easy_);
    set(CURLOPT_SHARE, share);
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_TCP_KEEPIDLE, 30L);
    set(CURLOPT_TCP_KEEPINTVL, 15L);
    set(CURLOPT_BUFFERSIZE, static_cast<long>(std::clamp<std::size_t>(options_.buffer_size, 1024,
                                                                      std::size_t{512} * 1024)));

    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
#endif
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION,
        long{options_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1});
    curl_set_path(easy_, CURLOPT_USERAGENT, options_.user_agent);
    set(CURLOPT_HTTPHEADER, headers_.get());
    decodes_ = http::find_header(request_.headers, "Accept-Encoding") == nullptr;
    if (decodes_) set(CURLOPT_ACCEPT_ENCODING, "");

    set_up_tls(easy_, options_, options_.verify && !options_.thumbprint);
    if (options_.thumbprint) pin(easy_, *options_.thumbprint, &on_connected, this);
    set_up_way(easy_, options_);
    set(CURLOPT_TIMEOUT_MS, curl_milliseconds(time_left()));

    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &on_write);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set_method();
  }

  void set_method() {
    auto const& method = request_.method;
    auto const no_body = request_.source == nullptr && request_.body.empty();
    if (no_body && method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (no_body && method != "POST" && method != "PUT") {
      set(CURLOPT_HTTPGET, 1L);
    } else {
      // A body in memory goes the same way as a streamed one, because that is where libcurl asks
      // before it sends a body a second time (on_seek).
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, curl_off_t{left_});
      set(CURLOPT_READFUNCTION, &on_read);
      set(CURLOPT_READDATA, static_cast<void*>(this));
      set(CURLOPT_SEEKFUNCTION, &on_seek);
      set(CURLOPT_SEEKDATA, static_cast<void*>(this));
      set(CURLOPT_UPLOAD_BUFFERSIZE, 64L * 1024L);
    }
    if (method != "GET" && method != "HEAD") set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }

  // ---- the transfer ----------------------------------------------------------------------------

  CURLcode perform(CURLM* multi) {
    check_multi(curl_multi_add_handle(multi, easy_));
    struct remove {
      CURLM* multi;
      CURL* easy;
      ~remove() { curl_multi_remove_handle(multi, easy); }  // closes what is not complete
    } const removed{multi, easy_};
    std::stop_callback const wake{context_.stop, [multi] { curl_multi_wakeup(multi); }};

    for (;;) {
      int running = 0;
      check_multi(curl_multi_perform(multi, &running));
      if (running == 0) break;
      auto const wait = look();
      if (!wait) return CURLE_OK;
      check_multi(curl_multi_poll(multi, nullptr, 0, static_cast<int>(wait->count()), nullptr));
    }
    int more = 0;
    while (auto const* message = curl_multi_info_read(multi, &more)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    return CURLE_FAILED_INIT;
  }

  /// Of the whole call; waiting for a connection (max_connections) counts. 0: there is no limit.
  [[nodiscard]] std::chrono::milliseconds time_left() const {
    using std::chrono::milliseconds;
    auto const limit = context_.total.count() > 0 ? context_.total : options_.total_timeout;
    if (limit.count() <= 0) return milliseconds{0};
    auto const passed = std::chrono::floor<milliseconds>(StallWatch::clock::now() - made_);
    return std::max(limit - passed, milliseconds{1});
  }

  std::chrono::milliseconds patience_left() {
    using std::chrono::milliseconds;
    milliseconds const longest{60'000};
    if (number<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) == 0)
      return longest;  // connect_timeout's turn
    auto const now = StallWatch::clock::now();
    stall_.update(now, sent(), received());
    auto const left = stall_.left(now);
    return left ? std::min(std::chrono::ceil<milliseconds>(*left), longest) : longest;
  }

  void check_multi(CURLMcode code) const {
    if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc{};
    if (code != CURLM_OK) throw transport_failed{about(curl_multi_strerror(code), ""), delivered()};
  }

  // ---- what libcurl calls ----------------------------------------------------------------------

  /// Runs code of others: keeps its exception, and its time does not count as the server's.
  template <class F> bool guarded(F&& f) noexcept {
    auto const start = StallWatch::clock::now();
    try {
      f();
    } catch (...) {
      caught_ = std::current_exception();
    }
    stall_.forgive(StallWatch::clock::now() - start);
    return caught_ == nullptr;
  }

  /// Before the first byte of the request, if a thumbprint is to be compared.
  static int on_connected(void* self, char*, char*, int, int) noexcept {
    auto& exchange = *static_cast<curl_exchange*>(self);
    auto const ok = exchange.guarded([&] {
      auto problem = refusal_of_connection(exchange.easy_, *exchange.options_.thumbprint);
      if (!problem.empty())
        throw thumbprint_mismatch{exchange.about(std::move(problem), advice_for_mismatch),
                                  exchange.delivered()};
    });
    return ok ? 0 : 1;  // CURL_PREREQFUNC_OK, CURL_PREREQFUNC_ABORT
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) noexcept {
    auto& exchange = *static_cast<curl_exchange*>(self);
    auto const ok = exchange.guarded([&] { exchange.header({data, size * count}); });
    return ok ? size * count : size * count + 1;
  }

  void header(std::string_view line) {
    if (!first_reply_) first_reply_ = StallWatch::clock::now();
    if (begun_) return;  // trailers
    head_bytes_ += line.size();
    if (head_bytes_ > head_limit) {
      throw failure<errc::limit_exceeded>{
          about("the head of the reply does not end", "is this a vSphere server?"), delivered()};
    }
    while (!line.empty() && redact::detail::is_space(line.back())) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {
      forget(response_.headers);
      response_ = {};
      auto digits = line.substr(std::min(line.find(' '), line.size() - 1) + 1).substr(0, 3);
      for (char const c : digits) response_.status = response_.status * 10 + (c - '0');
    } else if (!line.empty()) {
      auto const colon = std::min(line.find(':'), line.size());
      auto value = line.substr(std::min(colon + 1, line.size()));
      while (!value.empty() && redact::detail::is_space(value.front())) value.remove_prefix(1);
      response_.headers.push_back({std::string{line.substr(0, colon)}, std::string{value}});
    } else if (response_.status >= 200) {
      if (response_.status == 407)
        refused_by_proxy(407, about("a proxy answered HTTP status 407", ""));
      begin();
    }
  }

  void begin() {
    begun_ = true;
    auto const* coding = http::find_header(response_.headers, "Content-Encoding");
    if (decodes_ && coding != nullptr && *coding != "identity") {
      // They describe what came over the wire, not what the sink gets.
      std::erase_if(response_.headers, [](auto const& h) {
        return redact::detail::same(h.name, "Content-Encoding") ||
               redact::detail::same(h.name, "Content-Length");
      });
    }
    sink_.begin(response_);
  }

  static std::size_t on_write(char* data, std::size_t size, std::size_t count,
                              void* self) noexcept {
    auto& exchange = *static_cast<curl_exchange*>(self);
    auto const bytes = size * count;
    if (bytes == 0) return 0;
    exchange.stopped_ = exchange.context_.stop.stop_requested();
    if (exchange.stopped_) return bytes + 1;
    exchange.body_bytes_ += bytes;
    return exchange.guarded([&] { exchange.sink_.write({data, bytes}); }) ? bytes : bytes + 1;
  }

  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<curl_exchange*>(self);
    std::size_t bytes = 0;
    auto const ok = exchange.guarded([&] { bytes = exchange.read(to, size * count); });
    return ok ? bytes : std::size_t{CURL_READFUNC_ABORT};
  }

  std::size_t read(char* to, std::size_t size) {
    if (left_ >= 0) size = std::min(size, static_cast<std::size_t>(left_));
    if (size == 0) return 0;
    std::size_t bytes = size;
    if (request_.source == nullptr) {
      std::memcpy(to, request_.body.data() + request_.body.size() - static_cast<std::size_t>(left_),
                  size);
    } else {
      bytes = request_.source->read(to, size);
    }
    if (left_ < 0) return bytes;
    left_ -= static_cast<std::int64_t>(bytes);
    if (bytes == 0) {
      throw invalid_argument{about("the source of the body ended " + std::to_string(left_) +
                                       " bytes before the size it had announced",
                                   ""),
                             delivered()};
    }
    return bytes;
  }

  static int on_seek(void* self, curl_off_t offset, int origin) noexcept {
    auto& exchange = *static_cast<curl_exchange*>(self);
    auto ok = false;
    auto const fine =
        exchange.guarded([&] { ok = offset == 0 && origin == SEEK_SET && exchange.rewind(); });
    return ok && fine ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  }

  bool rewind() {
    // A POST that was sent once may have been executed.
    if (request_.method == "POST" && delivered() != delivery::not_sent) return false;
    if (request_.source == nullptr) {
      left_ = static_cast<std::int64_t>(request_.body.size());
      return true;
    }
    left_ = request_.source->size();
    return request_.source->rewind();
  }

  // ---- afterwards ------------------------------------------------------------------------------

  template <class T> [[nodiscard]] std::uint64_t number(CURLINFO what) const {
    T value{};
    return curl_easy_getinfo(easy_, what, &value) == CURLE_OK && value > 0
               ? static_cast<std::uint64_t>(value)
               : 0;
  }
  [[nodiscard]] std::uint64_t sent() const {
    return number<long>(CURLINFO_REQUEST_SIZE) + number<curl_off_t>(CURLINFO_SIZE_UPLOAD_T);
  }
  [[nodiscard]] std::uint64_t received() const {
    return number<long>(CURLINFO_HEADER_SIZE) + number<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T);
  }
  [[nodiscard]] delivery delivered() const {
    // Bytes that went to a proxy only do not count.
    auto const connected = easy_ != nullptr && number<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) > 0;
    return connected && sent() > 0 ? delivery::unknown : delivery::not_sent;
  }

  [[nodiscard]] error::context about(std::string problem, std::string_view advice) const {
    auto target = redact::url(request_.url);
    auto operation = std::string{context_.operation};
    if (operation.empty()) operation = request_.method;
    return {.operation = std::move(operation),
            .target = std::move(target),
            .problem = std::move(problem),
            .advice = std::string{advice}};
  }

  [[noreturn]] void fail(CURLcode code) const {
    if (stopped_) throw cancelled{about("cancelled", ""), delivered()};
    if (stalled_) {
      auto const limit = std::to_string(stall_.allowed().count());
      throw timeout{about("the server was silent or too slow for " + limit + " ms",
                          meaning_of(CURLE_OPERATION_TIMEDOUT).advice),
                    delivered()};
    }
    auto problem = std::string{detail_[0] != 0 ? detail_.data() : curl_easy_strerror(code)};
    if (code == CURLE_SEND_FAIL_REWIND) {
      problem =
          "the connection was closed before the reply came, and the request cannot be repeated "
          "safely";
    }
    raise_curl_failure(easy_, code, about(std::move(problem), ""), delivered());
  }

  http::Request const& request_;
  http::BodySink& sink_;
  http::CallContext const& context_;
  StallWatch::clock::time_point const made_ = StallWatch::clock::now();
  CurlOptions const& options_;
  std::unique_ptr<curl_slist, curl_list_deleter> headers_{};
  CURL* easy_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> detail_{};

  std::int64_t left_;  ///< of the request body; negative: unknown
  StallWatch stall_;
  http::Response response_{};
  std::uint64_t body_bytes_ = 0;
  StallWatch::clock::time_point started_{};
  std::optional<StallWatch::clock::time_point> first_reply_{};
  bool decodes_ = false;
  bool begun_ = false;
  bool stopped_ = false;
  bool stalled_ = false;
  std::exception_ptr caught_{};

  static constexpr std::size_t head_limit = std::size_t{256} * 1024;
  std::size_t head_bytes_ = 0;  ///< of all that came before the body, interim answers as well
};

}  // namespace esxvi::detail
