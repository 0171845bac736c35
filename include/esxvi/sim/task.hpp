// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/fault.hpp>
#include <esxvi/types/core/any.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

class Host;

/// One of the answers of a question.
struct Choice {
  std::string key{};
  std::string label{};
  std::string summary{};
};

/// A question that a virtual machine asks; its task stands still until somebody answers.
struct Question {
  std::string message_id{};  ///< "msg.serial.file.open"; the question's own id is made up
  std::string text{};
  std::vector<Choice> choices{};
  std::optional<int> default_index{};
  /// What the answer leads to; a failure ends the task.
  std::function<std::optional<Failure>(Host&, std::string_view key)> answered{};
  /// Whether it is asked once more after this answer, as when a disk is full still.
  std::function<bool(Host&, std::string_view key)> again{};
};

/// The course of a task, as data.
struct TaskPlan {
  std::chrono::milliseconds queued{0};     ///< how long it stays queued
  std::chrono::milliseconds running{100};  ///< how long it runs, questions not counted
  std::vector<int> progress{};             ///< percentages, spread evenly over `running`
  bool cancelable = true;
  bool endless = false;               ///< runs until it is cancelled
  std::vector<Question> questions{};  ///< asked one after the other, before the first progress
  /// What it waits for at its end: looked at after each change of the host. In vain for longer than
  /// `patience`, it ends as timed out; 0: it waits for ever.
  std::function<bool(Host&)> ready{};
  std::chrono::milliseconds patience{0};
  /// Checked when it begins to run: a failure ends it at once.
  std::function<std::optional<Failure>(Host&)> begin{};
  /// The effect; returns the task's result, throws Failure when it fails after all.
  std::function<Any(Host&)> finish{};
  std::optional<Failure> failure{};  ///< how it ends instead
};

}  // namespace esxvi::sim
