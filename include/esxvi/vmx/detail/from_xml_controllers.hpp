// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::vmx::detail {

/// A <controller>, or one that a disk implies.
struct controller_xml {
  xml::Element const* element;  ///< nullptr: implied
  std::string_view type;
  std::uint32_t index = 0;
  std::string_view model{};  ///< empty: none
};

/// Models of SCSI controllers that a domain can name; VMware has some of them (scsi_words).
inline constexpr std::array<std::string_view, 13> known_scsi_models{"auto",
                                                                    "buslogic",
                                                                    "lsilogic",
                                                                    "lsisas1068",
                                                                    "vmpvscsi",
                                                                    "ibmvscsi",
                                                                    "virtio-scsi",
                                                                    "lsisas1078",
                                                                    "virtio-transitional",
                                                                    "ncr53c90",
                                                                    "dc390",
                                                                    "am53c974",
                                                                    "virtio-non-transitional"};
/// `type=` of <controller>.
inline constexpr std::array<std::string_view, 11> controller_types{
    "scsi", "ide", "fdc", "sata", "nvme", "usb", "pci", "virtio-serial", "ccid", "xenbus", "isa"};
inline constexpr std::uint32_t most_controllers = 256;

class controllers_xml {
 public:
  controllers_xml(importing& in, xml::Element const* devices) : in_(in) {
    if (devices == nullptr) return;
    for (xml::Element const& e : devices->children("controller")) {
      auto const type = type_of(e);
      auto const index = number_in<std::uint32_t>(in, e, "index").value_or(unnumbered);
      if (index != unnumbered && find(type, index) != nullptr)
        refuse(in, {e, "index"},
               "there are two " + std::string(type) + " controllers of this index");
      if (all_.size() >= most_controllers) refuse(in, e, "too many controllers");
      insert({&e, type, index, model_of(e, type)});
    }
    for (controller_xml& c : all_) {
      if (c.index != unnumbered) continue;
      std::uint32_t index = 0;
      while (find(c.type, index) != nullptr) ++index;
      c.index = index;
    }
  }

  [[nodiscard]] controller_xml* find(std::string_view type, std::uint32_t index) noexcept {
    for (auto& c : all_)
      if (c.index == index && c.type == type) return &c;
    return nullptr;
  }
  /// Makes sure there is one, without a model if it is new.
  controller_xml& imply(std::string_view type, std::uint32_t index) {
    if (auto* const there = find(type, index)) return *there;
    return all_.emplace_back(controller_xml{nullptr, type, index, {}});
  }
  /// In libvirt's order: types by their first appearance, then by index; implied ones at the end.
  [[nodiscard]] std::vector<controller_xml>& all() noexcept { return all_; }

 private:
  std::string_view type_of(xml::Element const& e) const {
    auto const type = mandatory(in_, e, "type");
    for (std::string_view const known : controller_types)
      if (type == known) return known;
    if (in_.peer) refuse(in_, {e, "type"}, "unknown type of controller", one_of(controller_types));
    return type;
  }
  std::string_view model_of(xml::Element const& e, std::string_view type) const {
    auto const stated = e.attribute("model");
    auto const model = stated.value_or(std::string_view{});
    if (type == "scsi" && stated && (in_.peer || !model.empty()) &&
        std::ranges::find(known_scsi_models, model) == known_scsi_models.end())
      refuse(in_, {e, "model"}, "unknown model of SCSI controller",
             "buslogic, lsilogic, lsisas1068, vmpvscsi or auto");
    return model;
  }
  void insert(controller_xml const& c) {
    auto at = all_.end();
    for (auto i = all_.begin(); i != all_.end(); ++i) {
      if (i->type != c.type) continue;
      at = i->index > c.index ? i : i + 1;
      if (at == i) break;
    }
    all_.insert(at, c);
  }

  static constexpr std::uint32_t unnumbered = UINT32_MAX;
  importing& in_;
  std::vector<controller_xml> all_;
};

/// The model of a SCSI controller that its disks, in the order given, stand on.
struct disk_on_scsi {
  xml::Element const* element;
  std::uint32_t unit;
  std::string_view source;
};
[[nodiscard]] inline std::optional<ScsiModel> scsi_model(importing const& in,
                                                         controller_xml const& c, spot const& at,
                                                         std::vector<disk_on_scsi> const& disks) {
  if (c.model.empty()) return std::nullopt;
  std::string model(c.model);
  if (model == "auto" && in.options.controller_model) {
    std::optional<std::string> agreed;
    for (auto const& disk : disks) {
      auto answer = in.options.controller_model({c.index, disk.unit, disk.source});
      if (!answer) continue;
      if (agreed && *agreed != *answer)
        refuse(in, *disk.element,
               "this disk says that its SCSI controller is a " + *answer + ", another one on it " +
                   *agreed);
      agreed = std::move(answer);
    }
    if (agreed) model = *std::move(agreed);
  }
  if (model == "auto" && !in.peer) {
    auto const& guest = in.out.machine.identity.guest_os;
    bool const arm = guest && find_guest(*guest).arch == "aarch64";
    auto const chosen = arm ? ScsiModel::pvscsi : ScsiModel::lsilogic;
    report(
        in, severity::note, at,
        "nobody says which model this is: taken for " + std::string(*word_of(scsi_words, chosen)));
    return chosen;
  }
  for (auto const& known : scsi_words)
    if (known.word == model) return known.value;
  std::array<std::string_view, scsi_words.size()> words;
  std::ranges::transform(scsi_words, words.begin(), [](auto const& w) { return w.word; });
  refuse(in, at, "VMware has no SCSI controller of the model " + model, one_of(words));
}

}  // namespace esxvi::vmx::detail
