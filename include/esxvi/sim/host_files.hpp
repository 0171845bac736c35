// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/files.hpp>
#include <esxvi/sim/host.hpp>

#include <memory>

namespace esxvi::sim {

/// The files of a datastore, machines' files included: what `/folder` shows.
[[nodiscard]] std::shared_ptr<DatastoreFiles> files_of(Host& host,
                                                       Ref<types::Datastore> const& datastore);

}  // namespace esxvi::sim
