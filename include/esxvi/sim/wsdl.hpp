// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace esxvi::sim {

/// The description of a service, by the names of its documents: "vimService.wsdl", "vim.wsdl",
/// "vim-types.xsd".
using WsdlDocuments = std::map<std::string, std::string, std::less<>>;

/// The documents of a folder: that of VMware's SDK, or what `typegen --write-wsdl` made.
[[nodiscard]] inline WsdlDocuments read_wsdl_folder(std::filesystem::path const& folder) {
  WsdlDocuments all;
  for (auto const& entry : std::filesystem::directory_iterator(folder)) {
    auto const kind = entry.path().extension();
    if (kind != ".wsdl" && kind != ".xsd") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return all;
}

/// Has a host serve them where servers do, below /sdk. They are no part of the headers: 2 MB that
/// only generators want.
inline void serve_wsdl(Host& host, WsdlDocuments documents) {
  for (auto& [name, text] : documents) {
    auto const target = "/sdk/" + name;
    host.on_path(target, [target, body = std::make_shared<std::string const>(std::move(text))](
                             WebRequest const& request, WebHandler::Done const& done,
                             std::stop_token const&) {
      if (request.target.substr(0, request.target.find('?')) != target)
        return done({.status = 404});
      if (request.method != "GET" && request.method != "HEAD")
        return done({.status = 405, .headers = {{"Allow", "GET, HEAD"}}});
      done({.headers = {{"Content-Type", "text/xml"}}, .body = *body});
    });
  }
}

}  // namespace esxvi::sim
