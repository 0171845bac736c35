// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// major * 10000 + minor * 100 + patch
#define ESXVI_VERSION 100
#define ESXVI_VERSION_STRING "0.1.0"
