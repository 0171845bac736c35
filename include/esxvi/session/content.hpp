// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <concepts>
#include <memory>
#include <mutex>

namespace esxvi {

/// Session::content(): the references to all managers of the server, as of the API version that is
/// spoken. Asked once a session; thread-safe.
template <std::same_as<types::ServiceContent> Content> Content const& Session::content() {
  std::lock_guard const lock(self_->content_mutex);
  if (!self_->full_content)
    self_->full_content = std::make_shared<Content>(call(
        types::RetrieveServiceContent{.self = Ref<types::ServiceInstance>("ServiceInstance")}));
  return *static_cast<Content const*>(self_->full_content.get());
}

}  // namespace esxvi
