// Ways to translate the names of image files between VMX files and domain XML.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/vmx/domain_options.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace esxctl {

// What a host would say without being asked: "/vmfs/volumes/STORE/REST" is "[STORE] REST", and
// names without a path stand beside the VMX file. Stores and files called "missing..." do not
// exist. These are the rules that libvirt's own tests use, so that results can be compared with
// its.
inline std::optional<std::string> to_source_for_tests(std::string_view name) {
  auto const refuse = [&](char const* why) -> esxvi::not_convertible {
    return esxvi::not_convertible({"translating a file name", std::string(name), why, {}});
  };
  constexpr std::string_view volumes = "/vmfs/volumes/";
  if (name.starts_with(volumes)) {
    name.remove_prefix(volumes.size());
    while (name.starts_with('/')) name.remove_prefix(1);
    std::size_t const slash = name.find('/');
    std::string_view const store = name.substr(0, slash);
    std::string_view rest =
        slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
    if (store.empty() || rest.empty()) throw refuse("expected /vmfs/volumes/STORE/FILE");
    if (store == "missing" || rest.starts_with("missing")) return std::nullopt;
    return "[" + std::string(store) + "] " + std::string(rest);
  }
  if (name.starts_with('/')) return std::string(name);
  if (name.find('/') != std::string_view::npos)
    throw refuse("expected an absolute name or one without a path");
  return "[datastore] directory/" + std::string(name);
}

inline std::string from_source_for_tests(std::string_view source) {
  if (source.starts_with('[')) {
    std::size_t const end = source.find(']');
    std::string_view const store = source.substr(1, end == std::string_view::npos ? end : end - 1);
    std::string_view rest =
        end == std::string_view::npos ? std::string_view{} : source.substr(end + 1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (!store.empty()) return "/vmfs/volumes/" + std::string(store) + "/" + std::string(rest);
  } else if (source.starts_with('/')) {
    return std::string(source);
  }
  throw esxvi::not_convertible({"translating a file name", std::string(source),
                                "it is neither on a datastore nor absolute",
                                "expected [STORE] FILE or /FILE"});
}

/// "plain" passes names unchanged; "test-parse" and "test-format" translate both ways.
inline esxvi::vmx::FileNames file_names(std::string_view kind) {
  if (kind == "plain") return {};
  return {.to_source = to_source_for_tests, .from_source = from_source_for_tests};
}

}  // namespace esxctl
