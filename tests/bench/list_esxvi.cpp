// list_esxvi [--stream] URL USER PASSWORD: all virtual machines with some properties, as users of
// esxvi write it: kept in a vector like the other list benches do, or (--stream) one at a time.
// Prints the same JSON line.
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace vim = esxvi::types;

namespace {

std::size_t keep_all(esxvi::Session& session) {
  return session
      .retrieve<vim::VirtualMachine, "name", "summary", "config.hardware", "runtime", "guest">()
      .size();
}

std::size_t one_by_one(esxvi::Session& session) {
  std::size_t count = 0;
  session.for_each<vim::VirtualMachine, "name", "summary", "config.hardware", "runtime", "guest">(
      [&](auto const& /*row*/) { ++count; });
  return count;
}

// "https://127.0.0.1:41234/sdk" in the form that connect() takes.
std::string connection_uri(std::string_view url, std::string_view user) {
  url.remove_prefix(url.find("//") + 2);
  return "vpx://" + std::string(user) + "@" + std::string(url.substr(0, url.find('/'))) +
         "/?no_verify=1";
}

}  // namespace

int main(int argc, char** argv) try {
  bool const stream = argc > 1 && std::string_view(argv[1]) == "--stream";
  if (argc != (stream ? 5 : 4)) {
    std::fprintf(stderr, "usage: %s [--stream] URL USER PASSWORD\n", argv[0]);
    return 2;
  }
  char const* const* given = argv + (stream ? 2 : 1);
  std::size_t vms = 0;
  {
    auto session =
        esxvi::connect(connection_uri(given[0], given[1]), [&](esxvi::Challenge const& challenge) {
          return esxvi::Credentials{challenge.user_or_default(), given[2]};
        });
    vms = stream ? one_by_one(session) : keep_all(session);
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto const seconds = [](timeval const& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  std::printf(R"({"client": "esxvi", "vms": %zu, "cpu_seconds": %.4f, "max_rss_kib": %ld})"
              "\n",
              vms, seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
} catch (esxvi::error const& e) {
  std::fprintf(stderr, "list_esxvi: %s\n", e.what());
  return 1;
}
