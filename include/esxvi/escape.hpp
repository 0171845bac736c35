// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// How VMware's products write names and texts: every codec, and datastore paths.
#pragma once

#include <esxvi/escape/datastore_item.hpp>
#include <esxvi/escape/datastore_path.hpp>
#include <esxvi/escape/percent.hpp>
#include <esxvi/escape/pipe.hpp>
#include <esxvi/escape/uri.hpp>
#include <esxvi/escape/vmbase64.hpp>
#include <esxvi/escape/vmxname.hpp>
#include <esxvi/escape/windows1252.hpp>
#include <esxvi/escape/winpath.hpp>
#include <esxvi/escape/xml_entities.hpp>
