// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/system/result.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

/// What went wrong. Every enumerator has a C++ type of its own to catch: `failure<errc::x>`.
enum class errc {
  // the caller
  invalid_argument,
  not_found,
  // the way to the server
  connection_refused,
  host_not_found,
  connection_lost,
  timeout,
  cancelled,
  transport_failed,
  untrusted_certificate,  // for another reason than those below
  certificate_expired,    // or not yet valid
  wrong_host_name,
  unknown_authority,  // self-signed, or of a CA that is not known here
  thumbprint_mismatch,
  tls_failed,
  // HTTP
  redirected,
  unauthorized,
  forbidden,
  wrong_path,
  server_failed,
  unavailable,
  unexpected_status,
  // the text of the reply
  empty_reply,
  truncated_reply,
  not_soap,
  wrong_content_type,
  malformed_xml,
  invalid_encoding,
  invalid_character,
  dtd_refused,
  limit_exceeded,
  value_out_of_range,
  // the API
  server_fault,
  wrong_credentials,
  not_authenticated,
  // files and their conversion
  malformed_file,
  not_convertible,
  // tasks (<esxvi/task/errors.hpp> has their types)
  question_pending,
  task_pending,
  task_failed,
  task_lost,
};

/// Whether a request can have been executed by the server although no usable answer came back.
enum class delivery {
  not_sent,  ///< the server has not seen the request: repeating it is safe
  unknown,   ///< it may have been executed: look before repeating anything that is not idempotent
  answered,  ///< the server answered
};

/// Base of everything the library throws.
///
/// what() says what was attempted, on what, what happened and what to do next. It never contains a
/// password, a ticket or a session key.
class error : public std::runtime_error {
 public:
  struct context {
    std::string operation{};  ///< what was tried: "RetrievePropertiesEx", "GET /folder/..."
    std::string target{};     ///< on what: a URL without secrets, "VirtualMachine vm-42", a file
    std::string problem{};    ///< what happened
    std::string advice{};     ///< what to do next; may be empty
  };

  error(errc code, context about, delivery sent = delivery::not_sent)
      : std::runtime_error(std::string()),
        code_(code),
        delivery_(sent),
        about_(std::move(about)),
        text_(text(about_)) {}

  [[nodiscard]] char const* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] delivery delivered() const noexcept { return delivery_; }
  [[nodiscard]] std::string const& operation() const noexcept { return about_.operation; }
  [[nodiscard]] std::string const& target() const noexcept { return about_.target; }
  [[nodiscard]] std::string const& problem() const noexcept { return about_.problem; }
  [[nodiscard]] std::string const& advice() const noexcept { return about_.advice; }
  /// The id of the request, which the server wrote into its log as opID; empty: it had none.
  [[nodiscard]] std::string const& request() const noexcept { return request_; }
  /// Adds it to what(), unless there is one.
  void set_request(std::string_view id) {
    if (id.empty() || !request_.empty()) return;
    request_ = id;
    text_.append(" [request ").append(id).append("]");
  }

 private:
  static std::string text(context const& c) {
    std::string out = c.operation;
    if (!c.target.empty()) out.append(out.empty() ? "" : " on ").append(c.target);
    out.append(out.empty() ? "" : ": ").append(c.problem);
    if (!c.advice.empty()) out.append(" (").append(c.advice).append(")");
    return out;
  }

  errc code_;
  delivery delivery_;
  context about_;
  std::string request_{};
  std::string text_;
};

/// @name Groups: catch one of these to treat a family of errors alike.
/// @{
class usage_error : public error {
  using error::error;
};
class transport_error : public error {
  using error::error;
};
class tls_error : public transport_error {
  using transport_error::transport_error;
};
class http_error : public error {
 public:
  using error::error;
  [[nodiscard]] int status() const noexcept { return status_; }
  void set_status(int status) noexcept { status_ = status; }

 private:
  int status_ = 0;
};
/// The reply is not what the protocol promises.
class protocol_error : public error {
 public:
  using error::error;
  static constexpr std::size_t no_offset = static_cast<std::size_t>(-1);
  /// Byte offset in the (decompressed) reply, no_offset where it means nothing.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  void set_offset(std::size_t offset) noexcept { offset_ = offset; }

