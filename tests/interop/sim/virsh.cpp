// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// virsh of the system, with the ESX driver of libvirt.
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "clients.hpp"
#include "support/skip.hpp"

namespace {

using namespace esxvi;
namespace vim = esxvi::types;

struct Virsh {
  sim::Host host{test::one_user()};
  std::optional<sim::Server> server;
  std::filesystem::path home;

  Virsh() {
    test::furnish(host);
    server.emplace(host, sim::ServerOptions{.tls = true, .threads = 2});
    std::string name = (std::filesystem::temp_directory_path() / "esxvi-virsh-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    home = name;
    std::ofstream(home / "auth.conf") << "[credentials-sim]\nusername=root\npassword=esxvi\n"
                                         "[auth-esx-127.0.0.1]\ncredentials=sim\n";
  }
  ~Virsh() {
    server.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home, ignored);
    for (auto const& problem : host.check()) FAIL_CHECK(problem);
  }
  Virsh(Virsh const&) = delete;
  Virsh& operator=(Virsh const&) = delete;

  std::pair<int, std::string> run(std::string const& command, std::string_view query = {}) const {
    return test::run(
        "env LIBVIRT_DEBUG=4 HOME=" + home.string() +
        " LIBVIRT_AUTH_FILE=" + (home / "auth.conf").string() +
        " no_proxy='*' virsh -q -c 'esx://root@127.0.0.1:" + std::to_string(server->port()) +
        "/?no_verify=1" + std::string(query) + "' " + command);
  }
  /// What a command that succeeds prints; runs of blanks count as one.
  std::string ok(std::string const& command, std::string_view query = {}) const {
    auto const [status, text] = run(command, query);
    INFO(command << ": " << text);
    CHECK(status == 0);
    std::string out;
    for (char const c : text)
      if (c != ' ' || (!out.empty() && out.back() != ' ' && out.back() != '\n')) out += c;
    return out;
  }
  std::string file(std::string const& name, std::string const& text) const {
    std::ofstream(home / name) << text;
    return (home / name).string();
  }
  vim::VirtualMachinePowerState power(std::string_view name) {
    for (auto const& ref : host.all<vim::VirtualMachine>())
      if (auto const vm = host.get<vim::VirtualMachine>(ref); vm->name == name)
        return vm->runtime.powerState.value();
    throw std::runtime_error("no such machine");
  }
};

bool has(std::string const& text, std::string_view part) {
  bool const found = text.find(part) != std::string::npos;
  if (!found) MESSAGE(part << " is not in:\n" << text);
  return found;
}

#define NEED_VIRSH()                                          \
  if (test::run("sh -c 'virsh -V | grep -q ESX'").first != 0) \
  ESXVI_SKIP("there is no virsh with the ESX driver (it needs libvirt-clients and libvirt0)")

TEST_CASE("host") {
  NEED_VIRSH();
  Virsh v;
  CHECK(has(v.ok("version"), "Running hypervisor: ESX 8.0.3"));
  CHECK(v.ok("hostname") == "esx01.example.test\n");
  auto const node = v.ok("nodeinfo");
  CHECK(has(node, "CPU(s): 16"));
  CHECK(has(node, "CPU socket(s): 2"));
  CHECK(has(node, "Core(s) per socket: 8"));
  CHECK(has(node, "Memory size: 67108864 KiB"));
  CHECK(has(v.ok("capabilities"), "<arch name='x86_64'>"));
}

TEST_CASE("machines") {
  NEED_VIRSH();
  Virsh v;
  auto const all = v.ok("list --all");
  CHECK(has(all, "web01 running"));
  CHECK(has(all, "db01 running"));
  CHECK(has(all, "test01 shut off"));
  CHECK(has(all, "idle01 paused"));
  auto const info = v.ok("dominfo web01");
  CHECK(has(info, "CPU(s): 2"));
  CHECK(has(info, "Max memory: 2097152 KiB"));
  CHECK(v.ok("domstate db01") == "running\n");
  auto const xml = v.ok("dumpxml db01");
  CHECK(has(xml, "<name>db01</name>"));
  CHECK(has(xml, "<vcpu placement='static'>4</vcpu>"));
  CHECK(has(xml, "<source file='[datastore1] db01/db01.vmdk'/>"));
}

TEST_CASE("pools and volumes") {
  NEED_VIRSH();
  Virsh v;
  auto const pools = v.ok("pool-list --all");
  for (char const* name :
       {"datastore1 active", "images active", "iqn.2005-10.org.freenas.ctl:target0 active"})
    CHECK(has(pools, name));
  CHECK(has(v.ok("pool-info images"), "Capacity: 512.00 GiB"));
  CHECK(has(v.ok("pool-dumpxml datastore1"), "<format type='vmfs'/>"));
  auto const nfs = v.ok("pool-dumpxml images");
  CHECK(has(nfs, "<host name='nas.example.test'/>"));
  CHECK(has(nfs, "<dir path='/export/images'/>"));
  v.ok("pool-refresh datastore1");
  CHECK(has(v.ok("pool-dumpxml iqn.2005-10.org.freenas.ctl:target0"), "192.0.2.50"));
  auto const luns = v.ok("vol-list iqn.2005-10.org.freenas.ctl:target0");
  CHECK(has(luns, "/vmfs/devices/disks/naa."));

  CHECK(has(v.ok("vol-list datastore1"), "web01/web01.vmdk"));
  CHECK(has(v.ok("vol-info web01/web01.vmdk --pool datastore1"), "Capacity: 16.00 GiB"));
  auto const xml = v.file("vol.xml",
                          "<volume><name>spare/spare.vmdk</name><capacity unit='GiB'>2</capacity>"
                          "<allocation>0</allocation><target><format type='vmdk'/></target>"
                          "</volume>");
  v.ok("vol-create datastore1 " + xml);
  CHECK(has(v.ok("vol-list datastore1"), "spare/spare.vmdk"));
  CHECK(has(v.ok("vol-dumpxml spare/spare.vmdk --pool datastore1"), "2147483648"));
  CHECK(
      has(v.ok("vol-path spare/spare.vmdk --pool datastore1"), "[datastore1] spare/spare.vmdk\n"));
  v.ok("vol-clone spare/spare.vmdk copy/copy.vmdk --pool datastore1");
  CHECK(has(v.ok("vol-info copy/copy.vmdk --pool datastore1"), "Capacity: 2.00 GiB"));
  v.ok("vol-wipe copy/copy.vmdk --pool datastore1");
  v.ok("vol-delete copy/copy.vmdk --pool datastore1");
  CHECK(v.run("vol-info copy/copy.vmdk --pool datastore1").first != 0);
}

TEST_CASE("networks and interfaces") {
  NEED_VIRSH();
  Virsh v;
  CHECK(has(v.ok("net-list --all"), "vSwitch0 active"));
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
  auto const lab = v.ok("net-dumpxml lab");
  CHECK(has(lab, "<interface dev='vmnic1'/>"));
  CHECK(has(lab, "<portgroup name='lab A'>"));
  CHECK(has(lab, "<inbound average='1000' peak='5000' burst='5120'/>"));
  CHECK(v.run("net-undefine vSwitch0").first != 0);  // machines are on it
  v.ok("net-undefine lab");
  CHECK(v.run("net-dumpxml lab").first != 0);
  // virsh finds interfaces by their MAC addresses only.
  auto const nic = v.ok("iface-dumpxml 00:50:56:00:00:01");
  CHECK(has(nic, "<interface type='ethernet' name='vmnic0'>"));
}

TEST_CASE("a question is reported when nobody may answer it") {
  NEED_VIRSH();
  Virsh v;
  auto const refused = v.run("start test01");
  CHECK(refused.first != 0);
  CHECK(has(refused.second, "already exists"));
  CHECK(v.power("test01") == vim::VirtualMachinePowerState::poweredOff);
}

TEST_CASE("running machines") {
  NEED_VIRSH();
  using Power = vim::VirtualMachinePowerState;
  Virsh v;
  v.ok("start test01", "&auto_answer=1");
  CHECK(v.power("test01") == Power::poweredOn);
  v.ok("suspend test01");
  CHECK(v.power("test01") == Power::suspended);
  v.ok("resume test01", "&auto_answer=1");
  CHECK(v.power("test01") == Power::poweredOn);
  v.ok("destroy test01");
  CHECK(v.power("test01") == Power::poweredOff);
  CHECK(v.run("destroy test01").first != 0);
  v.ok("snapshot-create-as db01 before 'before the change'");
  CHECK(has(v.ok("snapshot-list db01"), "before"));
  v.ok("snapshot-revert db01 before");
  v.ok("snapshot-delete db01 before");
  CHECK(v.ok("snapshot-list db01").find("before") == std::string::npos);
}

}  // namespace
