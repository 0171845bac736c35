// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// virsh: the host, its machines, and what they do. nodememstats, maxvcpus, domstats, sysinfo,
// console and reset are left out: the driver has none of them.
#include "virsh.hpp"

using namespace esxvi::test;

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
  CHECK(v.ok("freecell") == "Total: 62914560 KiB\n");
  auto const capabilities = v.ok("capabilities");
  CHECK(has(capabilities, "<arch name='x86_64'>"));
  CHECK(has(capabilities, "<uri_transport>vpxmigr</uri_transport>"));
  // No session is left when virsh is done.
  CHECK(v.host.sessions().empty());
}

TEST_CASE("a wrong password opens nothing") {
  NEED_VIRSH();
  Virsh v({.users = {{.name = "root", .password = "esxvi"}, {.name = "other", .password = "x"}}});
  auto const other = "virsh -q -c 'esx://other@" + v.uri().substr(sizeof "esx://root@" - 1) + "' ";
  auto const [status, text] = v.program(other + "list");
  CHECK(status == 1);
  CHECK(has(text, "incorrect user name or password"));
  CHECK(v.host.sessions().empty());
}

TEST_CASE("machines") {
  NEED_VIRSH();
  Virsh v;
  auto const all = v.ok("list --all");
  CHECK(has(all, "web01 running"));
  CHECK(has(all, "db01 running"));
  CHECK(has(all, "test01 shut off"));
  CHECK(has(all, "idle01 paused"));
  CHECK(v.ok("list --inactive").find("web01") == std::string::npos);
  auto const info = v.ok("dominfo web01");
  CHECK(has(info, "CPU(s): 2"));
  CHECK(has(info, "Max memory: 2097152 KiB"));
  CHECK(has(info, "State: running"));
  CHECK(v.ok("domstate db01") == "running\n");
  auto const id = v.machine("db01")->summary.vm->value();
  CHECK(v.ok("domid db01") == id + "\n");
  CHECK(v.ok("domname " + id) == "db01\n");
  CHECK(v.ok("domuuid db01") == v.machine("db01")->config->uuid + "\n");
  CHECK(v.ok("domname " + v.machine("db01")->config->uuid) == "db01\n");
  CHECK(has(v.refused("domuuid nobody"), "nobody"));
}

TEST_CASE("a machine as XML, and back as a .vmx file") {
  NEED_VIRSH();
  Virsh v;
  auto const xml = v.ok("dumpxml db01");
  CHECK(has(xml, "<name>db01</name>"));
  CHECK(has(xml, "<vcpu placement='static'>4</vcpu>"));
  CHECK(has(xml, "<source file='[datastore1] db01/db01.vmdk'/>"));
  CHECK(has(xml, "<source bridge='VM Network'/>"));
  CHECK(has(v.ok("dumpxml test01"), "<source path='[datastore1] test01/serial.out'/>"));
  CHECK(has(v.ok("domblklist db01"), "sda [datastore1] db01/db01.vmdk"));
  CHECK(has(v.ok("domiflist db01"), "bridge VM Network vmxnet3"));
  auto const vmx = v.ok("domxml-to-native vmware-vmx --domain db01");
  CHECK(has(vmx, "displayName = \"db01\""));
  CHECK(has(vmx, "numvcpus = \"4\""));
  auto const back = v.ok("domxml-from-native vmware-vmx " + v.file("db01.vmx", vmx));
  CHECK(has(back, "<vcpu placement='static'>4</vcpu>"));
}

TEST_CASE("what the guest tells") {
  NEED_VIRSH();
  Virsh v;
  CHECK(v.ok("domhostname web01") == "web01.lab\n");
  auto const addresses = v.ok("domifaddr web01 --source agent");
  CHECK(has(addresses, "VM Network"));
  CHECK(has(addresses, v.machine("web01")->guest->net.at(0).macAddress.value()));
  CHECK(has(addresses, "ipv4 192.0.2.81/24"));
  CHECK(has(v.refused("domifaddr test01 --source agent"), "not powered on"));
}

TEST_CASE("a screenshot is the picture that the host draws") {
  NEED_VIRSH();
  Virsh v;
  auto const path = v.file("screen.png");
  v.ok("screenshot web01 " + path);
  std::ifstream in(path, std::ios::binary);
  std::string const png{std::istreambuf_iterator<char>(in), {}};
  CHECK(png.starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(png.ends_with(std::string_view("IEND\xae\x42\x60\x82", 8)));
  CHECK(has(v.refused("screenshot test01 " + path), "not powered on"));
}

TEST_CASE("power, from on to off and back") {
  NEED_VIRSH();
  Virsh v;
  v.ok("suspend db01");
  CHECK(v.power("db01") == Power::suspended);
  CHECK(has(v.refused("suspend db01"), "not powered on"));
  v.ok("resume db01");
  CHECK(v.power("db01") == Power::poweredOn);
  v.ok("destroy db01");
  CHECK(v.power("db01") == Power::poweredOff);
  CHECK(has(v.refused("destroy db01"), "not powered on"));
  v.ok("start db01");
  CHECK(v.power("db01") == Power::poweredOn);
  CHECK(has(v.refused("start db01"), "already active"));
  // The guest takes its time: virsh does not wait for it.
  auto const booted = v.machine("web01")->runtime.bootTime;
  v.ok("reboot web01");
  v.ok("shutdown db01");
  v.host.advance(std::chrono::seconds(4));
  CHECK(v.power("db01") == Power::poweredOff);
  CHECK(v.power("web01") == Power::poweredOn);
  CHECK(v.machine("web01")->runtime.bootTime != booted);
  CHECK(v.host.calls("ShutdownGuest") == 1);
  CHECK(v.host.calls("RebootGuest") == 1);
}

TEST_CASE("a question is reported when nobody may answer it, and answered when virsh may") {
  NEED_VIRSH();
  Virsh v;
  // The first of them takes longer than virsh needs to look again.
  bool first = true;
  v.host.plan_tasks(
      [&](esxvi::untyped_ref const&, std::string_view operation, esxvi::sim::TaskPlan& plan) {
        if (operation == "VirtualMachine.powerOn" && std::exchange(first, false))
          plan.running = std::chrono::minutes(1);
      });
  auto const text = v.refused("start test01");
  CHECK(has(text, "already exists"));
  CHECK(has(text, "possible answers are 'button.serial.file.append'"));
  CHECK(v.power("test01") == Power::poweredOff);
  REQUIRE(v.machine("test01")->runtime.question.has_value());
  // Others are told of it as well.
  CHECK(has(v.refused("setvcpus test01 2 --live"), "already exists"));
  // virsh answers what is pending, and starts nothing on top of what goes on then.
  CHECK(has(v.refused("start test01", "&auto_answer=1"), "Other tasks are pending"));
  v.host.advance(std::chrono::minutes(1));
  CHECK(v.power("test01") == Power::poweredOn);
  CHECK_FALSE(v.machine("test01")->runtime.question.has_value());
  CHECK(v.host.calls("AnswerVM") == 1);
  CHECK(v.host.calls("PowerOnVM_Task") == 1);
  v.ok("destroy test01");
  v.ok("start test01", "&auto_answer=1");
  CHECK(v.power("test01") == Power::poweredOn);
  CHECK(v.host.calls("AnswerVM") == 2);
}
