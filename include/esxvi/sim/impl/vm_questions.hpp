// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What virtual machines ask. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/questions.hpp>
#include <esxvi/types/OptionValue.hpp>
#include <esxvi/types/VirtualParallelPort.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/fault/RequestCanceled.hpp>
#include <esxvi/types/fault/VmConfigFault.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace {

/// A question of the catalogue. `$1` and `$2` stand for what it is about; each choice is
/// "label=words", its key is its place.
struct known_question {
  std::string_view id;
  std::string_view text;
  std::string_view choices[3];
  int default_index;  ///< -1: none
  int fails = -1;     ///< the choice that ends the task
};

// clang-format off
constexpr known_question known_questions[] = {
    {"msg.serial.file.open", "Serial port output file \"$1\" already exists. Do you want to replace it with any newly created content, or append new content to the end of the file?",
     {"button.serial.file.append=Append", "button.serial.file.overwrite=Replace", "button.serial.file.cancel=Cancel"}, 0, 2},
    {"msg.parallel.file.open", "Parallel port output file \"$1\" already exists. Do you want to replace it with any newly created content, or append new content to the end of the file?",
     {"button.parallel.file.append=Append", "button.parallel.file.overwrite=Replace", "button.parallel.file.cancel=Cancel"}, 0, 2},
    {"msg.uuid.altered", "This virtual machine might have been moved or copied. In order to configure certain management and networking features, VMware ESX needs to know if this virtual machine was moved or copied. If you don't know, answer \"I Co_pied It\".",
     {"button.uuid.cancel=Cancel", "button.uuid.movedTheVM=I _Moved It", "button.uuid.copiedTheVM=I Co_pied It"}, 2, 0},
    {"msg.cdromdisconnect.locked", "The guest operating system has locked the CD-ROM door and is probably using the CD-ROM, which can prevent the guest from recognizing media changes. If possible, eject the CD-ROM from inside the guest before disconnecting. Disconnect anyway and override the lock?",
     {"button.yes=Yes", "button.no=No"}, -1, 1},
    {"msg.noAutodetectBackingQuestion", "Cannot connect the virtual device $1 because no corresponding device is available on the host. Do you want to try to connect this virtual device every time you power on the virtual machine?",
     {"button.yes=Yes", "button.no=No"}, 0},
    {"msg.hbacommon.outofspace", "There is no more space for virtual disk '$1'. You might be able to continue this session by freeing disk space on the relevant volume, and clicking _Retry. Click Cancel to terminate this session.",
     {"button.retry=_Retry", "button.abort=Cancel"}, 0, 1},
    {"msg.vmxaiomgr.retryabort.diskfull", "The operation on the file \"$1\" failed (No space left on device). The file system where disk \"$1\" resides is full. Select _Retry to attempt the operation again. Select Cancel to end the session.",
     {"button.retry=_Retry", "button.abort=Cancel"}, 0, 1},
    {"msg.memsched.preNotEnoughMem", "Not enough physical memory is available to power on this virtual machine. Do you want to temporarily reduce the memory size of the virtual machine from $1 MB to $2 MB?",
     {"button.yes=Yes", "button.no=No"}, -1, 1},
    {"msg.disk.duplicateUUID", "Two disks of this virtual machine have the same UUID. Do you want to continue?",
     {"button.yes=Yes", "button.no=No"}, -1, 1},
    {"msg.hbacommon.locklost", "The lock protecting $1 has been lost, possibly due to underlying storage issues. If this virtual machine is configured to be highly available, ensure that the virtual machine is running on some other host before clicking OK.",
     {"button.ok=OK"}, 0},
    {"msg.hbacommon.corruptredo", "The redolog of a disk has been detected to be corrupt. The virtual machine needs to be powered off. If the problem still persists, you need to discard the redolog.",
     {}, -1},
};
// clang-format on

