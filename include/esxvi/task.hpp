// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Starting tasks, waiting for them, and answering the questions that block them.

#include <esxvi/task/errors.hpp>
#include <esxvi/task/policy.hpp>
#include <esxvi/task/question.hpp>
#include <esxvi/task/several.hpp>
#include <esxvi/task/status.hpp>
#include <esxvi/task/task.hpp>
