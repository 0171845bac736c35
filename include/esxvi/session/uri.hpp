// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// ConnectionUri: where a connection goes, as text and as data.

#include <esxvi/session/connection_uri.hpp>
#include <esxvi/session/detail/uri_parameters.hpp>
#include <esxvi/session/detail/uri_text.hpp>
