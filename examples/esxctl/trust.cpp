// esxctl trust: the certificate of a server, and how to pin it.
#include "commands.hpp"

#include <esxvi/session/connect.hpp>
#include <esxvi/transport/fetch_certificate.hpp>

#include <array>
#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace esxctl {

namespace {

/// Of a URI, an alias, or HOST[:PORT] with an IPv6 address in brackets or without a port.
esxvi::ConnectionUri uri_of(std::string const& text) {
  if (text.find("://") != text.npos) return esxvi::ConnectionUri::parse(text);
  auto const aliases = esxvi::Aliases::load();
  if (auto const* const alias = aliases.find(text)) return alias->uri;
  auto const bare6 = text.find(':') != text.rfind(':') && text.front() != '[';
  return esxvi::ConnectionUri::parse("esx://root@" + (bare6 ? "[" + text + "]" : text) + "/");
}

/// The same, but what vouches for the server is this certificate alone.
esxvi::ConnectionUri pinned(esxvi::ConnectionUri uri, esxvi::Thumbprint const& thumbprint) {
  uri.thumbprint = thumbprint;
  uri.verify = true;
  uri.ca_file.clear();
  return uri;
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

void trust(esxvi::ConnectionUri const& uri, esxvi::CurlOptions const& options, bool pem) {
  auto const it = esxvi::fetch_certificate(uri.host, uri.port_or_default(), options);
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
  std::cout << (it.refused
                    ? "\nCompare the thumbprint with what the server's own console shows. If it is "
                      "the same:\n"
                    : "\nTo trust this certificate and no other:\n")
            << "  " << pinned(uri, it.sha256).display() << '\n';
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
  command->add_option("host", options->host, "HOST[:PORT], a URI or an alias; else that of -c");
  command->add_option("--proxy", options->proxy, "[type://][user:password@]host[:port]");
  command->add_option("--ca-file", options->ca_file, "PEM file of the CAs to trust");
  command->add_flag("--pem", options->pem, "the certificate itself, for a ca_file");
  command->callback([&connection, options] {
    auto const uri = options->host.empty() ? connection.target().uri : uri_of(options->host);
    auto curl = esxvi::curl_options_for(uri);
    if (!options->proxy.empty()) curl.proxy = options->proxy;
    if (!options->ca_file.empty()) curl.ca_file = options->ca_file;
    trust(uri, curl, options->pem);
  });
}

}  // namespace esxctl
