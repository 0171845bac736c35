// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <memory>
#include <mutex>
#include <utility>

namespace esxvi {

/// Session::content(): the references to all managers of the server, as of the API version that is
/// spoken. Asked once a session; thread-safe. Who asks while another thread does waits for its
/// answer, within the limits of its own.
template <std::same_as<types::ServiceContent> Content>
Content const& Session::content(CallOptions const& options) {
  using clock = std::chrono::steady_clock;
  auto& known = self_->content;
  bool const limited = options.deadline.count() > 0;
  auto const end =
      clock::now() + detail::bounded(limited ? options.deadline : std::chrono::milliseconds::max());
  std::unique_lock lock(known.mutex);
  if (!known.changed.wait_until(lock, options.stop, end, [&] { return !known.asking; })) {
    error::context about{"RetrieveServiceContent",
                         service_url(),
                         "another thread asks for it, and has no answer yet",
                         {}};
    if (options.stop.stop_requested()) throw cancelled(std::move(about));
    about.advice = "call it again, with a longer deadline";
    throw timeout(std::move(about));
  }
  if (!known.value) {
    auto left = options;
    if (limited)
      left.deadline = std::max(std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()),
                               std::chrono::milliseconds{1});
    struct asking {
      std::unique_lock<std::mutex>& lock;
      detail::FullContent& known;
      asking(std::unique_lock<std::mutex>& l, detail::FullContent& k) : lock(l), known(k) {
        known.asking = true;
        lock.unlock();
      }
      ~asking() {
        lock.lock();
        known.asking = false;
        known.changed.notify_all();
      }
      asking(asking const&) = delete;
      asking& operator=(asking const&) = delete;
    };
    std::shared_ptr<Content> answer;
    {
      asking const now(lock, known);
      answer = std::make_shared<Content>(call(
          types::RetrieveServiceContent{.self = Ref<types::ServiceInstance>("ServiceInstance")},
          left));
    }
    known.value = std::move(answer);
  }
  return *static_cast<Content const*>(known.value.get());
}

}  // namespace esxvi
