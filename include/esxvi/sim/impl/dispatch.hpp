// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// From an HTTP request to a method and back. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/admission.hpp>
#include <esxvi/sim/detail/dialect.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/soap/decoder.hpp>
#include <esxvi/soap/encoder.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/RuntimeFault.hpp>
#include <esxvi/types/facts.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidRequest.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/NotImplemented.hpp>
#include <esxvi/types/hierarchy.hpp>
#include <esxvi/types/versions.hpp>
#include <esxvi/xml/reader.hpp>

#include <algorithm>
#include <utility>

namespace esxvi::sim {

namespace {

// What servers say where a method does not say it better.
struct usual_message {
  std::string_view fault;
  std::string_view text;
};
constexpr usual_message usual_messages[] = {
    {"InvalidArgument", "A specified parameter was not correct: "},
    {"InvalidCollectorVersion", "The specified property collector version is invalid."},
    {"InvalidLogin", "Cannot complete login due to an incorrect user name or password."},
    {"InvalidProperty", "The property is not valid."},
    {"ManagedObjectNotFound",
     "The object has already been deleted or has not been completely created"},
    {"NoPermission", "Permission to perform this operation was denied."},
    {"NotAuthenticated", "The session is not authenticated."},
    {"NotImplemented", "The method is not implemented."},
    {"NotSupported", "The operation is not supported on the object."},
    {"RequestCanceled", "The task was canceled by a user."},
    {"TaskInProgress", "Another task is already in progress."},
    {"InvalidPowerState", "The attempted operation cannot be performed in the current state"},
    {"NotFound", "The object or item referred to could not be found."},
    {"DuplicateName", "The name already exists."},
};

inline WebResponse xml_response(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/xml; charset=utf-8"}, {"Cache-Control", "no-cache"}},
          .body = std::move(body)};
}

inline std::string fault_text(Failure const& why) {
  std::string out(soap::envelope_head);
  out += "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>";
  xml::append_escaped(out, why.message());
  out += "</faultstring><detail>";
  auto const& box = why.detail().content();
  std::string const name(why.detail().type_name());
  out.append("<").append(name).append("Fault xmlns=\"urn:vim25\" xsi:type=\"").append(name);
  out.append("\">");
  soap::Encoder encoder(out, detail::Speaking::dialect(), true);
  for (auto const& m : box.type()->members)
    encoder.element(m.name, *m.type, m.at(detail::mutable_at(box.object())));
  out.append("</").append(name).append("Fault></detail></soapenv:Fault>");
  return out.append(soap::envelope_tail);
}

inline Failure invalid_request(std::string message) {
  return fault(types::InvalidRequest(), std::move(message));
}

/// Reads one request: which method, and its arguments.
class RequestReader final : private soap::Envelope::Body, private soap::Observer {
 public:
  RequestReader(detail::State& state, std::size_t version) : state_(state), version_(version) {}

  void read(std::string const& body) {
    soap::Envelope envelope(*this);
    xml::Limits limits;
    limits.depth = 128;
    limits.text = std::size_t{64} << 20;
    soap::Decoder decoder(envelope.root(), this, limits);
    Scope scope{*this, decoder};
    xml::Reader<Scope> reader(scope, {"reading the request", {}}, limits);
    try {
      reader.feed(body);
      reader.finish();
    } catch (soap::bad_value const& e) {
      throw invalid_request(e.problem);
    } catch (error const& e) {
      std::string why = e.problem();
      if (std::string_view const whose = "the reply"; why.starts_with(whose))
        why.replace(0, whose.size(), "the request");
      throw invalid_request("The request could not be parsed: " + why);
    }
    if (name_.empty()) throw invalid_request("The SOAP body holds no method call.");
    if (method_ == nullptr && !foreign_.empty()) throw invalid_request(problem_);
    if (method_ == nullptr) refuse();
    look_for_unknown();
    if (!problem_.empty()) throw invalid_request(problem_);
  }

  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  [[nodiscard]] detail::Method const& method() const noexcept { return *method_; }
  [[nodiscard]] void* request() const noexcept { return request_.get(); }
  [[nodiscard]] untyped_ref const& self() const {
    return *static_cast<untyped_ref const*>(method_->request->members[0].at(request_.get()));
  }

 private:
  // Stands before the decoder, which goes by local names, until the call is found.
  struct Scope {
    RequestReader& reader;
    soap::Decoder& decoder;
    soap::Namespaces namespaces{};
    std::size_t depth = 0;

