// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML -> machine: network adapters.
#include "vmx/from_xml_support.hpp"

using namespace from_xml;

namespace {
constexpr std::string_view mac = "<mac address='00:50:56:01:02:03'/>";
/// The entries of one adapter but those that all in this file have.
lines adapter(std::string_view type, std::string_view more, vmx::FromXmlOptions const& options) {
  std::string const xml = "<interface type='" + std::string(type) + "'>" + std::string(more) +
                          (mentions(more, "<mac") ? "" : std::string(mac)) + "</interface>";
  lines out = added(xml, options);
  std::erase_if(out, [&](auto const& line) {
    return mentions(line, "ethernet0.present") ||
           (!mentions(more, "<mac") &&
            (mentions(line, "addressType") || mentions(line, ".address")));
  });
  return out;
}
}  // namespace

TEST_CASE("the kinds of connection that libvirt writes") {
  auto const peer = as_peer();
  CHECK(adapter("bridge", "<source bridge='VM Network'/>", peer) ==
        lines{"ethernet0.networkName = VM Network", "ethernet0.connectionType = bridged"});
  CHECK(adapter("bridge", "<source bridge='n'/><target dev='/dev/vmnet7'/>", peer) ==
        lines{"ethernet0.networkName = n", "ethernet0.connectionType = custom",
              "ethernet0.vnet = /dev/vmnet7"});
  CHECK(adapter("bridge", "<source bridge='n'/><target dev='vnet7'/>", peer).back() ==
        "ethernet0.connectionType = bridged");
  CHECK(adapter("user", "", peer) == lines{"ethernet0.connectionType = nat"});
  CHECK(adapter("null", "", peer).empty());
  constexpr std::string_view port =
      "<source switchid='01020304-0506-0708-090a-0b0c0d0e0f10' portid='+5' portgroupid='a&amp;b' "
      "connectionid='-1'/>";
  CHECK(adapter("vds", port, peer) ==
        lines{"ethernet0.dvs.switchId = 01 02 03 04 05 06 07 08-09 0a 0b 0c 0d 0e 0f 10",
              "ethernet0.dvs.portId = 5", "ethernet0.dvs.portgroupId = a&amp;b",
              "ethernet0.dvs.connectionId = -1"});
}

TEST_CASE("models") {
  auto const model = [](std::string_view word, vmx::FromXmlOptions const& options) {
    lines out = adapter("null", "<model type='" + std::string(word) + "'/>", options);
    return out;
  };
  for (std::string const word : {"vlance", "vmxnet", "vmxnet3", "e1000", "e1000e"})
    CHECK(model(word, as_peer()) == lines{"ethernet0.virtualDev = " + word});
  CHECK(model("VmxNet3", as_peer()) == lines{"ethernet0.virtualDev = vmxnet3"});
  CHECK(model("vmxnet2", as_peer()) ==
        lines{"ethernet0.virtualDev = vmxnet", "ethernet0.features = 15"});
  CHECK(model("vmxnet3vrdma", ours()) == lines{"ethernet0.virtualDev = vmxnet3vrdma"});
}

TEST_CASE("MAC addresses: who gives out the range decides, attributes have the last word") {
  struct row {
    std::string_view address;
    std::string_view attributes;
    lines expected;
  };
  auto const fixed = [](std::string const& a) {
    return lines{"ethernet0.addressType = static", "ethernet0.address = " + a};
  };
  auto const unchecked = [&](std::string const& a) {
    lines out = fixed(a);
    out.emplace_back("ethernet0.checkMACAddress = false");
    return out;
  };
  auto const generated = [](std::string const& a) {
    return lines{"ethernet0.addressType = generated", "ethernet0.generatedAddress = " + a,
                 "ethernet0.generatedAddressOffset = 0"};
  };
  auto const vpx = [](std::string const& a) {
    return lines{"ethernet0.addressType = vpx", "ethernet0.generatedAddress = " + a};
  };
  for (row const& r : {row{"00:0C:29:1:2:3", "", generated("00:0c:29:01:02:03")},
                       row{"00:0c:29:01:02:03", "type='static'", fixed("00:0c:29:01:02:03")},
                       row{"00:50:56:3f:ff:ff", "", fixed("00:50:56:3f:ff:ff")},
                       row{"00:50:56:3f:ff:ff", "type='generated'", generated("00:50:56:3f:ff:ff")},
                       row{"00:50:56:40:00:00", "", unchecked("00:50:56:40:00:00")},
                       row{"00:50:56:40:00:00", "type='static'", unchecked("00:50:56:40:00:00")},
                       row{"00:50:56:40:00:00", "type='generated'", generated("00:50:56:40:00:00")},
                       row{"00:50:56:80:00:00", "", vpx("00:50:56:80:00:00")},
                       row{"00:50:56:bf:ff:ff", "type='generated'", vpx("00:50:56:bf:ff:ff")},
                       row{"00:50:56:bf:ff:ff", "type='static'", fixed("00:50:56:bf:ff:ff")},
                       row{"02:00:00:00:00:01", "", unchecked("02:00:00:00:00:01")}}) {
    CAPTURE(r.address);
    CAPTURE(r.attributes);
    auto const xml =
        "<mac address='" + std::string(r.address) + "' " + std::string(r.attributes) + "/>";
    CHECK(adapter("null", xml, as_peer()) == r.expected);
  }
  CHECK(adapter("null", "<mac address='02:00:00:00:00:01' check='yes'/>", as_peer()).back() ==
        "ethernet0.checkMACAddress = true");
  // The product makes one up, so that the same XML gives the same file.
  CHECK(added("<interface type='null'/>", ours()) ==
        lines{"ethernet0.present = TRUE", "ethernet0.addressType = generated"});
}

