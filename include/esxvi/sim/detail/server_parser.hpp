// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/version.hpp>
#include <esxvi/sim/server_options.hpp>
#include <esxvi/sim/web.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::sim::detail {

/// Bytes into a WebRequest.
///
/// Beast's own request_parser reserves whatever Content-Length promises; with many clients that
/// promise a lot and send nothing, that is all the memory there is. This one grows with what came.
class server_parser final : public boost::beast::http::basic_parser<true> {
 public:
  explicit server_parser(ServerOptions const& options) : options_(options) {
    eager(true);
    header_limit(options.header_limit);
    body_limit(options.body_limit);
  }

  [[nodiscard]] WebRequest& request() noexcept { return request_; }
  [[nodiscard]] int version() const noexcept { return version_; }
  [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_; }

  /// What to tell the client about an error of put().
  [[nodiscard]] static int status_of(boost::system::error_code why) {
    using boost::beast::http::error;
    if (why == error::header_limit) return 431;
    if (why == error::body_limit) return 413;
    if (why == error::bad_version) return 505;
    if (why == make_error_code(boost::system::errc::operation_not_supported)) return 417;
    return 400;
  }

 private:
  using error_code = boost::system::error_code;
  using text = boost::beast::string_view;
  static std::string_view view(text t) { return {t.data(), t.size()}; }

  void on_request_impl(boost::beast::http::verb, text method, text target, int version,
                       error_code&) override {
    request_.method = view(method);
    request_.target = view(target);
    version_ = version;
    if (request_.method == "PUT") body_limit(options_.upload_limit);
  }
  void on_field_impl(boost::beast::http::field field, text name, text value,
                     error_code& error) override {
    // More would only be an attack: each costs an allocation or two.
    if (request_.headers.size() == 256) {
      error = boost::beast::http::error::header_limit;
      return;
    }
    if (field == boost::beast::http::field::expect) {
      if (!boost::beast::iequals(value, "100-continue")) {
        error = make_error_code(boost::system::errc::operation_not_supported);
        return;
      }
      expects_continue_ = true;
    }
    request_.headers.push_back({std::string{view(name)}, std::string{view(value)}});
  }
#if BOOST_BEAST_VERSION >= 359
  void on_trailer_field_impl(boost::beast::http::field, text, text, error_code&) override {}
#endif
  void on_response_impl(int, text, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override {
    if (length) {
      request_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 1 << 16)));
    }
  }
  std::size_t on_body_impl(text body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  ServerOptions const& options_;
  WebRequest request_{};
  int version_ = 11;
  bool expects_continue_ = false;
};

}  // namespace esxvi::sim::detail
