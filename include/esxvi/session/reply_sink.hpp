// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/http_status.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/transport/secret.hpp>
#include <esxvi/transport/transport.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// Judges the head of a reply, then decodes the body while it arrives.
class ReplySink final : public http::BodySink {
 public:
  ReplySink(std::string const& response, reflect::place reply, xml::Origin origin,
            soap::Observer* observer, xml::Limits const& limits)
      : origin_(origin), decoder_(response, reply, std::move(origin), observer, limits) {}

  void begin(http::Response const& head) override {
    auto const* const type = http::find_header(head.headers, "Content-Type");
    bool const xml = type != nullptr && type->find("xml") != std::string::npos;
    // A fault comes with status 500, and says what it is.
    if (head.status != 200 && (head.status != 500 || !xml))
      throw_status(head, origin_.operation, origin_.target);
    if (type != nullptr && !xml)
      throw wrong_content_type(
          {origin_.operation, origin_.target, "the reply is \"" + *type + "\" instead of text/xml",
           "is this the address of a vSphere server's /sdk?"},
          delivery::answered);
    for (auto const& h : head.headers) take_cookie(h);
  }

  void write(std::string_view piece) override { decoder_.feed(piece); }

  /// The body is whole, says the transport: now it must be a whole reply.
  void finish() { decoder_.finish(); }

  [[nodiscard]] bool reached_reply() const noexcept { return decoder_.reached_reply(); }

  /// "vmware_soap_session=..." when the reply sets one.
  [[nodiscard]] Secret const& cookie() const noexcept { return cookie_; }

 private:
  void take_cookie(http::header const& h) {
    std::vector<http::header> const name{{h.name, {}}};
    if (http::find_header(name, "Set-Cookie") == nullptr) return;
    if (!h.value.starts_with("vmware_soap_session=")) return;
    cookie_ = std::string_view(h.value).substr(0, h.value.find(';'));
  }

  xml::Origin origin_;
  soap::ReplyDecoder decoder_;
  Secret cookie_;
};

}  // namespace esxvi::detail
