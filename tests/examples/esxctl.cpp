// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What the commands of esxctl print, against hosts that `esxctl sim` serves or that are in them.
#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "examples/programs.hpp"

using namespace esxvi::test;

namespace {

/// For everybody who only looks.
Sim const& esx() {
  static Sim const host;
  return host;
}

/// The values of a column of tab-separated lines, joined by blanks.
std::string column(std::string const& table, std::size_t wanted) {
  std::istringstream lines(table);
  std::string all;
  std::string line;
  std::getline(lines, line);  // the names of the columns
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (std::size_t i = 0; i <= wanted; ++i) std::getline(cells, cell, '\t');
    all.append(all.empty() ? "" : " ").append(cell);
  }
  return all;
}

/// Of `command -c uri --format tsv`, the second column, sorted.
std::string names(std::string const& uri, std::vector<std::string> command) {
  command.insert(command.end(), {"-c", uri, "--format", "tsv"});
  auto const it = esxctl(command);
  CHECK(it.status == 0);
  CHECK(it.errors == "");
  std::istringstream words(column(it.out, 1));
  std::set<std::string> const sorted{std::istream_iterator<std::string>(words), {}};
  std::string all;
  for (auto const& word : sorted) all.append(all.empty() ? "" : " ").append(word);
  return all;
}

std::string const demo_names = "app06 db03 idle05 serial02 test04 web01";

}  // namespace

TEST_CASE("esxctl: the URI may stand before or behind the command, or in the environment") {
  std::string const& uri = esx().uri();
  auto const same = [](std::vector<std::string> const& arguments, std::string_view part,
                       Environment const& environment = {}) {
    auto const it = esxctl(arguments, environment);
    CHECK(it.status == 0);
    CHECK(says(it.out, part));
    CHECK(it.errors == "");
  };
  struct Row {
    std::vector<std::string> command;
    std::string_view part;
    bool takes_uri;  ///< as an argument of its own
  };
  for (auto const& [command, part, takes_uri] :
       {Row{{"about"}, "VMware ESXi", true}, Row{{"list"}, "test04", true},
        Row{{"find", "/vm/db*"}, "db03", false}, Row{{"watch", "--once"}, "idle05", false}}) {
    auto const with = [&](std::vector<std::string> before, std::vector<std::string> const& after) {
      before.insert(before.end(), command.begin(), command.end());
      before.insert(before.end(), after.begin(), after.end());
      return before;
    };
    CAPTURE(command[0]);
    same(with({"-c", uri}, {}), part);
    same(with({}, {"-c", uri}), part);
    same(with({}, {"--connect=" + uri}), part);
    same(with({}, {}), part, {{"ESXVI_URI", uri}});
    if (takes_uri) same(with({"-c", "sim://empty"}, {uri}), part);
  }
}

TEST_CASE("esxctl about: what is at the other end") {
  auto const host = esxctl({"about", esx().uri()});
  CHECK(says(host.out, "kind               host\n"));
  CHECK(says(host.out, "user               root\n"));
  CHECK(says(host.out, "looks at           /ha-datacenter/"));
  CHECK_FALSE(says(host.out, "vCenter"));
  auto const center = esxctl({"about", "sim://vcenter/Datacenter"});
  CHECK(says(center.out, "kind               vCenter\n"));
  CHECK(says(center.out, "looks at           /Datacenter\n"));
}

TEST_CASE("esxctl list: tables, JSON, tab-separated values") {
  std::string const& uri = esx().uri();
  CHECK(names(uri, {"list"}) == demo_names);
  auto const tsv = esxctl({"list", uri, "--format", "tsv"});
  CHECK(column(tsv.out, 2) == "poweredOn poweredOff poweredOn poweredOff suspended poweredOn");
  CHECK(says(tsv.out, "id\tname\tpower\tcpus\tmemory_mib\tguest\n"));
  CHECK(says(esxctl({"list", uri}).out, "serial02  poweredOff     1        1024  Other Linux"));
  CHECK(says(esxctl({"list", uri, "--format", "json"}).out,
             R"("name":"serial02","power":"poweredOff","cpus":1,"memory_mib":1024)"));
}