    void start(char const* name, char const* const* attributes) {
      ++depth;
      if (reader.name_.empty()) {
        for (auto a = attributes; *a != nullptr; a += 2) namespaces.declare(a[0], a[1], depth);
        auto const prefix = soap::qname(name).prefix;
        reader.foreign_ = namespaces.resolve(prefix) == soap::Namespaces::uri::other
                              ? namespaces.other_uri(prefix)
                              : std::string_view();
      }
      decoder.start(name, attributes);
    }
    void text(std::string_view piece) { decoder.text(piece); }
    void end(char const* name) {
      if (reader.name_.empty()) namespaces.leave(depth);
      --depth;
      decoder.end(name);
    }
  };

  reflect::place element(std::string_view name) override {
    if (!name_.empty()) {
      problem_ = "The SOAP body holds more than one method call.";
      return {};
    }
    name_ = name;
    if (!foreign_.empty()) {
      problem_ = "Unable to resolve WSDL method name " + name_ + " in the namespace " + foreign_;
      return {};
    }
    auto const found = state_.methods.find(name);
    if (found == state_.methods.end()) return {};
    if (version_ < types::version_order(found->second.facts.since)) return {};
    method_ = &found->second;
    request_ = method_->make_request();
    return {method_->request, request_.get()};
  }

  // A server knows all methods of its version; one that this host has not learnt yet is told apart
  // from one that there is not.
  [[noreturn]] void refuse() const {
    auto const facts = types::facts_of(name_);
    if (facts && version_ >= types::version_order(facts->since))
      throw fault(types::NotImplemented());
    throw invalid_request("Unable to resolve WSDL method name " + name_);
  }

  void omitted(std::string_view type, std::string_view member) override {
    if (problem_.empty())
      problem_ = "Required property " + std::string(member) +
                 " is missing from data object of type " + std::string(type);
  }
  void unknown_member(std::string_view type, std::string_view member) override {
    if (method_ == nullptr || member.starts_with("dynamic")) return;
    if (type == method_->request->name) unexpected(type, member);
  }
  void repeated_member(std::string_view type, std::string_view member) override {
    if (problem_.empty())
      problem_ = "Property " + std::string(member) + " of data object of type " +
                 std::string(type) + " is given more than once";
  }
  void unknown_type(std::string_view /*declared*/, std::string_view sent) override {
    if (problem_.empty() && types::find_type(sent) == types::type_count)
      problem_ = "Unable to find type: " + std::string(sent);
  }

  void unknown_literal(std::string_view enumeration, std::string_view literal) override {
    if (problem_.empty())
      problem_ = "Invalid value \"" + std::string(literal) + "\" of the enumeration " +
                 std::string(enumeration);
  }

  void unexpected(std::string_view type, std::string_view member) {
    if (problem_.empty())
      problem_ =
          "Unexpected element tag \"" + std::string(member) + "\" seen in " + std::string(type);
  }

  static bool derives(std::string_view type, std::string_view from) {
    while (!type.empty() && type != from) type = types::base_of(type);
    return !type.empty();
  }

  // An object that says to be of another type has to be of a descendant. Members that this host
  // does not know are those of a descendant that it does not know either: it takes the object for
  // its base. In an object of any other type they are wrong.
  void look_for_unknown() {
    detail::visit_values(
        *method_->request, request_.get(), [&](reflect::type_info const& type, void const* at) {
          if (type.what != reflect::kind::object || type.extra == nullptr) return;
          Extra const& extra = *type.extra(detail::mutable_at(at));
          auto const xml = extra.xml();
          if (!extra.type().empty() && !derives(extra.type(), type.name) && problem_.empty())
            problem_ = "Expected an object of type " + std::string(type.name) + ", got " +
                       std::string(extra.type());
          if (!extra.type().empty() || xml.size() < 2) return;
          auto const name = xml.substr(1, xml.find_first_of(" />", 1) - 1);
          if (!name.starts_with("dynamic")) unexpected(type.name, name);
        });
  }

