// What a live cache of 10,000 machines costs its client. Prints name, value, unit.
//
// The simulated host works in the same thread: a transport between the two hands over whole
// replies, and what is done outside of the host is the client's.
#include <esxvi/query.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;

namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / 1048576;
}

struct Costs {
  double host = 0;  // seconds
  double bytes = 0;
};

/// Tells the host's time from the client's.
class Apart {
 public:
  Apart(sim::Host& host, Costs& costs) : inner_(host), costs_(&costs) {}

  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    Buffer reply;
    double const begun = cpu_seconds();
    auto const head = inner_.send(request, reply, context);
    costs_->host += cpu_seconds() - begun;
    costs_->bytes += static_cast<double>(reply.text.size());
    sink.begin(head);
    sink.write(reply.text);
    return head;
  }

 private:
  struct Buffer final : esxvi::http::BodySink {
    void begin(esxvi::http::Response const& /*head*/) override {}
    void write(std::string_view piece) override { text += piece; }
    std::string text{};
  };
  sim::Transport inner_;
  Costs* costs_;
};

struct Machine {
  std::string name{};
  esxvi::Enum<vim::VirtualMachinePowerState> power{};
  std::optional<std::int32_t> memory{};
  std::optional<std::string> ip{};
};
BOOST_DESCRIBE_STRUCT(Machine, (), (name, power, memory, ip))

void print(char const* name, double value, char const* unit) {
  std::printf("%s\t%.6g\t%s\n", name, value, unit);
}

}  // namespace

template <>
struct esxvi::projection<Machine>
    : esxvi::project<vim::VirtualMachine, "name", "runtime.powerState", "config.hardware.memoryMB",
                     "guest.ipAddress"> {};

int main() {
  constexpr int machines = 10'000;
  esxvi::PollOptions const now{.wait = std::chrono::seconds(0)};
  sim::Host host{{.time = sim::TimeMode::simulated}};
  esxvi::Ref<vim::VirtualMachine> one;
  for (int i = 0; i < machines; ++i) one = host.add_vm("vm" + std::to_string(i)).memory(2048);
  Costs costs;
  esxvi::Session session(Apart(host, costs), "https://esx01/sdk",
                         esxvi::Credentials{"root", "esxvi"});

  double memory = resident_mib();
  costs = {};
  double begun = cpu_seconds();
  esxvi::Watch<Machine> cache{session, esxvi::WatcherOptions{.page_size = 1000}};
  cache.poll(now);
  print("watch.first_poll_10000", (cpu_seconds() - begun - costs.host) * 1e3, "ms");
  print("watch.first_poll_10000.received", costs.bytes / 1048576, "MiB");
  cache.poll(now);  // forgets that everything was new
  print("watch.memory_10000", resident_mib() - memory, "MiB");

  // One machine changes, again and again.
  constexpr int changes = 2'000;
  auto const requests = session.requests();
  auto const updates = cache.watcher()->statistics().updates;
  double client = 0;
  std::size_t told = 0;
  for (int i = 0; i < changes; ++i) {
    host.modify(one, [&](vim::VirtualMachine& m) { m.config->name = std::to_string(i); });
    costs = {};
    begun = cpu_seconds();
    told += cache.poll(now).size();
    client += cpu_seconds() - begun - costs.host;
  }
  print("watch.update_of_one_10000", client / changes * 1e6, "us");
  print("watch.update_of_one_10000.host", costs.host * 1e6, "us");
  print("watch.update_of_one_10000.requests",
        static_cast<double>(session.requests() - requests) / changes, "requests");
  print("watch.update_of_one_10000.objects",
        static_cast<double>(cache.watcher()->statistics().updates - updates) / changes, "objects");
  if (told != changes || cache.watcher()->statistics().syncs != 1) {
    std::fprintf(stderr, "%zu changes told, %llu times read everything\n", told,
                 static_cast<unsigned long long>(cache.watcher()->statistics().syncs));
    return 1;
  }

  host.end_all_sessions();
  costs = {};
  begun = cpu_seconds();
  bool const nothing = cache.poll(now).empty();
  print("watch.resync_10000", (cpu_seconds() - begun - costs.host) * 1e3, "ms");
  return nothing ? 0 : 1;
}