TEST_CASE("esxctl: list, watch and find look at the part of a vCenter that the URI names") {
  std::string const cluster = "sim://vcenter/Datacenter/Cluster";
  CHECK(names("sim://vcenter", {"list"}) ==
        "app06 db03 idle05 serial02 shop01 shop02 shop03 shop04 template test04 web01");
  CHECK(names(cluster, {"list"}) == names("sim://vcenter", {"list"}));
  auto const hosts = names(cluster, {"find", "esx*"});
  auto const second = hosts.substr(hosts.rfind('/') + 1);
  CHECK(names(cluster + "/" + second, {"list"}) == "shop01 shop03");
  CHECK(names(cluster + "/" + second, {"watch", "--once"}) == "shop01 shop03");

  CHECK(names("sim://vcenter/Datacenter", {"find", "vm/production/shop*2"}) ==
        "/Datacenter/vm/production/shop02");
  CHECK(names("sim://vcenter/Datacenter", {"find", "/Datacenter/vm/spare/*"}) ==
        "/Datacenter/vm/spare/template");
}

TEST_CASE("esxctl: the URI that a simulated vCenter prints means one of its hosts") {
  Sim const center({"--vcenter", "--vms", "3"});
  CHECK(says(center.uri(), "vpx://administrator%40vsphere.local@127.0.0.1:"));
  auto const path = center.uri().find("/Datacenter/Cluster/");
  REQUIRE(path != std::string::npos);
  CHECK(names(center.uri(), {"list"}) == "db03 serial02 web01");
  auto const other = [&](std::string const& where) {
    return center.uri().substr(0, path) + where + "?transport=http";
  };
  CHECK(names(other("/"), {"list"}) == "db03 serial02 web01");

  struct Row {
    std::string uri;
    std::string_view part;
  };
  for (auto const& [uri, part] :
       {Row{other("/Datacenter/nowhere"), "\"nowhere\" in datacenter /Datacenter"},
        Row{"esx" + other("/").substr(3), "use vpx:// for a vCenter"},
        Row{"vpx" + esx().uri().substr(3), "use esx:// for a host"},
        Row{esx().uri() + "&vcenter=*", "no vCenter manages this host"}})
    for (std::vector<std::string> command :
         {std::vector<std::string>{"list"}, {"watch", "--once"}, {"find", "**"}, {"about"}}) {
      CAPTURE(command[0]);
      command.insert(command.end(), {"-c", uri});
      auto const it = esxctl(command);
      CHECK(it.status == 1);
      CHECK(it.out == "");
      INFO(it.errors);
      CHECK(says(it.errors, part));
    }
}

TEST_CASE("esxctl find: what matches, nothing, and a path that leads nowhere") {
  std::string const& uri = esx().uri();
  auto const tsv = esxctl({"find", "/vm/*0[24]", "--format", "tsv", "-c", uri});
  CHECK(says(tsv.out, "kind\tpath\tid\nVirtualMachine\t/ha-datacenter/vm/serial02\t"));
  CHECK(column(tsv.out, 1) == "/ha-datacenter/vm/serial02 /ha-datacenter/vm/test04");
  CHECK(says(esxctl({"find", "/vm/db*", "--format", "json", "-c", uri}).out,
             R"([{"kind":"VirtualMachine","path":"/ha-datacenter/vm/db03","id":)"));
  CHECK(says(esxctl({"find", "/vm/db*", "-c", uri}).out, "VirtualMachine  /ha-datacenter/vm/db03"));
  // One that finds something is printed in spite of one that does not.
  auto const nothing = esxctl({"find", "/vm/none*", "/vm/web*", "-c", uri});
  CHECK(nothing.status == 1);
  CHECK(says(nothing.errors, "nothing matches /vm/none*"));
  CHECK(says(nothing.out, "/ha-datacenter/vm/web01"));
  auto const wrong = esxctl({"find", "/vm/nowhere/x*", "-c", uri});
  CHECK(wrong.status == 1);
  CHECK(says(wrong.errors, "no 'nowhere' in /ha-datacenter/vm; there are: "));
}

