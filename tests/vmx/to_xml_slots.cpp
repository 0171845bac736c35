// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Target names, slots and addresses, and the tables of words.
#include <esxvi/vmx/detail/domain_slots.hpp>
#include <esxvi/vmx/detail/domain_words.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace esxvi::vmx;
using namespace esxvi::vmx::detail;

TEST_CASE("letters of target names") {
  static_assert(target_name("sd", 0).view() == "sda");
  static_assert(target_name("sd", 25).view() == "sdz");
  static_assert(target_name("hd", 26).view() == "hdaa");
  static_assert(target_name("sd", 701).view() == "sdzz");
  static_assert(target_name("sd", 702).view() == "sdaaa");
  static_assert(target_index("sd", "sda1") == 0U);
  static_assert(!target_index("sd", "hda"));
  static_assert(!target_index("sd", "sd"));
  static_assert(!target_index("sd", "sdA"));
  static_assert(!target_index("sd", "sdaaaaaaa"));
  for (std::uint32_t i = 0; i < 20000; ++i) REQUIRE(target_index("sd", target_name("sd", i)) == i);
}

TEST_CASE("addresses and slots say the same") {
  for (auto const& b : buses)
    for (std::uint32_t c = 0; c < b.controllers; ++c)
      for (std::uint32_t u = 0; u < b.units; ++u) {
        disk_slot const s{b.bus, c, u};
        CAPTURE(std::string(device_name(s)));
        if (!exists(s)) continue;
        CHECK(slot_of(b.bus, address_of(s)) == s);
      }
  CHECK_FALSE(slot_of(disk_bus::scsi, {0, 0, 0, 7}).has_value());
  CHECK_FALSE(slot_of(disk_bus::scsi, {4, 0, 0, 0}).has_value());
  CHECK_FALSE(slot_of(disk_bus::scsi, {0, 1, 0, 0}).has_value());
  CHECK_FALSE(slot_of(disk_bus::ide, {1, 0, 0, 0}).has_value());
  CHECK_FALSE(slot_of(disk_bus::fdc, {0, 0, 0, 2}).has_value());
}

TEST_CASE("libvirt's names lead back where it does") {
  for (disk_bus const bus : {disk_bus::scsi, disk_bus::ide, disk_bus::fdc})
    for (std::uint32_t i = 0; i < 60; ++i) {
      disk_slot const s = peer_slot(bus, i);
      CHECK(peer_index(s) == i);
      if (exists(s)) {
        CHECK(peer_address(bus, i) == address_of(s));
      }
    }
  static_assert(peer_address(disk_bus::scsi, 15, wide_scsi_disks) == drive_address{0, 0, 0, 16});
  static_assert(peer_address(disk_bus::sata, 30) == drive_address{5, 0, 0, 0});
}

TEST_CASE("no two slots get one target name") {
  target_names names;
  for (std::uint32_t c = 0; c < 4; ++c) names.reserve(c);
  std::set<std::string> seen;
  std::size_t slots = 0;
  for (auto const& b : buses)
    for (std::uint32_t c = 0; c < b.controllers; ++c)
      for (std::uint32_t u = 0; u < b.units; ++u) {
        disk_slot const s{b.bus, c, u};
        if (!exists(s)) continue;
        ++slots;
        seen.emplace(names.take(s).view());
      }
  CHECK(seen.size() == slots);
}

TEST_CASE("libvirt's names where nothing stands against them") {
  target_names wide;
  wide.reserve(0);
  CHECK(wide.take({disk_bus::scsi, 0, 16}).view() == "sdp");
  CHECK(wide.take({disk_bus::sata, 0, 15}).view() == "sdjh");
  CHECK(wide.take({disk_bus::sata, 0, 14}).view() == "sdo");
}

TEST_CASE("names of devices") {
  static_assert(device_name({disk_bus::scsi, 1, 63}).view() == "scsi1:63");
  static_assert(device_name({disk_bus::fdc, 0, 1}).view() == "floppy1");
  static_assert(device_name("ethernet#", 4294967295U).view() == "ethernet4294967295");
}

TEST_CASE("words") {
  static_assert(word_of(scsi_words, ScsiModel::pvscsi) == "vmpvscsi");
  static_assert(value_of(scsi_words, "VMPVSCSI") == ScsiModel::pvscsi);
  static_assert(!value_of(scsi_words, "pvscsi"));
  static_assert(find_adapter_model(AdapterModel::vmxnet, 15)->word == "vmxnet2");
  static_assert(find_adapter_model(AdapterModel::vmxnet, 14)->word == "vmxnet");
  static_assert(find_adapter_model("vmxnet2")->features == 15);
  static_assert(find_adapter_model(AdapterModel::sriov, 0) == nullptr);
  static_assert(find_scheme("TCP6+ssl")->protocol == "tls");
  static_assert(find_protocol("tls")->scheme == "ssl");
  static_assert(find_protocol("raw")->scheme == "tcp");
}

TEST_CASE("guest systems") {
  struct row {
    std::string_view id, arch;
    guest_family family;
  };
  for (auto const& r :
       {row{"rhel9-64", "x86_64", guest_family::linux_os},
        row{"other", "i686", guest_family::other}, row{"", "i686", guest_family::other},
        row{"other5xlinux-64", "x86_64", guest_family::linux_os},
        row{"other3xLinux64Guest", "x86_64", guest_family::linux_os},
        row{"Windows2019srv-64", "x86_64", guest_family::windows},
        row{"winNetEnterprise", "i686", guest_family::windows},
        row{"vmkernel6", "x86_64", guest_family::vmkernel},
        row{"freebsd12-64", "x86_64", guest_family::bsd},
        row{"darwin21_64Guest", "x86_64", guest_family::darwin},
        row{"netware6", "i686", guest_family::netware},
        row{"arm-ubuntu-64", "aarch64", guest_family::linux_os},
        row{"arm-windows11-64", "aarch64", guest_family::windows}}) {
    CAPTURE(r.id);
    CHECK(find_guest(r.id).arch == r.arch);
    CHECK(find_guest(r.id).family == r.family);
  }
  static_assert(peer_arch("arm-ubuntu-64") == "x86_64");
  static_assert(peer_arch("vmkernel6") == "i686");
}

TEST_CASE("ranges of MAC addresses") {
  auto const type_of = [](std::string_view text) {
    return range_of(*MacAddress::parse(text)).type;
  };
  CHECK(type_of("00:0c:29:ff:00:00") == AddressType::generated);
  CHECK(type_of("00:50:56:3f:ff:ff") == AddressType::static_);
  CHECK(type_of("00:50:56:80:00:00") == AddressType::vpx);
  CHECK(type_of("00:50:56:bf:ff:ff") == AddressType::vpx);
  CHECK_FALSE(needs_no_check(range_of(*MacAddress::parse("00:50:56:00:00:00"))));
  for (auto const other : {"00:50:56:40:00:00", "00:50:56:c0:00:00", "52:54:00:00:00:01"}) {
    CHECK(type_of(other) == AddressType::static_);
    CHECK(needs_no_check(range_of(*MacAddress::parse(other))));
  }
}
