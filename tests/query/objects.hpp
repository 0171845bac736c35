// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Replies of a property collector.
#pragma once

#include "session/server.hpp"

#include <string>
#include <string_view>

namespace esxvi::test {

inline std::string property(std::string_view name, std::string_view type, std::string_view value) {
  return "<propSet><name>" + std::string(name) + "</name><val xsi:type=\"" + std::string(type) +
         "\">" + std::string(value) + "</val></propSet>";
}
inline std::string name_is(std::string_view name) { return property("name", "xsd:string", name); }

/// What stands in <objects> or, of RetrieveProperties, in <returnval>.
inline std::string machine(std::string_view id, std::string_view content) {
  return "<obj type=\"VirtualMachine\">" + std::string(id) + "</obj>" + std::string(content);
}
inline std::string objects(std::string_view one) {
  return "<objects>" + std::string(one) + "</objects>";
}

/// A page of RetrievePropertiesEx or, with that method, of its continuation.
inline std::string page(std::string_view objects, std::string_view token = {},
                        std::string_view method = "RetrievePropertiesEx") {
  std::string content = "<returnval>";
  if (!token.empty()) content.append("<token>").append(token).append("</token>");
  return response(method, content.append(objects).append("</returnval>"));
}
inline std::string next_page(std::string_view objects, std::string_view token = {}) {
  return page(objects, token, "ContinueRetrievePropertiesEx");
}

/// An open session, after which only the requests of queries count.
struct Opened : Server {
  explicit Opened(std::string_view api_version = "8.0.3.0")
      : Server(api_version), session(open()) {}
  explicit Opened(SessionOptions options) : session(open(std::move(options))) {}
  Session session;

  /// The operations since the session was opened.
  [[nodiscard]] std::string asked() const {
    std::string all;
    for (auto const& request : script->requests())
      if (request.operation != "RetrieveServiceContent" && request.operation != "Login")
        all += (all.empty() ? "" : " ") + request.operation;
    return all;
  }
  [[nodiscard]] std::string last_body() const { return script->requests().back().body; }
};

}  // namespace esxvi::test
