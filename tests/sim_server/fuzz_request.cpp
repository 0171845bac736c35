// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Bytes from a socket, through the parser of sim::Server and the pages behind it. Where the bytes
// are split must not matter.
#include <boost/asio/buffer.hpp>
#include <esxvi/sim/detail/server_parser.hpp>
#include <esxvi/sim/folder.hpp>
#include <esxvi/sim/screen.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace esxvi::sim;

void require(bool holds) {
  if (!holds) std::abort();
}

/// The request, or the status that refuses it, or nothing when more bytes are wanted.
struct Outcome {
  int status = 0;
  std::optional<WebRequest> request{};
};

Outcome parse(std::string_view bytes, std::size_t step, ServerOptions const& options) {
  detail::server_parser parser{options};
  std::string buffer;
  while (!bytes.empty()) {
    buffer.append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    boost::system::error_code error;
    auto const used = parser.put(boost::asio::buffer(buffer), error);
    buffer.erase(0, used);
    if (error && error != boost::beast::http::error::need_more) {
      return {.status = detail::server_parser::status_of(error)};
    }
    if (parser.is_done()) return {.request = std::move(parser.request())};
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static ServerOptions const options{
      .header_limit = 4096, .body_limit = 2000, .upload_limit = 4000};
  std::string_view const bytes{reinterpret_cast<char const*>(data), size};
  auto const whole = parse(bytes, bytes.size(), options);
  auto const pieces = parse(bytes, 1 + size % 7, options);
  require(whole.status == 0 || (whole.status >= 400 && whole.status < 600));
  if (whole.request && pieces.request) {
    require(whole.request->method == pieces.request->method);
    require(whole.request->target == pieces.request->target);
    require(whole.request->body == pieces.request->body);
    require(whole.request->headers.size() == pieces.request->headers.size());
  }
  if (!whole.request) return 0;
  require(whole.request->body.size() <= options.upload_limit);

  auto const files = std::make_shared<DatastoreFiles>(std::uint64_t{10'000});
  files->make_directory("vm");
  files->write("vm/vm.vmx", "0123456789");
  FolderPages pages;
  pages.add("ha-datacenter", "datastore1", files);
  auto const reply = pages.handle(*whole.request);
  require(reply.status >= 200 && reply.status < 600);
  require(files->used() <= files->capacity());
  auto request = *whole.request;
  (void)basic_login(request);
  (void)cookies(request, "vmware_soap_session");
  // Everything that there is now can be listed and read by the link that the listing has.
  files->for_each([&](std::string const& path, FileInfo const&, FileContent const&) {
    require(DatastoreFiles::normalized(path) == path);
  });
  auto const screen = screen_page(request, [](std::string const& machine) {
    return std::optional{ScreenState{.name = machine}};
  });
  require(screen.status != 200 || screen.body.starts_with("\x89PNG"));
  return 0;
}
