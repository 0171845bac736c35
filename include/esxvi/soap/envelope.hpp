// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/reflect/object.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/soap/decoder.hpp>
#include <esxvi/soap/encoder.hpp>
#include <esxvi/soap/fault.hpp>
#include <esxvi/soap/observer.hpp>
#include <esxvi/xml/limits.hpp>
#include <esxvi/xml/reader.hpp>
#include <esxvi/xml/writer.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi::soap {

inline constexpr std::string_view envelope_head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
    " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>";
inline constexpr std::string_view envelope_tail = "</soapenv:Body></soapenv:Envelope>";

/// What a message says beside its body.
struct MessageHeader {
  std::string_view operation_id{};  ///< the server's log has it as opID
  std::string_view security{};      ///< content of WS-Security's header, XML as it stands
};

/// Appends one message: the element `name` of urn:vim25 with the members of `value`.
inline void append_message(std::string& out, std::string_view name, reflect::type_info const& type,
                           void const* value, MessageHeader const& header = {}) {
  constexpr std::string_view body = "<soapenv:Body>";
  static_assert(envelope_head.ends_with(body));
  out.append(envelope_head.substr(0, envelope_head.size() - body.size()));
  if (!header.operation_id.empty() || !header.security.empty()) {
    out.append("<soapenv:Header>");
    if (!header.operation_id.empty()) {
      out.append("<operationID>");
      xml::append_escaped(out, header.operation_id);
      out.append("</operationID>");
    }
    if (!header.security.empty())
      out.append(
             "<wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/"
             "oasis-200401-wss-wssecurity-secext-1.0.xsd\">")
          .append(header.security)
          .append("</wsse:Security>");
    out.append("</soapenv:Header>");
  }
  out.append(body).append("<").append(name).append(" xmlns=\"urn:vim25\">");
  Encoder encoder(out);
  for (auto const& m : type.members)
    encoder.element(m.name, *m.type, m.at(const_cast<void*>(value)));  // NOLINT(*-const-cast)
  out.append("</").append(name).append(">").append(envelope_tail);
}

/// A described request struct, such as vim::PowerOnVM_Task.
template <class R>
concept Request = reflect::Described<R> && requires {
  typename R::reply_type;
  { R::facts.name } -> std::convertible_to<std::string_view>;
};

template <Request R> [[nodiscard]] std::string encode_request(R const& request) {
  std::string out;
  append_message(out, R::facts.name, *reflect::type_of<R>(), &request);
  return out;
}

/// The content of METHODResponse.
template <class T> struct Reply {
  T returnval{};
};
template <> struct Reply<void> {};

}  // namespace esxvi::soap

namespace esxvi::reflect {

template <class T> struct descriptor<soap::Reply<T>> {
  static constexpr std::string_view name = "Response";
  static constexpr member_info members[1]{
      {"returnval", &descriptor<T>::info,
       [](void* object) -> void* { return &static_cast<soap::Reply<T>*>(object)->returnval; },
       !may_be_absent<T>}};
  static constexpr type_info info{.what = kind::object, .name = name, .members = members};
};
template <> struct descriptor<soap::Reply<void>> {
  static constexpr std::string_view name = "Response";
  static constexpr type_info info{.what = kind::object, .name = name};
};

}  // namespace esxvi::reflect

namespace esxvi::soap {

namespace detail {

// soapenv:Fault. Its detail is an element of any name that holds the fault.
struct FaultDetail {
  Poly<types::MethodFault> fault{};
  static reflect::place locate(void* object, std::string_view) {
    // What some servers put beside the fault does not replace it.
    auto const type = static_cast<FaultDetail*>(object)->fault.type_name();
    if (!type.empty() && type != "MethodFault") return {};
    return {&reflect::descriptor<Poly<types::MethodFault>>::info,
            &static_cast<FaultDetail*>(object)->fault, true};
  }
  static constexpr reflect::type_info info{
      .what = reflect::kind::dynamic, .name = "detail", .locate = &locate};
};

struct Fault {
  std::string faultcode{};
  std::string faultstring{};
  FaultDetail detail{};
  static reflect::place locate(void* object, std::string_view name) {
    auto& self = *static_cast<Fault*>(object);
    if (name == "faultcode") return {reflect::type_of<std::string>(), &self.faultcode};
    if (name == "faultstring") return {reflect::type_of<std::string>(), &self.faultstring};
    if (name == "detail") return {&FaultDetail::info, &self.detail};
    return {};
  }
  static constexpr reflect::type_info info{
      .what = reflect::kind::dynamic, .name = "Fault", .locate = &locate};
};

}  // namespace detail

/// Finds the content of an envelope: what stands in its body is asked of `answer`, but for faults.
class Envelope {
 public:
  /// Where an element of the body goes; no type: it was not expected.
  class Body {
   public:
    virtual reflect::place element(std::string_view name) = 0;

   protected:
    ~Body() = default;
  };

  explicit Envelope(Body& body) : body_(body) {}
  Envelope(Envelope const&) = delete;
  Envelope& operator=(Envelope const&) = delete;

  [[nodiscard]] reflect::place root() { return {&document_info, this}; }

  [[nodiscard]] bool has_fault() const noexcept { return has_fault_; }
  [[nodiscard]] bool has_body() const noexcept { return has_body_; }
  /// Name of the first element of the body, or of the root when that was no envelope.
  [[nodiscard]] std::string const& unexpected() const noexcept { return unexpected_; }
  [[nodiscard]] fault::content take_fault() {
    return {std::move(fault_.faultcode), std::move(fault_.faultstring),
            std::move(fault_.detail.fault)};
  }

