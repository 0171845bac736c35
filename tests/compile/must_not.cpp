// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Mistakes that the compiler finds, one a CASE. Without CASE all is well.
#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

namespace vim = esxvi::types;

#ifndef CASE
#define CASE 0
#endif

struct Row {
  esxvi::Ref<vim::VirtualMachine> vm;
  std::string name;
#if CASE == 20
  std::int32_t memory;
#elif CASE == 21
  std::optional<std::int32_t> memory;
  std::string another;
#else
  std::optional<std::int32_t> memory;
#endif
};
#if CASE == 21
BOOST_DESCRIBE_STRUCT(Row, (), (vm, name, memory, another))
#elif CASE == 22
BOOST_DESCRIBE_STRUCT(Row, (), (name))
#else
BOOST_DESCRIBE_STRUCT(Row, (), (vm, name, memory))
#endif

template <>
struct esxvi::projection<Row>
#if CASE == 23
    : esxvi::project<vim::VirtualMachine, "name", "config.hardware.memory"> {};
#else
    : esxvi::project<vim::VirtualMachine, "name", "config.hardware.memoryMB"> {};
#endif

void f(esxvi::Session& session) {
  esxvi::Ref<vim::VirtualMachine> const vm("vm-1");
  static_cast<void>(session.retrieve<Row>());
#if CASE == 0
  static_cast<void>(session.retrieve<vim::VirtualMachine, "name">());
  session.for_each<vim::VirtualMachine, "name">([](auto const&) {});
  session.for_each<Row>([](Row const&) { return true; });
  session.call(vim::PowerOnVM_Task{.self = vm});
#elif CASE == 1
  static_cast<void>(session.retrieve<vim::VirtualMachine, "name", "runtime.powerstate">());
#elif CASE == 2
  static_cast<void>(session.retrieve<vim::VirtualMachine, "config.hardware.device.key">());
#elif CASE == 3
  static_cast<void>(
      session.retrieve<vim::VirtualMachine, "config.hardware.device[4000].wakeOnLanEnabled">());
#elif CASE == 4
  session.for_each<vim::VirtualMachine, "summary.nmae">([](auto const&) {});
#elif CASE == 5
  static_cast<void>(session.retrieve<vim::VirtualMachine, "config.hardware.device[4000">());
#elif CASE == 6
  static_cast<void>(session.retrieve<vim::HostSystem, "name">());
#elif CASE == 7
  struct NotProjected {
    std::string name;
  };
  static_cast<void>(session.retrieve<NotProjected>());
#elif CASE == 10
  session.call(vim::PowerOnVM_Task{});
#elif CASE == 12
  session.call(vim::PowerOnVM_Task{.self = esxvi::Ref<vim::HostSystem>("host-1")});
#elif CASE == 13
  session.call(vim::AnswerVM{.self = vm, .questionId = 7, .answerChoice = "1"});
#elif CASE == 14
  session.call(vim::PowerOnVM_Task{.slef = vm});
#elif CASE == 30
  session.for_each<vim::VirtualMachine, "name">([](int) {});
#elif CASE == 31
  session.for_each<Row>([](std::string const&) {});
#endif
}
