// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A URI from anywhere: what is accepted comes back as it was written, and means the same when it is
// written anew. The other texts a user may give (a proxy, a thumbprint, aliases, netrc, auth.conf)
// are read or refused.
#include "fuzz/check.hpp"

#include <esxvi/session/aliases.hpp>
#include <esxvi/session/credentials.hpp>
#include <esxvi/session/uri.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace esxvi;

namespace {

/// Runs `act`; a refusal is an answer, other exceptions end the program.
template <class F> void refusable(F const& act) {
  try {
    act();
  } catch (invalid_argument const&) {  // NOLINT(bugprone-empty-catch)
  } catch (malformed_file const&) {    // NOLINT(bugprone-empty-catch)
  }
}

void check_uri(std::string_view text) {
  auto const uri = ConnectionUri::parse(text);
  ESXVI_MUST(uri.to_string() == text);
  ESXVI_MUST(!uri.host.empty());
  for (auto const& name : uri.path_names()) ESXVI_MUST(!name.empty());
  ESXVI_MUST(!uri.service_url().empty());
  static_cast<void>(uri.display());

  auto anew = uri;
  anew.written = {};
  auto const canonical = anew.to_string();
  ESXVI_MUST(ConnectionUri::parse(canonical) == uri);

  auto changed = uri;
  changed.auto_answer = !changed.auto_answer;
  changed.user = "u";
  ESXVI_MUST(ConnectionUri::parse(changed.to_string()) == changed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  refusable([&] { check_uri(text); });
  refusable([&] {
    auto const proxy = Proxy::parse(text);
    ESXVI_MUST(Proxy::parse(proxy.to_string()) == proxy);
  });
  refusable([&] {
    auto const thumbprint = Thumbprint::parse(text);
    ESXVI_MUST(Thumbprint::parse(thumbprint.to_string()) == thumbprint);
  });
  refusable([&] { static_cast<void>(Aliases(text, "hosts.ini").find("a")); });
  refusable([&] {
    static_cast<void>(esxvi::detail::find_in_auth_conf(text, "auth.conf", {.host = "h"}));
  });
  static_cast<void>(esxvi::detail::find_in_netrc(text, {.host = "h"}));
  return 0;
}
