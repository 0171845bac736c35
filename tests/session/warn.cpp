// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What a provider warns of reaches the caller of connect() without a word about it.
#include <esxvi/session/async.hpp>
#include <esxvi/session/connect.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <string_view>

#include "session/credentials_support.hpp"

using namespace esxvi::test;

namespace {

/// Nobody listens there, but the provider was asked before.
std::string const nowhere = "esx://root@127.0.0.1:1/?transport=http";

void connect(std::string const& password_file, esxvi::CurlOptions const& curl) {
  CHECK_THROWS_AS(
      static_cast<void>(esxvi::connect(nowhere, esxvi::password_file(password_file), {}, curl)),
      esxvi::connection_refused);
}
void async_connect(std::string const& password_file, esxvi::CurlOptions const& curl) {
  esxvi::CurlLoop loop;
  CHECK_THROWS_AS(
      static_cast<void>(loop.run(esxvi::async_connect(
          loop, nowhere, esxvi::password_file(password_file), esxvi::SessionOptions(), curl))),
      esxvi::connection_refused);
}

/// What is written to standard error meanwhile.
std::string errors_of(std::function<void()> const& act) {
  int const file = ::memfd_create("errors", MFD_CLOEXEC);
  int const before = ::dup(STDERR_FILENO);
  REQUIRE(::dup2(file, STDERR_FILENO) >= 0);
  act();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  CHECK(::pread(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  ::close(file);
  return text;
}

}  // namespace

TEST_CASE("connecting: a password file that others may read is warned of where CurlOptions says") {
  Folder const folder;
  auto const open = folder.file("open", "hunter2\n", 0644);
  auto const closed = folder.file("closed", "hunter2\n", 0600);
  for (auto const& connects : {&connect, &async_connect}) {
    CHECK(errors_of([&] { connects(closed, {.no_proxy = "*"}); }) == "");
    auto const said = errors_of([&] { connects(open, {.no_proxy = "*"}); });
    CHECK(said.starts_with("esxvi: " + open));
    CHECK(said.find("hunter2") == said.npos);

    std::string told;
    CHECK(errors_of([&] {
            connects(open, {.no_proxy = "*", .warn = [&](std::string_view t) { told = t; }});
          }) == "");
    CHECK(told.starts_with(open));
    CHECK(errors_of([&] { connects(open, {.no_proxy = "*", .warn = {}}); }) == "");
  }
}
