// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The official description of the service: a WSDL and its XSD files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "document_source.hpp"
#include "schema.hpp"

namespace esxvi::typegen {

/// Reads `vimService.wsdl` and all that it imports. A WSDL says nothing of managed objects: all
/// methods belong to ManagedObject, all references are to it, save that methods named `..._Task`
/// return references to Task. Throws InputError.
Schema read_wsdl(const DocumentSource& documents, std::string_view location);

/// The documents by their names, as a server of that release serves them; what a WSDL does not say
/// is not in them.
std::map<std::string, std::string> write_wsdl(const Schema& schema);

/// `wsdl` with what only `known` has: the kinds of objects that references are to, which object has
/// which method, properties, VMODL names, since, privileges, secrets, results of tasks. Types,
/// fields, their order and optionality, methods and their faults are those of the WSDL. What is
/// new in it gets its release as `since`. Appends to `notes` what of `known` was left out, and
/// why, where that may surprise.
Schema merge_facts(const Schema& wsdl, const Schema& known, std::vector<std::string>& notes);

}  // namespace esxvi::typegen
