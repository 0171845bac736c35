// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Simulated hosts behind names that no resolver knows: they are reached through an HTTP proxy.
//
//   SimNetwork network({{"esx01.example.test", &esx}, {"vc.example.test", &center}});
//   network.address()      // "127.0.0.1:41234", for proxy= and CurlOptions::proxy
//
// Who talks to it without a proxy talks to the first host, by TLS where the options say so: a host
// that asks its clients for certificates, for one.
#pragma once

#include <esxvi/sim.hpp>

#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "support/http_server.hpp"

namespace esxvi::test {

class SimNetwork {
 public:
  using Names = std::vector<std::pair<std::string, sim::Host*>>;

  explicit SimNetwork(Names names, HttpServerOptions options = {})
      : names_(std::move(names)),
        server_([this](HttpRequest& request, HttpConnection& to) { serve(request, to); },
                std::move(options)) {}

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(server_.port());
  }
  [[nodiscard]] std::string url(std::string_view path) const { return server_.url(path); }
  [[nodiscard]] std::string ca_file() const { return server_.ca_file(); }
  /// The SOAPAction headers so far, of all hosts.
  [[nodiscard]] std::vector<std::string> actions() const {
    std::lock_guard const lock(mutex_);
    return actions_;
  }

 private:
  void serve(HttpRequest& request, HttpConnection& to) {
    {
      std::lock_guard const lock(mutex_);
      actions_.push_back(request.header("soapaction"));
    }
    sim::Host* host = names_.front().second;
    if (request.target.starts_with("http://")) {
      request.target.erase(0, 7);
      auto const end = request.target.find('/');
      auto const name = request.target.substr(0, end);
      request.target.erase(0, end);
      host = nullptr;
      for (auto const& [each, its] : names_)
        if (each == name) host = its;
    }
    if (host == nullptr) {
      to.reply(502, "no such host");
      return;
    }
    sim::WebRequest asked{
        .method = request.method, .target = request.target, .body = std::move(request.body)};
    for (auto& [name, value] : request.headers) asked.headers.push_back({name, value});
    std::promise<sim::WebResponse> answer;
    host->handle(std::move(asked), [&](sim::WebResponse r) { answer.set_value(std::move(r)); }, {});
    auto const response = answer.get_future().get();
    std::vector<std::string> headers;
    for (auto const& h : response.headers) headers.push_back(h.name + ": " + h.value);
    to.reply(response.status, response.body, std::move(headers));
  }

  Names names_;
  mutable std::mutex mutex_{};
  std::vector<std::string> actions_{};
  HttpServer server_;
};

}  // namespace esxvi::test
