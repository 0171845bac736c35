// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <esxvi/escape/uri.hpp>
#include <esxvi/sim/folder.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace esxvi;
using namespace esxvi::sim;

namespace {

struct Fixture {
  std::shared_ptr<DatastoreFiles> files = std::make_shared<DatastoreFiles>();
  std::shared_ptr<DatastoreFiles> other = std::make_shared<DatastoreFiles>(std::uint64_t{5000});
  FolderPages pages{};

  Fixture() {
    pages.add("ha-datacenter", "datastore1", files);
    pages.add("ha-datacenter", "my store+", other);
    files->make_directory("vm 1/sub", true);
    files->write("vm 1/a&b.vmx", "0123456789");
    other->write("o", "other");
  }
  WebResponse ask(std::string method, std::string target, std::vector<http::header> headers = {},
                  std::string body = {}) const {
    return pages.handle({.method = std::move(method),
                         .target = std::move(target),
                         .headers = std::move(headers),
                         .body = std::move(body)});
  }
  WebResponse get(std::string target, std::string range = {}) const {
    if (range.empty()) return ask("GET", std::move(target));
    return ask("GET", std::move(target), {{"Range", std::move(range)}});
  }
};

std::string header(WebResponse const& response, std::string_view name) {
  auto const* const found = http::find_header(response.headers, name);
  return found == nullptr ? std::string{} : *found;
}
bool has(WebResponse const& response, std::string_view text) {
  return response.body.find(text) != response.body.npos;
}
constexpr auto file = "/folder/vm%201/a%26b.vmx?dcPath=ha-datacenter&dsName=datastore1";

}  // namespace

TEST_CASE_FIXTURE(Fixture, "sim folder: files by the names that clients use") {
  for (std::string const& target : {
           std::string{file},
           std::string{"/folder/vm%201%2Fa%26b.vmx?dcPath=ha%252ddatacenter&dsName=datastore1"},
           std::string{"/folder//vm%201/a&b.vmx?dsName=datastore1"},
           std::string{"/folder/vm%201/a%26b.vmx?dcPath=&dsName=datastore1"},
           std::string{"/folder/vm%201/a%26b.vmx?dsName=datastore1&dcPath=%2fha%2Ddatacenter"},
           escape::folder_target("vm 1/a&b.vmx", "ha-datacenter", "datastore1"),
       }) {
    CAPTURE(target);
    auto const response = get(target);
    CHECK(response.status == 200);
    CHECK(response.body == "0123456789");
    CHECK(header(response, "content-type") == "application/octet-stream");
    CHECK(header(response, "last-modified").ends_with(" GMT"));
  }
  for (auto const* name : {"my%20store%2B", "my%2520store%252b", "my+store%2b"}) {
    CAPTURE(name);
    auto const response = get(std::string{"/folder/o?dcPath=ha-datacenter&dsName="} + name);
    // The last one is ambiguous: a blank written as + next to a real one.
    CHECK(response.status == (std::string_view{name} == "my+store%2b" ? 404 : 200));
  }
  other->write("x", "");
  pages.add("ha-datacenter", "local disk", other);
  CHECK(get("/folder/o?dcPath=ha-datacenter&dsName=local+disk").body == "other");
}

TEST_CASE_FIXTURE(Fixture, "sim folder: what is not there") {
  CHECK(get("/folder/none?dsName=datastore1").status == 404);
  CHECK(get("/folder/vm%201/none/x?dsName=datastore1").status == 404);
  CHECK(get("/folder/vm%201/a%26b.vmx/?dsName=datastore1").status == 404);
  CHECK(get("/folder/x?dsName=none").status == 404);
  CHECK(get("/folder/x?dcPath=none&dsName=datastore1").status == 404);
  CHECK(get("/folder?dcPath=none").status == 404);
  CHECK(get("/folder/x?dcPath=ha-datacenter").status == 404);
  CHECK(has(get("/folder/none?dsName=datastore1"), "404 Not Found"));
  pages.remove("ha-datacenter", "datastore1");
  CHECK(get(file).status == 404);
}

TEST_CASE_FIXTURE(Fixture, "sim folder: nothing leads outside") {
  for (auto const* path : {"..", "../etc/passwd", "vm%201/../../x", "%2e%2e/x", "vm%201%2F..%2Fx",
                           ".", "vm%201/./a", "a%00b", "a%0ab", "%zz", "%", "a%2"}) {
    CAPTURE(path);
    for (auto const* method : {"GET", "PUT", "DELETE", "HEAD"}) {
      auto const target = std::string{"/folder/"} + path + "?dsName=datastore1";
      CHECK(ask(method, target).status == 400);
    }
  }
  // Encoded twice is a name like any other.
  CHECK(get("/folder/%252e%252e/x?dsName=datastore1").status == 404);
}

