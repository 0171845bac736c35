// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>

#include <string>
#include <string_view>

/// Questions of virtual machines, for Host::ask, Host::ask_on_power_on, MachineBuilder::asks and
/// TaskPlan::questions. Ids, labels and words are those of VMware's products; what an answer leads
/// to may be changed: `q.answered = ...`, `q.again = ...`.
///
///     host.ask_on_power_on(vm, sim::questions::disk_full("web01.vmdk", 2));
namespace esxvi::sim::questions {

/// What to do with the file behind a serial port: append (default), replace, cancel.
[[nodiscard]] Question serial_file_open(std::string_view file);
[[nodiscard]] Question parallel_file_open(std::string_view file);
/// Moved or copied (default)? A copy gets a new UUID and new MAC addresses.
[[nodiscard]] Question uuid_altered(Ref<types::VirtualMachine> const& vm);
/// Yes, or No: the operation fails. No default.
[[nodiscard]] Question cdrom_locked();
/// Yes, or No: the device stays disconnected from now on.
[[nodiscard]] Question no_device(std::string_view device);
/// Retry or Cancel, which switches the machine off. Asked again after so many retries.
[[nodiscard]] Question disk_full(Ref<types::VirtualMachine> const& vm, std::string_view disk,
                                 int retries = 1);
/// The same of asynchronous writes.
[[nodiscard]] Question disk_write_failed(Ref<types::VirtualMachine> const& vm,
                                         std::string_view disk, int retries = 1);
/// Yes or No (fails), without a default.
[[nodiscard]] Question not_enough_memory(int megabytes, int possible);
/// Yes or No (fails), without a default.
[[nodiscard]] Question duplicate_disk_uuid();
/// A machine that has to be stopped: one choice.
[[nodiscard]] Question lock_lost(Ref<types::VirtualMachine> const& vm, std::string_view disk);
/// A question that nobody can answer: it has no choices.
[[nodiscard]] Question without_choices();

/// Has the guest of a machine hold its CD-ROM: who takes that away is asked about it.
void lock_cdrom(Host& host, Ref<types::VirtualMachine> const& vm, bool locked = true);

}  // namespace esxvi::sim::questions
