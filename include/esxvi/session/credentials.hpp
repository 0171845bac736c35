// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Who logs in and how: the ways to log in, and the providers that know passwords.

#include <esxvi/session/credentials/auth_conf.hpp>
#include <esxvi/session/credentials/environment.hpp>
#include <esxvi/session/credentials/fixed.hpp>
#include <esxvi/session/credentials/means.hpp>
#include <esxvi/session/credentials/netrc.hpp>
#include <esxvi/session/credentials/prompt.hpp>
#include <esxvi/transport/secret.hpp>
