// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/x509.hpp>
#include <esxvi/transport/thumbprint.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// The certificate that a server shows, so that a person can decide whether it is the right one.
/// A value. Texts are safe to print: control characters in them are escaped.
struct ServerCertificate {
  std::string subject{};             ///< "CN=esx01.example,O=Example", in the certificate's order
  std::string issuer{};              ///< as subject; equal to it: self-signed
  std::vector<std::string> names{};  ///< DNS names and addresses that it is for
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds not_after{};
  Thumbprint sha1;
  Thumbprint sha256;
  std::string pem{};
  /// Why verification refuses it: certificate_expired, wrong_host_name, unknown_authority or
  /// untrusted_certificate. Nothing: it is trusted, or nobody asked (read_certificate).
  std::optional<errc> refused{};
  std::string refused_because{};  ///< in words; empty when it is not refused
};

/// Reads the first certificate of a PEM text. Sends nothing. Throws tls_failed when there is none.
[[nodiscard]] inline ServerCertificate read_certificate(std::string_view pem) {
  auto const der = detail::x509::of_pem(pem);
  auto facts = detail::x509::read(der);
  return {.subject = std::move(facts.subject),
          .issuer = std::move(facts.issuer),
          .names = std::move(facts.names),
          .not_before = facts.not_before,
          .not_after = facts.not_after,
          .sha1 = Thumbprint::of_digest(detail::sha1(der)),
          .sha256 = Thumbprint::of_digest(detail::sha256(der)),
          .pem = std::string{pem}};
}

}  // namespace esxvi