inline Question ask_about(std::string_view id, std::string_view first = {},
                          std::string_view second = {}) {
  auto const& known = *std::find_if(std::begin(known_questions), std::end(known_questions),
                                    [&](known_question const& k) { return k.id == id; });
  Question q;
  q.message_id = known.id;
  for (std::size_t i = 0; i < known.text.size(); ++i) {
    if (known.text[i] == '$' && i + 1 < known.text.size())
      q.text += known.text[++i] == '1' ? first : second;
    else
      q.text += known.text[i];
  }
  for (std::string_view const choice : known.choices) {
    if (choice.empty()) break;
    auto const equals = choice.find('=');
    q.choices.push_back({std::to_string(q.choices.size()), std::string(choice.substr(0, equals)),
                         std::string(choice.substr(equals + 1))});
  }
  if (known.default_index >= 0) q.default_index = known.default_index;
  if (known.fails >= 0)
    q.answered = [fails = std::to_string(known.fails), id](
                     Host&, std::string_view key) -> std::optional<Failure> {
      if (key != fails) return std::nullopt;
      types::GenericVmConfigFault why;
      why.reason = std::string(id);
      return fault(std::move(why),
                   "The operation was canceled by the answer to " + std::string(id) + ".");
    };
  return q;
}

// Retries that lead to the same question again, and an end to the machine's session. Each copy of
// the question counts by itself: each power-on has one.
inline Question full(Question q, Ref<types::VirtualMachine> const& vm, int retries) {
  q.again = [left = retries](Host&, std::string_view key) mutable {
    return key == "0" && left-- > 0;
  };
  q.answered = [vm, act = q.answered](Host& host, std::string_view key) {
    if (key == "1" && host.exists(vm))
      host.modify(vm, [&](types::VirtualMachine& m) {
        detail::set_power(host, m, types::VirtualMachinePowerState::poweredOff);
      });
    return act(host, key);
  };
  return q;
}

inline char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Words as people write them: any case, without accelerator marks.
inline bool same_words(std::string_view a, std::string_view b) {
  std::string plain[2];
  for (char const c : a)
    if (c != '_') plain[0] += folded(c);
  for (char const c : b)
    if (c != '_') plain[1] += folded(c);
  return plain[0] == plain[1];
}

inline bool is_true(std::optional<std::string> const& value) {
  return value && same_words(*value, "TRUE");
}

template <class Backing>
inline Backing const* output_file(Poly<types::VirtualDevice> const& device) {
  return device->backing ? device->backing.as<Backing>() : nullptr;
}

}  // namespace

namespace questions {

Question serial_file_open(std::string_view file) { return ask_about("msg.serial.file.open", file); }

Question parallel_file_open(std::string_view file) {
  return ask_about("msg.parallel.file.open", file);
}

Question uuid_altered(Ref<types::VirtualMachine> const& vm) {
  Question q = ask_about("msg.uuid.altered");
  q.answered = [vm, act = q.answered](Host& host, std::string_view key) -> std::optional<Failure> {
    if (key == "0") return act(host, key);
    detail::machine_services(host).out_of_place.erase(vm.value());
    if (key == "2")
      host.modify(vm, [&](types::VirtualMachine& m) {
        if (m.config) detail::renew_identity(host, *m.config);
      });
    return std::nullopt;
  };
  return q;
}

Question cdrom_locked() { return ask_about("msg.cdromdisconnect.locked"); }

Question no_device(std::string_view device) {
  return ask_about("msg.noAutodetectBackingQuestion", device);
}

Question disk_full(Ref<types::VirtualMachine> const& vm, std::string_view disk, int retries) {
  return full(ask_about("msg.hbacommon.outofspace", disk), vm, retries);
}

Question disk_write_failed(Ref<types::VirtualMachine> const& vm, std::string_view disk,
                           int retries) {
  return full(ask_about("msg.vmxaiomgr.retryabort.diskfull", disk), vm, retries);
}

Question not_enough_memory(int megabytes, int possible) {
  return ask_about("msg.memsched.preNotEnoughMem", std::to_string(megabytes),
                   std::to_string(possible));
}

Question duplicate_disk_uuid() { return ask_about("msg.disk.duplicateUUID"); }

Question lock_lost(Ref<types::VirtualMachine> const& vm, std::string_view disk) {
  Question q = ask_about("msg.hbacommon.locklost", disk);
  q.answered = [vm](Host& host, std::string_view) -> std::optional<Failure> {
    host.modify(vm, [&](types::VirtualMachine& m) {
      detail::set_power(host, m, types::VirtualMachinePowerState::poweredOff);
    });
    return std::nullopt;
  };
  return q;
}

Question without_choices() { return ask_about("msg.hbacommon.corruptredo"); }

void lock_cdrom(Host& host, Ref<types::VirtualMachine> const& vm, bool locked) {
  auto const hold = host.lock();
  auto& all = detail::machine_services(host).locked_cds;
  if (locked)
    all.insert(vm.value());
  else
    all.erase(vm.value());
}

}  // namespace questions

