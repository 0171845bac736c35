// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/observe.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// A transport without a network that plays a dialogue: for tests of code that uses a session.
///
/// ```cpp
/// auto script = std::make_shared<esxvi::ScriptedTransport>();
/// script->expect("Login").reply(200, login_xml);
/// script->expect("RetrievePropertiesEx").reply(200, rows_xml).pieces(1).cut_after(100);
/// script->when("Logout").reply(200, logout_xml);
/// esxvi::Session session{..., esxvi::any_transport{script}};
/// ...
/// CHECK(script->requests().front().url == "https://host/sdk");
/// script->verify();
/// ```
///
/// Expected requests come in the order in which they were written down; what `when` describes may
/// come at any time, as often as it likes. An operation is CallContext::operation, or method and
/// path ("GET /folder/a.vmx") where the caller gives none.
///
/// Errors: a request that is not expected throws invalid_argument, which names both, and is kept
/// for verify(), because code under test may well swallow it.
///
/// Thread safety: send() and the reading members from any thread. Write the script before the
/// requests it speaks of are sent.
class ScriptedTransport {
 public:
  /// A request as it was sent.
  struct Received {
    std::string operation{};
    std::string method{};
    std::string url{};
    std::vector<http::header> headers{};
    std::string body{};
  };

  /// A reply. Without a Content-Type header a body is `text/xml; charset=utf-8`.
  struct Answer {
    int status = 200;
    std::string body{};
    std::vector<http::header> headers{};
  };

  using predicate = std::function<bool(Received const&)>;

  /// One expected request and what happens to it. Without any further word the reply is an empty
  /// 200.
  class Step {
   public:
    Step& reply(int status, std::string body = {}, std::vector<http::header> headers = {}) {
      return reply([answer = Answer{status, std::move(body), std::move(headers)}](Received const&) {
        return answer;
      });
    }
    /// A reply that depends on the request.
    Step& reply(std::function<Answer(Received const&)> compute) {
      compute_ = std::move(compute);
      return *this;
    }
    /// Hands the body over in pieces of so many bytes; 0 (the default): in one.
    Step& pieces(std::size_t bytes) {
      piece_ = bytes;
      return *this;
    }
    /// The connection is lost after so many bytes of the body, even after all of them.
    Step& cut_after(std::size_t bytes) {
      cut_ = bytes;
      return *this;
    }
    /// The server thinks for so long; cancellation and the limits of the call end it earlier.
    Step& delay(std::chrono::milliseconds time) {
      delay_ = time;
      return *this;
    }
    /// The server never answers: only cancellation or a limit of the call ends it.
    Step& silent() {
      silent_ = true;
      return *this;
    }
    /// Instead of a reply (but after delay): any exception, as a transport would throw it.
    template <class Exception> Step& throws(Exception exception) {
      exception_ = std::make_exception_ptr(std::move(exception));
      return *this;
    }
    /// The step stands for so many requests in a row.
    Step& times(std::size_t count) {
      left_ = count;
      return *this;
    }

   private:
    friend class ScriptedTransport;
    Step(std::string name, predicate matches)
        : name_(std::move(name)), matches_(std::move(matches)) {}

    std::string name_;
    predicate matches_;
    std::function<Answer(Received const&)> compute_{};
    std::exception_ptr exception_{};
    std::optional<std::size_t> cut_{};
    std::size_t piece_ = 0;
    std::size_t left_ = 1;
    std::chrono::milliseconds delay_{0};
    bool silent_ = false;
  };

  ScriptedTransport() = default;
  ScriptedTransport(ScriptedTransport const&) = delete;
  ScriptedTransport& operator=(ScriptedTransport const&) = delete;

  /// The next request is this operation. The reference stays valid as long as the transport.
  Step& expect(std::string operation) {
    auto matches = by_name(operation);
    return add(steps_, std::move(operation), std::move(matches));
  }
  /// The next request fulfils `matches`; `description` is for messages.
  Step& expect(std::string description, predicate matches) {
    return add(steps_, std::move(description), std::move(matches));
  }
  /// Answers this operation at any time when the next expected step does not. The latest one wins.
  Step& when(std::string operation) {
    auto matches = by_name(operation);
    return add(standing_, std::move(operation), std::move(matches));
  }
  Step& when(std::string description, predicate matches) {
    return add(standing_, std::move(description), std::move(matches));
  }

