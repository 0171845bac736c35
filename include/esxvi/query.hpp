// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Reading properties of many objects: Session::retrieve and Session::for_each.

#include <esxvi/query/retrieve.hpp>
