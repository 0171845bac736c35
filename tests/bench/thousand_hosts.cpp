// 1,000 simulated hosts inventoried by one process: on one thread with coroutines, and with 64
// threads that block. Prints name, value, unit; fails when a host costs the loop 256 KiB or more.
//
// The hosts are objects of another process (this program with --serve) behind one HTTPS port; each
// has a name of its own, so each gets connections and a session of its own.
#include "support/sim_park.hpp"

#include <esxvi/query.hpp>
#include <esxvi/query/async.hpp>
#include <esxvi/session.hpp>
#include <esxvi/session/async.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;
using std::chrono::steady_clock;

namespace {

constexpr int hosts = 1000;
constexpr int machines = 10;  // on each host
constexpr std::size_t at_a_time = 64;

// ---- the hosts ---------------------------------------------------------------------------------

/// Prints the port and serves until standard input ends.
int serve(std::string const& certificate_file) {
  auto const certificate = sim::Certificate::make({.names = {"*.sim.localhost"}});
  std::ofstream(certificate_file) << certificate.certificate_pem();
  esxvi::test::SimPark park(hosts, machines);
  sim::Server const server(park, {.tls = true, .certificate = certificate});
  std::printf("%d\n", int{server.port()});
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

// ---- the client --------------------------------------------------------------------------------

double resident_kib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4;
}
double peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss);
}
double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

struct Target {
  std::string port;
  std::string ca_file;

  [[nodiscard]] std::string url(std::size_t host) const {
    return "https://" + esxvi::test::SimPark::name_of(static_cast<int>(host)) + ":" + port + "/sdk";
  }
  [[nodiscard]] esxvi::CurlOptions options() const {
    return {.ca_file = ca_file, .no_proxy = "*", .connect_timeout = std::chrono::seconds(120)};
  }
};

void check(std::size_t rows) {
  if (rows != machines) throw std::runtime_error("a host shows another number of machines");
}

/// Measures a job that opens and inventories all hosts, keeps the sessions, and ends them.
class Measured {
 public:
  explicit Measured(std::string name) : name_(std::move(name)) {}
  void all_open() { open_ = resident_kib(); }
  void print() const {
    auto const seconds = std::chrono::duration<double>(steady_clock::now() - begun_).count();
    line("time", seconds, "s");
    line("cpu", cpu_seconds() - cpu_, "s");
    line("memory_per_host", (open_ - before_) / hosts, "KiB");
    line("peak_per_host", (peak_kib() - before_) / hosts, "KiB");
  }
  [[nodiscard]] double per_host() const { return (open_ - before_) / hosts; }

 private:
  void line(char const* what, double value, char const* unit) const {
    std::printf("hosts1000.%s.%s\t%.4g\t%s\n", name_.c_str(), what, value, unit);
  }
  std::string name_;
  steady_clock::time_point begun_ = steady_clock::now();
  double cpu_ = cpu_seconds();
  double before_ = resident_kib();
  double open_ = 0;
};

esxvi::Async<esxvi::Session> inventory(esxvi::CurlLoop& loop, Target const& target,
                                       std::size_t host) {
  esxvi::any_transport transport{esxvi::CurlLoopTransport(loop, target.options())};
  esxvi::Credentials who{"root", "esxvi"};
  auto session = co_await esxvi::async_open(std::move(transport), target.url(host), std::move(who));
  auto const rows =
      co_await session.async_retrieve<vim::VirtualMachine, "name", "runtime.powerState">();
  check(rows.size());
  co_return session;
}

int with_loop(Target const& target, std::string const& name, std::size_t limit) {
  esxvi::CurlLoop loop;
  Measured measured(name);
  std::vector<esxvi::Async<esxvi::Session>> jobs;
  for (std::size_t i = 0; i < hosts; ++i) jobs.push_back(inventory(loop, target, i));
  auto sessions = loop.run(when_all(std::move(jobs), limit));
  measured.all_open();
  std::vector<esxvi::Async<void>> ends;
  for (auto& session : sessions) ends.push_back(async_logout(session));
  loop.run(when_all(std::move(ends), limit));
  measured.print();
  return measured.per_host() < 256 ? 0 : 1;
}

int with_threads(Target const& target) {
  Measured measured("threads");
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::barrier all_open(static_cast<std::ptrdiff_t>(at_a_time),
                        [&]() noexcept { measured.all_open(); });
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < at_a_time; ++t) {
      threads.emplace_back([&] {
        std::vector<esxvi::Session> sessions;
        try {
          for (auto i = next++; i < hosts; i = next++) {
            auto& session =
                sessions.emplace_back(esxvi::CurlTransport(target.options()), target.url(i),
                                      esxvi::Credentials{"root", "esxvi"});
            check(session.retrieve<vim::VirtualMachine, "name", "runtime.powerState">().size());
          }
        } catch (std::exception const& e) {
          std::fprintf(stderr, "%s\n", e.what());
          failed = true;
        }
        all_open.arrive_and_wait();
      });
    }
  }
  measured.print();
  return failed ? 1 : 0;
}

// ---- the processes -----------------------------------------------------------------------------

/// This program with other arguments; its output can be read, its input ends with it.
class Server {
 public:
  Server(char const* program, std::string const& certificate_file) {
    int in[2];
    int out[2];
    if (pipe(in) != 0 || pipe(out) != 0) throw std::runtime_error("pipe");
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], 0);
      dup2(out[1], 1);
      for (int const fd : {in[0], in[1], out[0], out[1]}) close(fd);
      execl(program, program, "--serve", certificate_file.c_str(), nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    char c = 0;
    while (read(out[0], &c, 1) == 1 && c != '\n') port += c;
    close(out[0]);
    if (port.empty()) throw std::runtime_error("the hosts do not start");
  }
  ~Server() {
    close(input_);
    waitpid(child_, nullptr, 0);
  }
  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  std::string port{};

 private:
  pid_t child_ = 0;
  int input_ = -1;
};

int run_client(char const* program, std::string const& how, Target const& target) {
  pid_t const child = fork();
  if (child == 0) {
    execl(program, program, how.c_str(), target.port.c_str(), target.ca_file.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  std::string const how = argc > 1 ? argv[1] : "";
  if (how == "--serve") return serve(argv[2]);
  if (argc == 4) {
    Target const target{argv[2], argv[3]};
    if (how == "--threads") return with_threads(target);
    return how == "--loop" ? with_loop(target, "loop", at_a_time)
                           : with_loop(target, "loop_all_at_once", 0);
  }
  std::string certificate_file = "/tmp/esxvi_bench_XXXXXX";
  int const fd = mkstemp(certificate_file.data());
  if (fd < 0) throw std::runtime_error("mkstemp");
  close(fd);
  int failures = 0;
  {
    Server const server("/proc/self/exe", certificate_file);
    for (auto const* client : {"--loop", "--all", "--threads"})
      failures += run_client("/proc/self/exe", client, {server.port, certificate_file});
  }
  unlink(certificate_file.c_str());
  return failures;
} catch (std::exception const& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