  detail::State& state_;
  std::size_t version_;
  std::string name_;
  detail::Method const* method_ = nullptr;
  std::shared_ptr<void> request_;
  std::string problem_;
  std::string foreign_;  // namespace of the call, when it is none of the API's
};

// The version that a SOAPAction asks for; the newest of the host without one.
inline std::size_t version_of(WebRequest const& request, HostOptions const& options) {
  std::size_t const newest = types::version_order(options.api_version);
  auto const* const action = http::find_header(request.headers, "SOAPAction");
  if (action == nullptr) return newest;
  std::string_view uri = *action;
  while (uri.starts_with('"') || uri.starts_with(' ')) uri.remove_prefix(1);
  while (uri.ends_with('"') || uri.ends_with(' ')) uri.remove_suffix(1);
  if (!uri.starts_with("urn:vim25/")) return newest;
  std::size_t asked = types::version_order(uri.substr(10));
  // Clients also say 7.0 for 7.0.0.0.
  for (std::string name(uri.substr(10)); asked > newest && name.size() < 7; name += ".0")
    asked = std::min(asked, types::version_order(name + ".0"));
  if (asked > newest) throw invalid_request("Unsupported version URI \"" + std::string(uri) + "\"");
  return asked;
}

}  // namespace

Failure::Failure(Poly<types::MethodFault> detail, std::string message)
    : detail_(std::move(detail)), message_(std::move(message)) {
  if (!message_.empty()) return;
  for (usual_message const& m : usual_messages)
    if (m.fault == detail_.type_name()) message_ = m.text;
  if (auto const* argument = detail_.as<types::InvalidArgument>())
    message_ += argument->invalidProperty.value_or(std::string());
}

// A call

Call::Call(Host& on, WebRequest request, WebHandler::Done done, std::stop_token stop)
    : host_(&on), request_(std::move(request)), done_(std::move(done)), stop_(std::move(stop)) {}

Call::~Call() {
  on_stop_.reset();
  if (parked_) {  // and nobody answered
    Host::Lock const hold(*host_);
    --session_->parked;
  }
  if (!answered_) done_({.drop = true});
}

std::string Call::user() const { return session_ ? session_->user.name : std::string(); }

void Call::require(std::string_view privilege, untyped_ref const& object) const {
  if (auto why = detail::refusal(session_.get(), object, privilege)) throw *std::move(why);
}

void Call::reply(reflect::type_info const& type, void const* value) {
  std::string content;
  soap::Encoder encoder(content, detail::Speaking::dialect(), true);
  for (auto const& m : type.members)
    encoder.element(m.name, *m.type, m.at(detail::mutable_at(value)));
  reply_text(content);
}

void Call::reply_text(std::string_view content) {
  std::string body;
  body.reserve(soap::envelope_head.size() + soap::envelope_tail.size() + content.size() +
               2 * method_.size() + 64);
  body.append(soap::envelope_head).append("<").append(method_);
  body.append("Response xmlns=\"urn:vim25\">").append(content).append("</").append(method_);
  body.append("Response>").append(soap::envelope_tail);
  respond(xml_response(200, std::move(body)));
}

void Call::fail(Failure const& why) { respond(xml_response(500, fault_text(why))); }

void Call::respond(WebResponse response) {
  if (std::exchange(answered_, true)) return;
  detail::put_into_shape(response, shape_);
  if (!cookie_.empty())
    response.headers.push_back({"Set-Cookie", "vmware_soap_session=\"" + cookie_ +
                                                  "\"; Path=/; HttpOnly" +
                                                  (request_.tls ? "; Secure;" : ";")});
  if (session_) session_->last_active = host_->elapsed();
  if (std::exchange(parked_, false)) {
    --session_->parked;
    detail::expect_silence(*host_);
  }
  gone_ = nullptr;
  host_->state().afterwards.push_back(
      [self = shared_from_this(), sent = std::move(response)]() mutable {
        self->done_(std::move(sent));
      });
}

void Call::park(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (session_ && !std::exchange(parked_, true)) ++session_->parked;
  if (!stop_.stop_possible()) return;
  on_stop_.emplace(stop_, [weak = weak_from_this()] {
    auto const self = weak.lock();
    if (!self) return;
    Host::Lock const hold(*self->host_);
    if (self->answered_) return;
    if (auto const act = std::exchange(self->gone_, nullptr)) act();
    self->respond({.drop = true});
  });
}

void Call::open_session(std::shared_ptr<HostSession> session, std::string cookie) {
  session_ = std::move(session);
  cookie_ = std::move(cookie);
}

// The host

void Host::add_method(detail::Method method) {
  Lock const hold(*this);
  std::string name(method.facts.name);
  state_->methods.insert_or_assign(std::move(name), std::move(method));
}

std::vector<std::string> Host::methods() {
  Lock const hold(*this);
  std::vector<std::string> names;
  for (auto const& [name, method] : state_->methods) names.push_back(name);
  return names;
}

void Host::on_path(std::string prefix, PathHandler handler) {
  Lock const hold(*this);
  state_->paths.emplace_back(std::move(prefix), std::move(handler));
}

