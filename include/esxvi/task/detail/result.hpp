// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/task/detail/state.hpp>
#include <esxvi/types/core.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi::detail {

template <class T> inline constexpr bool may_lack_result = std::is_void_v<T>;
template <> inline constexpr bool may_lack_result<Any> = true;
template <class T> inline constexpr bool may_lack_result<std::optional<T>> = true;
template <class T> inline constexpr bool may_lack_result<std::vector<T>> = true;

[[noreturn]] inline void throw_no_result(TaskState const& t, std::string_view expected) {
  std::string const sent(t.status.result.type_name());
  throw failure<errc::value_out_of_range>(
      context_of(t.situation(),
                 sent.empty() ? "the task succeeded without the result that it always has"
                              : "the result of the task is of the type " + sent + " instead of " +
                                    std::string(expected),
                 "look what the server did"),
      delivery::answered);
}

/// TaskInfo.result as what the method promises. An array without elements is not sent at all.
template <class T> struct task_result {
  static T of(TaskState const& t) {
    if (auto const* const value = t.status.result.template as<T>()) return *value;
    throw_no_result(t, reflect::type_name<T>());
  }
};
template <class T> struct task_result<std::optional<T>> {
  static std::optional<T> of(TaskState const& t) {
    if (!t.status.result) return std::nullopt;
    return task_result<T>::of(t);
  }
};
template <class T> struct task_result<std::vector<T>> {
  static std::vector<T> of(TaskState const& t) {
    if (!t.status.result) return {};
    if (auto const* const value = t.status.result.template as<std::vector<T>>()) return *value;
    throw_no_result(t, "ArrayOf...");
  }
};
template <class T> struct task_result<Poly<T>> {
  static Poly<T> of(TaskState const& t) {
    if (!t.status.result.template is<T>()) throw_no_result(t, reflect::type_name<T>());
    Poly<T> value;
    value.content() = t.status.result.content();
    return value;
  }
};
template <class T> struct task_result<Ref<T>> {
  static Ref<T> of(TaskState const& t) {
    if (auto const* const value = t.status.result.template as<Ref<T>>()) return *value;
    throw_no_result(t, reflect::type_name<T>());
  }
};
template <> struct task_result<Any> {
  static Any of(TaskState const& t) { return t.status.result; }
};
template <> struct task_result<void> {
  static void of(TaskState const&) {}
};

}  // namespace esxvi::detail
