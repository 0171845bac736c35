// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/secret.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace esxvi {

/// @name The ways to log in.
/// @{

/// A user and a password (method `Login`).
struct Credentials {
  std::string user{};
  Secret password{};
};

/// What AcquireCloneTicket of a living session returned: makes a session of the same user, once
/// (method `CloneSession`).
struct CloneTicket {
  Secret ticket{};
};

/// A SAML token of the vCenter's single sign-on, as XML (method `LoginByToken`).
struct SamlToken {
  Secret token{};
};

/// An extension of a vCenter, known by the client certificate of the TLS connection (method
/// `LoginExtensionByCertificate`).
struct ExtensionCertificate {
  std::string extension_key{};
};

using LoginMeans = std::variant<Credentials, CloneTicket, SamlToken, ExtensionCertificate>;
/// @}

/// What somebody who knows passwords is asked.
struct Challenge {
  std::string host{};
  std::string user{};      ///< from the URI; empty: the provider chooses
  std::string scheme{};    ///< of the URI: "esx", "gsx", "vpx", "https"; may be empty
  std::string authfile{};  ///< from the URI: libvirt's auth.conf, instead of the user's own
  /// Told what does not stop a login but should be put right: a file with a password that others
  /// may read. Without a secret.
  std::function<void(std::string const&)> warn{};

  /// Who logs in where nobody says so: root of a host, the administrator of a vCenter.
  [[nodiscard]] std::string_view default_user() const noexcept {
    return scheme == "vpx" ? "administrator@vsphere.local" : "root";
  }
  [[nodiscard]] std::string user_or_default() const {
    return user.empty() ? std::string(default_user()) : user;
  }
  /// Whether an entry for `name` answers: the URI names the same user, or one of both names none.
  [[nodiscard]] bool accepts(std::string_view name) const noexcept {
    return user.empty() || name.empty() || user == name;
  }
};

namespace detail {

template <class T> struct answer_of {
  using type = T;
};
template <class T> struct answer_of<std::optional<T>> {
  using type = T;
};

template <class T>
concept LoginAnswer =
    std::convertible_to<typename answer_of<std::remove_cvref_t<T>>::type, LoginMeans>;

}  // namespace detail

/// Anything that answers a Challenge, asked once a login: returns a way to log in, or a
/// std::optional of one where it may not know (`std::nullopt`: ask somebody else).
template <class P>
concept CredentialsProvider = requires(P& provider, Challenge const& challenge) {
  { provider(challenge) } -> detail::LoginAnswer;
};

/// The answer of a provider, if it has one.
template <CredentialsProvider P>
[[nodiscard]] std::optional<LoginMeans> try_ask(P&& provider, Challenge const& challenge) {
  auto answer = provider(challenge);
  if constexpr (requires { answer.has_value(); }) {
    if (!answer.has_value()) return std::nullopt;
    return std::optional<LoginMeans>(std::in_place, *std::move(answer));
  } else {
    return std::optional<LoginMeans>(std::in_place, std::move(answer));
  }
}

/// As try_ask(); throws invalid_argument when the provider has no answer.
template <CredentialsProvider P>
[[nodiscard]] LoginMeans ask(P&& provider, Challenge const& challenge) {
  if (auto answer = try_ask(provider, challenge)) return *std::move(answer);
  std::string who = challenge.host;
  if (!challenge.user.empty()) who.insert(0, challenge.user + " at ");
  throw invalid_argument({"looking for credentials", who, "no source knows any",
                          "give them by a password file, the environment ($ESXVI_PASSWORD), "
                          "auth.conf, netrc or a prompt"});
}

/// Asks one provider after the other until one has an answer:
/// `connect(uri, first_of(environment(), netrc(), ask_password))`.
template <CredentialsProvider... P> [[nodiscard]] auto first_of(P... providers) {
  return [known = std::tuple(std::move(providers)...)](
             Challenge const& challenge) mutable -> std::optional<LoginMeans> {
    std::optional<LoginMeans> answer;
    std::apply(
        [&](auto&... each) {
          static_cast<void>(((answer = try_ask(each, challenge)).has_value() || ...));
        },
        known);
    return answer;
  };
}

}  // namespace esxvi
