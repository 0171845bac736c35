// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A document as a list of its elements, for comparisons that do not care about prefixes. This is
// independent of the library's own reader on purpose.
#pragma once

#include <expat.h>

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::test {

struct Element {
  std::size_t depth = 0;
  std::string name{};  ///< local
  std::map<std::string, std::string>
      attributes{};    ///< without declarations; names of xsi as "xsi:..."
  std::string text{};  ///< its own; blanks beside child elements do not count
  bool parent = false;
};

/// The elements in the order of the document. Throws std::runtime_error when it is no XML.
inline std::vector<Element> elements_of(std::string_view document) {
  struct Builder {
    std::vector<Element> all{};
    std::vector<std::size_t> open{};
    std::vector<std::map<std::string, std::string>> prefixes{};

    static std::string local(std::string const& name) { return name.substr(name.find(':') + 1); }
    static std::string prefix(std::string const& name) {
      auto const colon = name.find(':');
      return colon == std::string::npos ? std::string() : name.substr(0, colon);
    }
    std::string uri(std::string const& p) const {
      for (auto i = prefixes.rbegin(); i != prefixes.rend(); ++i)
        if (auto const found = i->find(p); found != i->end()) return found->second;
      return {};
    }
    static bool is_xsi(std::string_view u) { return u.ends_with("XMLSchema-instance"); }

    void start(char const* name, char const** attributes) {
      if (!open.empty()) all[open.back()].parent = true;
      open.push_back(all.size());
      Element& e = all.emplace_back();
      e.depth = open.size();
      e.name = local(name);
      auto& declared = prefixes.emplace_back();
      for (auto a = attributes; *a != nullptr; a += 2) {
        std::string const key = a[0];
        if (key == "xmlns") declared[""] = a[1];
        if (key.starts_with("xmlns:")) declared[key.substr(6)] = a[1];
      }
      for (auto a = attributes; *a != nullptr; a += 2) {
        std::string const key = a[0];
        if (key.starts_with("xmlns")) continue;
        std::string value = a[1];
        bool const xsi = !prefix(key).empty() && is_xsi(uri(prefix(key)));
        if (xsi && local(key) == "type")
          value = (uri(prefix(value)).ends_with("XMLSchema") ? "xsd:" : "") + local(value);
        e.attributes[xsi ? "xsi:" + local(key) : local(key)] = value;
      }
    }
    void end() {
      Element& e = all[open.back()];
      if (e.parent && e.text.find_first_not_of(" \t\r\n") == std::string::npos) e.text.clear();
      open.pop_back();
      prefixes.pop_back();
    }
  } builder;

  XML_Parser const parser = XML_ParserCreate(nullptr);
  XML_SetUserData(parser, &builder);
  XML_SetElementHandler(
      parser,
      [](void* b, char const* name, char const** a) { static_cast<Builder*>(b)->start(name, a); },
      [](void* b, char const*) { static_cast<Builder*>(b)->end(); });
  XML_SetCharacterDataHandler(parser, [](void* b, char const* text, int size) {
    auto& self = *static_cast<Builder*>(b);
    self.all[self.open.back()].text.append(text, static_cast<std::size_t>(size));
  });
  bool const good =
      XML_Parse(parser, document.data(), static_cast<int>(document.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  if (!good) throw std::runtime_error("the test's own reader refuses the document");
  return std::move(builder.all);
}

}  // namespace esxvi::test
