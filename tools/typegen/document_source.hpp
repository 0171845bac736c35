// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Where the WSDL's files come from: a folder, or a server that serves them under /sdk/.
#pragma once

#include <functional>
#include <string>

namespace esxvi::typegen {

/// Text of the document of that name ("vim-types.xsd"); throws InputError if there is none.
using DocumentSource = std::function<std::string(const std::string& name)>;

/// `location` is a folder or a URL; `insecure` accepts any certificate.
DocumentSource open_documents(const std::string& location, bool insecure);

/// Whole file; throws InputError.
std::string read_file(const std::string& path);

}  // namespace esxvi::typegen
