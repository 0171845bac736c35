// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// @file
/// VMX files: as they are (Document), what they mean (Machine), and as libvirt domain XML.

#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/diagnostic.hpp>
#include <esxvi/vmx/document.hpp>
#include <esxvi/vmx/domain_xml.hpp>
#include <esxvi/vmx/machine.hpp>
