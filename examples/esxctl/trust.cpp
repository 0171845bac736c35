// esxctl trust: the certificate of a server, and how to pin it.
#include "commands.hpp"

#include <esxvi/session/connect.hpp>
#include <esxvi/transport/fetch_certificate.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace esxctl {

namespace {

struct Target {
  std::string host{};
  std::uint16_t port = 443;
  esxvi::CurlOptions options{};
};

Target target_of(esxvi::ConnectionUri const& uri) {
  return {uri.host, uri.port_or_default(), esxvi::curl_options_for(uri)};
}
/// A URI, or HOST[:PORT] with an IPv6 address in brackets or without a port.
Target target_of(std::string const& text) {
  auto uri = text;
  if (uri.find("://") == uri.npos) {
    auto const bare6 = uri.find(':') != uri.rfind(':') && uri.front() != '[';
    uri = "esx://" + (bare6 ? "[" + uri + "]" : uri) + "/";
  }
  return target_of(esxvi::ConnectionUri::parse(uri));
}

std::string day(std::chrono::sys_seconds when) {
  auto const time = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

void show(std::string_view name, std::string_view value) {
  std::cout << name << std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') << value << '\n';
}

void trust(Target const& target, bool pem) {
  auto const it = esxvi::fetch_certificate(target.host, target.port, target.options);
  if (pem) {
    std::cout << it.pem;
    return;
  }
  show("subject", it.subject);
  show("issuer", it.issuer == it.subject ? "itself (self-signed)" : it.issuer);
  std::string names;
  for (auto const& name : it.names) names.append(names.empty() ? "" : ", ").append(name);
  show("names", names);
  show("valid from", day(it.not_before));
  show("valid until", day(it.not_after));
  show("SHA-256", it.sha256.to_string());
  show("SHA-1", it.sha1.to_string());
  show("trusted", it.refused ? "no: " + it.refused_because : "yes");
  if (!it.refused) return;
  auto const literal6 = target.host.find(':') != target.host.npos;
  auto const host = literal6 ? "[" + target.host + "]" : target.host;
  auto const port = target.port == 443 ? "" : ":" + std::to_string(target.port);
  std::cout
      << "\nCompare the thumbprint with what the server's own console shows. If it is the same:\n"
      << "  esx://root@" << host << port << "/?thumbprint=" << it.sha256.to_string() << '\n';
}

}  // namespace

void add_trust(CLI::App& app, Connection const& connection, int&) {
  auto* const command = app.add_subcommand(
      "trust", "show the certificate of a server and the URI that pins it; sends nothing secret");
  struct Options {
    std::string host{};
    std::string proxy{};
    std::string ca_file{};
    bool pem = false;
  };
  auto const options = std::make_shared<Options>();
  command->add_option("host", options->host, "HOST[:PORT], or a connection URI; else that of -c");
  command->add_option("--proxy", options->proxy, "[type://][user:password@]host[:port]");
  command->add_option("--ca-file", options->ca_file, "PEM file of the CAs to trust");
  command->add_flag("--pem", options->pem, "the certificate itself, for a ca_file");
  command->callback([&connection, options] {
    auto target =
        options->host.empty() ? target_of(connection.target().uri) : target_of(options->host);
    if (!options->proxy.empty()) target.options.proxy = options->proxy;
    if (!options->ca_file.empty()) target.options.ca_file = options->ca_file;
    trust(target, options->pem);
  });
}

}  // namespace esxctl