  /// Everything that was sent so far, also what was not expected.
  [[nodiscard]] std::vector<Received> requests() const {
    std::lock_guard lock{mutex_};
    return requests_;
  }
  /// Whether every expected request came.
  [[nodiscard]] bool done() const {
    std::lock_guard lock{mutex_};
    return next_ == steps_.size();
  }
  /// Throws invalid_argument when a request came that was not expected or an expected one did not.
  void verify() const {
    std::lock_guard lock{mutex_};
    if (!unexpected_.empty()) throw invalid_argument{unexpected_.front()};
    if (next_ == steps_.size()) return;
    throw invalid_argument{{.operation = steps_[next_]->name_,
                            .target = "scripted transport",
                            .problem = "the script expects this request, but it never came",
                            .advice = std::to_string(steps_.size() - next_) + " of " +
                                      std::to_string(steps_.size()) + " steps are left"}};
  }

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    auto const received = read(request, context);
    if (context.stop.stop_requested())
      throw cancelled{about(received, "cancelled"), delivery::not_sent};
    auto const step = take(received);
    think(*step, received, context);
    if (step->exception_) std::rethrow_exception(step->exception_);

    auto const answer = step->compute_ ? step->compute_(received) : Answer{};
    http::Response head{answer.status, answer.headers};
    if (!answer.body.empty() && http::find_header(head.headers, "Content-Type") == nullptr) {
      head.headers.push_back({"Content-Type", "text/xml; charset=utf-8"});
    }
    sink.begin(head);
    auto body = std::string_view{answer.body}.substr(0, step->cut_.value_or(answer.body.size()));
    while (!body.empty()) {
      if (context.stop.stop_requested())
        throw cancelled{about(received, "cancelled"), delivery::unknown};
      auto const piece = body.substr(0, step->piece_ == 0 ? body.size() : step->piece_);
      body.remove_prefix(piece.size());
      sink.write(piece);
    }
    if (step->cut_) {
      throw connection_lost{
          about(received, "the connection was closed before the reply was complete"),
          delivery::unknown};
    }
    return head;
  }

 private:
  using steps = std::vector<std::shared_ptr<Step>>;

  static predicate by_name(std::string operation) {
    return
        [operation = std::move(operation)](Received const& r) { return r.operation == operation; };
  }

  Step& add(steps& to, std::string name, predicate matches) {
    std::lock_guard lock{mutex_};
    to.push_back(std::shared_ptr<Step>{new Step{std::move(name), std::move(matches)}});
    return *to.back();
  }

  static Received read(http::Request const& request, http::CallContext const& context) {
    Received out{.operation = detail::name_of(request, context),
                 .method = request.method,
                 .url = request.url,
                 .headers = request.headers,
                 .body = std::string{request.body}};
    if (request.source != nullptr) {
      out.body.clear();
      std::array<char, 4096> buffer;
      while (auto const size = request.source->read(buffer.data(), buffer.size())) {
        out.body.append(buffer.data(), size);
      }
    }
    return out;
  }

  std::shared_ptr<Step> take(Received const& received) {
    std::lock_guard lock{mutex_};
    requests_.push_back(received);
    while (next_ < steps_.size() && steps_[next_]->left_ == 0) ++next_;
    if (next_ < steps_.size() && steps_[next_]->matches_(received)) {
      auto step = steps_[next_];
      if (--step->left_ == 0) ++next_;
      return step;
    }
    auto const latest = std::find_if(standing_.rbegin(), standing_.rend(),
                                     [&](auto const& step) { return step->matches_(received); });
    if (latest != standing_.rend()) return *latest;
    auto problem =
        about(received, next_ < steps_.size()
                            ? "the script expects " + steps_[next_]->name_ + " as step " +
                                  std::to_string(next_ + 1) + ", got " + received.operation
                            : "the script expects no further request, got " + received.operation);
    unexpected_.push_back(problem);
    throw invalid_argument{std::move(problem)};
  }

  static void think(Step const& step, Received const& received, http::CallContext const& context) {
    if (!step.silent_ && step.delay_.count() == 0) return;
    using std::chrono::milliseconds;
    auto limit = context.total.count() > 0 ? context.total : milliseconds::max();
    if (context.patience.count() > 0) limit = std::min(limit, context.patience);
    auto const late = step.silent_ || step.delay_ > limit;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    auto const nothing = [] { return false; };
    if (late && limit == milliseconds::max()) {
      never.wait(lock, context.stop, nothing);
    } else {
      never.wait_for(lock, context.stop, late ? limit : step.delay_, nothing);
    }
    if (context.stop.stop_requested())
      throw cancelled{about(received, "cancelled"), delivery::unknown};
    if (late) throw timeout{about(received, "no answer in time"), delivery::unknown};
  }

  static error::context about(Received const& received, std::string problem) {
    return {.operation = received.operation,
            .target = redact::url(received.url),
            .problem = std::move(problem),
            .advice = {}};
  }

  mutable std::mutex mutex_;
  steps steps_;
  steps standing_;
  std::size_t next_ = 0;
  std::vector<Received> requests_;
  std::vector<error::context> unexpected_;
};

}  // namespace esxvi