 private:
  std::size_t offset_ = no_offset;
};
/// A file, or what it should be turned into, is not what its format promises.
class format_error : public error {
 public:
  using error::error;
  /// Line of the file, counted from 1; 0 where no single line is meant.
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  void set_line(std::size_t line) noexcept { line_ = line; }

 private:
  std::size_t line_ = 0;
};
/// @}

namespace detail {
constexpr auto family(errc code) noexcept {
  enum class family { usage, transport, tls, http, protocol, api, format };
  if (code <= errc::not_found) return family::usage;
  if (code <= errc::transport_failed) return family::transport;
  if (code <= errc::tls_failed) return family::tls;
  if (code <= errc::unexpected_status) return family::http;
  if (code <= errc::value_out_of_range) return family::protocol;
  if (code <= errc::not_authenticated) return family::api;
  if (code <= errc::not_convertible) return family::format;
  return family::api;
}
template <int Family> struct family_base;
template <> struct family_base<0> {
  using type = usage_error;
};
template <> struct family_base<1> {
  using type = transport_error;
};
template <> struct family_base<2> {
  using type = tls_error;
};
template <> struct family_base<3> {
  using type = http_error;
};
template <> struct family_base<4> {
  using type = protocol_error;
};
template <> struct family_base<5> {
  using type = error;
};
template <> struct family_base<6> {
  using type = format_error;
};
template <errc Code> using family_of = typename family_base<static_cast<int>(family(Code))>::type;
}  // namespace detail

/// The type that is thrown for one errc; derived from its group.
template <errc Code> class failure : public detail::family_of<Code> {
 public:
  explicit failure(error::context about, delivery sent = delivery::not_sent)
      : detail::family_of<Code>(Code, std::move(about), sent) {}
};

using invalid_argument = failure<errc::invalid_argument>;
using not_found = failure<errc::not_found>;
using connection_refused = failure<errc::connection_refused>;
using host_not_found = failure<errc::host_not_found>;
using connection_lost = failure<errc::connection_lost>;
using timeout = failure<errc::timeout>;
using cancelled = failure<errc::cancelled>;
using transport_failed = failure<errc::transport_failed>;
using untrusted_certificate = failure<errc::untrusted_certificate>;
using certificate_expired = failure<errc::certificate_expired>;
using wrong_host_name = failure<errc::wrong_host_name>;
using unknown_authority = failure<errc::unknown_authority>;
using thumbprint_mismatch = failure<errc::thumbprint_mismatch>;
using tls_failed = failure<errc::tls_failed>;
using redirected = failure<errc::redirected>;
using unauthorized = failure<errc::unauthorized>;
using forbidden = failure<errc::forbidden>;
using wrong_path = failure<errc::wrong_path>;
using server_failed = failure<errc::server_failed>;
using unavailable = failure<errc::unavailable>;
using unexpected_status = failure<errc::unexpected_status>;
using empty_reply = failure<errc::empty_reply>;
using truncated_reply = failure<errc::truncated_reply>;
using not_soap = failure<errc::not_soap>;
using wrong_content_type = failure<errc::wrong_content_type>;
using malformed_xml = failure<errc::malformed_xml>;
using invalid_encoding = failure<errc::invalid_encoding>;
using invalid_character = failure<errc::invalid_character>;
using dtd_refused = failure<errc::dtd_refused>;
using limit_exceeded = failure<errc::limit_exceeded>;
using value_out_of_range = failure<errc::value_out_of_range>;
using malformed_file = failure<errc::malformed_file>;
using not_convertible = failure<errc::not_convertible>;

/// Runs `f` and returns its value or the exception, for code that does not unwind:
/// `if (auto rows = attempt([&] { return session.retrieve<Row>(); })) ... else log(rows.error())`.
/// Only errors of the library are caught.
template <class F>
[[nodiscard]] auto attempt(F&& f)
    -> boost::system::result<std::invoke_result_t<F>, std::exception_ptr> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      std::forward<F>(f)();
      return {};
    } else {
      return std::forward<F>(f)();
    }
  } catch (error const&) {
    return std::current_exception();
  }
}

}  // namespace esxvi
