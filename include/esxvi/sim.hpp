// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// An ESX host in memory. One source file of the program includes <esxvi/sim/implementation.hpp>.
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/options.hpp>
#include <esxvi/sim/task.hpp>
#include <esxvi/sim/transport.hpp>
#include <esxvi/sim/trouble.hpp>
#include <esxvi/sim/web.hpp>
