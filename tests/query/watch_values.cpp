// Changes inside of structures and arrays, applied to the members that they are about.
#include "query/watch_fixture.hpp"

#include <esxvi/types/VirtualDisk.hpp>

#include <algorithm>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Watch;

namespace {

vim::VirtualDevice const* device(std::optional<vim::VirtualHardware> const& hardware, int key) {
  if (!hardware) return nullptr;
  for (auto const& d : hardware->device)
    if (d && d->key == key) return d.get();
  return nullptr;
}
vim::VirtualDevice& device(vim::VirtualMachine& m, int key) {
  for (auto& d : m.config->hardware.device)
    if (d->key == key) return *d;
  throw std::out_of_range("no such device");
}

/// A machine whose hardware is watched.
struct Hardware : Watched {
  MachineRef vm = host.add_vm("web01").memory(512);
  Watch<vim::VirtualMachine, "name", "config.hardware"> cache{session};
  Hardware() { cache.poll(now); }

  template <class F> void change(F&& f) {
    host.modify(vm, std::forward<F>(f));
    CHECK(cache.poll(now).size() == 1);
    CHECK(cache.watcher()->statistics().objects_read == 0);
  }
  [[nodiscard]] auto const& hardware() const { return std::get<2>(*cache.find(vm)); }
};

}  // namespace

TEST_CASE("a member of a watched structure") {
  Hardware h;
  h.change([](vim::VirtualMachine& m) { m.config->hardware.memoryMB = 4096; });
  CHECK(std::get<2>(*h.cache.changes()[0].before)->memoryMB == 512);
  CHECK(h.hardware()->memoryMB == 4096);
  CHECK(h.hardware()->device.size() > 5);
}

TEST_CASE("members of an element of an array, also those that only the device's own type has") {
  Hardware h;
  h.change([](vim::VirtualMachine& m) {
    device(m, 2000).unitNumber = 9;
    static_cast<vim::VirtualDisk&>(device(m, 2000)).capacityInKB = 77;
  });
  auto const* const disk = device(h.hardware(), 2000);
  REQUIRE(disk != nullptr);
  CHECK(disk->unitNumber == 9);
  CHECK(static_cast<vim::VirtualDisk const*>(disk)->capacityInKB == 77);
}

TEST_CASE("an element is removed, another one added") {
  Hardware h;
  auto const count = h.hardware()->device.size();
  REQUIRE(device(h.hardware(), 4000) != nullptr);
  esxvi::Poly<vim::VirtualDevice> kept;
  h.change([&](vim::VirtualMachine& m) {
    auto& all = m.config->hardware.device;
    auto const at =
        std::find_if(all.begin(), all.end(), [](auto const& d) { return d->key == 4000; });
    kept = *at;
    all.erase(at);
  });
  CHECK(device(h.hardware(), 4000) == nullptr);
  CHECK(h.hardware()->device.size() == count - 1);
  h.change([&](vim::VirtualMachine& m) { m.config->hardware.device.push_back(kept); });
  CHECK(device(h.hardware(), 4000) != nullptr);
  CHECK(h.hardware()->device.size() == count);
}

TEST_CASE("what a watched property is a part of goes and comes back") {
  Hardware h;
  auto const kept = h.host.get<vim::VirtualMachine>(h.vm)->config;
  h.change([](vim::VirtualMachine& m) { m.config.reset(); });
  CHECK_FALSE(h.hardware().has_value());
  h.change([&](vim::VirtualMachine& m) { m.config = kept; });
  REQUIRE(h.hardware().has_value());
  CHECK(h.hardware()->memoryMB == 512);
}

TEST_CASE("a path to one element of an array") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  Watch<vim::VirtualMachine, "name", "config.hardware.device[2000].deviceInfo.label"> cache{
      w.session};
  cache.poll(now);
  REQUIRE(std::get<2>(*cache.find(vm)).has_value());
  w.host.modify(vm, [](vim::VirtualMachine& m) { device(m, 2000).deviceInfo->label = "disk"; });
  CHECK(cache.poll(now).size() == 1);
  CHECK(std::get<2>(*cache.find(vm)) == "disk");
}

TEST_CASE("columns that overlap are read again") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01").memory(512);
  Watch<vim::VirtualMachine, "name", "config.hardware", "config.hardware.memoryMB"> cache{
      w.session};
  cache.poll(now);
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->hardware.memoryMB = 1024; });
  CHECK(w.requests([&] { CHECK(cache.poll(now).size() == 1); }) == 2);
  CHECK(std::get<2>(*cache.find(vm))->memoryMB == 1024);
  CHECK(std::get<3>(*cache.find(vm)) == 1024);
  CHECK(cache.watcher()->statistics().objects_read == 1);
}

TEST_CASE("whole values, when they are asked for") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01").memory(512);
  Watch<vim::VirtualMachine, "name", "config.hardware"> cache{w.session, {.whole_values = true}};
  cache.poll(now);
  auto const count = std::get<2>(*cache.find(vm))->device.size();
  w.host.modify(vm, [](vim::VirtualMachine& m) {
    m.config->hardware.memoryMB = 1024;
    m.config->hardware.device.pop_back();
  });
  CHECK(cache.poll(now).size() == 1);
  CHECK(std::get<2>(*cache.find(vm))->memoryMB == 1024);
  CHECK(std::get<2>(*cache.find(vm))->device.size() == count - 1);
}

TEST_CASE("a property that is unset becomes what the row's member begins with") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01").powered_on().ip("10.0.0.1");
  Watch<vim::VirtualMachine, "name", "guest.ipAddress"> cache{w.session};
  cache.poll(now);
  REQUIRE(std::get<2>(*cache.find(vm)) == "10.0.0.1");
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.guest->ipAddress.reset(); });
  CHECK(cache.poll(now).size() == 1);
  CHECK_FALSE(std::get<2>(*cache.find(vm)).has_value());
}