TEST_CASE("esxctl trust: the URI that it prints accepts this certificate and no other") {
  Sim const host({"--tls"});
  auto const shown = esxctl({"trust", host.authority()}, {{"ESXVI_PASSWORD", std::nullopt}});
  CHECK(shown.status == 0);
  CHECK(says(shown.out, "trusted     no: "));
  auto const from = shown.out.find("esx://root@127.0.0.1:");
  REQUIRE(from != std::string::npos);
  auto pinned = shown.out.substr(from, shown.out.find('\n', from) - from);
  CHECK(says(pinned, "/?thumbprint="));
  CHECK(names(pinned, {"list"}) == demo_names);
  CHECK(esxctl({"-c", host.uri(), "trust"}).out == shown.out);

  // Without a pin, and with another one, nothing is sent.
  auto const refused = esxctl({"list", "esx://root@" + host.authority() + "/"});
  CHECK(refused.status == 1);
  CHECK(says(refused.errors, "certificate"));
  pinned.back() = pinned.back() == '0' ? '1' : '0';
  auto const other = esxctl({"list", pinned});
  CHECK(other.status == 1);
  CHECK(other.out == "");
  CHECK(says(other.errors, "thumbprint"));
}

TEST_CASE("esxctl trust: the URI that it prints says all else that the given one says") {
  Sim const center({"--tls", "--vcenter", "--vms", "1"});
  auto const pinned = [](std::string const& given) {
    auto const shown = esxctl({"trust", given});
    CHECK(shown.status == 0);
    auto const from = shown.out.find("://");
    REQUIRE(from != std::string::npos);
    auto const begin = shown.out.rfind(' ', from) + 1;
    return shown.out.substr(begin, shown.out.find('\n', from) - begin);
  };
  auto const uri = pinned(center.uri());
  CHECK(says(uri, "vpx://administrator%40vsphere.local@" + center.authority() + "/Datacenter/"));
  CHECK_FALSE(says(uri, "no_verify"));
  CHECK(names(uri, {"list"}) == "web01");

  auto const other = home().path() + "/other.pem";
  Sim const of_another({"--tls", "--vms", "0", "--certificate-file", other});
  static_cast<void>(home().file(".config/esxvi/hosts.ini",
                                "[center]\nuri = vpx://" + center.authority() +
                                    "/Datacenter\nuser = somebody\nca_file = " + other + "\n"));
  auto const alias = pinned("center");
  CHECK(says(alias, "vpx://somebody@" + center.authority() + "/Datacenter?thumbprint="));
  CHECK_FALSE(says(alias, "ca_file"));
}

TEST_CASE("esxctl: no_verify and files that others may read are warned of, by esxctl") {
  Sim const host({"--tls"});
  auto const file = home().file("open", "esxvi\n", 0644);
  auto const it = esxctl({"list", host.uri(), "--password-file", file});
  CHECK(it.status == 0);
  CHECK(says(it.errors, "esxctl: " + file));
  CHECK(says(it.errors, "\nesxctl: "));
}

TEST_CASE("esxctl --trace: what goes over the network, and no secret of it") {
  std::string const password = "n0t-to-be-seen";
  Sim const host({}, {{"ESXVI_PASSWORD", password}});
  Environment const given{{"ESXVI_PASSWORD", password}};
  struct Row {
    std::vector<std::string> arguments;
    bool bodies;
  };
  for (auto const& [arguments, bodies] :
       {Row{{"--trace", "list", "-c", host.uri()}, false},
        Row{{"list", "--trace", host.uri()}, false},
        Row{{"list", "--trace=bodies", "-c", host.uri()}, true}}) {
    auto const it = esxctl(arguments, given);
    CHECK(it.status == 0);
    CHECK(says(it.out, "serial02"));
    CHECK(says(it.errors, "> POST http://" + host.authority() + "/sdk (Login)"));
    CHECK(says(it.errors, "vmware_soap_session=[redacted]"));
    CHECK(says(it.errors, "<userName>root</userName>") == bodies);
    CHECK_FALSE(says(it.errors, password));
    CHECK_FALSE(says(it.out, password));
  }
}

