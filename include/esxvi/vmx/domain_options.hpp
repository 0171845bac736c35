// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/diagnostic.hpp>
#include <esxvi/vmx/document.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::vmx {

/// How the names of image files are translated between a VMX file and domain XML.
///
/// Both functions may throw: the conversion is refused then, with what they say. Asked about images
/// of hard disks, CD-ROMs and floppies, and about files behind serial and parallel ports; names of
/// devices, pipes and URIs pass unchanged.
struct FileNames {
  /// "disk.vmdk" or "/vmfs/volumes/..." -> what `<source file=>` shall say. Nothing: there is no
  /// such file, which only a CD-ROM may say. Default: unchanged.
  std::function<std::optional<std::string>(std::string_view name)> to_source{};
  /// The other direction.
  std::function<std::string(std::string_view source)> from_source{};
};

/// What a function that names the model of a SCSI controller is told.
struct DiskOnController {
  std::uint32_t controller = 0;
  std::uint32_t unit = 0;
  std::string_view source{};  ///< as in the domain XML
};

struct ToXmlOptions {
  FileNames files{};
  /// Exactly what libvirt 9.0 does: its refusals, its omissions and its addresses. For programs
  /// that have to agree with it; the default keeps more and refuses less.
  bool peer_compatible = false;
  std::string datacenter_path{};  ///< written as <vmware:datacenterpath> unless empty
  std::string moref{};            ///< written as <vmware:moref> unless empty
  bool secrets = true;            ///< passwords too
  /// What domain XML cannot say is put into <metadata>, so that from_domain_xml() restores it. Not
  /// done when peer_compatible.
  bool carry_rest = true;
  std::string file{};                           ///< name of the VMX file, for messages
  std::string default_name{};                   ///< of a machine without displayName
  std::vector<diagnostic>* findings = nullptr;  ///< what was left out or implied
};

struct FromXmlOptions {
  FileNames files{};
  bool peer_compatible = false;  ///< as in ToXmlOptions
  /// virtualHW.version of the file. Not given: the version that the XML carries, else the oldest
  /// that has all that the XML asks for, at least 13. When peer_compatible: 4.
  std::optional<std::int64_t> hardware_version{};
  /// Model of a SCSI controller whose XML says `auto`: "lsilogic", ... Nothing: no answer.
  std::function<std::optional<std::string>(DiskOnController const&)> controller_model{};
  /// The file that the XML came from: all that the XML does not change stays as it is there.
  Document const* original = nullptr;
  std::string file{};  ///< name of the XML file, for messages
  std::vector<diagnostic>* findings = nullptr;
};

}  // namespace esxvi::vmx
