// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Objects of a declared type or any descendant.
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

using namespace esxvi;
namespace vim = esxvi::types;

namespace {
vim::VirtualDisk disk(std::int32_t key) {
  vim::VirtualDisk d;
  d.key = key;
  d.capacityInKB = 1024;
  vim::VirtualDiskFlatVer2BackingInfo backing;
  backing.fileName = "[datastore1] a/a.vmdk";
  d.backing = backing;
  return d;
}
}  // namespace

TEST_CASE("an empty box holds nothing of any type") {
  Poly<vim::VirtualDevice> const none;
  CHECK_FALSE(none);
  CHECK_FALSE(none.has_value());
  CHECK(none.get() == nullptr);
  CHECK(none.as<vim::VirtualDevice>() == nullptr);
  CHECK(none.as<vim::VirtualDisk>() == nullptr);
  CHECK_FALSE(none.is<vim::VirtualDevice>());
  CHECK(none.type_name().empty());
  Poly<vim::VirtualDevice> const null = nullptr;
  CHECK_FALSE(null);
  Poly<vim::VirtualDevice> const copy = none;
  CHECK_FALSE(copy);
}

TEST_CASE("a descendant goes in silently and comes out when asked for") {
  Poly<vim::VirtualDevice> device = disk(2000);
  REQUIRE(device);
  CHECK(device->key == 2000);
  CHECK(device.type_name() == "VirtualDisk");
  CHECK(device.is<vim::VirtualDisk>());
  CHECK(device.is<vim::VirtualDevice>());
  REQUIRE(device.as<vim::VirtualDisk>() != nullptr);
  CHECK(device.as<vim::VirtualDisk>()->capacityInKB == 1024);
  device.as<vim::VirtualDisk>()->capacityInKB = 7;
  CHECK(std::as_const(device).as<vim::VirtualDisk>()->capacityInKB == 7);
}

TEST_CASE("an object of the declared type is no descendant") {
  Poly<vim::VirtualDevice> const device = vim::VirtualDevice{};
  CHECK(device.is<vim::VirtualDevice>());
  CHECK_FALSE(device.is<vim::VirtualDisk>());
  CHECK(device.as<vim::VirtualDisk>() == nullptr);
  CHECK(device.type_name() == "VirtualDevice");
}

TEST_CASE("a box takes no stranger and no ancestor") {
  static_assert(std::is_constructible_v<Poly<vim::VirtualDevice>, vim::VirtualDisk>);
  static_assert(!std::is_constructible_v<Poly<vim::VirtualDisk>, vim::VirtualDevice>);
  static_assert(!std::is_constructible_v<Poly<vim::VirtualDevice>, std::string>);
  CHECK(std::is_nothrow_move_constructible_v<Poly<vim::VirtualDevice>>);
}

TEST_CASE("copies are deep, through boxes in boxes") {
  Poly<vim::VirtualDevice> one = disk(1);
  Poly<vim::VirtualDevice> two = one;
  CHECK(two.get() != one.get());
  auto* const backing = two->backing.as<vim::VirtualDiskFlatVer2BackingInfo>();
  REQUIRE(backing != nullptr);
  CHECK(backing != one->backing.get());
  backing->fileName = "changed";
  CHECK(one->backing.as<vim::VirtualDeviceFileBackingInfo>()->fileName == "[datastore1] a/a.vmdk");
  one = two;
  CHECK(one->backing.as<vim::VirtualDeviceFileBackingInfo>()->fileName == "changed");
  auto& self = one;
  one = self;
  CHECK(one->key == 1);
}

TEST_CASE("a moved-from box is empty") {
  Poly<vim::VirtualDevice> one = disk(1);
  auto const* const object = one.get();
  Poly<vim::VirtualDevice> const two = std::move(one);
  CHECK(two.get() == object);
  CHECK_FALSE(one);  // NOLINT(bugprone-use-after-move)
  Poly<vim::VirtualDevice> three = disk(3);
  three = Poly<vim::VirtualDevice>();
  CHECK_FALSE(three);
  three.reset();
  CHECK_FALSE(three);
}

TEST_CASE("a chain of disk files is a chain of boxes") {
  vim::VirtualDiskFlatVer2BackingInfo base;
  base.fileName = "base";
  vim::VirtualDiskFlatVer2BackingInfo middle;
  middle.fileName = "middle";
  middle.parent = base;
  vim::VirtualDiskFlatVer2BackingInfo top;
  top.parent = middle;
  auto const copy = top;
  CHECK(copy.parent->fileName == "middle");
  CHECK(copy.parent->parent->fileName == "base");
  CHECK_FALSE(copy.parent->parent->parent);
}

TEST_CASE("an object of a type that only the server knows has that name") {
  vim::VirtualDevice device;
  device.extra.set_type("VirtualQuantumDevice");
  Poly<vim::VirtualDevice> const box = device;
  CHECK(box.type_name() == "VirtualQuantumDevice");
  CHECK(box.is<vim::VirtualDevice>());
}
