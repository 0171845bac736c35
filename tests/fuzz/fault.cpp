// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Faults: whatever is well-formed ends in an error that can be shown.
#include "fuzz/check.hpp"

#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace esxvi;

namespace {
std::string outcome(std::string_view text, std::size_t piece) {
  soap::Reply<void> reply;
  soap::ReplyDecoder decoder("TestResponse", {reflect::type_of<soap::Reply<void>>(), &reply},
                             {"Test", "a server"});
  try {
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
      decoder.feed(text.substr(0, piece));
    decoder.finish();
  } catch (fault const& e) {
    static_cast<void>(e.as<types::NotFound>());
    std::string out(e.type_name());
    soap::Encoder(out).element("fault", *reflect::type_of<Poly<types::MethodFault>>(), &e.detail());
    return out + e.what();
  } catch (error const& e) {
    ESXVI_MUST(e.operation() == "Test" || e.code() == errc::limit_exceeded ||
               e.code() == errc::malformed_xml);
    return e.what();
  }
  return "an answer";
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const whole = outcome(text, size + 1);
  if (whole.find(" at byte ") == std::string::npos) ESXVI_MUST(outcome(text, 3) == whole);
  // The same bytes as the detail of a fault.
  std::string inside = "<soapenv:Envelope><soapenv:Body><soapenv:Fault><detail>";
  inside.append(text).append("</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>");
  outcome(inside, inside.size());
  return 0;
}
