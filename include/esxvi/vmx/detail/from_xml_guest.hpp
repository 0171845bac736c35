// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// @file
/// `guestOS` of a domain: what its libosinfo metadata names, else what its architecture allows.

namespace esxvi::vmx::detail {

inline constexpr std::string_view libosinfo_namespace =
    "http://libosinfo.org/xmlns/libvirt/domain/1.0";

/// An operating system as libosinfo names it (https://libosinfo.org), and as VMware does (without
/// "-64"). A # at the end stands for the major version, when it is one of `versions`.
struct osinfo_guest {
  std::string_view osinfo;
  std::string_view guest_os;
  std::array<std::uint32_t, 2> versions{};  ///< first and last that VMware has words for
};
inline constexpr std::array<osinfo_guest, 45> osinfo_guests{{
    {"http://redhat.com/rhel/#", "rhel#", {2, 9}},
    {"http://centos.org/centos/#", "centos#", {7, 9}},
    {"http://centos.org/centos-stream/#", "centos#", {8, 9}},
    {"http://centos.org/centos/", "centos"},
    {"http://rockylinux.org/rocky/", "rockylinux"},
    {"http://almalinux.org/almalinux/", "almalinux"},
    {"http://oracle.com/ol/#", "oraclelinux#", {6, 9}},
    {"http://oracle.com/ol/", "oraclelinux"},
    {"http://fedoraproject.org/", "fedora"},
    {"http://debian.org/debian/#", "debian#", {4, 12}},
    {"http://debian.org/debian/", "debian12"},
    {"http://ubuntu.com/ubuntu/", "ubuntu"},
    {"http://suse.com/sles/#", "sles#", {10, 15}},
    {"http://suse.com/sles/", "sles"},
    {"http://suse.com/sled/", "suse"},
    {"http://opensuse.org/", "opensuse"},
    {"http://amazon.com/amzn/2", "amazonlinux2"},
    {"http://vmware.com/esxi/6.0", "vmkernel6"},
    {"http://vmware.com/esxi/6.5", "vmkernel65"},
    {"http://vmware.com/esxi/7.0", "vmkernel7"},
    {"http://vmware.com/esxi/8.0", "vmkernel8"},
    {"http://freebsd.org/freebsd/#", "freebsd#", {11, 14}},
    {"http://freebsd.org/freebsd/", "freebsd"},
    {"http://openbsd.org/", "other"},
    {"http://oracle.com/solaris/11", "solaris11"},
    {"http://oracle.com/solaris/10", "solaris10"},
    {"http://microsoft.com/win/11", "windows11"},
    {"http://microsoft.com/win/10", "windows9"},
    {"http://microsoft.com/win/8", "windows8"},
    {"http://microsoft.com/win/7", "windows7"},
    {"http://microsoft.com/win/vista", "winvista"},
    {"http://microsoft.com/win/xp", "winxppro"},
    {"http://microsoft.com/win/2k25", "windows2022srvNext"},
    {"http://microsoft.com/win/2k22", "windows2019srvNext"},
    {"http://microsoft.com/win/2k19", "windows2019srv"},
    {"http://microsoft.com/win/2k16", "windows9srv"},
    {"http://microsoft.com/win/2k12", "windows8srv"},
    {"http://microsoft.com/win/2k8r2", "windows7srv"},
    {"http://microsoft.com/win/2k8", "longhorn"},
    {"http://microsoft.com/win/2k3", "winnetenterprise"},
    {"http://microsoft.com/win/2k", "win2000pro"},
    {"http://libosinfo.org/linux/2018", "other4xlinux"},
    {"http://libosinfo.org/linux/2020", "other5xlinux"},
    {"http://libosinfo.org/linux/2022", "other5xlinux"},
    {"http://libosinfo.org/linux/", "otherlinux"},
}};

/// VMware's word without the end that says 64 bits; empty when there is none.
[[nodiscard]] inline std::string guest_of_osinfo(std::string_view id) {
  for (auto const& row : osinfo_guests) {
    auto start = row.osinfo;
    bool const numbered = start.ends_with('#');
    if (numbered) start.remove_suffix(1);
    if (!id.starts_with(start)) continue;
    if (!numbered) return std::string(row.guest_os);
    auto rest = id.substr(start.size());
    auto const major = parse_number<std::uint32_t>(rest.substr(0, rest.find('.')));
    if (!major || *major < row.versions[0] || *major > row.versions[1]) continue;
    return std::string(row.guest_os.substr(0, row.guest_os.size() - 1)) + std::to_string(*major);
  }
  return {};
}

/// The id in <metadata><libosinfo:libosinfo><libosinfo:os id=>.
[[nodiscard]] inline std::string_view osinfo_id(xml::Element const& domain) noexcept {
  xml::Element const* const metadata = domain.child("metadata");
  if (metadata == nullptr) return {};
  for (xml::Element const& e : metadata->children()) {
    if (e.local_name() != "libosinfo" || e.ns_uri() != libosinfo_namespace) continue;
    for (xml::Element const& os : e.children())
      if (os.local_name() == "os") return os.attribute_or("id", {});
  }
  return {};
}

/// An architecture of domain XML, and what identifiers for it look like.
struct guest_arch {
  std::string_view arch;
  std::string_view start;
  std::string_view end;
  bool peer;
};
inline constexpr std::array<guest_arch, 3> guest_archs{{
    {"i686", "", "", true},
    {"x86_64", "", "-64", true},
    {"aarch64", "arm-", "-64", false},
}};

inline void read_guest(importing& in, xml::Element const& domain, xml::Element const* type) {
  auto const arch = type != nullptr ? type->attribute_or("arch", "i686") : "i686";
  auto const* const known = std::ranges::find_if(
      guest_archs, [&](auto const& a) { return a.arch == arch && (a.peer || !in.peer); });
  if (known == guest_archs.end())
    refuse(in, {*type, "arch"}, "VMware runs no machines of this architecture",
           in.peer ? "i686 or x86_64" : "i686, x86_64 or aarch64");
  std::string guest;
  if (!in.peer) guest = guest_of_osinfo(osinfo_id(domain));
  if (guest.empty()) guest = "other";
  // Systems that have 64 bits in any case have no such end.
  bool const always = guest.starts_with("vmkernel");
  guest.insert(0, known->start);
  if (!always) guest += known->end;
  in.out.machine.identity.guest_os = std::move(guest);
}

}  // namespace esxvi::vmx::detail
