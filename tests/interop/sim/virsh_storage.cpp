// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// virsh: pools and volumes, networks and interfaces. Left out, as the driver has none of them:
// vol-resize, pool-destroy, net-start, net-destroy, net-create.
#include <esxvi/types/HostSystem_properties.hpp>

#include "virsh.hpp"

using namespace esxvi::test;

TEST_CASE("pools") {
  NEED_VIRSH();
  Virsh v;
  auto const pools = v.ok("pool-list --all");
  for (char const* name :
       {"datastore1 active", "images active", "iqn.2005-10.org.freenas.ctl:target0 active"})
    CHECK(has(pools, name));
  CHECK(has(v.ok("pool-info images"), "Capacity: 512.00 GiB"));
  CHECK(has(v.ok("pool-info datastore1"), "State: running"));
  CHECK(has(v.ok("pool-dumpxml datastore1"), "<format type='vmfs'/>"));
  auto const nfs = v.ok("pool-dumpxml images");
  CHECK(has(nfs, "<host name='nas.example.test'/>"));
  CHECK(has(nfs, "<dir path='/export/images'/>"));
  CHECK(v.ok("pool-name " + v.ok("pool-uuid images").substr(0, 36)) == "images\n");
  v.ok("pool-refresh datastore1");
  CHECK(v.host.calls("RefreshDatastore") == 1);
  CHECK(has(v.ok("pool-dumpxml iqn.2005-10.org.freenas.ctl:target0"), "192.0.2.50"));
  v.ok("pool-refresh iqn.2005-10.org.freenas.ctl:target0");
  CHECK(v.host.calls("RescanHba") == 1);
  auto const luns = v.ok("vol-list iqn.2005-10.org.freenas.ctl:target0");
  CHECK(has(luns, "/vmfs/devices/disks/naa."));
  CHECK(has(v.refused("pool-info nowhere"), "nowhere"));
}

TEST_CASE("volumes") {
  NEED_VIRSH();
  Virsh v;
  CHECK(has(v.ok("vol-list datastore1"), "web01/web01.vmdk"));
  CHECK(has(v.ok("vol-info web01/web01.vmdk --pool datastore1"), "Capacity: 16.00 GiB"));
  auto const xml = v.file("vol.xml",
                          "<volume><name>spare/spare.vmdk</name><capacity unit='GiB'>2</capacity>"
                          "<allocation>0</allocation><target><format type='vmdk'/></target>"
                          "</volume>");
  v.ok("vol-create datastore1 " + xml);
  REQUIRE(v.files()->exists("spare/spare.vmdk"));
  CHECK(v.files()->stat("spare/spare-flat.vmdk")->size == std::uint64_t{2} << 30);
  CHECK(v.files()->stat("spare/spare-flat.vmdk")->allocated == 0);
  CHECK(has(v.ok("vol-list datastore1"), "spare/spare.vmdk"));
  CHECK(has(v.ok("vol-dumpxml spare/spare.vmdk --pool datastore1"), "2147483648"));
  auto const path = v.ok("vol-path spare/spare.vmdk --pool datastore1");
  CHECK(path == "[datastore1] spare/spare.vmdk\n");
  CHECK(v.ok("vol-name '[datastore1] spare/spare.vmdk'") == "spare/spare.vmdk\n");
  CHECK(v.ok("vol-pool '[datastore1] spare/spare.vmdk'") == "datastore1\n");
  auto const key = v.ok("vol-key '[datastore1] spare/spare.vmdk'");
  CHECK(key.size() == 37);
  CHECK(v.host.calls("QueryVirtualDiskUuid") > 0);

  v.ok("vol-clone spare/spare.vmdk copy/copy.vmdk --pool datastore1");
  CHECK(v.files()->stat("copy/copy-flat.vmdk")->size == std::uint64_t{2} << 30);
  CHECK(v.ok("vol-key '[datastore1] copy/copy.vmdk'") != key);
  v.ok("vol-wipe copy/copy.vmdk --pool datastore1");
  CHECK(v.files()->stat("copy/copy-flat.vmdk")->allocated == std::uint64_t{2} << 30);
  v.ok("vol-delete copy/copy.vmdk --pool datastore1");
  CHECK_FALSE(v.files()->exists("copy/copy.vmdk"));
  CHECK_FALSE(v.files()->exists("copy/copy-flat.vmdk"));
  CHECK(v.run("vol-info copy/copy.vmdk --pool datastore1").first != 0);
  v.ok("vol-create-as datastore1 thick/t.vmdk 1G --format vmdk --allocation 1G");
  CHECK(v.files()->stat("thick/t-flat.vmdk")->allocated == std::uint64_t{1} << 30);
}

TEST_CASE("networks") {
  NEED_VIRSH();
  Virsh v;
  auto const groups = [&] {
    std::string all;
    for (auto const& g :
         v.host.get<vim::HostSystem>(v.host.places().host)->config->network->portgroup)
      all += g.spec.name + "@" + g.spec.vswitchName + " ";
    return all;
  };
  CHECK(has(v.ok("net-list --all"), "vSwitch0 active"));
  CHECK(has(v.ok("net-info vSwitch0"), "Persistent: yes"));
  auto const first = v.ok("net-dumpxml vSwitch0");
  CHECK(has(first, "<forward dev='vmnic0' mode='bridge'>"));
  CHECK(has(first, "<portgroup name='VM Network'>"));
  CHECK(first.find("Management Network") == std::string::npos);
  auto const xml = v.file(
      "net.xml",
      "<network><name>lab</name><forward mode='bridge'><interface dev='vmnic1'/></forward>"
      "<portgroup name='lab A'/><portgroup name='lab B'><bandwidth><inbound average='1000' "
      "peak='5000' burst='5120'/><outbound average='1000' peak='5000' burst='5120'/></bandwidth>"
      "</portgroup></network>");
  v.ok("net-define " + xml);
  CHECK(groups() == "Management Network@vSwitch0 VM Network@vSwitch0 lab A@lab lab B@lab ");
  CHECK(v.host.get<vim::HostSystem>(v.host.places().host)->network.size() == 3);
  auto const lab = v.ok("net-dumpxml lab");
  CHECK(has(lab, "<interface dev='vmnic1'/>"));
  CHECK(has(lab, "<portgroup name='lab A'>"));
  CHECK(has(lab, "<inbound average='1000' peak='5000' burst='5120'/>"));
  CHECK(v.run("net-define " + xml).first != 0);
  CHECK(v.run("net-undefine vSwitch0").first != 0);  // machines are on it
  v.ok("net-undefine lab");
  CHECK(groups() == "Management Network@vSwitch0 VM Network@vSwitch0 ");
  CHECK(v.run("net-dumpxml lab").first != 0);
}

TEST_CASE("interfaces") {
  NEED_VIRSH();
  Virsh v;
  // virsh lists interfaces by name, and the driver looks up names among the MAC addresses: the list
  // is empty, and only addresses find something.
  auto const nic = v.ok("iface-dumpxml 00:50:56:00:00:01");
  CHECK(has(nic, "<interface type='ethernet' name='vmnic0'>"));
  CHECK(v.ok("iface-name 00:50:56:00:00:02") == "vmnic1\n");
}
