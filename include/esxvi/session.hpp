// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// connect(), Session and what they need.

#include <esxvi/error.hpp>
#include <esxvi/session/connect.hpp>
#include <esxvi/session/credentials.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/session/uri.hpp>
