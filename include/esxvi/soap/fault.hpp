// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/types/MethodFault.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

/// The server refused or failed an operation and said why.
///
/// `e.as<vim::InvalidPowerState>()` gives the fault object, nullptr when it is another one.
class fault : public error {
 public:
  struct content {
    std::string code{};     ///< faultcode, mostly "ServerFaultCode"
    std::string message{};  ///< faultstring: the server's text, in its language; may be empty
    Poly<types::MethodFault> detail{};
  };

  fault(errc code, context about, content what)
      : error(code, std::move(about), delivery::answered), content_(std::move(what)) {}

  /// Wire name of the fault, also of one that this program does not know; may be empty.
  [[nodiscard]] std::string_view type_name() const noexcept { return content_.detail.type_name(); }
  [[nodiscard]] std::string const& server_message() const noexcept { return content_.message; }
  [[nodiscard]] std::string const& server_code() const noexcept { return content_.code; }
  [[nodiscard]] Poly<types::MethodFault> const& detail() const noexcept { return content_.detail; }

  template <std::derived_from<types::MethodFault> F> [[nodiscard]] F const* as() const noexcept {
    return content_.detail.template as<F>();
  }

 private:
  content content_;
};

/// User name, password, ticket or certificate are wrong, or not accepted now.
class auth_error : public fault {
  using fault::fault;
};

/// The session is gone, or may not see the object: vSphere uses one fault for both.
class not_authenticated : public fault {
  using fault::fault;
};

namespace soap {

/// Throws the fault as its own C++ type. `operation` and `target` say what was tried on what.
[[noreturn]] inline void throw_fault(std::string operation, std::string target,
                                     fault::content what) {
  std::string_view const type = what.detail.type_name();
  std::string problem(type.empty() ? what.code : type);
  if (!what.message.empty()) problem.append(": ").append(what.message);
  if (what.detail)
    for (auto const& m : what.detail->faultMessage)
      if (m.message && *m.message != what.message) problem.append("; ").append(*m.message);
  error::context about{std::move(operation), std::move(target), std::move(problem), {}};
  // By the schema, for a program that does not include a fault has no C++ type for it.
  auto base = type;
  while (!base.empty() && base != "InvalidLogin") base = types::base_of(base);
  if (!base.empty()) {
    about.advice = type == "PasswordExpired"
                       ? "give the user a new password"
                       : "check user and password; too many failures lock the account for a while";
    throw auth_error(errc::wrong_credentials, std::move(about), std::move(what));
  }
  if (type == "NotAuthenticated") {
    about.advice = "the session ended, or the user may not see this object";
    throw not_authenticated(errc::not_authenticated, std::move(about), std::move(what));
  }
  throw fault(errc::server_fault, std::move(about), std::move(what));
}

}  // namespace soap
}  // namespace esxvi
