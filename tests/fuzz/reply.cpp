// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Replies of the property collector: what is accepted is written as a text that means the same.
#include "fuzz/check.hpp"

#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/VirtualDevice.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace esxvi;
namespace vim = esxvi::types;

namespace {

// Types that values may be decoded as.
[[maybe_unused]] bool const named = [] {
  Any const a;
  return a.is<vim::LocalizedMethodFault>() || a.is<std::vector<Poly<vim::VirtualDevice>>>() ||
         a.is<vim::VirtualDeviceFileBackingInfo>() || a.is<Enum<vim::PropertyChangeOp>>() ||
         a.is<vim::ObjectContent>() || a.is<std::vector<vim::LocalizedMethodFault>>();
}();

template <class R>
std::optional<std::string> written_again(std::string_view text, std::size_t piece) {
  soap::Reply<typename R::reply_type> reply;
  soap::Observer observer;
  xml::Limits limits;
  limits.depth = 100;
  try {
    soap::ReplyDecoder decoder(std::string(R::facts.name) + "Response",
                               {reflect::type_of<decltype(reply)>(), &reply}, {}, &observer,
                               limits);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
      decoder.feed(text.substr(0, piece));
    decoder.finish();
  } catch (error const&) {
    return std::nullopt;
  }
  std::string out;
  soap::append_message(out, std::string(R::facts.name) + "Response",
                       *reflect::type_of<decltype(reply)>(), &reply);
  return out;
}

template <class R> void check(std::string_view text) {
  auto const first = written_again<R>(text, text.size() + 1);
  if (text.size() < 2000) ESXVI_MUST(written_again<R>(text, 1) == first);
  if (!first) return;
  auto const second = written_again<R>(*first, 7);
  ESXVI_MUST(second.has_value());
  ESXVI_MUST(*second == *first);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  check<vim::RetrievePropertiesEx>(text);
  check<vim::WaitForUpdatesEx>(text);
  return 0;
}
