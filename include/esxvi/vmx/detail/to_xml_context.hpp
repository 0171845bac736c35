// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/detail/domain_slots.hpp>
#include <esxvi/vmx/detail/domain_words.hpp>
#include <esxvi/vmx/detail/reading.hpp>
#include <esxvi/vmx/domain_options.hpp>
#include <esxvi/xml/tree.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::vmx::detail {

/// What all steps of VMX -> domain XML share.
struct making {
  reading const& in;
  ToXmlOptions const& options;
  target_names targets{};

  /// Exactly as libvirt does it.
  [[nodiscard]] bool peer() const noexcept { return in.how == style::libvirt; }
  [[nodiscard]] Machine const& machine() const noexcept { return in.machine; }

  [[nodiscard]] static std::string full_key(std::string_view device, std::string_view key) {
    std::string out(device);
    if (!device.empty()) out += '.';
    return out += key;
  }
  [[noreturn]] void refuse(std::string_view device, std::string_view key, std::string problem,
                           std::string expected = {}) const {
    detail::refuse(in, full_key(device, key), std::move(problem), std::move(expected));
  }
  /// Tells about something that the XML says differently, or not at all.
  void report(severity level, std::string_view device, std::string_view key,
              std::string_view problem, std::string_view expected = {}) const {
    if (options.findings == nullptr) return;
    diagnostic d{level, 0, full_key(device, key), {}, std::string(problem), std::string(expected)};
    if (Document::Entry const* const e = in.document->find(d.key)) {
      std::string scratch;
      d.line = e->line();
      if (!is_secret(d.key)) d.value = in.document->value(*e, scratch);
    }
    options.findings->push_back(std::move(d));
  }

  template <class E> E const& checked(std::string_view device, E const& entry) const {
    return detail::checked(in, device, entry);
  }
  /// Whether the key is there with a value that its member cannot hold.
  [[nodiscard]] bool unknown(std::string_view device, std::string_view key) const {
    return !in.problems.empty() && in.problem_of(full_key(device, key)) != nullptr;
  }
  /// The text of an entry whose type hides something that libvirt looks at.
  [[nodiscard]] std::optional<std::string> raw(std::string_view device,
                                               std::string_view key) const {
    Document::Entry const* const e = in.document->find(full_key(device, key));
    if (e == nullptr) return std::nullopt;
    std::string scratch;
    return std::string(in.document->escaped_value(*e, scratch));
  }
  /// What the XML says for the name of an image; nothing when there is no such file. `scratch`
  /// holds the text.
  [[nodiscard]] std::optional<std::string_view> source_of(std::string_view name,
                                                          std::string& scratch) const {
    if (!options.files.to_source) return name;
    auto source = options.files.to_source(name);
    if (!source) return std::nullopt;
    scratch = *std::move(source);
    return scratch;
  }
  /// As above where libvirt insists on the file.
  [[nodiscard]] std::optional<std::string_view> existing_source_of(std::string_view device,
                                                                   std::string_view name,
                                                                   std::string& scratch) const {
    auto const source = source_of(name, scratch);
    if (source) return source;
    if (peer()) refuse(device, "fileName", "there is no such file", "the name of a file");
    report(severity::error, device, "fileName", "there is no such file: the device is left out");
    return source;
  }
};

}  // namespace esxvi::vmx::detail