TEST_CASE_FIXTURE(Fixture, "sim folder: parts of files") {
  auto const part = [&](std::string range) { return get(file, std::move(range)); };
  auto response = part("bytes=2-4");
  CHECK(response.status == 206);
  CHECK(response.body == "234");
  CHECK(header(response, "Content-Range") == "bytes 2-4/10");
  CHECK(part("bytes=7-").body == "789");
  CHECK(part("bytes=7-100").body == "789");
  CHECK(header(part("bytes=7-100"), "Content-Range") == "bytes 7-9/10");
  CHECK(part("bytes=-3").body == "789");
  CHECK(part("bytes=-30").body == "0123456789");
  CHECK(part("bytes=0-0").body == "0");
  for (auto const* range : {"bytes=10-", "bytes=10-20", "bytes=-0"}) {
    CAPTURE(range);
    CHECK(part(range).status == 416);
    CHECK(header(part(range), "Content-Range") == "bytes */10");
  }
  // What is no range, or more than one, is answered by the whole file (RFC 9110 14.2).
  for (auto const* range : {"bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=", "bytes=-", "bytes=1",
                            "bytes=0-1,4-5", "bytes=99999999999999999999999-"}) {
    CAPTURE(range);
    CHECK(part(range).status == 200);
    CHECK(part(range).body == "0123456789");
  }
  files->write("empty", "");
  CHECK(get("/folder/empty?dsName=datastore1", "bytes=0-").status == 416);
  files->write("disk", FileContent::sparse(std::uint64_t{1} << 45, "start"));
  response = get("/folder/disk?dsName=datastore1", "bytes=35184372088830-");
  CHECK(response.status == 206);
  CHECK(response.body == std::string(2, '\0'));
  CHECK(get("/folder/disk?dsName=datastore1").status == 500);
}

TEST_CASE_FIXTURE(Fixture, "sim folder: HEAD") {
  auto const response = ask("HEAD", file);
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(header(response, "Content-Length") == "10");
  CHECK(header(ask("HEAD", file, {{"Range", "bytes=1-3"}}), "Content-Length") == "3");
  files->write("disk", FileContent::sparse(std::uint64_t{1} << 45));
  CHECK(header(ask("HEAD", "/folder/disk?dsName=datastore1"), "Content-Length") ==
        "35184372088832");
  CHECK(ask("HEAD", "/folder/none?dsName=datastore1").status == 404);
}

TEST_CASE_FIXTURE(Fixture, "sim folder: PUT") {
  CHECK(ask("PUT", "/folder/vm%201/new?dsName=datastore1", {}, "n").status == 201);
  CHECK(files->read("vm 1/new").value().text() == "n");
  CHECK(ask("PUT", "/folder/vm%201/new?dsName=datastore1", {}, "nn").status == 200);
  CHECK(files->read("vm 1/new").value().text() == "nn");
  CHECK(ask("PUT", "/folder/none/new?dsName=datastore1", {}, "n").status == 404);
  CHECK(ask("PUT", "/folder/new?dsName=none", {}, "n").status == 404);
  CHECK(ask("PUT", "/folder/vm%201?dsName=datastore1", {}, "n").status == 409);
  CHECK(ask("PUT", "/folder/vm%201/x/?dsName=datastore1", {}, "n").status == 400);
  CHECK(ask("PUT", "/folder?dcPath=ha-datacenter", {}, "n").status == 403);
  CHECK(ask("PUT", file, {{"Content-Range", "bytes 0-1/10"}}, "ab").status == 400);
  CHECK(ask("PUT", "/folder/big?dsName=my%20store%2B", {}, std::string(6000, 'x')).status == 507);
  files->set_locked("vm 1/new", true);
  CHECK(ask("PUT", "/folder/vm%201/new?dsName=datastore1", {}, "n").status == 500);
  auto const binary = std::string("\0\xff\r\n", 4);
  CHECK(ask("PUT", "/folder/bin?dsName=datastore1", {}, binary).status == 201);
  CHECK(get("/folder/bin?dsName=datastore1").body == binary);
}

TEST_CASE_FIXTURE(Fixture, "sim folder: DELETE, and what is not allowed at all") {
  CHECK(ask("DELETE", "/folder/vm%201?dsName=datastore1").status == 409);
  CHECK(ask("DELETE", file).status == 204);
  CHECK(ask("DELETE", file).status == 404);
  CHECK(ask("DELETE", "/folder/vm%201/sub?dsName=datastore1").status == 204);
  CHECK(ask("DELETE", "/folder?dsName=datastore1").status == 400);
  CHECK(ask("POST", file).status == 405);
  CHECK(header(ask("MKCOL", file), "Allow") == "GET, HEAD, PUT, DELETE");
}

