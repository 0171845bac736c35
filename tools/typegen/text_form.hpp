// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The text form of a schema (`vim25.schema`): one fact a line, two spaces per level.
#pragma once

#include <string>
#include <string_view>

#include "schema.hpp"

namespace esxvi::typegen {

/// Reads the text form and checks it (see `check`); throws InputError.
/// `file` is only the name that messages give.
Schema read_text(std::string_view text, std::string_view file);

/// The text form without comments; `read_text` of it gives the same schema.
std::string print_text(const Schema& schema);

/// "ref<Task>[]?", or "void".
std::string print_type(const TypeRef& type);

/// The reverse, for the text form's own needs; an empty name where `text` is no type.
TypeRef parse_type(std::string_view text);

/// Every type that is named exists, is of the right kind, names are unique, no base is its own
/// descendant, no member is declared twice along a chain; throws InputError for the first that is
/// not so.
void check(const Schema& schema);

}  // namespace esxvi::typegen
