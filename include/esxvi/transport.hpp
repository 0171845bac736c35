// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Everything about transports: the concept, the one over libcurl, the decorators that trace,
/// record and replay, the one that plays a script, and the redaction they share.

#include <esxvi/transport/curl.hpp>
#include <esxvi/transport/recording.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/replay.hpp>
#include <esxvi/transport/scripted.hpp>
#include <esxvi/transport/trace.hpp>
#include <esxvi/transport/transport.hpp>
