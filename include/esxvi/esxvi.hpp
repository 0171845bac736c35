// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// The client: session and queries. API types are included one by one, <esxvi/types/...>; nothing
/// here brings the whole catalogue.

#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/version.hpp>
