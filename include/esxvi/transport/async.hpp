// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace esxvi {

template <class T> class Async;

namespace detail {

class async_promise_base {
 public:
  struct last_step {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
      auto const next = self.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] last_step final_suspend() const noexcept { return {}; }

  std::coroutine_handle<> continuation{};
};

template <class T> class async_promise : public async_promise_base {
 public:
  Async<T> get_return_object() noexcept;
  template <class U> void return_value(U&& value) {
    result_.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { result_.template emplace<2>(std::current_exception()); }
  T take() {
    if (auto* failure = std::get_if<2>(&result_)) std::rethrow_exception(*failure);
    return std::move(std::get<1>(result_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> result_{};
};

template <> class async_promise<void> : public async_promise_base {
 public:
  Async<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { failure_ = std::current_exception(); }
  void take() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_{};
};

struct async_access;

}  // namespace detail

/// A coroutine that computes a T: `Async<int> f() { co_return (co_await g()) + 1; }`.
///
/// It begins when somebody waits for it: `co_await` in another coroutine, CurlLoop::run() or
/// CurlLoop::spawn(). It is waited for once; the result comes by value, an exception comes out of
/// the `co_await`. Everything happens on the thread that drives the loop.
///
/// Destroying one that has not ended destroys what its coroutine holds, and cancels the request
/// that it waits for. Arguments by reference must live as long as the coroutine, also the captures
/// of a lambda that is one.
template <class T = void> class [[nodiscard]] Async {
  static_assert(!std::is_reference_v<T>, "a coroutine gives its result by value");

 public:
  using promise_type = detail::async_promise<T>;
  using value_type = T;

  Async() noexcept = default;
  Async(Async&& other) noexcept : self_(std::exchange(other.self_, nullptr)) {}
  Async& operator=(Async&& other) noexcept {
    Async(std::move(other)).swap(*this);
    return *this;
  }
  ~Async() {
    if (self_) self_.destroy();
  }
  void swap(Async& other) noexcept { std::swap(self_, other.self_); }

  explicit operator bool() const noexcept { return self_ != nullptr; }

  auto operator co_await() && noexcept {
    struct awaiter {
      std::coroutine_handle<promise_type> self;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) const noexcept {
        self.promise().continuation = next;
        return self;
      }
      T await_resume() const { return self.promise().take(); }
    };
    return awaiter{self_};
  }

 private:
  friend promise_type;
  friend detail::async_access;
  explicit Async(std::coroutine_handle<promise_type> self) noexcept : self_(self) {}

  std::coroutine_handle<promise_type> self_{};
};

namespace detail {

template <class T> Async<T> async_promise<T>::get_return_object() noexcept {
  return Async<T>(std::coroutine_handle<async_promise>::from_promise(*this));
}
inline Async<void> async_promise<void>::get_return_object() noexcept {
  return Async<void>(std::coroutine_handle<async_promise>::from_promise(*this));
}

/// For those who drive coroutines.
struct async_access {
  template <class T> static void begin(Async<T>& job) { job.self_.resume(); }
  template <class T> static bool done(Async<T> const& job) { return job.self_.done(); }
  template <class T> static T take(Async<T>& job) { return job.self_.promise().take(); }
};

/// Runs several coroutines, some at a time, for one that waits for all.
template <class T> class Gathering {
 public:
  using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  Gathering(std::vector<Async<T>> jobs, std::size_t limit)
      : jobs_(std::move(jobs)), values_(jobs_.size()), errors_(jobs_.size()) {
    auto const lanes = limit == 0 ? jobs_.size() : std::min(limit, jobs_.size());
    for (std::size_t i = 0; i < lanes; ++i) lanes_.push_back(lane());
  }
  Gathering(Gathering const&) = delete;
  Gathering& operator=(Gathering const&) = delete;

  [[nodiscard]] bool await_ready() const noexcept { return lanes_.empty(); }
  bool await_suspend(std::coroutine_handle<> waiter) {
    running_ = lanes_.size() + 1;  // and this loop
    waiter_ = waiter;
    for (auto& one : lanes_) async_access::begin(one);
    return --running_ > 0;
  }
  std::vector<value> await_resume() {
    for (auto const& error : errors_)
      if (error) std::rethrow_exception(error);
    std::vector<value> values;
    values.reserve(values_.size());
    for (auto& one : values_) values.push_back(std::move(*one));
    return values;
  }

 private:
  // Resumes the waiter from the last lane that ends; that may destroy the lanes.
  struct lane_end {
    Gathering& all;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept {
      return --all.running_ > 0 ? std::noop_coroutine() : all.waiter_;
    }
    void await_resume() const noexcept {}
  };

  Async<void> lane() {
    while (next_ < jobs_.size()) {
      auto const i = next_++;
      try {
        if constexpr (std::is_void_v<T>) {
          co_await std::move(jobs_[i]);
          values_[i].emplace();
        } else {
          values_[i].emplace(co_await std::move(jobs_[i]));
        }
      } catch (...) {
        errors_[i] = std::current_exception();
      }
      jobs_[i] = {};  // what it holds is not needed any more
    }
    co_await lane_end{*this};
  }

  std::vector<Async<T>> jobs_;
  std::vector<std::optional<value>> values_;
  std::vector<std::exception_ptr> errors_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  std::coroutine_handle<> waiter_{};
  std::vector<Async<void>> lanes_{};  // first to go: they use the rest
};

}  // namespace detail

/// Runs coroutines side by side, at most `limit` at a time (0: all), and gives their results in
/// order. When all have ended, the error of the first that failed is thrown.
///
/// `auto replies = co_await when_all(std::move(jobs), 100);`
template <class T>
  requires(!std::is_void_v<T>)
Async<std::vector<T>> when_all(std::vector<Async<T>> jobs, std::size_t limit = 0) {
  detail::Gathering<T> all(std::move(jobs), limit);
  co_return co_await all;
}
inline Async<void> when_all(std::vector<Async<void>> jobs, std::size_t limit = 0) {
  detail::Gathering<void> all(std::move(jobs), limit);
  static_cast<void>(co_await all);
}

}  // namespace esxvi
