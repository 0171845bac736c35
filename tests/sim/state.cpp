// The state of a simulated host in a file: written, read, written again.
#include <esxvi/query.hpp>
#include <esxvi/sim/demo_host.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/questions.hpp>
#include <esxvi/sim/save.hpp>
#include <esxvi/types/Datastore.hpp>
#include <esxvi/types/HostDatastoreSystem.hpp>
#include <esxvi/types/HostNetworkSystem.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <sstream>

#include "sim/fixture.hpp"

namespace {

using namespace esxvi;
using namespace esxvi::test;

std::string saved(sim::Host& host) {
  std::ostringstream out;
  sim::save_state(host, out);
  return out.str();
}

std::unique_ptr<sim::Host> loaded(std::string const& text) {
  std::istringstream in(text);
  return sim::load_state(in, {.time = sim::TimeMode::simulated});
}

Session open(sim::Host& host) {
  return Session(sim::Transport(host), "https://esx01.example.test/sdk",
                 {host.options().users.front().name, "esxvi"});
}

Ref<vim::VirtualMachine> find(sim::Host& host, std::string_view name) {
  for (auto const& vm : host.all<vim::VirtualMachine>())
    if (host.get<vim::VirtualMachine>(vm)->name == name) return vm;
  FAIL("no machine " << name);
  return {};
}

/// What a client reads of all machines.
std::string seen(sim::Host& host) {
  Session session = open(host);
  std::ostringstream out;
  for (auto const& [vm, name, power, uuid, path, hardware] :
       session.retrieve<vim::VirtualMachine, "name", "runtime.powerState", "config.uuid",
                        "config.files.vmPathName", "config.hardware">())
    out << vm.value() << ' ' << name << ' ' << power << ' ' << uuid.value_or("") << ' '
        << path.value_or("") << ' ' << hardware->device.size() << '\n';
  return out.str();
}

std::string refusal_of(std::string const& text) {
  try {
    static_cast<void>(loaded(text));
    return {};
  } catch (malformed_file const& e) {
    CHECK(e.target() == "the state of a host");
    return e.problem();
  }
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  auto const at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("what is loaded is saved as the same text") {
  for (bool const vcenter : {false, true}) {
    CAPTURE(vcenter);
    Simulated esx({.vcenter = vcenter});
    sim::add_demo_machines(esx.host);
    auto const folder = esx.host.add_folder(esx.host.places().vm_folder, "a/b & <c>");
    esx.host.add_vm("in a folder").folder(folder).powered_on();
    static_cast<void>(sim::files_of(esx.host, esx.host.places().datastore));
    std::string const first = saved(esx.host);
    auto const again = loaded(first);
    CHECK(saved(*again) == first);
    CHECK(again->check() == std::vector<std::string>());
    CHECK(again->object_count() == esx.host.object_count());
    CHECK(again->places().datastore == esx.host.places().datastore);
  }
}

TEST_CASE("a client sees the same machines") {
  Simulated esx;
  sim::add_demo_machines(esx.host, 12);
  auto const again = loaded(saved(esx.host));
  CHECK(seen(*again) == seen(esx.host));
}

TEST_CASE("files come back with their content, size and what they take") {
  Simulated esx;
  sim::add_demo_machines(esx.host);
  auto const files = sim::files_of(esx.host, esx.host.places().datastore);
  std::string const bytes("\0\x01\xff text\n", 9);
  REQUIRE(succeeded(files->write("odd.bin", sim::FileContent::sparse(4096, bytes), 512)));
  REQUIRE(succeeded(files->make_directory("empty directory")));
  auto const again = loaded(saved(esx.host));
  auto const there = sim::files_of(*again, again->places().datastore);
  CHECK(there->read("odd.bin")->head() == bytes);
  CHECK(there->stat("odd.bin")->size == 4096);
  CHECK(there->stat("odd.bin")->allocated == 512);
  CHECK(there->stat("odd.bin")->modified == files->stat("odd.bin")->modified);
  CHECK(there->stat("empty directory")->is_directory);
  CHECK(there->used() == files->used());
  CHECK(there->read("web01/web01.vmx")->text() == files->read("web01/web01.vmx")->text());
}

TEST_CASE("a file that somebody changed stays as it is until its machine changes") {
  Simulated esx;
  auto const vm = esx.host.add_vm("web").ref();
  auto const files = sim::files_of(esx.host, esx.host.places().datastore);
  REQUIRE(succeeded(files->write("web/web.vmx", "mine = \"1\"\n")));
  auto const again = loaded(saved(esx.host));
  CHECK(sim::files_of(*again, again->places().datastore)->read("web/web.vmx")->text() ==
        "mine = \"1\"\n");
  again->modify(vm, [](vim::VirtualMachine& m) { m.config->hardware.memoryMB = 4096; });
  CHECK(
      sim::files_of(*again, again->places().datastore)->read("web/web.vmx")->text().find("4096") !=
      std::string::npos);
}

TEST_CASE("a machine asks at power-on as before, and runs after the answer") {
  Simulated esx;
  sim::add_demo_machines(esx.host);
  auto const again = loaded(saved(esx.host));
  auto const vm = find(*again, "serial02");
  Session session = open(*again);
  session.call(vim::PowerOnVM_Task{.self = vm});
  auto const question = again->get<vim::VirtualMachine>(vm)->runtime.question;
  REQUIRE(question);
  again->answer(vm, question->id, "0");
  again->advance(std::chrono::seconds(10));
  CHECK(again->get<vim::VirtualMachine>(vm)->runtime.powerState ==
        vim::VirtualMachinePowerState::poweredOn);
}

TEST_CASE("snapshots can be reverted to") {
  Simulated esx;
  sim::add_demo_machines(esx.host);
  auto const again = loaded(saved(esx.host));
  auto const vm = find(*again, "db03");
  REQUIRE(again->get<vim::VirtualMachine>(vm)->snapshot);
  Session session = open(*again);
  session.call(vim::RevertToCurrentSnapshot_Task{.self = vm});
  again->advance(std::chrono::seconds(10));
  CHECK(again->get<vim::VirtualMachine>(vm)->runtime.powerState ==
        vim::VirtualMachinePowerState::poweredOff);
  CHECK(again->check() == std::vector<std::string>());
}

TEST_CASE("a host without networks and datastores comes back without them") {
  Simulated esx;
  Session session = esx.open();
  session.call(vim::RemovePortGroup{.self = Ref<vim::HostNetworkSystem>("networkSystem"),
                                    .pgName = "VM Network"});
  session.call(vim::RemoveDatastore{.self = Ref<vim::HostDatastoreSystem>("ha-datastoresystem"),
                                    .datastore = esx.host.places().datastore});
  auto const again = loaded(saved(esx.host));
  CHECK(again->check() == std::vector<std::string>());
  CHECK(again->all<vim::Network>().empty());
  auto const store = again->add_datastore("next", std::int64_t{1} << 40);
  CHECK(again->places().datastore == store);
  again->add_vm("web");
  CHECK(again->check() == std::vector<std::string>());
}

TEST_CASE("sessions, tasks and pending questions end with the process") {
  Simulated esx;
  sim::add_demo_machines(esx.host);
  auto const vm = find(esx.host, "serial02");
  Session session = esx.open();
  session.call(vim::PowerOnVM_Task{.self = vm});
  REQUIRE(esx.host.get<vim::VirtualMachine>(vm)->runtime.question);
  auto const again = loaded(saved(esx.host));
  CHECK(again->check() == std::vector<std::string>());
  CHECK(again->sessions().empty());
  CHECK(again->all<vim::Task>().empty());
  auto const machine = again->get<vim::VirtualMachine>(vm);
  CHECK(machine->recentTask.empty());
  CHECK(!machine->runtime.question);
  CHECK(machine->runtime.powerState == vim::VirtualMachinePowerState::poweredOff);
  CHECK(esx.host.get<vim::VirtualMachine>(vm)->runtime.question);  // saving changes nothing
}

TEST_CASE("new objects get new names") {
  Simulated esx;
  sim::add_demo_machines(esx.host);
  auto const again = loaded(saved(esx.host));
  auto const uuid = [](sim::Host& host, Ref<vim::VirtualMachine> const& vm) {
    return host.get<vim::VirtualMachine>(vm)->config->uuid;
  };
  auto const here = esx.host.add_vm("new").ref();
  auto const there = again->add_vm("new").ref();
  CHECK(there == here);
  CHECK(uuid(*again, there) == uuid(esx.host, here));
}

TEST_CASE("who may log in is said by who loads; the file knows no password") {
  Simulated esx({.users = {{.name = "operator", .password = "5ecret-word"}}});
  std::string const text = saved(esx.host);
  CHECK(text.find("5ecret-word") == std::string::npos);
  std::istringstream in(text);
  auto const again = sim::load_state(
      in, {.users = {{.name = "other", .password = "x"}}, .time = sim::TimeMode::simulated});
  CHECK(again->authenticate("other", "x") != nullptr);
  CHECK(again->authenticate("operator", "5ecret-word") == nullptr);
}

TEST_CASE("a state that ends early is refused, wherever it ends") {
  Simulated esx;
  std::string const text = saved(esx.host);
  for (std::size_t size = 0; size + 1 < text.size(); size += text.size() / 40) {
    CAPTURE(size);
    CHECK(refusal_of(text.substr(0, size)) != "");
  }
}

TEST_CASE("what is no state of a host is refused, and the message says why") {
  Simulated esx;
  esx.host.add_vm("web");
  static_cast<void>(sim::files_of(esx.host, esx.host.places().datastore));
  std::string const text = saved(esx.host);
  auto const says = [](std::string const& refusal, std::string_view what) {
    CAPTURE(refusal);
    CHECK(refusal.find(what) != std::string::npos);
  };
  says(refusal_of("hello"), "no XML");
  says(refusal_of("<other/>"), "not what save_state() writes");
  says(refusal_of(replaced(text, "<format>1<", "<format>2<")), "its format is 2");
  says(refusal_of(replaced(text, "<format>1<", "<format>one<")), "line 3");
  says(refusal_of(replaced(text, "<hosts>2<", "<hosts>-1<")), "impossible number");
  says(refusal_of(replaced(text, ">ha-datacenter</datacenter>", ">elsewhere</datacenter>")),
       "its datacenter is not there");
  says(refusal_of(replaced(text, ">HaNetwork-VM Network</network></places>",
                           ">elsewhere</network></places>")),
       "its network is not there");
  says(refusal_of(replaced(text, "xsi:type=\"Datacenter\"", "xsi:type=\"Nonsense\"")),
       "'Nonsense', which this program does not know");
  says(refusal_of(replaced(text, "xsi:type=\"HostSystem\"", "xsi:type=\"Datacenter\"")),
       "has properties of the type 'Datacenter'");
  auto const parent = [](auto const& ref) { return ">" + ref.value() + "</parent>"; };
  says(refusal_of(
           replaced(text, parent(esx.host.places().root), parent(esx.host.places().vm_folder))),
       "is in itself, by its parents");
  says(refusal_of(replaced(text, "<path>web/", "<path>nowhere/")), "do not fit together");
  says(refusal_of(replaced(text, "<allocated>0<", "<allocated>-5<")), "impossible size");
  auto const object = text.find("<object>");
  says(refusal_of(std::string(text).insert(
           object, text.substr(object, text.find('\n', object) + 1 - object))),
       "is there twice");
}

TEST_CASE("a damaged state is refused or loaded, and never anything else") {
  Simulated esx;
  sim::add_demo_machines(esx.host, 3);
  static_cast<void>(sim::files_of(esx.host, esx.host.places().datastore));
  std::string const text = saved(esx.host);
  std::uint64_t random = 42;
  int refused = 0;
  for (int i = 0; i < 60; ++i) {
    std::string damaged = text;
    for (int n = 0; n < 3; ++n) {
      random = random * 6364136223846793005U + 1442695040888963407U;
      damaged[random % damaged.size()] = static_cast<char>("<>\"0a9-&"[random >> 61U]);
    }
    if (!refusal_of(damaged).empty()) ++refused;
  }
  CHECK(refused > 0);
}

TEST_CASE("a file has the old state or the new one") {
  auto const folder =
      std::filesystem::temp_directory_path() / ("esxvi-state-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  auto const file = folder / "host.xml";
  {
    Simulated esx;
    sim::save_state(esx.host, file);
    esx.host.add_vm("web");
    sim::save_state(esx.host, file);
    auto const again = sim::load_state(file, {.time = sim::TimeMode::simulated});
    CHECK(again->all<vim::VirtualMachine>().size() == 1);
    CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);

    CHECK_THROWS_AS(sim::save_state(esx.host, folder / "missing" / "host.xml"), invalid_argument);
    std::filesystem::create_directories(folder / "full" / "x");
    CHECK_THROWS_AS(sim::save_state(esx.host, folder / "full"), invalid_argument);
    CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 2);
    CHECK_THROWS_AS(static_cast<void>(sim::load_state(folder / "none.xml")), not_found);
  }
  std::filesystem::remove_all(folder);
}