TEST_CASE("esxctl: an alias of hosts.ini") {
  auto const password = home().file("secrets/lab", "esxvi\n");
  static_cast<void>(home().file(".config/esxvi/hosts.ini", "[lab]\nuri = esx://" +
                                                               esx().authority() +
                                                               "/\nuser = root\ntransport = http\n"
                                                               "password_file = ~/secrets/lab\n"));
  Environment const no_password{{"ESXVI_PASSWORD", std::nullopt}};
  auto const it = esxctl({"list", "lab", "--format", "tsv"}, no_password);
  CHECK(it.errors == "");
  CHECK(column(it.out, 1) == "web01 serial02 db03 test04 idle05 app06");
  CHECK(esxctl({"-c", "lab", "about"}, no_password).status == 0);
  auto const unknown = esxctl({"list", "attic"});
  CHECK(unknown.status == 1);
  CHECK(says(unknown.errors, "\"attic\""));
  CHECK(says(unknown.errors, "known aliases are lab"));
}

TEST_CASE("esxctl, tour: what cannot be written to standard output is no success") {
  std::vector<std::vector<std::string>> const commands{
      {"list", "sim://demo"},
      {"about", "sim://demo"},
      {"watch", "--once", "-c", "sim://demo"},
      {"watch", "--seconds", "30", "-c", "sim://demo"},
      {"vmx", "roundtrip", "-"},
      {"escape", "encode", "percent"},
      {"sim", "--vms", "0"},
      {"--help"},
      {"--version"},
  };
  // Closed, it is not what the connection gets, either.
  for (char const* where : {">/dev/full", ">&-"})
    for (auto const& command : commands) {
      CAPTURE(where);
      CAPTURE(command[0]);
      auto const it = redirected(where, esxctl_with(command), "memsize = \"4\"\n");
      CHECK(it.status == 1);
      CHECK(it.errors == "esxctl: standard output cannot be written\n");
    }
  CHECK(redirected(">&-", esxctl_with({"watch", "--seconds", "30", "-c", esx().uri()})).status ==
        1);

  auto const tour = redirected(">/dev/full", {TOUR, "sim://empty"});
  CHECK(tour.status == 1);
  CHECK(says(tour.errors, "standard output cannot be written"));
  // What is not written to does not matter.
  CHECK(redirected(">&- <&- 2>&-",
                   esxctl_with({"vmx", "set", home().file("closed.vmx", ""), "a", "b"}))
            .status == 0);
}

TEST_CASE("esxctl escape: a line for each line, and refused ones are no success") {
  auto const decoded = [](std::string_view lines) {
    return run(esxctl_with({"escape", "decode", "percent"}), settings(), lines);
  };
  auto const good = decoded("a%2fb\n<error>\n");
  CHECK(good.status == 0);
  CHECK(good.out == "a/b\n<error>\n");  // a text like any other
  CHECK(good.errors == "");
  auto const bad = decoded("%\na%2fb\n");
  CHECK(bad.status == 1);
  CHECK(bad.out == "<error>\na/b\n");
  CHECK(bad.errors == "esxctl: 1 line was refused\n");
  CHECK(says(decoded("%\n%\n").errors, "2 lines were refused"));
}

TEST_CASE("esxctl vmx diff: 1 says that they differ, 2 that they could not be compared") {
  auto const small = home().file("diff/small.vmx", "memsize = \"4\"\n");
  auto const large = home().file("diff/large.vmx", "memsize = \"8\"\n");
  CHECK(esxctl({"vmx", "diff", small, small}).status == 0);
  auto const differ = esxctl({"vmx", "diff", small, large});
  CHECK(differ.status == 1);
  CHECK(differ.out == "memsize: \"4\" -> \"8\"\n");
  auto const missing = esxctl({"vmx", "diff", small, large + "x"});
  CHECK(missing.status == 2);
  CHECK(says(missing.errors, "esxctl: reading on " + large + "x: the file cannot be opened"));
  CHECK(redirected(">/dev/full", esxctl_with({"vmx", "diff", small, large})).status == 2);
}

