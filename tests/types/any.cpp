// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// xsd:anyType.
#include <esxvi/types/PropertyCollector_types.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace esxvi;
namespace vim = esxvi::types;

namespace {
template <class T> void holds(T value, std::string_view name) {
  Any const any = value;
  CHECK(any.has_value());
  CHECK(any.type_name() == name);
  REQUIRE(any.as<T>() != nullptr);
  CHECK(*any.as<T>() == value);
}
}  // namespace

#ifdef ASK_FOR_A_PLAIN_ENUM
vim::PropertyChangeOp const* none = Any().as<vim::PropertyChangeOp>();
#endif

TEST_CASE("an empty value has no type") {
  Any const none;
  CHECK_FALSE(none);
  CHECK(none.type_name().empty());
  CHECK(none.as<std::string>() == nullptr);
  CHECK_FALSE(none.is<bool>());
  CHECK(none.as<std::vector<std::string>>() == nullptr);
}

TEST_CASE("every built-in type goes in and comes out as itself") {
  holds(true, "xsd:boolean");
  holds(std::int8_t{-1}, "xsd:byte");
  holds(std::int16_t{-2}, "xsd:short");
  holds(std::int32_t{3}, "xsd:int");
  holds(std::int64_t{4}, "xsd:long");
  holds(1.5F, "xsd:float");
  holds(2.5, "xsd:double");
  holds(std::string("text"), "xsd:string");
  holds(*DateTime::parse("2026-01-01T00:00:00Z"), "xsd:dateTime");
  holds(Binary{{1, 2}}, "xsd:base64Binary");
  holds(Ref<vim::VirtualMachine>("vm-1"), "ManagedObjectReference");
  holds(Enum<vim::PropertyChangeOp>(vim::PropertyChangeOp::add), "PropertyChangeOp");
}

TEST_CASE("arrays go in and come out as arrays") {
  holds(std::vector<std::string>{"a", "b"}, "ArrayOfString");
  holds(std::vector<std::int32_t>{1, 2}, "ArrayOfInt");
  holds(std::vector<std::int8_t>{1, -2}, "ArrayOfByte");
  holds(std::vector<Ref<vim::VirtualMachine>>{Ref<vim::VirtualMachine>("vm-1")},
        "ArrayOfManagedObjectReference");
}

TEST_CASE("text in any form is a string") {
  CHECK(*Any("literal").as<std::string>() == "literal");
  CHECK(*Any(std::string_view("view")).as<std::string>() == "view");
  char const* const pointer = "pointer";
  CHECK(*Any(pointer).as<std::string>() == "pointer");
  char array[] = "array";
  CHECK(*Any(array).as<std::string>() == "array");
}

TEST_CASE("a value is of one type only: no conversion happens on the way out") {
  Any const any = std::int32_t{1};
  CHECK(any.is<std::int32_t>());
  CHECK_FALSE(any.is<std::int64_t>());
  CHECK_FALSE(any.is<bool>());
  CHECK_FALSE(any.is<std::string>());
  CHECK_FALSE(any.is<std::vector<std::int32_t>>());
}

TEST_CASE("an object can be asked for as any of its bases") {
  vim::VirtualDisk disk;
  disk.key = 5;
  Any any = disk;
  CHECK(any.type_name() == "VirtualDisk");
  REQUIRE(any.as<vim::VirtualDevice>() != nullptr);
  CHECK(any.as<vim::VirtualDevice>()->key == 5);
  CHECK(any.as<vim::VirtualDisk>() != nullptr);
  CHECK(any.as<vim::VirtualDeviceBackingInfo>() == nullptr);
  any.as<vim::VirtualDevice>()->key = 6;
  CHECK(std::as_const(any).as<vim::VirtualDisk>()->key == 6);
}

TEST_CASE("a reference does not hide behind the kind it is asked for") {
  Any const any = Ref<vim::VirtualMachine>("vm-1");
  REQUIRE(any.as<Ref<vim::ManagedEntity>>() != nullptr);
  CHECK(any.as<Ref<vim::ManagedEntity>>()->type() == "VirtualMachine");
  CHECK(any.as<untyped_ref>() != nullptr);
  Any const many = std::vector<untyped_ref>{untyped_ref("HostSystem", "host-1")};
  auto const* const hosts = many.as<std::vector<Ref<vim::HostSystem>>>();
  REQUIRE(hosts != nullptr);
  REQUIRE(hosts->size() == 1);
  CHECK(hosts->front().value() == "host-1");
  CHECK_FALSE(many.is<std::vector<std::string>>());
}

TEST_CASE("wrappers are taken off: what is inside is the value") {
  CHECK(Any(vim::PropertyChangeOp::assign).as<Enum<vim::PropertyChangeOp>>()->value() ==
        vim::PropertyChangeOp::assign);
  Poly<vim::VirtualDevice> device = vim::VirtualDisk{};
  Any const any = device;
  CHECK(any.is<vim::VirtualDisk>());
  CHECK(any.type_name() == "VirtualDisk");
  CHECK(device);
  CHECK_FALSE(Any(Poly<vim::VirtualDevice>()));
  CHECK(*Any(std::optional<std::int32_t>(5)).as<std::int32_t>() == 5);
  CHECK_FALSE(Any(std::optional<std::int32_t>()));
}

TEST_CASE("copies are deep, moved-from values are empty") {
  Any one = std::string("first");
  Any two = one;
  *two.as<std::string>() = "second";
  CHECK(*one.as<std::string>() == "first");
  two = std::move(one);
  CHECK(*two.as<std::string>() == "first");
  CHECK_FALSE(one);  // NOLINT(bugprone-use-after-move)
  two.reset();
  CHECK_FALSE(two);
  two = std::int32_t{1};
  CHECK(two.is<std::int32_t>());
}

TEST_CASE("a value nobody can decode tells the type that it came with") {
  Any const any = RawValue{"NewThing", "", "<a/>"};
  CHECK(any.type_name() == "NewThing");
  REQUIRE(any.as<RawValue>() != nullptr);
  CHECK(any.as<RawValue>()->xml == "<a/>");
}
