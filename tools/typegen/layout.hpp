// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Which type goes into which header, and which header needs which.
//
//  - A data object or an enum that some member uses goes where its outermost VMODL class goes:
//    vim.vm.ConfigSpec and everything nested in it to VirtualMachineConfigSpec.hpp, named by the
//    wire name of the outermost type. Where the outermost class is no data (a managed object) it is
//    CLASS_types.hpp. A type without a VMODL name has a header of its own.
//  - Faults and events go to fault/FAMILY.hpp and event/FAMILY.hpp, by the ancestor just below
//    VimFault, RuntimeFault, MethodFault or Event, and so does what is nested in them.
//  - An enum that no member uses is a list of constants: constants/NAME.hpp, included by nobody.
//  - Groups that need each other become one header, named by the shortest (then the first) of
//    their names; each other name is a header that includes it.
//  - A managed object has OBJECT_properties.hpp, and OBJECT.hpp with its requests.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalogue.hpp"

namespace esxvi::typegen {

/// Declarations of one header; `structs` are in an order in which each finds complete what it
/// needs complete.
struct DataHeader {
  std::string path{};
  std::vector<const Enum*> enums{};
  std::vector<const Struct*> structs{};
  std::set<std::string> includes{};  // other headers of the layout, by path
};

struct ObjectHeaders {
  const Managed* object = nullptr;
  std::string properties_path{};
  std::string path{};
  std::set<std::string> property_includes{};
  std::set<std::string> includes{};
};

struct Layout {
  std::vector<DataHeader> data{};                               // sorted by path
  std::vector<ObjectHeaders> objects{};                         // sorted by name
  std::vector<const Enum*> constants{};                         // sorted by name
  std::map<std::string, std::string> forwards{};                // path to the path that it includes
  std::map<std::string, std::string, std::less<>> header_of{};  // type or method to path
};

Layout make_layout(const Catalogue& catalogue);

}  // namespace esxvi::typegen
