// Decoding a property collector's reply of many machines, against bare expat with empty handlers on
// the same bytes.
//
//   bench_decode                    takes the reply from the simulator (10,000 machines) and times
//   it bench_decode FILE               the same with a saved reply bench_decode FILE
//   read|expat|decode  one pass without a clock, for counting instructions bench_decode --save FILE
//   N      saves a reply of N machines
#include "support/peer.hpp"

#include <esxvi/query/retrieve.hpp>
#include <esxvi/query/traversal.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/transport/curl.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <expat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vim = esxvi::types;

namespace {

using layout = esxvi::detail::tuple_layout<vim::VirtualMachine, "name", "summary",
                                           "config.hardware", "runtime", "guest">;
constexpr std::size_t piece = 16384;  // what libcurl hands over at once

struct Collect final : esxvi::http::BodySink {
  void begin(esxvi::http::Response const& head) override {
    if (auto const* cookie = esxvi::http::find_header(head.headers, "Set-Cookie"))
      session = cookie->substr(0, cookie->find(';'));
  }
  void write(std::string_view text) override { body.append(text); }
  std::string body;
  std::string session;
};

// The bytes of the reply, which a Session would never hold: two calls without one.
std::string reply_of(std::size_t machines) {
  esxvi::test::Peer const peer({"-vm", std::to_string(machines / 2)});
  esxvi::CurlTransport curl({.verify = false});
  std::string cookie;
  auto const call = [&](char const* operation, std::string const& text) {
    Collect sink;
    esxvi::http::Request request{.url = peer.url(), .body = text};
    request.headers = {{"Content-Type", "text/xml; charset=UTF-8"}, {"Cookie", cookie}};
    auto const head = curl.send(request, sink, {.operation = operation});
    if (head.status != 200) throw std::runtime_error(sink.body.substr(0, 500));
    if (!sink.session.empty()) cookie = sink.session;
    return std::move(sink.body);
  };
  call("Login", esxvi::soap::encode_request(
                    vim::Login{.self = esxvi::Ref<vim::SessionManager>("SessionManager"),
                               .userName = esxvi::test::Peer::user(),
                               .password = esxvi::test::Peer::password()}));
  vim::PropertyFilterSpec filter;
  filter.propSet.push_back({.type = "VirtualMachine"});
  for (auto const& column : layout::value.columns)
    filter.propSet[0].pathSet.emplace_back(column.path);
  filter.objectSet.push_back({.obj = esxvi::Ref<vim::ManagedObject>("Folder", "group-d1"),
                              .skip = false,
                              .selectSet = esxvi::detail::selection_for("VirtualMachine", true)});
  return call("RetrieveProperties",
              esxvi::soap::encode_request(vim::RetrieveProperties{
                  .self = esxvi::Ref<vim::PropertyCollector>("propertyCollector"),
                  .specSet = std::vector{filter}}));
}

void expat_alone(std::string_view text) {
  XML_Parser const parser = XML_ParserCreate(nullptr);
  XML_SetElementHandler(
      parser, [](void*, XML_Char const*, XML_Char const**) {}, [](void*, XML_Char const*) {});
  XML_SetCharacterDataHandler(parser, [](void*, XML_Char const*, int) {});
  for (std::size_t at = 0; at < text.size(); at += piece) {
    auto const part = text.substr(at, piece);
    if (XML_Parse(parser, part.data(), static_cast<int>(part.size()), at + piece >= text.size()) !=
        XML_STATUS_OK)
      throw std::runtime_error("expat refuses the reply");
  }
  XML_ParserFree(parser);
}

std::size_t decode(std::string_view text) {
  std::size_t rows = 0;
  auto take = [&rows](layout::row const&) { ++rows; };
  esxvi::QueryOptions<vim::VirtualMachine> const options;
  esxvi::detail::RowCaller<layout::row, decltype(take)> caller(take, options.on_missing);
  esxvi::detail::ObjectStream stream(layout::value, caller);
  esxvi::soap::ReplyDecoder decoder("RetrievePropertiesResponse", stream.plain_reply(),
                                    {"RetrieveProperties", "bench"});
  for (std::size_t at = 0; at < text.size(); at += piece) decoder.feed(text.substr(at, piece));
  decoder.finish();
  return rows;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void time_both(std::string_view text) {
  constexpr std::size_t runs = 11;
  std::array<double, runs> bare{};
  std::array<double, runs> ours{};
  std::array<double, runs> ratio{};
  std::size_t rows = decode(text);  // warms up
  expat_alone(text);
  for (std::size_t i = 0; i < runs; ++i) {
    double const begin = cpu_seconds();
    expat_alone(text);
    double const middle = cpu_seconds();
    rows = decode(text);
    bare[i] = middle - begin;
    ours[i] = cpu_seconds() - middle;
    ratio[i] = ours[i] / bare[i];
  }
  auto const print = [](char const* name, std::array<double, runs> values, double scale,
                        char const* unit) {
    std::sort(values.begin(), values.end());
    std::printf("decode.%s\t%.4g\t%s\n", name, values[runs / 2] * scale, unit);
    std::printf("decode.%s.min\t%.4g\t%s\n", name, values[0] * scale, unit);
    std::printf("decode.%s.max\t%.4g\t%s\n", name, values[runs - 1] * scale, unit);
  };
  std::printf("decode.bytes\t%zu\tbytes\n", text.size());
  std::printf("decode.machines\t%zu\trows\n", rows);
  print("expat.cpu", bare, 1, "s");
  print("esxvi.cpu", ours, 1, "s");
  print("ratio", ratio, 1, "x expat");
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> const arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "--save") {
    std::ofstream(arguments[1], std::ios::binary) << reply_of(std::stoul(arguments[2]));
    return 0;
  }
  std::string text;
  if (arguments.empty()) {
    text = reply_of(10'000);
  } else {
    std::ifstream file(arguments[0], std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  if (arguments.size() < 2)
    time_both(text);
  else if (arguments[1] == "expat")
    expat_alone(text);
  else if (arguments[1] == "decode" && decode(text) == 0)
    throw std::runtime_error("no rows");
  return 0;
} catch (std::exception const& e) {
  std::fprintf(stderr, "bench_decode: %s\n", e.what());
  return 1;
}