void Host::cause(Trouble trouble) {
  Lock const hold(*this);
  state_->troubles.push_back(std::move(trouble));
}

void Host::clear_troubles() {
  Lock const hold(*this);
  state_->troubles.clear();
}

std::uint64_t Host::calls(std::string_view method) {
  Lock const hold(*this);
  if (method.empty()) return state_->call_count;
  auto const found = state_->call_counts.find(method);
  return found == state_->call_counts.end() ? 0 : found->second;
}

namespace {

inline void serve(Call& call, Host& host, RequestReader& reader) {
  auto const& facts = reader.method().facts;
  Object* const object = host.find_object(call.self());
  if (object == nullptr || !object->kind().is_a(facts.object) ||
      (!object->owner().empty() &&
       (call.session() == nullptr || call.session()->key != object->owner()))) {
    types::ManagedObjectNotFound why;
    why.obj = Ref<types::ManagedObject>(call.self().type(), call.self().value());
    throw fault(std::move(why));
  }
  call.require(detail::privilege_to_call(facts, object->kind()), call.self());
  detail::check_references(host, reader.method(), reader.request());
  if (call.session() != nullptr) {
    ++call.session()->calls;
    call.session()->last_active = host.elapsed();
    call.session()->last_active_at = host.now();
  }
  Call const* const before = std::exchange(host.state().serving, &call);
  struct restore {
    detail::State& state;
    Call const* before;
    ~restore() { state.serving = before; }
  } const guard{host.state(), before};
  reader.method().serve(call, reader.request());
}

}  // namespace

void Host::handle(WebRequest request, Done done, std::stop_token stop) {
  std::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  PathHandler special;
  {
    Lock const hold(*this);
    std::size_t longest = 0;
    for (auto const& [prefix, handler] : state_->paths)
      if (path.starts_with(prefix) && prefix.size() >= longest) {
        longest = prefix.size();
        special = handler;
      }
  }
  if (special) {
    Lock const hold(*this);
    if (auto const* const found = detail::trouble_for(*this, path, request.method, {})) {
      Trouble const trouble = *found;
      auto const session = trouble.end_session ? session_of(request) : nullptr;
      if (session) end_session(session->key);
      done = [shape = detail::shape_of(trouble), answer = std::move(done)](WebResponse response) {
        detail::put_into_shape(response, shape);
        answer(std::move(response));
      };
      if (trouble.drop_before || trouble.status)
        special = [trouble](WebRequest const&, Done const& answer, std::stop_token const&) {
          answer({.status = trouble.status.value_or(200), .drop = trouble.drop_before});
        };
    }
  }
  if (special) return special(std::move(request), std::move(done), std::move(stop));
  bool const service = path == "/sdk" || path == "/sdk/" || path == "/sdk/vimService";
  if (!service) return done({.status = 404});
  if (request.method != "POST") return done({.status = 405, .headers = {{"Allow", "POST"}}});

  auto const call = std::make_shared<Call>(*this, std::move(request), std::move(done), stop);
  Lock const hold(*this);
  detail::State& s = *state_;
  ++s.call_count;
  try {
    call->session_ = session_of(call->request());
    call->version_ = version_of(call->request(), s.options);
    RequestReader reader(s, call->version_);
    // Names first: what goes wrong is told by them.
    try {
      reader.read(call->request().body);
    } catch (...) {
      call->method_ = reader.name();
      // Only names that there are: anybody may send any number of others.
      if (types::facts_of(call->method_) || s.methods.contains(call->method_))
        ++s.call_counts[call->method_];
      throw;
    }
    call->method_ = reader.name();
    call->self_ = reader.self();
    ++s.call_counts[call->method_];
    if (auto const* const found = detail::trouble_for(*this, {}, call->method_, call->self_)) {
      Trouble const trouble = *found;
      call->shape_ = detail::shape_of(trouble);
      if (trouble.end_session && call->session_) {
        end_session(call->session_->key);
        call->session_.reset();
      }
      if (trouble.drop_before) return call->respond({.drop = true});
      if (trouble.status) return call->respond({.status = *trouble.status});
      if (trouble.fault) throw Failure(*trouble.fault);
    }
    detail::Speaking const as(call->version_);
    serve(*call, *this, reader);
  } catch (Failure const& why) {
    call->fail(why);
  } catch (error const& e) {
    call->fail(fault(types::RuntimeFault(), e.what()));
  } catch (...) {  // of a program's own handler or hook
    call->fail(detail::current_failure());
  }
}

}  // namespace esxvi::sim
