// After any modification of the host the cache is what a fresh query reads, and the changes that
// polls tell lead from one to the other: some thousand random steps, with lost sessions and
// connections.
#include "query/watch_fixture.hpp"

#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/core/same.hpp>

#include <algorithm>
#include <random>

namespace esxvi::test {

struct Everything {
  Ref<vim::VirtualMachine> vm{};
  std::string name{};
  std::optional<vim::VirtualHardware> hardware{};
  std::optional<std::vector<Poly<vim::OptionValue>>> options{};
  std::optional<std::string> annotation{};
  std::optional<vim::VirtualMachineFileInfo> files{};
  std::vector<Ref<vim::Datastore>> datastores{};
};
BOOST_DESCRIBE_STRUCT(Everything, (), (vm, name, hardware, options, annotation, files, datastores))

}  // namespace esxvi::test

template <>
struct esxvi::projection<esxvi::test::Everything>
    : esxvi::project<esxvi::types::VirtualMachine, "name", "config.hardware", "config.extraConfig",
                     "config.annotation", "config.files", "datastore"> {};

using namespace esxvi::test;
using esxvi::Watch;

namespace {

/// Updates name elements by their keys and say nothing of their order.
Everything sorted(Everything row) {
  auto const by_key = [](auto const& a, auto const& b) { return a->key < b->key; };
  if (row.hardware) std::sort(row.hardware->device.begin(), row.hardware->device.end(), by_key);
  if (row.options) std::sort(row.options->begin(), row.options->end(), by_key);
  return row;
}
bool equal(Everything const& a, Everything const& b) {
  Everything const x = sorted(a);
  Everything const y = sorted(b);
  return esxvi::detail::same(*esxvi::reflect::type_of<Everything>(), &x, &y);
}

class World {
 public:
  explicit World(unsigned seed) : dice_(seed) {
    for (int i = 0; i < 4; ++i) machines_.push_back(host_.add_vm("vm" + std::to_string(i)));
  }

  std::vector<Everything> fresh() { return session_.retrieve<Everything>(); }
  esxvi::Session& session() { return session_; }
  esxvi::sim::Host& host() { return host_; }
  int pick(int below) { return std::uniform_int_distribution<>(0, below - 1)(dice_); }

  void change() {
    if (pick(40) == 0) return host_.end_all_sessions();
    if (pick(40) == 0) return host_.cause({.method = "WaitForUpdatesEx", .drop_after = true});
    if (pick(40) == 0)
      return host_.cause(
          {.method = "WaitForUpdatesEx", .cut_after = static_cast<std::size_t>(pick(4000))});
    if (pick(12) == 0) return come_or_go();
    auto const& vm = machines_[static_cast<std::size_t>(pick(static_cast<int>(machines_.size())))];
    host_.modify(vm, [&](vim::VirtualMachine& m) {
      if (m.config)
        change(m);
      else
        m.config = kept_;
    });
  }

 private:
  void come_or_go() {
    if (machines_.size() < 8 && pick(2) == 0) {
      machines_.push_back(host_.add_vm("new" + std::to_string(++made_)));
      return;
    }
    if (machines_.size() < 3) return;
    auto const vm = machines_.back();
    machines_.pop_back();
    host_.modify(host_.places().vm_folder, [&](vim::Folder& f) {
      std::erase_if(f.childEntity, [&](auto const& c) { return c.value() == vm.value(); });
    });
    host_.remove(vm);
  }

  void change(vim::VirtualMachine& m) {
    auto& config = *m.config;
    auto& devices = config.hardware.device;
    auto const any = [&](auto& list) -> auto& {
      return list[static_cast<std::size_t>(pick(static_cast<int>(list.size())))];
    };
    std::string const text = std::to_string(pick(5));
    switch (pick(12)) {
      case 0:
        config.name = "name" + text;
        break;
      case 1:
        config.hardware.memoryMB = 4 * (1 + pick(8));
        break;
      case 2:
        config.annotation = text;
        break;
      case 3:
        if (!devices.empty()) any(devices)->unitNumber = pick(4);
        break;
      case 4:
        if (!devices.empty()) any(devices)->unitNumber.reset();
        break;
      case 5:
        if (devices.size() > 3)
          devices.erase(devices.begin() + pick(static_cast<int>(devices.size())));
        break;
      case 6:
        if (devices.size() < 20) {
          vim::VirtualDisk disk;
          disk.key = 3000 + ++made_;
          disk.capacityInKB = pick(100);
          devices.emplace_back(disk);
        }
        break;
      case 7:
        if (config.extraConfig.size() < 6) {
          vim::OptionValue option;
          option.key = "key." + std::to_string(++made_);
          option.value = text;
          config.extraConfig.emplace_back(option);
        }
        break;
      case 8:
        if (!config.extraConfig.empty()) {
          if (pick(2) == 0)
            any(config.extraConfig)->value = text;
          else
            config.extraConfig.pop_back();
        }
        break;
      case 9:
        config.files.logDirectory = text;
        if (pick(2) == 0) config.files.logDirectory.reset();
        break;
      case 10:
        for (auto& d : devices)
          if (auto* const disk = d.as<vim::VirtualDisk>()) disk->capacityInKB = pick(100);
        break;
      default:
        kept_ = m.config;
        m.config.reset();
    }
  }

  esxvi::sim::Host host_{simulated()};
  esxvi::Session session_{esxvi::sim::Transport(host_), "https://esx01.example.test/sdk",
                          esxvi::Credentials{"root", "esxvi"}};
  std::mt19937 dice_;
  std::vector<MachineRef> machines_{};
  decltype(vim::VirtualMachine::config) kept_{};
  int made_ = 0;
};

void check_same(Watch<Everything> const& cache, std::vector<Everything> const& fresh) {
  REQUIRE(cache.size() == fresh.size());
  for (Everything const& row : fresh) {
    REQUIRE(cache.find(row.vm) != nullptr);
    REQUIRE(equal(*cache.find(row.vm), row));
  }
}

void run(unsigned seed, int steps, esxvi::WatcherOptions const& watcher,
         esxvi::WatchOptions<vim::VirtualMachine> const& options) {
  CAPTURE(seed);
  World world(seed);
  Watch<Everything> cache{world.session(), watcher, options};
  // What somebody knows who only follows the changes.
  std::map<std::string, Everything> followed;
  for (int step = 0; step < steps; ++step) {
    CAPTURE(step);
    for (int i = world.pick(4); i > 0; --i) world.change();
    for (auto const& c : cache.poll(now)) {
      auto const known = followed.find(c.object.value());
      REQUIRE((known != followed.end()) == c.before.has_value());
      if (c.before) REQUIRE(equal(known->second, *c.before));
      if (c.before && c.now != nullptr) {
        bool const differs =
            !esxvi::detail::same(*esxvi::reflect::type_of<Everything>(), &*c.before, c.now);
        REQUIRE(differs);
      }
      if (c.now != nullptr)
        followed.insert_or_assign(c.object.value(), *c.now);
      else
        followed.erase(c.object.value());
    }
    world.host().clear_troubles();
    check_same(cache, world.fresh());
    REQUIRE(followed.size() == cache.size());
  }
}

}  // namespace

TEST_CASE("partial updates, all in one reply") { run(1, 1000, {}, {}); }
TEST_CASE("partial updates, one object a reply") { run(2, 1000, {.page_size = 1}, {}); }
TEST_CASE("whole values") { run(3, 500, {.page_size = 2}, {.whole_values = true}); }
