// sim://NAME: ready-made hosts inside the program.
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim/demo_host.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace esxvi;
namespace vim = esxvi::types;

/// A session with a host that must be sound when it goes.
struct Opened {
  std::shared_ptr<sim::Host> host;
  Session session;

  explicit Opened(std::string const& name)
      : session(connect("sim://" + name, fixed_password("esxvi"))) {
    host = sim::shared_demo_host(name);
  }
  Opened(Opened const&) = delete;
  Opened& operator=(Opened const&) = delete;
  ~Opened() { CHECK(host->check() == std::vector<std::string>()); }
};

std::map<std::string, std::string> machines(Session& session) {
  std::map<std::string, std::string> out;
  for (auto const& [vm, name, power] :
       session.retrieve<vim::VirtualMachine, "name", "runtime.powerState">())
    out[name] = std::string(power.literal());
  return out;
}

}  // namespace

TEST_CASE("sim://demo is an ESX host with machines that run, are off and sleep") {
  Opened opened("demo");
  Session& session = opened.session;
  CHECK(session.about().apiType == "HostAgent");
  CHECK(machines(session) == std::map<std::string, std::string>{{"web01", "poweredOn"},
                                                                {"serial02", "poweredOff"},
                                                                {"db03", "poweredOn"},
                                                                {"test04", "poweredOff"},
                                                                {"idle05", "suspended"},
                                                                {"app06", "poweredOn"}});
}

TEST_CASE("sim://vcenter has two hosts, and machines on both") {
  Opened opened("vcenter");
  Session& session = opened.session;
  CHECK(session.about().apiType == "VirtualCenter");
  CHECK(machines(session).size() == 11);
  for (auto const& [host, vms] : session.retrieve<vim::HostSystem, "vm">()) CHECK(!vms.empty());
}

TEST_CASE("sim://empty has no machine") {
  Opened opened("empty");
  Session& session = opened.session;
  CHECK(machines(session).empty());
}

TEST_CASE("either administrator may log in, with the password of the documentation only") {
  Opened opened("demo");
  CHECK(connect("sim://demo", fixed_password("esxvi", "administrator@vsphere.local"))
            .user()
            .userName == "administrator@vsphere.local");
  CHECK_THROWS_AS(static_cast<void>(connect("sim://demo", fixed_password("other"))), auth_error);
}

TEST_CASE("connections to one name share the host, as long as there is one") {
  {
    Opened one("empty");
    Opened other("empty");
    sim::shared_demo_host("empty")->add_vm("fresh");
    CHECK(machines(one.session).count("fresh") == 1);
    CHECK(machines(other.session).count("fresh") == 1);
    Opened different("demo");
    CHECK(machines(different.session).count("fresh") == 0);
  }
  Opened later("empty");
  CHECK(machines(later.session).empty());
}

TEST_CASE("a name that is not there is refused, and the message lists those that are") {
  try {
    static_cast<void>(connect("sim://nosuch", fixed_password("esxvi")));
    FAIL("it was opened");
  } catch (not_found const& e) {
    std::string const text = e.what();
    for (auto const& known : sim::demo_hosts()) CHECK(text.find(known.name) != std::string::npos);
  }
}
