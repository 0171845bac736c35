// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/detail/carried.hpp>
#include <esxvi/vmx/detail/from_xml.hpp>
#include <esxvi/vmx/detail/to_xml.hpp>
#include <esxvi/vmx/document.hpp>
#include <esxvi/vmx/domain_options.hpp>
#include <esxvi/xml/tree.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// VMX files <-> libvirt domain XML (https://libvirt.org/formatdomain.html, domain type `vmware`;
/// the mapping is the one of https://libvirt.org/drvesx.html#vmware-vmx-config).

namespace esxvi::vmx {

/// The domain XML of a machine. Throws not_convertible; unless `options.peer_compatible`, only a
/// function of `options.files` can be the cause.
[[nodiscard]] std::string to_domain_xml(Document const& document, ToXmlOptions const& options = {});

/// The VMX file of a domain. Throws not_convertible, which names the line, or what xml::Tree::parse
/// throws for text that is no XML.
///
/// All that the XML cannot say comes from `options.original`, else from the XML's metadata.
[[nodiscard]] Document from_domain_xml(std::string_view xml, FromXmlOptions const& options = {});

// ---- implementation -----------------------------------------------------------------------------

namespace detail {

/// Lets make_domain() and read_domain() take each other's file names back, whatever functions the
/// caller has for them.
class memory_of_names {
 public:
  explicit memory_of_names(ToXmlOptions const& options) : there_(options), asked_(options) {
    if (there_.files.to_source)
      asked_.files.to_source = [this](std::string_view name) {
        auto source = there_.files.to_source(name);
        if (source) names_.emplace(*source, name);
        return source;
      };
    back_.files.from_source = [this](std::string_view source) {
      auto const at = names_.find(source);
      return at != names_.end() ? at->second : std::string(source);
    };
  }
  memory_of_names(memory_of_names const&) = delete;
  memory_of_names& operator=(memory_of_names const&) = delete;

  [[nodiscard]] ToXmlOptions const& there() const noexcept { return asked_; }
  [[nodiscard]] FromXmlOptions& back() noexcept { return back_; }

 private:
  ToXmlOptions const& there_;
  ToXmlOptions asked_;
  FromXmlOptions back_{};
  std::map<std::string, std::string, std::less<>> names_;
};

/// The XML of a machine, and the machine that comes back from it.
struct round_trip {
  xml::Tree tree;
  std::optional<Machine> back{};
};
[[nodiscard]] inline round_trip make_round_trip(reading const& in, ToXmlOptions const& options) {
  if (options.peer_compatible || !options.carry_rest) return {make_domain(in, options)};
  memory_of_names names(options);
  round_trip out{make_domain(in, names.there())};
  names.back().hardware_version = usable_version(in.machine);
  try {
    out.back = read_domain(out.tree.root(), names.back()).machine;
  } catch (not_convertible const&) {
    out.back.emplace();  // then all of it is kept beside the XML
  }
  return out;
}

[[nodiscard]] inline reading prepare(Document const& document, style how, std::string_view file) {
  reading in;
  in.document = &document;
  in.how = how;
  in.file = file;
  read_into(in);
  return in;
}

/// What the XML of `original` cannot say.
[[nodiscard]] inline std::vector<leftover> leftovers_of(Document const& original,
                                                        FromXmlOptions const& options) {
  ToXmlOptions there;
  there.files = options.files;
  reading const in = prepare(original, style::vmware, {});
  std::vector<leftover> out;
  round_trip const trip = make_round_trip(in, there);
  for_each_leftover(in, *trip.back, [&](found_leftover const& found) {
    leftover l{std::string(found.key), {}, {}};
    if (found.value) l.value.emplace(*found.value);
    if (found.was) l.was.emplace(*found.was);
    l.alone = is_alone(original, *trip.back, found);
    out.push_back(std::move(l));
  });
  return out;
}

}  // namespace detail

inline std::string to_domain_xml(Document const& document, ToXmlOptions const& options) {
  auto const how = options.peer_compatible ? detail::style::libvirt : detail::style::vmware;
  detail::reading const in = detail::prepare(document, how, options.file);
  detail::round_trip trip = detail::make_round_trip(in, options);
  if (trip.back) detail::add_metadata(trip.tree.root(), in, *trip.back, options.secrets);
  xml::print_options print;
  if (options.peer_compatible)
    print = {.forbidden = xml::forbidden_policy::drop,
             .invalid_utf8 = xml::utf8_policy::pass,
             .raw_whitespace = true};
  return trip.tree.str(print);
}

inline Document from_domain_xml(std::string_view text, FromXmlOptions const& options) {
  xml::Tree const tree =
      xml::Tree::parse(text, {.operation = "reading domain XML", .target = options.file});
  xml::Element const* const kept =
      options.peer_compatible ? nullptr : detail::find_metadata(tree.root());
  FromXmlOptions asked = options;
  if (!asked.hardware_version && !options.peer_compatible) {
    if (options.original != nullptr)
      asked.hardware_version = detail::usable_version(read(*options.original));
    else if (kept != nullptr)
      asked.hardware_version =
          detail::parse_number<std::int64_t>(kept->attribute_or("version", {}));
  }
  detail::converted const made = detail::read_domain(tree.root(), asked);
  Document fresh =
      write(made.machine, {.peer_compatible = options.peer_compatible, .order = &made.order});
  if (options.peer_compatible) return fresh;
  if (options.original != nullptr) {
    detail::restore(fresh, detail::leftovers_of(*options.original, options), options.findings);
    Document out = *options.original;
    detail::bring_to(out, fresh);
    return out;
  }
  if (kept != nullptr) {
    detail::restore(fresh, detail::read_metadata(*kept), options.findings);
    if (auto const encoding = kept->attribute("encoding")) {
      try {
        fresh.set_encoding(*encoding);
      } catch (error const& e) {
        if (options.findings != nullptr)
          options.findings->push_back({severity::warning,
                                       0,
                                       ".encoding",
                                       std::string(*encoding),
                                       "the file stays UTF-8: " + e.problem(),
                                       {}});
      }
    }
  }
  return fresh;
}

}  // namespace esxvi::vmx
