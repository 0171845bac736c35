// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/types/AboutInfo.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <optional>

/// What a session needs of ServiceContent. The whole of it has 50 references of as many kinds,
/// which is a third of the time that a small program takes to compile.
namespace esxvi::detail {

struct OpeningContent {
  Ref<types::Folder> rootFolder{};
  Ref<types::PropertyCollector> propertyCollector{};
  types::AboutInfo about{};
  std::optional<Ref<types::SessionManager>> sessionManager{};
  std::optional<Ref<types::ViewManager>> viewManager{};
  std::optional<Ref<types::SearchIndex>> searchIndex{};
};
BOOST_DESCRIBE_STRUCT(OpeningContent, (),
                      (rootFolder, propertyCollector, about, sessionManager, viewManager,
                       searchIndex))

}  // namespace esxvi::detail
