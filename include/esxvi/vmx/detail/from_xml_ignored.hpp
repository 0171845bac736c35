// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

/// @file
/// What the conversion leaves out. A user who wrote it should hear of it, unless it is what every
/// machine of VMware has anyway, or what libvirt adds by itself.

namespace esxvi::vmx::detail {

/// Elements below `parent` ("" for the root) that are taken over, or that nobody misses.
struct children_in_use {
  std::string_view parent;
  std::string_view names;  ///< each between blanks
};
inline constexpr std::array<children_in_use, 9> in_use{{
    {"",
     " name uuid genid description metadata memory maxMemory currentMemory memtune vcpu cputune os "
     "cpu "
     "features clock on_poweroff on_reboot on_crash devices pm resource seclabel vcpus iothreads "},
    {"os", " type boot bootmenu bios loader nvram firmware smbios "},
    {"memtune", " min_guarantee "},
    {"cputune", " shares "},
    // Every PC has these, and libvirt asks for them by default.
    {"features", " acpi apic pae smm vmport "},
    {"devices",
     " emulator disk controller filesystem interface serial parallel console graphics video sound "
     "tpm hostdev input memballoon audio "},
    {"disk",
     " driver source target readonly shareable transient address boot alias iotune backingStore "},
    {"interface", " mac source target model link boot bandwidth address alias driver "},
    {"video", " model driver address alias "},
}};

/// Values that are no news: what VMware does in any case.
struct usual_text {
  std::string_view element;
  std::string_view attribute;  ///< empty: the text
  std::string_view usual;
};
inline constexpr std::array<usual_text, 4> usual_texts{{
    {"clock", "offset", "utc"},
    {"on_poweroff", "", "destroy"},
    {"on_reboot", "", "restart"},
    {"on_crash", "", "destroy"},
}};

inline void report_children(importing const& in, xml::Element const* parent,
                            std::string_view name) {
  if (parent == nullptr) return;
  auto const* const row = std::ranges::find(in_use, name, &children_in_use::parent);
  for (xml::Element const& e : parent->children()) {
    // Elements of other namespaces are for other readers.
    if (!e.prefix().empty()) continue;
    std::string const padded = " " + std::string(e.name()) + " ";
    if (row->names.find(padded) == std::string_view::npos)
      report(in, severity::warning, e, "VMX files have nothing for this element: it is left out");
  }
}

/// Elements that libvirt leaves out like everybody, but not before it has looked at their words.
struct words_of_unused {
  std::string_view element;
  std::string_view words;  ///< each between blanks
};
inline constexpr std::array<words_of_unused, 3> lifecycle_words{{
    {"on_poweroff", " destroy restart preserve rename-restart "},
    {"on_reboot", " destroy restart preserve rename-restart "},
    {"on_crash", " destroy restart preserve rename-restart coredump-destroy coredump-restart "},
}};

inline void check_unused(importing const& in, xml::Element const& domain) {
  if (!in.peer) return;
  for (auto const& row : lifecycle_words) {
    xml::Element const* const e = domain.child(row.element);
    if (e == nullptr || e->text().empty()) continue;
    std::string const padded = " " + std::string(e->text()) + " ";
    if (row.words.find(padded) == std::string_view::npos)
      refuse(in, *e, "unknown value",
             "one of" + std::string(row.words.substr(0, row.words.size() - 1)));
  }
  if (xml::Element const* const clock = domain.child("clock");
      clock != nullptr && !clock->attribute_or("offset", {}).empty()) {
    auto const offset =
        word(in, *clock, "offset", {"utc", "localtime", "timezone", "variable", "absolute"});
    if (offset == "timezone") static_cast<void>(mandatory(in, *clock, "timezone"));
    if (offset == "absolute") static_cast<void>(mandatory(in, *clock, "start"));
  }
  xml::Element const* const os = domain.child("os");
  if (os == nullptr) return;
  for (xml::Element const& boot : os->children("boot")) {
    static_cast<void>(mandatory(in, boot, "dev"));
    static_cast<void>(word(in, boot, "dev", {"fd", "hd", "cdrom", "network"}));
  }
  if (xml::Element const* const menu = os->child("bootmenu"))
    static_cast<void>(word(in, *menu, "enable", {"yes", "no"}));
}

inline void report_ignored(importing const& in, xml::Element const& domain) {
  if (in.options.findings == nullptr || in.peer) return;
  report_children(in, &domain, "");
  for (std::string_view const name : {"os", "memtune", "cputune", "features", "devices"})
    report_children(in, domain.child(name), name);
  for (auto const& u : usual_texts) {
    xml::Element const* const e = domain.child(u.element);
    if (e == nullptr) continue;
    spot const at{*e, u.attribute};
    if (trim(at.value()) != u.usual)
      report(in, severity::warning, at, "VMware does this its own way", std::string(u.usual));
  }
  xml::Element const* const devices = domain.child("devices");
  if (devices == nullptr) return;
  for (std::string_view const name : {"disk", "interface", "video"})
    for (xml::Element const& e : devices->children(name)) report_children(in, &e, name);
}

}  // namespace esxvi::vmx::detail
