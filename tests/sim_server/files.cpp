// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <esxvi/sim/files.hpp>

#include <string>
#include <vector>

using namespace esxvi::sim;

namespace {

std::vector<std::string> names(DatastoreFiles const& files, std::string_view path) {
  std::vector<std::string> out;
  auto const found = files.list(path);
  for (auto const& one : found.value()) out.push_back(one.name);
  return out;
}
using list = std::vector<std::string>;

}  // namespace

TEST_CASE("sim files: content is shared, and its zeros cost nothing") {
  auto const disk = FileContent::sparse(std::uint64_t{1} << 50, "head");
  CHECK(disk.size() == std::uint64_t{1} << 50);
  CHECK(disk.stored() == 4);
  CHECK(disk.read(2, 4) == std::string("ad\0\0", 4));
  CHECK(disk.read((std::uint64_t{1} << 50) - 2, 100) == std::string(2, '\0'));
  CHECK(disk.read(std::uint64_t{1} << 50, 1).empty());
  auto const copy = disk;
  CHECK(copy.head().data() == disk.head().data());
  CHECK(FileContent{}.text().empty());
  CHECK(FileContent{"text"}.text() == "text");
  CHECK(FileContent::sparse(2, "longer").text() == "lo");
}

TEST_CASE("sim files: paths are normalized and stay inside") {
  CHECK(DatastoreFiles::normalized("//a///b/") == "a/b");
  CHECK(DatastoreFiles::normalized("") == "");
  CHECK(DatastoreFiles::normalized("a/...") == "a/...");
  for (auto const* bad : {"..", "a/../b", "./a", "a/.", "a\nb", "a/\x01"}) {
    CAPTURE(bad);
    CHECK(!DatastoreFiles::normalized(bad));
  }
  CHECK(!DatastoreFiles::normalized(std::string(256, 'a')));
  CHECK(!DatastoreFiles::normalized(std::string_view("a\0b", 3)));
  std::string deep = "a";
  while (deep.size() + 2 <= DatastoreFiles::longest_path) deep += "/a";
  CHECK(DatastoreFiles::normalized(deep) == deep);
  CHECK(!DatastoreFiles::normalized(deep + "/ab"));
  DatastoreFiles files;
  CHECK(files.make_directory(deep + "/ab", true) == FileResult::bad_path);
  CHECK(files.entries().empty());
  // Nor does what is moved become longer.
  CHECK(files.make_directory(deep, true) == FileResult::ok);
  CHECK(files.make_directory("b") == FileResult::ok);
  CHECK(files.move("a", "b/longer") == FileResult::bad_path);
  CHECK(files.exists(deep));
  CHECK(files.write("../x", "") == FileResult::bad_path);
  CHECK(files.make_directory("a/../b", true) == FileResult::bad_path);
  CHECK(files.remove("") == FileResult::bad_path);
}

TEST_CASE("sim files: writing, reading, listing, removing") {
  DatastoreFiles files;
  CHECK(files.write("vm/vm.vmx", "x") == FileResult::not_found);
  CHECK(files.make_directory("vm") == FileResult::ok);
  CHECK(files.make_directory("vm") == FileResult::exists);
  CHECK(files.make_directory("a/b") == FileResult::not_found);
  CHECK(files.make_directory("a/b/c", true) == FileResult::ok);
  CHECK(files.write("vm/vm.vmx", "x") == FileResult::created);
  CHECK(files.write("/vm//vm.vmx", "xy") == FileResult::ok);
  CHECK(files.write("vm", "x") == FileResult::is_directory);
  CHECK(files.write("", "x") == FileResult::is_directory);
  CHECK(files.write("vm/vm.vmx/y", "x") == FileResult::not_directory);
  CHECK(files.make_directory("vm/vm.vmx/y", true) == FileResult::not_directory);
  CHECK(files.read("vm/vm.vmx").value().text() == "xy");
  CHECK(!files.read("vm"));
  CHECK(!files.read("vm/none"));
  CHECK(!files.list("vm/vm.vmx"));
  CHECK(files.stat("vm").value().is_directory);
  CHECK(files.stat("").value().is_directory);
  CHECK(files.stat("vm/vm.vmx").value().size == 2);
  CHECK(files.stat("vm/vm.vmx").value().name == "vm.vmx");

  CHECK(files.remove("a") == FileResult::not_empty);
  CHECK(files.remove("a/b/c") == FileResult::ok);
  CHECK(files.remove("a/b/c") == FileResult::not_found);
  CHECK(files.remove("a", true) == FileResult::ok);
  CHECK(names(files, "") == list{"vm"});
}

