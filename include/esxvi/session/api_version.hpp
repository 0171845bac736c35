// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/builtin.hpp>
#include <esxvi/reflect/object.hpp>
#include <esxvi/soap/decoder.hpp>
#include <esxvi/types/versions.hpp>
#include <esxvi/xml/limits.hpp>
#include <esxvi/xml/reader.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace esxvi {

/// The newest known API version that a server of `api_version` ("6.7.3", "8.0.3.0") understands.
[[nodiscard]] inline std::string_view choose_api_version(std::string_view api_version) {
  auto const numbers = [](std::string_view text) {
    std::array<int, 4> parts{};
    for (std::size_t i = 0; i < parts.size() && !text.empty(); ++i) {
      auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
      if (code != std::errc() || !text.starts_with('.')) break;
      text.remove_prefix(1);
    }
    return parts;
  };
  std::string_view chosen = "2.5";
  for (auto const& known : types::api_versions) {
    bool const numbered = known.name.find('u') == std::string_view::npos;
    if (known.wire_namespace == "vim25" && numbered && numbers(known.name) <= numbers(api_version))
      chosen = known.name;
  }
  return chosen;
}

/// Whether the version of a server is one that this library was made with, so that there is nothing
/// to find out.
[[nodiscard]] inline bool is_known_api_version(std::string_view api_version) {
  return std::any_of(std::begin(types::api_versions), std::end(types::api_versions),
                     [&](auto const& known) { return known.name == api_version; });
}

namespace detail {

// /sdk/vimServiceVersions.xml: the versions of each interface that the server still speaks.
struct PriorVersions {
  std::vector<std::string> version{};
};
BOOST_DESCRIBE_STRUCT(PriorVersions, (), (version))
struct ServiceNamespace {
  std::string name{};
  std::string version{};
  PriorVersions priorVersions{};
};
BOOST_DESCRIBE_STRUCT(ServiceNamespace, (), (name, version, priorVersions))
struct ServiceNamespaces {
  std::vector<ServiceNamespace> namespace_{};
};
BOOST_DESCRIBE_STRUCT(ServiceNamespaces, (), (namespace_))

struct ServiceVersionsDocument {
  ServiceNamespaces namespaces{};
  static reflect::place locate(void* object, std::string_view name) {
    if (name != "namespaces") return {};
    return {reflect::type_of<ServiceNamespaces>(),
            &static_cast<ServiceVersionsDocument*>(object)->namespaces};
  }
  static constexpr reflect::type_info info{
      .what = reflect::kind::dynamic, .name = "document", .locate = &locate};
};

}  // namespace detail

/// The newest known version in the list that a server gives as /sdk/vimServiceVersions.xml; empty
/// when it lists none. Versions that are not known here do not count. Throws a protocol_error when
/// the text is no such list.
[[nodiscard]] inline std::string_view choose_from_service_versions(std::string_view xml) {
  detail::ServiceVersionsDocument document;
  soap::Decoder decoder({&detail::ServiceVersionsDocument::info, &document}, nullptr, {});
  xml::Reader reader(decoder, {"reading the list of API versions", "vimServiceVersions.xml"}, {});
  reader.feed(xml);
  reader.finish();

  std::string_view chosen;
  auto const offered = [&](types::ApiVersion const& known) {
    auto const is = [&](std::string const& text) { return text == known.wire_version; };
    for (auto const& one : document.namespaces.namespace_)
      if (one.name == "urn:" + std::string(known.wire_namespace) &&
          (is(one.version) ||
           std::any_of(one.priorVersions.version.begin(), one.priorVersions.version.end(), is)))
        return true;
    return false;
  };
  for (auto const& known : types::api_versions)
    if (known.wire_namespace == "vim25" && offered(known)) chosen = known.name;
  return chosen;
}

}  // namespace esxvi
