// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/detail/der.hpp>
#include <esxvi/transport/detail/sha.hpp>
#include <esxvi/transport/thumbprint.hpp>
#include <esxvi/types/core/binary.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a person wants to know of an X.509 certificate (RFC 5280). Verifies nothing.
namespace esxvi::detail::x509 {

struct facts {
  std::string subject{};
  std::string issuer{};
  std::vector<std::string> names{};
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds not_after{};
};

/// The DER form of the first certificate in a PEM text.
inline std::vector<std::uint8_t> of_pem(std::string_view pem) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
  auto const from = pem.find(begin);
  auto const to = from == pem.npos ? from : pem.find("-----END CERTIFICATE-----", from);
  Binary der;
  if (to == pem.npos ||
      !der.assign_base64(pem.substr(from + begin.size(), to - from - begin.size())))
    der::malformed();
  return std::move(der.bytes);
}

/// The hash of the kind that `as` has.
inline Thumbprint thumbprint_like(Thumbprint const& as, der::bytes certificate) {
  if (as.kind() == Thumbprint::algorithm::sha1) return Thumbprint::of_digest(sha1(certificate));
  return Thumbprint::of_digest(sha256(certificate));
}

/// Text of a certificate, which anybody may have made, for a terminal: control characters and what
/// is no ASCII become \XX, as in RFC 4514.
inline void append_text(std::string& out, der::bytes text, std::string_view special) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (auto const byte : text) {
    auto const c = static_cast<char>(byte);
    if (byte < 0x20 || byte >= 0x7f) {
      out.append({'\\', digits[byte >> 4U], digits[byte & 15U]});
    } else {
      if (special.find(c) != special.npos) out += '\\';
      out += c;
    }
  }
}

inline std::string dotted(der::bytes oid) {
  std::string out;
  std::uint64_t number = 0;
  for (auto const byte : oid) {
    if (number >> 56U != 0) der::malformed();
    number = number << 7U | (byte & 0x7fU);
    if ((byte & 0x80U) != 0) continue;
    if (out.empty()) {  // the first two numbers come together
      auto const first = std::min<std::uint64_t>(number / 40, 2);
      out = std::to_string(first);
      number -= first * 40;
    }
    out.append(".").append(std::to_string(number));
    number = 0;
  }
  return out;
}

inline std::string name_of(der::bytes name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known{{
      {"2.5.4.3", "CN"},
      {"2.5.4.6", "C"},
      {"2.5.4.7", "L"},
      {"2.5.4.8", "ST"},
      {"2.5.4.10", "O"},
      {"2.5.4.11", "OU"},
      {"1.2.840.113549.1.9.1", "emailAddress"},
      {"1.2.840.113549.1.9.2", "unstructuredName"},
      {"0.9.2342.19200300.100.1.25", "DC"},
  }};
  std::string out;
  for (der::reader sets{name}; !sets.empty();) {
    for (der::reader pairs{sets.next(der::set)}; !pairs.empty();) {
      der::reader pair{pairs.next(der::sequence)};
      auto const type = dotted(pair.next(der::oid));
      auto const value = pair.next();
      auto const* const row =
          std::find_if(known.begin(), known.end(), [&](auto& k) { return k.first == type; });
      out.append(out.empty() ? "" : ",");
      out.append(row == known.end() ? std::string_view{type} : row->second).append("=");
      append_text(out, value.content, ",+\"\\<>;=");
    }
  }
  return out;
}

inline std::chrono::sys_seconds time_of(der::element const& time) {
  if (time.tag != der::utc_time && time.tag != der::generalized_time) der::malformed();
  auto const wide = time.tag == der::generalized_time;
  auto const digits = time.content;
  if (digits.size() != (wide ? 15U : 13U) || digits.back() != 'Z') der::malformed();
  std::size_t at = 0;
  auto const number = [&](std::size_t count) {
    int value = 0;
    for (auto const end = at + count; at < end; ++at) {
      if (digits[at] < '0' || digits[at] > '9') der::malformed();
      value = value * 10 + (digits[at] - '0');
    }
    return value;
  };
  auto year = number(wide ? 4 : 2);
  if (!wide) year += year < 50 ? 2000 : 1900;
  auto const month = static_cast<unsigned>(number(2));
  auto const day = static_cast<unsigned>(number(2));
  std::chrono::year_month_day const date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  auto const hours = number(2);
  auto const minutes = number(2);
  auto const seconds = number(2);
  if (!date.ok() || hours > 23 || minutes > 59 || seconds > 59) der::malformed();
  return std::chrono::sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} +
         std::chrono::seconds{seconds};
}

inline std::string address_of(der::bytes address) {
  std::string out;
  if (address.size() == 4) {
    for (auto const byte : address) out.append(out.empty() ? "" : ".").append(std::to_string(byte));
  } else if (address.size() == 16) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < 16; i += 2) {
      auto const group = static_cast<unsigned>(address[i]) << 8U | address[i + 1];
      if (i > 0) out += ':';
      auto shift = 12U;
      while (shift > 0 && group >> shift == 0) shift -= 4;
      for (;; shift -= 4) {
        out += digits[group >> shift & 15U];
        if (shift == 0) break;
      }
    }
  } else {
    der::malformed();
  }
  return out;
}

/// The DNS names and addresses of an extension subjectAltName.
inline std::vector<std::string> alternatives(der::bytes value) {
  std::vector<std::string> out;
  der::reader outer{value};
  for (der::reader names{outer.next(der::sequence)}; !names.empty();) {
    auto const name = names.next();
    if (name.tag == der::context(2)) append_text(out.emplace_back(), name.content, "");
    if (name.tag == der::context(7)) out.push_back(address_of(name.content));
  }
  return out;
}

/// Throws tls_failed when it is no certificate.
inline facts read(der::bytes certificate) {
  facts out;
  der::reader outer{certificate};
  der::reader parts{outer.next(der::sequence)};
  der::reader fields{parts.next(der::sequence)};
  fields.next_if(der::context(0, true));  // version
  fields.next();                          // serial number
  fields.next(der::sequence);             // algorithm of the signature
  out.issuer = name_of(fields.next(der::sequence));
  der::reader validity{fields.next(der::sequence)};
  out.not_before = time_of(validity.next());
  out.not_after = time_of(validity.next());
  out.subject = name_of(fields.next(der::sequence));
  fields.next(der::sequence);  // public key
  while (!fields.empty()) {
    auto const field = fields.next();
    if (field.tag != der::context(3, true)) continue;
    der::reader wrapped{field.content};
    for (der::reader extensions{wrapped.next(der::sequence)}; !extensions.empty();) {
      der::reader extension{extensions.next(der::sequence)};
      auto const type = dotted(extension.next(der::oid));
      extension.next_if(der::boolean);  // critical
      auto const value = extension.next(der::octet_string);
      if (type == "2.5.29.17") out.names = alternatives(value);
    }
  }
  return out;
}

}  // namespace esxvi::detail::x509