TEST_CASE_FIXTURE(Fixture, "sim folder: listings") {
  auto const root = get("/folder");
  CHECK(root.status == 200);
  CHECK(header(root, "Content-Type").starts_with("text/html"));
  CHECK(has(root, "<a href=\"/folder?dcPath=ha%2ddatacenter\">ha-datacenter</a>"));

  auto const stores = get("/folder?dcPath=ha-datacenter");
  CHECK(has(stores,
            "<td><a href=\"/folder?dcPath=ha%2ddatacenter&amp;dsName=my%20store%2b\">"
            "my store+</a></td><td align=\"right\">5000</td><td align=\"right\">4995"));

  auto const top = get("/folder?dcPath=ha-datacenter&dsName=datastore1");
  CHECK(has(top, "<a href=\"/folder?dcPath=ha%2ddatacenter\">Parent Directory</a>"));
  CHECK(has(top,
            "<a href=\"/folder/vm%201/?dcPath=ha%2ddatacenter&amp;dsName=datastore1\">"
            "vm 1/</a>"));

  auto const inner = get("/folder/vm%201/?dcPath=ha-datacenter&dsName=datastore1");
  CHECK(has(inner, "<title>Index of vm 1 on datastore datastore1 in datacenter ha-datacenter"));
  CHECK(has(inner, "<a href=\"/folder?dcPath=ha%2ddatacenter&amp;dsName=datastore1\">Parent"));
  CHECK(has(inner, "\">a&amp;b.vmx</a></td>"));
  CHECK(has(inner, "<td align=\"right\">10</td>"));

  // Every link of a listing leads somewhere.
  for (auto at = inner.body.find("href=\""); at != inner.body.npos;
       at = inner.body.find("href=\"", at)) {
    at += 6;
    auto link = inner.body.substr(at, inner.body.find('"', at) - at);
    for (auto amp = link.find("&amp;"); amp != link.npos; amp = link.find("&amp;")) {
      link.replace(amp, 5, "&");
    }
    CAPTURE(link);
    CHECK(get(link).status == 200);
  }
  CHECK(files->write("not UTF-8 \xff", "") == FileResult::bad_path);
  files->write("<script>\"", "");
  auto const hostile = get("/folder?dsName=datastore1");
  CHECK(hostile.status == 200);
  CHECK(!has(hostile, "<script>"));
}

TEST_CASE("sim folder: the gate decides") {
  FolderPages pages{[](WebRequest const& request) {
    auto const login = basic_login(request);
    if (login && login->user == "root" && login->password == "a:b") return 200;
    if (login && login->user == "viewer") return 403;
    return cookies(request, "vmware_soap_session") == std::vector<std::string>{"52aa"} ? 200 : 401;
  }};
  auto const files = std::make_shared<DatastoreFiles>();
  files->write("f", "f");
  pages.add("ha-datacenter", "ds", files);
  auto const ask = [&](std::vector<http::header> headers) {
    return pages.handle(
        {.method = "GET", .target = "/folder/f?dsName=ds", .headers = std::move(headers)});
  };
  CHECK(ask({}).status == 401);
  CHECK(header(ask({}), "WWW-Authenticate") == "Basic realm=\"VMware HTTP server\"");
  CHECK(ask({{"Authorization", "Basic cm9vdDphOmI="}}).status == 200);
  CHECK(ask({{"authorization", "bAsIc cm9vdDphOmI"}}).status == 200);
  CHECK(ask({{"Authorization", "Basic cm9vdDp4"}}).status == 401);
  CHECK(ask({{"Authorization", "Basic !"}}).status == 401);
  CHECK(ask({{"Authorization", "Bearer cm9vdDphOmI="}}).status == 401);
  CHECK(ask({{"Authorization", "Basic dmlld2VyOng="}}).status == 403);
  CHECK(ask({{"Cookie", "a=b; vmware_soap_session=\"52aa\"; c=d"}}).status == 200);
  CHECK(ask({{"Cookie", "a=b"}, {"Cookie", "vmware_soap_session=52aa"}}).status == 200);
  CHECK(ask({{"Cookie", "vmware_soap_session=52ab"}}).status == 401);
}

TEST_CASE("sim folder: which requests are meant for it") {
  CHECK(FolderPages::owns("/folder"));
  CHECK(FolderPages::owns("/folder?dcPath=x"));
  CHECK(FolderPages::owns("/folder/x"));
  CHECK(!FolderPages::owns("/folders"));
  CHECK(!FolderPages::owns("/sdk?x=/folder/"));
}
