// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/task/question.hpp>

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// What a Task does when the server asks: policies are types, most of them without any content.
namespace esxvi {

/// What a policy says to a question.
class Decision {
 public:
  enum class kind {
    answer,  ///< give this choice
    report,  ///< cancel the task if that is possible, and throw question_pending
    pass,    ///< not mine: the next policy of a FirstOf; the same as report where there is none
  };

  [[nodiscard]] static Decision answer(Choice choice) {
    return {kind::answer, std::move(choice), {}};
  }
  /// `why` goes into the message of question_pending.
  [[nodiscard]] static Decision report(std::string why = {}) {
    return {kind::report, {}, std::move(why)};
  }
  [[nodiscard]] static Decision pass() { return {kind::pass, {}, {}}; }

  [[nodiscard]] kind what() const noexcept { return what_; }
  [[nodiscard]] Choice const& choice() const noexcept { return choice_; }
  [[nodiscard]] std::string const& why() const noexcept { return why_; }

 private:
  Decision(kind what, Choice choice, std::string why)
      : what_(what), choice_(std::move(choice)), why_(std::move(why)) {}

  kind what_;
  Choice choice_;
  std::string why_;
};

/// What a policy gets to see.
struct Asked {
  Question const& question;
  unsigned times = 1;  ///< how often this message came in this task, this time included
  /// Until the deadline of the wait; nothing: there is none.
  std::optional<std::chrono::milliseconds> remaining{};
  /// It was there before the task was to start: it belongs to somebody else's.
  bool pending_before = false;
  std::stop_token stop{};  ///< of the wait, for a policy that takes its time

  /// The choice with this label, words or key; pass() when the question has none like that.
  [[nodiscard]] Decision answer(std::string_view words) const {
    auto const* const found = question.find(words);
    return found != nullptr ? Decision::answer(*found) : Decision::pass();
  }
  [[nodiscard]] Decision answer_default() const {
    auto const* const found = question.default_choice();
    return found != nullptr ? Decision::answer(*found) : Decision::pass();
  }
};

/// A question policy is anything that makes a Decision of an Asked, also a lambda:
///
///     struct AppendToPorts {
///       esxvi::Decision operator()(esxvi::Asked const& asked) const {
///         return asked.question.is("msg.serial.file.open") ? asked.answer("Append")
///                                                          : esxvi::Decision::pass();
///       }
///     };
///
/// It is called on the thread that waits (or starts the task), one question at a time; what it
/// throws comes out of there. It is shown questions that were pending before the task only if it
/// says so: `static constexpr bool answers_pending = true;`
template <class P>
concept QuestionPolicy = std::move_constructible<P> && requires(P& policy, Asked const& asked) {
  { policy(asked) } -> std::convertible_to<Decision>;
};

/// Whether a policy answers questions that belong to somebody else's task.
template <class P>
inline constexpr bool answers_pending =
    requires { requires static_cast<bool>(P::answers_pending); };

/// The default: nothing is answered. libvirt's auto_answer=0.
struct ReportAndCancel {
  Decision operator()(Asked const&) const { return Decision::report(); }
};

/// Gives the answer that the server marks as its default, to one message at most Limit times in a
/// task: a full disk asks again at once after "Retry". No default: it is reported.
template <unsigned Limit>
  requires(Limit > 0)
struct AnswerDefaultUpTo {
  static constexpr bool answers_pending = true;
  Decision operator()(Asked const& asked) const {
    if (asked.question.default_choice() == nullptr)
      return Decision::report(asked.question.choices.empty() ? "it has no choices"
                                                             : "it has no default");
    if (asked.times > Limit)
      return Decision::report("it came again after " + std::to_string(Limit) + " answers");
    return asked.answer_default();
  }
};
/// libvirt's auto_answer=1, with a limit.
struct AnswerDefault : AnswerDefaultUpTo<5> {};

/// Decides at run time between the two: what `auto_answer` in a connection URI says.
class AutoAnswer {
 public:
  static constexpr bool answers_pending = true;  // when it is on; else it reports these too
  explicit AutoAnswer(bool on) noexcept : on_(on) {}
  [[nodiscard]] bool on() const noexcept { return on_; }

  Decision operator()(Asked const& asked) const {
    return on_ ? AnswerDefault{}(asked) : ReportAndCancel{}(asked);
  }