TEST_CASE("esxctl wire: a file that is no envelope is no matter of addresses") {
  for (auto const* text : {"no XML", "<html/>", "<!DOCTYPE html><p>"}) {
    auto const it = esxctl({"wire", "stats", home().file("reply.xml", text)});
    CHECK(it.status == 1);
    INFO(it.errors);
    CHECK(says(it.errors, "reply.xml: "));
    CHECK(says(it.errors, "FILE has to be one SOAP envelope"));
    CHECK_FALSE(says(it.errors, "address"));
  }
}

TEST_CASE("esxctl vmx set: changes this file and no other") {
  auto const file = home().file("set/web.vmx", "memsize = \"4\"\n", 0640);
  auto const other = home().file("set/web.vmx.new", "of somebody else\n");
  CHECK(esxctl({"vmx", "set", file, "memsize", "8"}).status == 0);
  CHECK(says(esxctl({"vmx", "roundtrip", file}).out, "memsize = \"8\"\n"));
  std::filesystem::path const path = file;
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms{0640});
  CHECK(std::filesystem::file_size(other) == 17);
  CHECK(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}) == 2);
}

TEST_CASE("esxctl: bad usage prints nothing but what is wrong") {
  struct Row {
    std::vector<std::string> arguments;
    std::string_view part;
  };
  for (auto const& [arguments, part] : {
           Row{{}, "A subcommand is required"},
           Row{{"nonsense"}, "esxctl: there is no command 'nonsense'"},
           Row{{"--trace", "nonsense"}, "esxctl: there is no command 'nonsense'"},
           Row{{"vmx"}, "A subcommand is required"},
           Row{{"vmx", "nonsense", "a.vmx"}, "esxctl vmx: there is no command 'nonsense'"},
           Row{{"list"}, "a URI or an alias (-c, or $ESXVI_URI) is required"},
           Row{{"about"}, "a URI or an alias (-c, or $ESXVI_URI) is required"},
           Row{{"watch"}, "a URI or an alias (-c, or $ESXVI_URI) is required"},
           Row{{"find", "**"}, "a URI or an alias (-c, or $ESXVI_URI) is required"},
           Row{{"trust"}, "a URI or an alias (-c, or $ESXVI_URI) is required"},
           Row{{"find", "-c", "sim://demo"}, "patterns"},
           Row{{"list", "sim://demo", "more"}, "more"},
           Row{{"list", "--format", "xml", "sim://demo"}, "--format"},
           Row{{"watch", "colour", "-c", "sim://demo"}, "colour"},
           Row{{"watch", "--seconds", "-1", "-c", "sim://demo"}, "--seconds"},
           Row{{"--trace=all", "list", "sim://demo"}, "--trace"},
           Row{{"list", "sim://nobody"}, "nobody"},
           Row{{"list", "esx://root:5ecret@127.0.0.1/"}, "password"},
           Row{{"sim", "--listen", "127.0.0.1:http"}, "the port is not a number"},
           Row{{"sim", "--certificate-file", "x"}, "--tls"},
           Row{{"sim", "--vms", "-1"}, "--vms"},
           Row{{"sim", "--wsdl", "/dev/null/none"}, "--wsdl"},
           Row{{"sim", "--wsdl", home().path()}, "has no vimService.wsdl"},
           Row{{"sim", "--password-file", "/dev/null/none"}, "/dev/null/none"},
       }) {
    auto const it = esxctl(arguments);
    INFO(it.errors);
    CHECK(it.status > 0);
    CHECK(it.status < 128);
    CHECK(it.out == "");
    CHECK(says(it.errors, part));
    CHECK_FALSE(says(it.errors, "5ecret"));
  }
}