TEST_CASE("kinds of connection that only esxvi writes") {
  auto const both = ours();
  CHECK(adapter("network", "<source network='lab' portgroup='servers'/>", both) ==
        lines{"ethernet0.networkName = servers", "ethernet0.connectionType = bridged"});
  CHECK(adapter("network", "<source network='lab'/>", both).front() ==
        "ethernet0.networkName = lab");
  CHECK(adapter("network", "<source network='vmnet3'/>", both) ==
        lines{"ethernet0.connectionType = custom", "ethernet0.vnet = vmnet3"});
  CHECK(adapter("network", "<source network='VMnet8'/>", both) ==
        lines{"ethernet0.connectionType = nat"});
  CHECK(adapter("bridge", "<source bridge='VMnet1'/>", both) ==
        lines{"ethernet0.connectionType = hostonly"});
  CHECK(adapter("bridge", "<source bridge='vmnet3'/><target dev='vmnet3'/>", both) ==
        lines{"ethernet0.connectionType = custom", "ethernet0.vnet = vmnet3"});
  CHECK(adapter("bridge", "<source bridge='n'/><target dev='vnet7'/>", both).back() ==
        "ethernet0.vnet = vnet7");
  CHECK(adapter("direct", "<source dev='eth0' mode='bridge'/>", both) ==
        lines{"ethernet0.connectionType = bridged"});
  CHECK(adapter("mcast", "", both).empty());
  CHECK(adapter("vds",
                "<source switchid='0102030405060708090a0b0c0d0e0f10' portid='c-12' "
                "portgroupid='a&amp;b' connectionid='1'/>",
                both) ==
        lines{"ethernet0.dvs.switchId = 01 02 03 04 05 06 07 08-09 0a 0b 0c 0d 0e 0f 10",
              "ethernet0.dvs.portId = c-12", "ethernet0.dvs.portgroupId = a&b",
              "ethernet0.dvs.connectionId = 1"});
  CHECK(adapter("null",
                "<link state='down'/><bandwidth><inbound average='100'/>"
                "<outbound average='50' peak='60'/></bandwidth>",
                both) == lines{"ethernet0.startConnected = FALSE", "ethernet0.rxbw.limit = 800",
                               "ethernet0.txbw.limit = 400"});
  CHECK(mentions(findings("<interface type='mcast'/>", both), "devices/interface@type: "));
  CHECK(mentions(findings("<interface type='direct'><source dev='e'/></interface>", both),
                 "devices/interface/source@dev: "));
}

TEST_CASE("adapters are numbered in their order") {
  std::string devices;
  for (int i = 0; i < 4; ++i) devices += "<interface type='null'/>";
  CHECK(mentions(added(devices, as_peer(4)), "ethernet3.present = true"));
  devices += "<interface type='null'/>";
  CHECK(mentions(refused(devices, as_peer(6)), "adapter 4 at hardware version 6"));
  CHECK(refused(devices, as_peer(7)).empty());
  auto old = ours();
  old.hardware_version = 4;
  CHECK(mentions(findings(devices, old), "at hardware version 4"));
  for (int i = 0; i < 6; ++i) devices += "<interface type='null'/>";
  CHECK(mentions(refused(devices, as_peer(10)), "adapters 0 to 9"));
  // A file that has more of them must come back from its XML.
  CHECK(mentions(findings(devices, ours()), "adapter 10 at hardware version"));
  CHECK(mentions(added(devices, ours()), "ethernet10.present"));
}
