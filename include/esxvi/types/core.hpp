// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// The vocabulary that the API's types are made of. Every generated header includes this.

#include <esxvi/reflect/object.hpp>
#include <esxvi/types/core/any.hpp>
#include <esxvi/types/core/binary.hpp>
#include <esxvi/types/core/boolean.hpp>
#include <esxvi/types/core/date_time.hpp>
#include <esxvi/types/core/enum.hpp>
#include <esxvi/types/core/extra.hpp>
#include <esxvi/types/core/method.hpp>
#include <esxvi/types/core/poly.hpp>
#include <esxvi/types/core/ref.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
