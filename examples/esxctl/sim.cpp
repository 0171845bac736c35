// esxctl sim: a simulated host for other programs.
#include "commands.hpp"

#include <esxvi/error.hpp>
#include <esxvi/escape/uri.hpp>
#include <esxvi/sim/demo_host.hpp>
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/save.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/sim/wsdl.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>

#include <pthread.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxctl {

namespace {

namespace sim = esxvi::sim;
namespace vim = esxvi::types;

struct SimOptions {
  std::string listen{"127.0.0.1:0"};
  bool tls = false;
  int machines = 6;
  bool vcenter = false;
  std::string certificate_file{};
  std::string state_file{};
  std::string wsdl_folder{};
};

/// "127.0.0.1:8989", "[::1]:0", ":8989", "127.0.0.1"
void set_address(sim::ServerOptions& options, std::string_view text) {
  auto const given = std::string{text};
  auto const refuse = [&](char const* problem) {
    throw esxvi::invalid_argument({"reading --listen", given, problem, "127.0.0.1:8989 is one"});
  };
  std::string_view port;
  if (text.starts_with('[')) {
    auto const end = text.find(']');
    if (end == text.npos) refuse("a ] is missing");
    port = text.substr(end + 1);
    text = text.substr(1, end - 1);
    if (!port.empty() && !port.starts_with(':')) refuse("what follows ] is not a port");
    if (!port.empty()) port.remove_prefix(1);
  } else if (auto const colon = text.find(':'); colon != text.npos) {
    port = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  if (!text.empty()) options.address = text;
  if (port.empty()) return;
  auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (error != std::errc{} || end != port.data() + port.size())
    refuse("the port is not a number of 0 to 65535");
}

std::string password(Connection const& connection) {
  if (!connection.password_file.empty())
    return std::string(
        esxvi::password_file(connection.password_file)({.warn = warn}).password.reveal());
  return esxvi::detail::environment_value("ESXVI_PASSWORD").value_or("esxvi");
}

/// The users that may log in: the usual one of this kind of server first.
std::vector<sim::User> users(bool vcenter, std::string const& password) {
  sim::User const root{.name = "root", .password = password, .full_name = "Administrator"};
  sim::User const administrator{
      .name = "administrator@vsphere.local", .password = password, .full_name = "Administrator"};
  if (vcenter) return {administrator, root};
  return {root, administrator};
}

/// The host as it was saved, else a new one.
std::unique_ptr<sim::Host> make_host(SimOptions const& options, std::string const& password) {
  if (!options.state_file.empty() && std::filesystem::exists(options.state_file))
    return sim::load_state(std::filesystem::path(options.state_file),
                           {.users = users(options.vcenter, password)});
  auto host = std::make_unique<sim::Host>(
      sim::HostOptions{.vcenter = options.vcenter, .users = users(options.vcenter, password)});
  sim::add_demo_machines(*host, options.machines);
  return host;
}

/// For esxctl and virsh alike: libvirt wants to know which host of a vCenter is meant.
std::string connection_uri(sim::Server const& server, sim::Host& host) {
  auto const parameters = server.is_tls() ? "?no_verify=1" : "?transport=http";
  if (!host.options().vcenter) return "esx://root@" + server.authority() + "/" + parameters;
  auto const& places = host.places();
  auto out = "vpx://administrator%40vsphere.local@" + server.authority();
  for (auto const& name : {host.get<vim::Datacenter>(places.datacenter)->name,
                           host.get<vim::ComputeResource>(places.compute_resource)->name,
                           host.get<vim::HostSystem>(places.host)->name}) {
    out.append("/").append(esxvi::escape::uri::encode(name));
  }
  return out + parameters;
}

/// Has the host serve the documents of a folder below /sdk.
void describe(sim::Host& host, std::string const& folder) {
  auto documents = sim::read_wsdl_folder(folder);
  if (documents.find("vimService.wsdl") == documents.end()) {
    throw esxvi::invalid_argument({"reading --wsdl", folder, "the folder has no vimService.wsdl",
                                   "give the one that has all documents of the description"});
  }
  sim::serve_wsdl(host, std::move(documents));
}

int serve(Connection const& connection, SimOptions const& options) {
  // Before any thread, so that all of them leave these signals to sigwait().
  sigset_t ends{};
  sigemptyset(&ends);
  for (int const one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, one);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  sim::ServerOptions how{.tls = options.tls, .threads = 4};
  set_address(how, options.listen);
  auto const host = make_host(options, password(connection));
  auto const save = [&] {
    if (!options.state_file.empty())
      sim::save_state(*host, std::filesystem::path(options.state_file));
  };
  save();  // a file that cannot be written is told before somebody works for hours, not after
  if (!options.wsdl_folder.empty()) describe(*host, options.wsdl_folder);
  sim::Server server{*host, how};
  if (!options.certificate_file.empty()) {
    std::ofstream file{options.certificate_file};
    file << server.certificate_pem();
    if (!file.flush()) {
      throw esxvi::invalid_argument(
          {"writing the certificate", options.certificate_file, "the file cannot be written", {}});
    }
  }
  std::cout << connection_uri(server, *host) << '\n';
  flush_output();  // somebody waits
  int received = 0;
  sigwait(&ends, &received);
  server.stop();
  save();
  return 0;
}

}  // namespace

void add_sim(CLI::App& app, Connection const& connection, int& status) {
  auto* const command = app.add_subcommand(
      "sim",
      "Serves a simulated ESX host on loopback until interrupted, and prints its URI when ready.\n"
      "Users root and administrator@vsphere.local, password from --password-file,\n"
      "$ESXVI_PASSWORD, else `esxvi`. The first machine that is off asks a question at power-on.\n"
      "Without a server: sim://demo is a URI for every command.");
  auto const options = std::make_shared<SimOptions>();
  command->add_option("--listen", options->listen, "ADDR:PORT; port 0 takes a free one")
      ->capture_default_str();
  command->add_flag("--tls", options->tls, "HTTPS, with a certificate made for the occasion");
  command
      ->add_option("--certificate-file", options->certificate_file,
                   "where to write that certificate, for clients that check it")
      ->needs("--tls");
  command->add_option(
      "--state", options->state_file,
      "file with the state of the host: read when it is there (--vms and --vcenter\n"
      "do not count then), written at the beginning and at the end");
  command->add_option("--vms", options->machines, "number of virtual machines of a new host")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  command->add_flag("--vcenter", options->vcenter, "a vCenter with a cluster");
  command
      ->add_option("--wsdl", options->wsdl_folder,
                   "folder with vimService.wsdl and what it names (*.wsdl, *.xsd), to be served "
                   "below /sdk")
      ->check(CLI::ExistingDirectory);
  command->callback([&connection, &status, options] { status = serve(connection, *options); });
}

}  // namespace esxctl
