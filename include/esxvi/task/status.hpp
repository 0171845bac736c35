// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/task/question.hpp>
#include <esxvi/types/MethodFault.hpp>
#include <esxvi/types/TaskInfo.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace esxvi {

/// A point in time, or never. Made of a duration (from now on) or of a time.
class Deadline {
 public:
  using clock = std::chrono::steady_clock;

  Deadline() = default;  ///< never
  // NOLINTBEGIN(google-explicit-constructor): `wait(5min)` is what people want to write.
  template <class Rep, class Period> Deadline(std::chrono::duration<Rep, Period> from_now) {
    // Compared as floating point: the largest durations do not fit into the clock's.
    using seconds = std::chrono::duration<double>;
    auto const now = clock::now();
    if (seconds(from_now) < seconds(0))
      at_ = now;
    else if (seconds(from_now) < seconds(clock::time_point::max() - now) / 2)
      at_ = now + std::chrono::duration_cast<clock::duration>(from_now);
  }
  Deadline(clock::time_point at) : at_(at) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool never() const noexcept { return at_ == clock::time_point::max(); }
  [[nodiscard]] bool passed() const noexcept { return !never() && clock::now() >= at_; }
  [[nodiscard]] clock::time_point at() const noexcept { return at_; }
  /// Nothing: there is no deadline. Never negative.
  [[nodiscard]] std::optional<std::chrono::milliseconds> remaining() const {
    if (never()) return std::nullopt;
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::ceil<std::chrono::milliseconds>(at_ - clock::now()));
  }

 private:
  clock::time_point at_ = clock::time_point::max();
};

/// What a progress function is told, whenever one of it changes.
struct Progress {
  int percent = 0;  ///< 0 to 100; 0 as long as the server does not say
  Enum<types::TaskInfoState> state{};
  std::chrono::milliseconds elapsed{};  ///< since the wait began

  [[nodiscard]] bool queued() const noexcept { return state == types::TaskInfoState::queued; }
  [[nodiscard]] bool running() const noexcept { return state == types::TaskInfoState::running; }
};

/// What the server said last of a task.
struct TaskStatus {
  Ref<types::Task> task{};
  Enum<types::TaskInfoState> state{};
  std::optional<int> percent{};
  bool cancelable = false;
  bool cancelled = false;  ///< somebody asked the server to end it
  std::optional<types::LocalizedMethodFault> error{};
  Any result{};
  std::optional<Question> question{};  ///< that its machine asks now

  [[nodiscard]] bool succeeded() const noexcept { return state == types::TaskInfoState::success; }
  [[nodiscard]] bool failed() const noexcept { return state == types::TaskInfoState::error; }
  [[nodiscard]] bool ended() const noexcept { return succeeded() || failed(); }
};

/// A question that was answered, and how.
struct Answered {
  Question question{};
  Choice choice{};
  bool pending_before = false;  ///< the task of somebody else
};

/// Another task of the same machine.
struct OtherTask {
  Ref<types::Task> task{};
  std::string name{};  ///< "PowerOnVM_Task", or "VirtualMachine.powerOn" where that is all there is
  Enum<types::TaskInfoState> state{};
  std::optional<int> percent{};
  bool cancelable = false;
};

/// How a task is started.
struct TaskOptions {
  /// The machine whose questions concern the task. Known by itself for methods of VirtualMachine.
  std::optional<Ref<types::VirtualMachine>> vm{};
  /// Look for questions and other tasks of the machine before (1 request).
  bool look_first = true;
  /// Starting it twice does no harm: it may be asked for again when a reply was lost.
  bool idempotent = false;
  std::chrono::milliseconds outage{60'000};  ///< that is bridged when a reply was lost
  CallOptions call{};
};

/// What happens to a task for which nobody waits any longer.
enum class Unfinished {
  leave,   ///< it goes on at the server
  cancel,  ///< it is cancelled if it can be, and its end awaited for a while
};

/// How a task is waited for.
struct WaitOptions {
  Deadline deadline{};
  std::stop_token stop{};
  Unfinished on_deadline = Unfinished::leave;
  Unfinished on_stop = Unfinished::cancel;
  std::chrono::seconds poll{30};             ///< the longest that the server holds one request
  std::chrono::milliseconds settle{30'000};  ///< that a cancelled task gets to come to its end
  std::chrono::milliseconds outage{60'000};  ///< of the connection that is bridged
};

}  // namespace esxvi
