// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/transport/recording.hpp>
#include <esxvi/transport/replay.hpp>
#include <esxvi/transport/scripted.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "transport/collect.hpp"

using esxvi::any_transport;
using esxvi::delivery;
using esxvi::Recording;
using esxvi::Replay;
using esxvi::ScriptedTransport;
using test::Collect;
using test::Source;
namespace http = esxvi::http;
namespace fs = std::filesystem;

static_assert(esxvi::Transport<Recording<any_transport>>);
static_assert(esxvi::Transport<Recording<Replay>>);

namespace {

/// A folder that does not exist yet and goes away with the test. A copy is kept: `./run test` looks
/// for secrets in it.
struct Folder {
  int number = ++count;
  fs::path path = fs::temp_directory_path() /
                  ("esxvi-recording-" + std::to_string(::getpid()) + "-" + std::to_string(number));
  ~Folder() {
    auto const kept = fs::path{ESXVI_KEPT_RECORDINGS} / std::to_string(number);
    std::error_code ignored;
    fs::create_directories(kept.parent_path(), ignored);
    fs::remove_all(kept, ignored);
    fs::copy(path, kept, fs::copy_options::recursive, ignored);
    fs::remove_all(path);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (auto const& entry : fs::directory_iterator{path})
      out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string text(std::string const& name) const {
    std::ifstream file{path / name, std::ios::binary};
    REQUIRE_MESSAGE(file.is_open(), "no file ", name);
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  void write(std::string const& name, std::string_view content) const {
    fs::create_directories(path);
    std::ofstream{path / name, std::ios::binary} << content;
  }
  std::string all() const {
    std::string out;
    for (auto const& name : names()) out += name + "\n" + text(name) + "\n";
    return out;
  }
  static inline int count = 0;
};

http::Request const login{
    .url = "https://root:5ecret@esx.example/sdk?token=5ecret",
    .headers = {{"Content-Type", "text/xml"}, {"Cookie", "vmware_soap_session=\"5ecret\""}},
    .body =
        "<Login xmlns='urn:vim25'><userName>root</userName><password>5ecret</password></Login>"};
std::string const login_reply =
    "<LoginResponse xmlns='urn:vim25'><returnval>\r\n <key>5ecret</key><userName>root</userName>"
    "</returnval></LoginResponse>";

http::Response send(any_transport const& transport, http::Request const& request, Collect& sink,
                    std::string_view operation = {}) {
  return transport.send(request, sink, {.operation = operation});
}

}  // namespace

TEST_CASE("recording: what is written, without its secrets") {
  Folder folder;
  auto script = std::make_shared<ScriptedTransport>();
  script->expect("Login")
      .reply(200, login_reply,
             {{"Set-Cookie", "vmware_soap_session=\"5ecret\"; Path=/"},
              {"Content-Type", "text/xml; charset=utf-8"}})
      .pieces(1);
  script->expect("GET /folder/a b.vmx").reply(404, "", {});
  any_transport const recording{Recording{any_transport{script}, folder.path}};

  Collect sink;
  CHECK(send(recording, login, sink, "Login").status == 200);
  CHECK(sink.body == login_reply);  // the caller gets everything
  CHECK(sink.pieces.size() == login_reply.size());
  CHECK(script->requests()[0].body == login.body);
  CHECK(script->requests()[0].url == login.url);
  Collect none;
  send(recording, {.method = "GET", .url = "https://esx.example/folder/a b.vmx?dsName=d"}, none);

  CHECK(folder.names() == std::vector<std::string>{"0001-Login.headers", "0001-Login.request.xml",
                                                   "0001-Login.response.xml",
                                                   "0002-GET_folder_a_b.vmx.headers"});
  CHECK(
      folder.text("0001-Login.request.xml") ==
      "<Login xmlns='urn:vim25'><userName>root</userName><password>[redacted]</password></Login>");
  CHECK(folder.text("0001-Login.response.xml") ==
        "<LoginResponse xmlns='urn:vim25'><returnval>\r\n "
        "<key>[redacted]</key><userName>root</userName>"
        "</returnval></LoginResponse>");
  CHECK(folder.text("0001-Login.headers") ==
        "= Login\n"
        "> POST https://esx.example/sdk?token=[redacted]\n"
        "> Content-Type: text/xml\n"
        "> Cookie: vmware_soap_session=[redacted]\n"
        "< 200\n"
        "< Set-Cookie: vmware_soap_session=[redacted]; Path=/\n"
        "< Content-Type: text/xml; charset=utf-8\n");
  CHECK(folder.text("0002-GET_folder_a_b.vmx.headers") ==
        "= GET /folder/a b.vmx\n> GET https://esx.example/folder/a b.vmx?dsName=d\n< 404\n");
  CHECK(folder.all().find("5ecret") == std::string::npos);
}

TEST_CASE("recording: a recorded session plays again") {
  Folder folder;
  Collect first_login;
  Collect first_get;
  Collect first_put;
  std::string binary(100'000, '\0');
  for (std::size_t i = 0; i < binary.size(); ++i) binary[i] = static_cast<char>(i * 7);
  {
    auto script = std::make_shared<ScriptedTransport>();
    script->expect("Login").reply(200, login_reply);
    script->expect("GET /folder/disk")
        .reply(206, binary, {{"Content-Type", "application/octet-stream"}});
    script->expect("PUT /folder/x").reply(201, "");
    any_transport const recording{Recording{any_transport{script}, folder.path}};
    send(recording, login, first_login, "Login");
    send(recording, {.method = "GET", .url = "https://h/folder/disk"}, first_get);
    Source source{"uploaded", -1};
    send(recording, {.method = "PUT", .url = "https://h/folder/x", .source = &source}, first_put);
  }
  CHECK(folder.text("0002-GET_folder_disk.response.body") == binary);
  CHECK(folder.text("0003-PUT_folder_x.request.xml") == "uploaded");

  auto replay = std::make_shared<Replay>(folder.path);
  CHECK(replay->operations() ==
        std::vector<std::string>{"Login", "GET /folder/disk", "PUT /folder/x"});
  any_transport const transport{replay};
  Collect again;
  CHECK(send(transport, login, again, "Login").status == 200);
  CHECK(again.begins == 1);
  CHECK(again.header("content-type") == "text/xml; charset=utf-8");
  CHECK(again.body == esxvi::redact::xml(login_reply));
  CHECK_FALSE(replay->done());
  Collect get;
  CHECK(send(transport, {.method = "GET", .url = "https://other/folder/disk"}, get).status == 206);
  CHECK(get.body == binary);
  Source source{"something else", -1};
  Collect put;
  CHECK(send(transport, {.method = "PUT", .url = "https://h/folder/x", .source = &source}, put)
            .status == 201);
  CHECK(put.begins == 1);
  CHECK(source.at == source.text.size());
  CHECK(replay->done());
}

TEST_CASE("recording: calls that failed fail again") {
  Folder folder;
  auto script = std::make_shared<ScriptedTransport>();
  script->expect("A").throws(esxvi::host_not_found{{.operation = "A", .problem = "no such\nhost"}});
  script->expect("B").reply(200, "<b>half of it</b>").cut_after(7);
  script->expect("C").reply(200, "<c/>");
  {
    any_transport const recording{Recording{any_transport{script}, folder.path}};
    Collect sink;
    CHECK_THROWS_AS(send(recording, login, sink, "A"), esxvi::host_not_found);
    CHECK_THROWS_AS(send(recording, login, sink, "B"), esxvi::connection_lost);
    sink.on_write = [](auto) { throw std::runtime_error{"full"}; };
    CHECK_THROWS_WITH_AS(send(recording, login, sink, "C"), "full", std::runtime_error);
  }
  CHECK(folder.text("0001-A.headers").find("! host_not_found not_sent no such host\n") !=
        std::string::npos);
  CHECK(folder.text("0002-B.response.xml") == "<b>half");

  any_transport const replay{Replay{folder.path}};
  Collect a;
  try {
    send(replay, login, a, "A");
    FAIL("no error");
  } catch (esxvi::host_not_found const& e) {
    CHECK(e.problem() == "no such host");
    CHECK(e.delivered() == delivery::not_sent);
  }
  CHECK(a.begins == 0);
  Collect b;
  try {
    send(replay, login, b, "B");
    FAIL("no error");
  } catch (esxvi::connection_lost const& e) {
    CHECK(e.delivered() == delivery::unknown);
  }
  CHECK(b.body == "<b>half");
  Collect c;
  CHECK_THROWS_AS(send(replay, login, c, "C"), esxvi::cancelled);
}

TEST_CASE("recording: a body that is sent twice is recorded once") {
  struct Twice {
    http::Response send(http::Request const& request, http::BodySink& sink,
                        http::CallContext const&) {
      char to[4];
      while (request.source->read(to, 4) > 0) {
      }
      CHECK(request.source->rewind());
      CHECK(request.source->size() == 8);
      while (request.source->read(to, 4) > 0) {
      }
      sink.begin({200, {}});
      return {200, {}};
    }
  };
  Folder folder;
  any_transport const recording{Recording{Twice{}, folder.path}};
  Source source{"12345678", 8};
  Collect sink;
  send(recording, {.method = "PUT", .url = "https://h/f", .source = &source}, sink, "Put");
  CHECK(folder.text("0001-Put.request.xml") == "12345678");
}

TEST_CASE("recording: folders") {
  auto const to = [](fs::path const& path) {
    Recording const recording{any_transport{std::make_shared<ScriptedTransport>()}, path};
    CHECK(recording.folder() == path);
  };
  Folder folder;
  SUBCASE("are made") {
    to(folder.path / "a" / "b");
    CHECK(fs::is_directory(folder.path / "a" / "b"));
  }
  SUBCASE("may exist, but without a recording") {
    folder.write("notes.txt", "x");
    to(folder.path);
    folder.write("0001-Login.headers", "= Login\n");
    CHECK_THROWS_WITH_AS(to(folder.path), doctest::Contains("holds a recording already"),
                         esxvi::invalid_argument);
  }
  SUBCASE("cannot be files") {
    folder.write("file", "x");
    CHECK_THROWS_AS(to(folder.path / "file"), esxvi::invalid_argument);
  }
  SUBCASE("that vanish are an error") {
    any_transport const recording{
        Recording{any_transport{std::make_shared<ScriptedTransport>()}, folder.path}};
    fs::remove_all(folder.path);
    Collect sink;
    CHECK_THROWS_WITH_AS(send(recording, login, sink, "Login"),
                         doctest::Contains("cannot be written"), esxvi::invalid_argument);
  }
}

TEST_CASE("replay: another operation than the recorded one") {
  Folder folder;
  folder.write("0001-Login.headers", "= Login\n< 200\n");
  folder.write("0002-Logout.headers", "= Logout\n< 200\n");
  Collect sink;
  SUBCASE("is an error that names both") {
    any_transport const replay{Replay{folder.path}};
    CHECK_THROWS_WITH_AS(send(replay, login, sink, "Logout"),
                         doctest::Contains("has Login as its exchange 1 (0001-Login), got Logout"),
                         esxvi::invalid_argument);
    send(replay, login, sink, "Login");  // still there
    send(replay, login, sink, "Logout");
    CHECK_THROWS_WITH_AS(send(replay, login, sink, "Logout"),
                         doctest::Contains("no exchange after its 2"), esxvi::invalid_argument);
  }
  SUBCASE("or skips, when it may") {
    auto replay = std::make_shared<Replay>(folder.path, esxvi::ReplayOptions{.may_skip = true});
    send(any_transport{replay}, login, sink, "Logout");
    CHECK(replay->done());
    CHECK_THROWS_WITH_AS(send(any_transport{replay}, login, sink, "Login"),
                         doctest::Contains("no later exchange"), esxvi::invalid_argument);
  }
  SUBCASE("errors show no secret") {
    any_transport const replay{Replay{folder.path}};
    try {
      send(replay, login, sink, "Logout");
      FAIL("no error");
    } catch (esxvi::invalid_argument const& e) {
      CHECK(std::string{e.what()}.find("5ecret") == std::string::npos);
    }
  }
}

TEST_CASE("replay: plain pairs of bodies") {
  Folder folder;
  folder.write("00-vimServiceVersions.res.xml", "<namespaces/>");
  folder.write("01-Login.FAULT-InvalidLogin.req.xml", "<Login/>");
  folder.write("01-Login.FAULT-InvalidLogin.res.xml",
               "<soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode/></soapenv:Fault>");
  folder.write("02-RetrievePropertiesEx.VirtualMachine.name.res.xml",
               "<e:Envelope><e:Body><RetrievePropertiesExResponse/></e:Body></e:Envelope>");
  folder.write("README", "not an exchange");
  any_transport const replay{Replay{folder.path}};
  Collect versions;
  CHECK(send(replay, {.method = "GET", .url = "https://h/sdk/vimServiceVersions.xml"}, versions)
            .status == 200);
  CHECK(versions.body == "<namespaces/>");
  Collect fault;
  CHECK(send(replay, login, fault, "Login").status == 500);
  Collect rows;
  CHECK(send(replay, login, rows, "RetrievePropertiesEx").status == 200);
  CHECK(rows.header("Content-Type") == "text/xml; charset=utf-8");
  CHECK(rows.body.starts_with("<e:Envelope>"));
}

TEST_CASE("replay: a folder without a recording") {
  Folder folder;
  CHECK_THROWS_WITH_AS(Replay{folder.path}, doctest::Contains("holds no recording"),
                       esxvi::invalid_argument);
  folder.write("README", "x");
  CHECK_THROWS_AS(Replay{folder.path}, esxvi::invalid_argument);
}