void Host::ask_on_power_on(Ref<types::VirtualMachine> const& vm, Question question) {
  Lock const hold(*this);
  state_->power_on_questions[vm.value()].push_back(std::move(question));
}

namespace detail {

std::optional<std::string> extra_value(types::VirtualMachineConfigInfo const& config,
                                       std::string_view key) {
  for (auto const& option : config.extraConfig)
    if (same_words(option->key, key))
      if (auto const* text = option->value.as<std::string>()) return *text;
  return std::nullopt;
}

std::vector<Question> power_on_questions(Host& host, Ref<types::VirtualMachine> const& vm) {
  std::vector<Question> all;
  save_machine(host, vm.value());
  auto const machine = host.get<types::VirtualMachine>(vm);
  bool const resumes = machine->runtime.powerState == types::VirtualMachinePowerState::suspended;
  if (machine->config && !resumes) {
    auto const& config = *machine->config;
    if (machine_services(host).out_of_place.count(vm.value()) > 0)
      all.push_back(questions::uuid_altered(vm));
    for (auto const& d : config.hardware.device) {
      if (d->connectable && !d->connectable->startConnected) continue;
      if (auto const* file = output_file<types::VirtualSerialPortFileBackingInfo>(d);
          file != nullptr && file_exists(host, file->fileName))
        all.push_back(questions::serial_file_open(file->fileName));
      if (auto const* file = output_file<types::VirtualParallelPortFileBackingInfo>(d);
          file != nullptr && file_exists(host, file->fileName))
        all.push_back(questions::parallel_file_open(file->fileName));
    }
  }
  if (auto const own = host.state().power_on_questions.find(vm.value());
      own != host.state().power_on_questions.end())
    all.insert(all.end(), own->second.begin(), own->second.end());
  return all;
}

std::optional<std::string> answer_in_advance(Host& host, untyped_ref const& vm,
                                             Question const& question) {
  auto const machine = host.find<types::VirtualMachine>(vm);
  if (!machine || !machine->config) return std::nullopt;
  auto const& config = *machine->config;
  auto words = extra_value(config, "answer." + question.message_id);
  if (question.message_id == "msg.uuid.altered")
    if (auto const action = extra_value(config, "uuid.action")) {
      if (same_words(*action, "create") || same_words(*action, "change")) words = "I Copied It";
      if (same_words(*action, "keep")) words = "I Moved It";
    }
  if (words)
    for (Choice const& choice : question.choices)
      if (same_words(choice.summary, *words)) return choice.key;
  if (question.default_index && is_true(extra_value(config, "msg.autoAnswer"))) {
    auto const index = static_cast<std::size_t>(*question.default_index);
    if (index < question.choices.size()) return question.choices[index].key;
  }
  return std::nullopt;
}

}  // namespace detail

}  // namespace esxvi::sim
