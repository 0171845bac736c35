// esxctl watch: the virtual machines of a server, as they change.
#include "commands.hpp"
#include "table.hpp"

#include <esxvi/query.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace vim = esxvi::types;

namespace esxctl {

namespace {

struct Watched {
  esxvi::Ref<vim::VirtualMachine> vm{};
  std::string name{};
  esxvi::Enum<vim::VirtualMachinePowerState> power{};
  esxvi::Enum<vim::ManagedEntityStatus> status{};
  std::optional<std::int32_t> cpus{};
  std::optional<std::int32_t> memory{};
  std::optional<std::string> ip{};
  std::optional<std::string> host_name{};
  std::optional<std::int32_t> cpu_mhz{};
  std::optional<std::int32_t> uptime{};
  std::optional<std::string> annotation{};
  std::optional<std::string> question{};
};
BOOST_DESCRIBE_STRUCT(Watched, (),
                      (vm, name, power, status, cpus, memory, ip, host_name, cpu_mhz, uptime,
                       annotation, question))

}  // namespace

}  // namespace esxctl

template <>
struct esxvi::projection<esxctl::Watched>
    : esxvi::project<vim::VirtualMachine, "name", "runtime.powerState", "overallStatus",
                     "config.hardware.numCPU", "config.hardware.memoryMB", "guest.ipAddress",
                     "guest.hostName", "summary.quickStats.overallCpuUsage",
                     "summary.quickStats.uptimeSeconds", "config.annotation",
                     "runtime.question.text"> {};

namespace esxctl {

namespace {

/// What can be shown of a machine.
struct Property {
  std::string_view name;
  Cell (*show)(Watched const& row);
};

template <auto Member> Cell show(Watched const& row) {
  auto const& value = row.*Member;
  if constexpr (requires { value.literal(); }) return {std::string(value.literal())};
  if constexpr (requires {
                  value.value();
                  value.type();
                })
    return {value.value()};
  if constexpr (requires { std::string(value); }) return {std::string(value)};
  if constexpr (requires { std::string(*value); }) return {value ? *value : std::string()};
  if constexpr (requires { std::to_string(*value); })
    return {value ? std::to_string(*value) : std::string(), true};
}

constexpr std::array properties{
    Property{"id", &show<&Watched::vm>},
    Property{"name", &show<&Watched::name>},
    Property{"power", &show<&Watched::power>},
    Property{"status", &show<&Watched::status>},
    Property{"cpus", &show<&Watched::cpus>},
    Property{"memory_mib", &show<&Watched::memory>},
    Property{"ip", &show<&Watched::ip>},
    Property{"host_name", &show<&Watched::host_name>},
    Property{"cpu_mhz", &show<&Watched::cpu_mhz>},
    Property{"uptime", &show<&Watched::uptime>},
    Property{"annotation", &show<&Watched::annotation>},
    Property{"question", &show<&Watched::question>},
};

struct Options {
  std::vector<std::string> names{"id", "name", "power", "ip"};
  std::string format = "table";
  bool once = false;
  int seconds = 0;  // 0: until Ctrl-C
};

using Cache = esxvi::Watch<Watched>;

std::vector<Property const*> chosen(std::vector<std::string> const& names) {
  std::vector<Property const*> all;
  for (std::string const& name : names)
    all.push_back(std::find_if(properties.begin(), properties.end(),
                               [&](Property const& p) { return p.name == name; }));
  return all;
}

void print_table(Cache const& cache, std::vector<Property const*> const& columns,
                 std::string const& format) {
  std::vector<Watched const*> rows;
  for (auto const& [vm, row] : cache) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](Watched const* a, Watched const* b) {
    return std::tie(a->name, a->vm) < std::tie(b->name, b->vm);
  });
  std::vector<std::string> names;
  for (Property const* p : columns) names.emplace_back(p->name);
  Table table(std::move(names));
  for (Watched const* row : rows) {
    std::vector<Cell> cells;
    for (Property const* p : columns) cells.push_back(p->show(*row));
    table.add(std::move(cells));
  }
  table.print(std::cout, format);
}

std::string time_of_day() {
  std::time_t const now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%H:%M:%S", &parts)};
}