 private:
  bool on_;
};

/// Lets a function choose: `AskUser([](Question const& q) -> std::optional<std::string> {...})`.
///
/// It takes the Question, or the Asked to see the time that is left, and gives what names a choice
/// (label, words or key as a string), a `Choice const*`, an optional of a string, or a Decision.
/// Nothing, nullptr and what names no choice are reported.
template <class F>
  requires std::invocable<F&, Asked const&> || std::invocable<F&, Question const&>
class AskUser {
 public:
  static constexpr bool answers_pending = true;  // who is asked sees what it is about
  explicit AskUser(F ask) : ask_(std::move(ask)) {}

  Decision operator()(Asked const& asked) {
    if constexpr (std::invocable<F&, Asked const&>)
      return decide(asked, ask_(asked));
    else
      return decide(asked, ask_(asked.question));
  }

 private:
  template <class A> static Decision decide(Asked const& asked, A&& answer) {
    if constexpr (std::convertible_to<A, Decision>) {
      return std::forward<A>(answer);
    } else if constexpr (std::convertible_to<A, Choice const*>) {
      Choice const* const choice = answer;
      return choice != nullptr ? Decision::answer(*choice) : Decision::report();
    } else if constexpr (std::convertible_to<A, char const*>) {
      char const* const words = answer;
      return words != nullptr ? decide(asked, std::string_view(words)) : Decision::report();
    } else if constexpr (std::convertible_to<A, std::string_view>) {
      std::string_view const words = answer;
      Decision found = asked.answer(words);
      if (found.what() == Decision::kind::answer) return found;
      return Decision::report("\"" + std::string(words) + "\" is none of the choices");
    } else {
      return answer ? decide(asked, *answer) : Decision::report();
    }
  }

  [[no_unique_address]] F ask_;
};

/// Answers the questions of a table, by message id, each at most five times in a task:
/// `AnswerById{{"msg.serial.file.open", "Append"}, {"msg.uuid.altered", "I copied it"}}`.
///
/// An entry whose answer the question does not offer is reported; what is not in the table is
/// passed on.
class AnswerById {
 public:
  static constexpr unsigned limit = 5;
  using entry = std::pair<std::string, std::string>;

  AnswerById(std::initializer_list<entry> table) : table_(table) {}
  explicit AnswerById(std::vector<entry> table) : table_(std::move(table)) {}

  /// Questions for which one answer loses nothing: ports append, a copied machine gets an identity
  /// of its own, a CD that the guest holds stays, memory is not cut.
  [[nodiscard]] static AnswerById harmless() {
    return {{"msg.serial.file.open", "Append"},
            {"msg.parallel.file.open", "Append"},
            {"msg.uuid.altered", "button.uuid.copiedTheVM"},
            {"msg.cdromdisconnect.locked", "No"},
            {"msg.noAutodetectBackingQuestion", "Yes"},
            {"msg.memsched.preNotEnoughMem", "No"}};
  }

  Decision operator()(Asked const& asked) const {
    for (auto const& [id, words] : table_) {
      if (!asked.question.is(id)) continue;
      if (asked.times > limit)
        return Decision::report("it came again after " + std::to_string(limit) + " answers");
      Decision found = asked.answer(words);
      if (found.what() == Decision::kind::answer) return found;
      return Decision::report("\"" + words + "\" is none of the choices");
    }
    return Decision::pass();
  }

 private:
  std::vector<entry> table_;
};

/// Asks one policy after the other until one does not pass.
template <QuestionPolicy... P>
  requires(sizeof...(P) > 0)
class FirstOf {
 public:
  static constexpr bool answers_pending = (esxvi::answers_pending<P> || ...);
  FirstOf()
    requires(std::default_initializable<P> && ...)
  = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a list of policies is a policy.
  FirstOf(P... policies)
    requires(sizeof...(P) > 0)
      : policies_(std::move(policies)...) {}

  Decision operator()(Asked const& asked) {
    Decision decision = Decision::pass();
    std::apply([&](P&... policy) { (ask(policy, asked, decision) || ...); }, policies_);
    return decision;
  }

 private:
  template <class Q> static bool ask(Q& policy, Asked const& asked, Decision& decision) {
    if (asked.pending_before && !esxvi::answers_pending<Q>) return false;
    decision = policy(asked);
    return decision.what() != Decision::kind::pass;
  }

  [[no_unique_address]] std::tuple<P...> policies_;
};

namespace detail {

/// A policy without its type, for as long as a call lasts.
struct PolicyRef {
  void* policy;
  Decision (*decide)(void* policy, Asked const& asked);
  bool answers_pending;

  template <QuestionPolicy P> [[nodiscard]] static PolicyRef to(P& policy) noexcept {
    return {&policy,
            [](void* p, Asked const& asked) -> Decision { return (*static_cast<P*>(p))(asked); },
            esxvi::answers_pending<P>};
  }
};

}  // namespace detail
}  // namespace esxvi
