// A tour of the library: what it does, and the lines of C++ behind each step, taken from this file.
//
//   tour                                  against a simulated host inside this program
//   tour 'esx://root@esx01.example/' [MACHINE]     against a real one: asks before it changes
//   anything
//
// The password of a real host comes from $ESXVI_PASSWORD or is asked for. The picture of the screen
// is written to tour-screen.png.
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/session/download.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualEthernetCard.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/vmx.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tour_source.hpp"  // made of this file: tour_source

namespace vim = esxvi::types;

namespace {

// ---- how it is shown ----

bool const in_colour = ::isatty(STDOUT_FILENO) != 0;

std::string styled(char const* code, std::string const& text) {
  return in_colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
}

/// The lines between `// step: NAME` and `// end` of this file, without their indentation.
void show_code(std::string_view name) {
  std::string const mark = "// step: " + std::string(name) + "\n";
  auto at = tour_source.find(mark);
  auto const indent = at - tour_source.rfind('\n', at) - 1;
  for (at += mark.size();;) {
    auto line = tour_source.substr(at, tour_source.find('\n', at) - at);
    at += line.size() + 1;
    line.remove_prefix(std::min(indent, line.size()));
    if (line == "// end") break;
    std::cout << styled("36", "  | " + std::string(line)) << '\n';
  }
}

void headline(std::string const& title, std::string_view code) {
  static int number = 0;
  std::cout << '\n' << styled("1", std::to_string(++number) + ". " + title) << '\n';
  show_code(code);
}

void draw(esxvi::Progress const& p) {
  std::string const bar(static_cast<std::size_t>(p.percent) / 4, '#');
  std::cout << (in_colour ? "\r" : "") << "  [" << std::left << std::setw(25) << bar << "] "
            << std::right << std::setw(3) << p.percent << " %" << (in_colour ? "" : "\n")
            << std::flush;
}
void bar_ends() { std::cout << (in_colour ? "\n" : ""); }

// ---- what it may do ----

bool simulated = false;

/// Whether a real server may be changed. Nobody answers: no.
bool may(std::string const& change) {
  if (simulated) return true;
  std::string answer;
  std::cout << "  " << change << "? [y/N] " << std::flush;
  std::getline(std::cin, answer);
  if (::isatty(STDIN_FILENO) == 0) std::cout << answer << '\n';
  if (answer == "y" || answer == "Y" || answer == "yes") return true;
  std::cout << "  left out: it would change the server (" << change << ")\n";
  return false;
}

esxvi::Credentials password(esxvi::Challenge const& challenge) {
  if (simulated) return esxvi::fixed_password("esxvi")(challenge);
  if (char const* given = std::getenv("ESXVI_PASSWORD"))
    return esxvi::fixed_password(given)(challenge);
  return esxvi::ask_password(challenge);
}

using Machine = esxvi::Ref<vim::VirtualMachine>;

// ---- the steps ----

/// The machine of the tour: the one of this name, or the first that is off, or the first.
std::optional<Machine> list(esxvi::Session& session, std::string_view wanted) {
  std::optional<Machine> chosen;
  bool chosen_is_off = false;
  headline("The virtual machines, in one request", "list");
  // step: list
  auto const rows = session.retrieve<vim::VirtualMachine, "name", "runtime.powerState",
                                     "config.hardware.memoryMB", "guest.ipAddress">();
  for (auto const& [vm, name, power, memory, address] : rows)
    std::cout << "  " << std::left << std::setw(12) << name << std::setw(12) << power << std::right
              << std::setw(6) << memory.value_or(0) << " MiB  " << address.value_or("") << '\n';
  // end
  for (auto const& row : rows) {
    auto const& [vm, name, power, memory, address] = row;
    bool const off = power == vim::VirtualMachinePowerState::poweredOff;
    bool const better = wanted.empty() ? !chosen || (off && !chosen_is_off) : name == wanted;
    if (!better) continue;
    chosen = vm;
    chosen_is_off = off;
  }
  return chosen;
}

void show_hardware(esxvi::Session& session, Machine const& vm) {
  headline("The hardware of one of them", "hardware");
  // step: hardware
  for (auto const& [ref, name, hardware] :
       session.retrieve<vim::VirtualMachine, "name", "config.hardware">({.objects = {vm}})) {
    if (!hardware) continue;  // the server does not know it, or the user may not
    std::cout << "  " << name << ": " << hardware->numCPU << " CPUs\n";
    for (auto const& device : hardware->device) {
      std::string const label = device->deviceInfo ? device->deviceInfo->label : "?";
      if (auto const* disk = device.as<vim::VirtualDisk>())
        std::cout << "  " << label << ": " << disk->capacityInKB / 1048576 << " GB\n";
      if (auto const* card = device.as<vim::VirtualEthernetCard>())
        std::cout << "  " << label << ": " << card->macAddress.value_or("") << '\n';
    }
  }
  // end
}

bool is_on(esxvi::Session& session, Machine const& vm) {
  auto const rows = session.retrieve<vim::VirtualMachine, "runtime.powerState">({.objects = {vm}});
  return std::get<1>(rows.at(0)) == vim::VirtualMachinePowerState::poweredOn;
}

/// False: the machine stands still until somebody answers its question.
bool power_on(esxvi::Session& session, Machine const& vm) {
  headline("Power on, and report a question", "report");
  if (is_on(session, vm)) {
    std::cout << "  it is on already\n";
    return true;
  }
  if (!may("power on the machine")) return true;
  bool asked = false;
  bool waits = false;
  // step: report
  try {
    esxvi::Task<esxvi::ReportAndCancel> task{session, vim::PowerOnVM_Task{.self = vm}};
    task.wait(draw);
  } catch (esxvi::question_pending const& e) {
    std::cout << "  it asks: " << e.question().describe() << '\n';
    asked = true;
    waits = e.pending_before() || e.situation().goes_on();  // not every task can be cancelled
  }
  // end
  bar_ends();
  if (!asked) {
    std::cout << "  it is on; it asked nothing\n";
    return true;
  }

  headline("Power on, and give the default answer", "answer");
  if (!may("give the default answer to this question")) {
    if (waits) std::cout << "  the power-on waits at the server for this answer\n";
    return !waits;
  }
  // step: answer
  try {
    esxvi::Task<esxvi::AnswerDefault> task{session, vim::PowerOnVM_Task{.self = vm}};
    task.wait(draw);
    for (esxvi::Answered const& a : task.answered())
      std::cout << "  -> " << a.choice.words() << '\n';
  } catch (esxvi::task_pending const& e) {
    // The first task could not be cancelled. It was answered, and no second one was started.
    if (e.answered()) std::cout << "  -> " << e.answered()->choice.words() << '\n';
    for (esxvi::OtherTask const& other : e.others()) esxvi::Task<>(session, other.task).wait(draw);
  }
  // end
  bar_ends();
  return true;
}

void take_snapshot(esxvi::Session& session, Machine const& vm) {
  headline("A snapshot", "snapshot");
  if (!may("take a snapshot of the machine")) return;
  // step: snapshot
  esxvi::Task task{session, vim::CreateSnapshot_Task{.self = vm,
                                                     .name = "tour",
                                                     .description = "made by the tour of esxvi",
                                                     .memory = false,
                                                     .quiesce = false}};
  esxvi::Ref<vim::VirtualMachineSnapshot> const made = task.wait(draw);
  // end
  bar_ends();
  std::cout << "  " << made.value() << '\n';
}

void look_at_the_screen(esxvi::Session& session, Machine const& vm) {
  headline("A picture of its screen", "screen");
  if (!is_on(session, vm)) {
    std::cout << "  it is off, and shows nothing\n";
    return;
  }
  // step: screen
  std::string const picture = esxvi::screenshot(session, vm);
  std::ofstream file("tour-screen.png", std::ios::binary);
  file << picture << std::flush;
  // end
  if (!file) throw std::runtime_error("tour-screen.png cannot be written");
  std::cout << "  tour-screen.png: " << picture.size() << " bytes\n";
}

/// The datacenter that a machine's first datastore is in.
std::string datacenter_of(esxvi::Session& session, Machine const& vm) {
  auto const machine = session.retrieve<vim::VirtualMachine, "datastore">({.objects = {vm}});
  auto const& used = std::get<1>(machine.at(0));
  for (auto const& [ref, name, stores] : session.retrieve<vim::Datacenter, "name", "datastore">())
    if (!used.empty() && std::find(stores.begin(), stores.end(), used[0]) != stores.end())
      return name;
  return "ha-datacenter";
}

void show_domain_xml(esxvi::Session& session, Machine const& vm) {
  auto const rows =
      session.retrieve<vim::VirtualMachine, "config.files.vmPathName">({.objects = {vm}});
  auto const path = std::get<1>(rows.at(0)).value_or("");
  auto const datacenter = datacenter_of(session, vm);
  headline("Its VMX file, as libvirt domain XML", "vmx");
  // step: vmx
  std::string const file = esxvi::download(session, path, {.datacenter = datacenter});
  auto const document = esxvi::vmx::Document::parse(file);
  std::string const xml = esxvi::vmx::to_domain_xml(document, {.carry_rest = false});
  // end
  std::cout << "  " << path << ": " << file.size() << " bytes\n" << xml;
}

/// The status to end with: nobody has seen what could not be written.
int ended(int status) {
  if (std::cout.flush()) return status;
  std::cerr << "standard output cannot be written\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 3) return std::cerr << "usage: tour [URI [MACHINE]]\n", 2;
  auto const uri = esxvi::ConnectionUri::parse(argc > 1 ? argv[1] : "sim://demo");
  std::string const wanted = argc > 2 ? argv[2] : "";
  std::string const shown = uri.display();
  simulated = shown.starts_with("sim:");
  headline("Connect to " + shown, "connect");
  // step: connect
  esxvi::Session session = esxvi::connect(uri, password);
  std::cout << "  " << session.about().fullName << ", API " << session.api_version() << '\n';
  // end

  auto const vm = list(session, wanted);
  if (!vm) {
    std::cout << "\nThere is no virtual machine" << (wanted.empty() ? "." : " of this name.")
              << '\n';
    return ended(wanted.empty() ? 0 : 1);
  }
  show_hardware(session, *vm);
  if (power_on(session, *vm)) take_snapshot(session, *vm);
  look_at_the_screen(session, *vm);
  show_domain_xml(session, *vm);
  std::cout << "\nThat took " << session.requests() << " requests.\n";
  return ended(0);
} catch (std::exception const& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