/// One line a change: time, what, id, name, and what is different.
void print_change(Cache::change_type const& change, std::vector<Property const*> const& columns) {
  std::string details;
  bool const both = change.before && change.now != nullptr;
  for (Property const* p : columns) {
    if (!both || p->name == "id") continue;
    auto const before = p->show(*change.before).text;
    auto const after = p->show(*change.now).text;
    if (before != after)
      details.append("\t").append(p->name).append(": ").append(before).append(" -> ").append(after);
  }
  if (both && details.empty()) return;  // of what is not shown
  auto const visible = [](std::string text, bool tabs) {
    for (char& c : text)
      if ((static_cast<unsigned char>(c) < 0x20 && !(tabs && c == '\t')) || c == 0x7F) c = '?';
    return text;
  };
  Watched const& row = change.now != nullptr ? *change.now : *change.before;
  std::cout << time_of_day() << '\t'
            << (both            ? "changed"
                : change.before ? "removed"
                                : "added")
            << '\t' << change.object.value() << '\t' << visible(row.name, false)
            << visible(details, true) << '\n';
}

using Clock = std::chrono::steady_clock;

/// Asks to stop on Ctrl-C, SIGTERM and a closed terminal, and when it is `end`, for as long as it
/// lives. One at a time.
class Interrupt {
 public:
  explicit Interrupt(Clock::time_point end) {
    // A handler, since any thread of the process may get the signal.
    struct sigaction action{};
    action.sa_handler = [](int) { asked_ = true; };
    action.sa_flags = SA_RESTART;
    for (int const one : signals_) ::sigaction(one, &action, nullptr);
    waiter_ = std::jthread([this, end](std::stop_token const& over) {
      while (!over.stop_requested()) {
        if (asked_ || Clock::now() >= end) stop_.request_stop();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    });
  }
  Interrupt(Interrupt const&) = delete;
  Interrupt& operator=(Interrupt const&) = delete;
  ~Interrupt() {
    for (int const one : signals_) ::signal(one, SIG_DFL);
  }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  static constexpr std::array signals_{SIGINT, SIGTERM, SIGHUP};
  static inline std::atomic<bool> asked_{false};

  std::stop_source stop_{};
  std::jthread waiter_{};
};

/// A server that was silent until now is not waited for to answer this.
void leave_hastily(esxvi::Connection const& opened) {
  for (esxvi::Session* const session : {opened.vcenter(), &opened.session()}) try {
      if (session != nullptr) session->logout({.deadline = std::chrono::milliseconds(500)});
    } catch (esxvi::error const&) {  // it ends the session by itself some time
    }
}

int watch(Connection const& connection, Options const& options) {
  using namespace std::chrono;
  esxvi::Connection const opened = connection.open();
  auto const end =
      options.seconds > 0 ? Clock::now() + seconds(options.seconds) : Clock::time_point::max();
  // A server that is there answers the last poll, whose wait is whole seconds, before this; of one
  // that is not, nothing more is awaited.
  auto const latest = options.seconds > 0 ? end + seconds(2) : end;
  // Not before the login: Ctrl-C ends what waits for a password or a server.
  Interrupt const interrupt(latest);
  auto const columns = chosen(options.names);
  bool const terminal = ::isatty(STDOUT_FILENO) != 0;
  try {
    Cache::options_type where;
    where.below = opened.scope().below();
    Cache cache{opened.session(), where};
    for (bool first = true;; first = false) {
      seconds wait{30};
      if (options.seconds > 0)
        wait = std::clamp(ceil<seconds>(end - Clock::now()), seconds(0), wait);
      auto const changes = cache.poll({.wait = wait, .call = {.stop = interrupt.token()}});
      if (options.once) {
        print_table(cache, columns, options.format);
        return 0;
      }
      if (terminal && (first || !changes.empty())) {
        std::cout << "\033[H\033[2J";
        print_table(cache, columns, "table");
      } else if (!terminal) {
        for (auto const& change : changes) print_change(change, columns);
      }
      flush_output();
      if (Clock::now() >= end) return 0;
    }
  } catch (esxvi::cancelled const&) {
    leave_hastily(opened);
    if (!options.once) return 0;  // as asked
    warn("ended before the server had told what there is");
    return 1;
  }
}

}  // namespace

void add_watch(CLI::App& app, Connection const& connection, int& status) {
  auto* const command = app.add_subcommand(
      "watch",
      "Show the virtual machines of the part of a server that the URI names as they change: a "
      "table, or a line for each change when the output is no terminal. Ends on Ctrl-C");
  auto const options = std::make_shared<Options>();
  std::vector<std::string> names;
  for (Property const& p : properties) names.emplace_back(p.name);
  command->add_option("properties", options->names, "what to show")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--format", options->format, "of --once: table, json or tsv")
      ->check(CLI::IsMember({"table", "json", "tsv"}))
      ->capture_default_str();
  command->add_flag("--once", options->once, "print a table and end");
  command->add_option("--seconds", options->seconds, "end after this time; 0: never")
      ->check(CLI::NonNegativeNumber);
  command->callback([&connection, &status, options] { status = watch(connection, *options); });
}

}  // namespace esxctl
