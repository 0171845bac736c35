// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <concepts>
#include <memory>
#include <mutex>
#include <utility>

namespace esxvi {

/// Session::content(): the references to all managers of the server, as of the API version that is
/// spoken. Asked once a session; thread-safe: of threads that ask for it first at the same time
/// each sends the request, so that none waits longer than its own limits.
template <std::same_as<types::ServiceContent> Content>
Content const& Session::content(CallOptions const& options) {
  std::unique_lock lock(self_->content_mutex);
  if (!self_->full_content) {
    lock.unlock();
    auto answer = std::make_shared<Content>(call(
        types::RetrieveServiceContent{.self = Ref<types::ServiceInstance>("ServiceInstance")},
        options));
    lock.lock();
    if (!self_->full_content) self_->full_content = std::move(answer);
  }
  return *static_cast<Content const*>(self_->full_content.get());
}

}  // namespace esxvi