TEST_CASE("sim files: names that sort between a directory and what is in it") {
  DatastoreFiles files;
  for (auto const* name : {"vm", "vm-2", "vm/sub"}) CHECK(succeeded(files.make_directory(name)));
  for (auto const* name : {"vm.vmx", "vm-1", "vm/a", "vm/sub/b", "vm0", "vm-2/c", "v"}) {
    CHECK(files.write(name, name) == FileResult::created);
  }
  CHECK(names(files, "") == list{"v", "vm", "vm-1", "vm-2", "vm.vmx", "vm0"});
  CHECK(names(files, "vm") == list{"a", "sub"});
  CHECK(files.move("vm", "moved") == FileResult::ok);
  CHECK(names(files, "") == list{"moved", "v", "vm-1", "vm-2", "vm.vmx", "vm0"});
  CHECK(files.read("moved/sub/b").value().text() == "vm/sub/b");
  CHECK(files.copy("moved", "vm") == FileResult::ok);
  CHECK(files.remove("vm", true) == FileResult::ok);
  CHECK(names(files, "") == list{"moved", "v", "vm-1", "vm-2", "vm.vmx", "vm0"});
  CHECK(files.remove("vm.vmx") == FileResult::ok);
  CHECK(files.exists("vm0"));
}

TEST_CASE("sim files: moving and copying") {
  DatastoreFiles files;
  files.make_directory("a/b", true);
  files.write("a/f", "f");
  files.write("g", "g");
  CHECK(files.move("none", "x") == FileResult::not_found);
  CHECK(files.move("a", "a/b/c") == FileResult::bad_path);
  CHECK(files.move("a", "a") == FileResult::exists);
  CHECK(files.copy("a/f", "g") == FileResult::exists);
  CHECK(files.copy("a/f", "g", true) == FileResult::ok);
  CHECK(files.read("g").value().text() == "f");
  CHECK(files.copy("a/f", "a/b", true) == FileResult::exists);
  CHECK(files.copy("a/f", "no/f") == FileResult::not_found);
  CHECK(files.move("g", "a/b/g") == FileResult::ok);
  CHECK(!files.exists("g"));
}

TEST_CASE("sim files: room, and files that are held") {
  DatastoreFiles files{100};
  CHECK(files.write("a", std::string(60, 'x')) == FileResult::created);
  CHECK(files.write("b", std::string(60, 'x')) == FileResult::no_space);
  CHECK(!files.exists("b"));
  CHECK(files.write("thin", FileContent::sparse(1000)) == FileResult::created);
  CHECK(files.write("thick", FileContent::sparse(1000), 1000) == FileResult::no_space);
  CHECK(files.write("thick", FileContent::sparse(1000), 40) == FileResult::created);
  CHECK(files.free_space() == 0);
  CHECK(files.copy("a", "c") == FileResult::no_space);
  CHECK(files.write("a", "x") == FileResult::ok);
  CHECK(files.used() == 41);
  CHECK(files.move("thick", "moved") == FileResult::ok);
  CHECK(files.used() == 41);
  CHECK(files.copy("a", "c") == FileResult::ok);
  CHECK(files.used() == 42);

  CHECK(files.set_locked("a", true) == FileResult::ok);
  CHECK(files.stat("a").value().is_locked);
  CHECK(files.write("a", "y") == FileResult::locked);
  CHECK(files.remove("a") == FileResult::locked);
  CHECK(files.move("a", "d") == FileResult::locked);
  CHECK(files.copy("c", "a", true) == FileResult::locked);
  CHECK(files.copy("a", "d") == FileResult::ok);
  CHECK(!files.stat("d").value().is_locked);
  CHECK(files.set_locked("a", false) == FileResult::ok);
  for (auto const* name : {"a", "c", "d", "moved", "thin"}) {
    CHECK(files.remove(name) == FileResult::ok);
  }
  CHECK(files.used() == 0);
  CHECK(files.set_locked("a", true) == FileResult::not_found);
}

TEST_CASE("sim files: the clock of the caller, and everything there is") {
  auto now = std::chrono::system_clock::time_point{std::chrono::hours{1}};
  DatastoreFiles files{1000, [&] { return now; }};
  files.make_directory("d");
  now += std::chrono::hours{1};
  files.write("d/f", "f");
  CHECK(files.stat("d/f").value().modified == now);
  CHECK(files.stat("d").value().modified < now);
  std::string all;
  files.for_each([&](std::string const& path, FileInfo const& info, FileContent const& content) {
    all += path + (info.is_directory ? "/ " : "=" + content.text() + " ");
  });
  CHECK(all == "d/ d/f=f ");
}
