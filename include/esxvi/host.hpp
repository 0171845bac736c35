// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// open_connection(), Connection and Scope: a server by its URI, and the part of it that is meant.

#include <esxvi/host/connection.hpp>
#include <esxvi/host/scope.hpp>
