// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/types/Event.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace esxvi::sim::detail {

/// Something that was done with a machine: what it was like before, and which one it is now.
struct Happening {
  std::string_view operation{};  ///< "VirtualMachine.powerOn"
  Ref<types::VirtualMachine> vm{};
  std::shared_ptr<types::VirtualMachine const> before{};  ///< of a clone: its source
  std::string user{};
};
/// Writes the event of an operation that ended well; nothing when there is none for it.
void record(Host& host, Happening const& what);

/// Writes an event about a machine, which may be gone. Key, time and place are filled in; `%vm`,
/// `%host` and `%dc` in the text stand for names.
void record(Host& host, Poly<types::Event> event, Ref<types::VirtualMachine> const& ref,
            types::VirtualMachine const& vm, std::string_view text, std::string user);

}  // namespace esxvi::sim::detail
