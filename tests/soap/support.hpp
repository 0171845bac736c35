// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Decoding and encoding of single values, and a note of what the decoder reported.
#pragma once

#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/core.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::test {

inline std::string envelope(std::string_view body) {
  return std::string(soap::envelope_head).append(body).append(soap::envelope_tail);
}
/// A reply of the method "Test".
inline std::string reply_with(std::string_view content) {
  return envelope(
      std::string("<TestResponse xmlns=\"urn:vim25\">").append(content).append("</TestResponse>"));
}

/// Notes what the decoder reports, one line each.
struct Notes : soap::Observer {
  std::vector<std::string> lines{};

  void omitted(std::string_view type, std::string_view member) override {
    note("omitted", type, member);
  }
  void unknown_member(std::string_view type, std::string_view member) override {
    note("member", type, member);
  }
  void unknown_type(std::string_view declared, std::string_view sent) override {
    note("type", declared, sent);
  }
  void unknown_literal(std::string_view enumeration, std::string_view literal) override {
    note("literal", enumeration, literal);
  }

 private:
  void note(std::string_view what, std::string_view a, std::string_view b) {
    lines.push_back(std::string(what).append(" ").append(a).append(" ").append(b));
  }
};

struct How {
  soap::Observer* observer = nullptr;
  std::size_t piece = std::string_view::npos;
  xml::Limits limits{};
};

/// The result of a whole reply of the method "Test".
template <class T> T decode_document(std::string_view text, How how = {}) {
  soap::Reply<T> reply;
  soap::ReplyDecoder decoder("TestResponse", {reflect::type_of<soap::Reply<T>>(), &reply},
                             {"Test", "a server"}, how.observer, how.limits);
  for (std::size_t at = 0; at < text.size();) {
    auto const part = text.substr(at, how.piece);
    decoder.feed(part);
    at += part.size();
  }
  decoder.finish();
  if constexpr (!std::is_void_v<T>) return std::move(reply.returnval);
}
/// What `<returnval>`s, written out, mean as a T.
template <class T> T decode(std::string_view elements, How how = {}) {
  return decode_document<T>(reply_with(elements), how);
}

template <class T> std::string encode(T const& value, std::string_view name = "returnval") {
  std::string out;
  soap::Encoder(out).element(name, *reflect::type_of<T>(), &value);
  return out;
}

/// A text that is written exactly as the encoder does it.
template <class T> std::string again(std::string_view elements) {
  return encode(decode<T>(elements));
}

}  // namespace esxvi::test