 private:
  static reflect::place in_document(void* object, std::string_view name) {
    auto& self = *static_cast<Envelope*>(object);
    if (name == "Envelope") return {&envelope_info, &self};
    // Some recordings keep the content of the body alone.
    if (reflect::place const bare = self.body_.element(name); bare.type != nullptr) return bare;
    self.unexpected_ = name;
    // Nothing else can come: better to stop now than to read a whole page of something.
    throw failure<errc::not_soap>({"decoding",
                                   {},
                                   "the reply is no SOAP envelope but <" + std::string(name) + ">",
                                   "is this the address of a vSphere server's /sdk?"},
                                  delivery::answered);
  }
  static reflect::place in_envelope(void* object, std::string_view name) {
    auto& self = *static_cast<Envelope*>(object);
    if (name != "Body") return {};
    self.has_body_ = true;
    return {&body_info, &self};
  }
  static reflect::place in_body(void* object, std::string_view name) {
    auto& self = *static_cast<Envelope*>(object);
    if (name == "Fault") {
      self.has_fault_ = true;
      return {&detail::Fault::info, &self.fault_};
    }
    reflect::place const found = self.body_.element(name);
    if (found.type == nullptr && self.unexpected_.empty()) self.unexpected_ = name;
    return found;
  }
  static constexpr reflect::type_info document_info{
      .what = reflect::kind::dynamic, .name = "document", .locate = &in_document};
  static constexpr reflect::type_info envelope_info{
      .what = reflect::kind::dynamic, .name = "Envelope", .locate = &in_envelope};
  static constexpr reflect::type_info body_info{
      .what = reflect::kind::dynamic, .name = "Body", .locate = &in_body};

  Body& body_;
  detail::Fault fault_;
  bool has_fault_ = false;
  bool has_body_ = false;
  std::string unexpected_;
};

/// Decodes one reply as it arrives: feed() the pieces, then finish().
///
/// finish() throws the fault if there is one, a protocol_error when the reply is not the expected
/// one or not whole. Until finish() has returned nothing that was decoded may be taken for good.
class ReplyDecoder final : private Envelope::Body {
 public:
  /// `reply` receives the content of `<response>`.
  ReplyDecoder(std::string_view response, reflect::place reply, xml::Origin origin,
               Observer* observer = nullptr, xml::Limits limits = {})
      : response_(response),
        reply_(reply),
        envelope_(*this),
        decoder_(envelope_.root(), observer, limits),
        reader_(decoder_, std::move(origin), limits) {}

  void feed(std::string_view piece) {
    guarded([&] { reader_.feed(piece); });
  }

  void finish() {
    guarded([&] { reader_.finish(); });
    if (envelope_.has_fault())
      throw_fault(reader_.origin().operation, reader_.origin().target, envelope_.take_fault());
    if (!answered_) {
      std::string const& other = envelope_.unexpected();
      reader_.throw_error<errc::not_soap>("the reply holds " +
                                              (other.empty() ? "nothing" : "<" + other + ">") +
                                              " instead of <" + response_ + ">",
                                          "is this the address of a vSphere server's /sdk?");
    }
    if (decoder_.lacks_result())
      reader_.throw_error<errc::truncated_reply>(
          "<" + response_ + "> comes without the result that this method always has",
          "repeat the call if it only reads; else look what the server did");
  }

  /// Whether anything of the expected reply has come; of a fault that is nothing.
  [[nodiscard]] bool reached_reply() const noexcept { return answered_; }
  [[nodiscard]] Counts const& counts() const noexcept { return decoder_.counts(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return reader_.bytes(); }

 private:
  reflect::place element(std::string_view name) override {
    if (name != response_ || answered_) return {};
    answered_ = true;
    return reply_;
  }

  // Adds what was asked of whom to errors of the layers below, which do not know it.
  template <class F> void guarded(F&& f) {
    try {
      f();
    } catch (bad_value& e) {
      reader_.throw_error<errc::value_out_of_range>(
          std::move(e.problem), "the server's schema differs from ours: please report it",
          reader_.offset());
    } catch (limit_exceeded& e) {
      if (e.operation() != "decoding") throw;
      reader_.throw_error<errc::limit_exceeded>(e.problem() + " in " + e.target(), e.advice(),
                                                reader_.offset());
    } catch (failure<errc::not_soap>& e) {
      if (!e.target().empty() || e.operation() != "decoding") throw;
      reader_.throw_error<errc::not_soap>(e.problem(), e.advice(), 0);
    }
  }

  std::string response_;
  reflect::place reply_;
  bool answered_ = false;
  Envelope envelope_;
  Decoder decoder_;
  xml::Reader<Decoder> reader_;
};

/// Decodes a whole reply at once.
template <Request R>
[[nodiscard]] typename R::reply_type decode_reply(std::string_view text, xml::Origin origin = {}) {
  Reply<typename R::reply_type> reply;
  ReplyDecoder decoder(std::string(R::facts.name) + "Response",
                       {reflect::type_of<decltype(reply)>(), &reply}, std::move(origin));
  decoder.feed(text);
  decoder.finish();
  if constexpr (!std::is_void_v<typename R::reply_type>) return std::move(reply.returnval);
}

}  // namespace esxvi::soap
