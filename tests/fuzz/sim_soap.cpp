// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Calls of a simulated host, of somebody who is logged in: what is in the body of an envelope, one
// call after the other with an empty line between. Whatever they say, each is answered and the host
// is sound at the end.
#include "fuzz/check.hpp"

#include <esxvi/sim.hpp>
#include <esxvi/soap/envelope.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

using namespace esxvi;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  sim::Host host({.time = sim::TimeMode::simulated});
  host.add_vm("web01").powered_on();
  host.add_vm("db02").snapshot("before");
  auto const session = host.log_in(host.options().users.front(), {});
  std::string_view rest{reinterpret_cast<char const*>(data), size};
  for (int calls = 0; calls < 8 && !rest.empty(); ++calls) {
    auto const end = std::min(rest.find("\n\n"), rest.size());
    std::string body(soap::envelope_head);
    body.append(rest.substr(0, end)).append(soap::envelope_tail);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    std::optional<sim::WebResponse> answer;
    host.handle({.method = "POST",
                 .target = "/sdk",
                 .headers = {{"Cookie", "vmware_soap_session=\"" + session->cookie + "\""}},
                 .body = std::move(body)},
                [&](sim::WebResponse response) { answer = std::move(response); }, {});
    host.advance(std::chrono::seconds(2));
    // A poll may wait for hours; with its session it ends.
    if (!answer) host.end_all_sessions();
    ESXVI_MUST(answer && (answer->status == 200 || answer->status == 500));
    auto const problems = host.check();
    for (std::string const& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
    ESXVI_MUST(problems.empty());
  }
  return 0;
}
