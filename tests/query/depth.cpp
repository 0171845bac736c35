// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A query needs no more of the stack for many requests than for a few, whatever the compiler does.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

/// How deep the stack was when the requests of a query came.
struct Depths {
  std::vector<std::uintptr_t> at{};
  [[nodiscard]] std::size_t growth() const {
    return at.at(1) > at.back() ? at.at(1) - at.back() : at.back() - at.at(1);
  }
};

/// A server whose answers to queries are made up by `answer`, from the number of the request.
struct Measuring {
  std::shared_ptr<Depths> depths;
  std::string (*answer)(std::size_t number);

  esxvi::http::Response send(esxvi::http::Request const&, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    esxvi::http::Response head{200, {{"Content-Type", "text/xml"}}};
    std::string body;
    if (context.operation == "RetrieveServiceContent") {
      body = content_reply();
    } else if (context.operation == "Login") {
      body = login_reply();
    } else if (context.operation == "Logout") {
      body = response("Logout", "");
    } else {
      depths->at.push_back(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)));
      body = answer(depths->at.size() - 1);
      if (has(body, "<faultcode>")) head.status = 500;
    }
    sink.begin(head);
    sink.write(body);
    return head;
  }
};

constexpr std::size_t many = 2000;
constexpr std::size_t little = 1024;  // bytes, however many requests

}  // namespace

TEST_CASE("many pages need no more of the stack than two") {
  auto const depths = std::make_shared<Depths>();
  esxvi::Session session(
      Measuring{depths,
                [](std::size_t number) {
                  auto const one = objects(machine("vm-" + std::to_string(number), name_is("n")));
                  std::string const token = number + 1 < many ? "more" : "";
                  return number == 0 ? page(one, token) : next_page(one, token);
                }},
      service_url, {"root", password});
  auto const rows = session.retrieve<vim::VirtualMachine, "name">({.page_size = 1});
  CHECK(rows.size() == many);
  CHECK(depths->at.size() == many);
  CHECK(depths->growth() < little);
}

TEST_CASE("many objects that are gone need no more of the stack than two") {
  auto const depths = std::make_shared<Depths>();
  esxvi::Session session(
      Measuring{depths,
                [](std::size_t number) {
                  auto const id = "vm-" + std::to_string(number);
                  return number + 1 < many
                             ? fault_reply("ManagedObjectNotFound", "Gone.",
                                           "<obj type=\"VirtualMachine\">" + id + "</obj>")
                             : page(objects(machine(id, name_is("n"))));
                }},
      service_url, {"root", password});
  esxvi::QueryOptions<vim::VirtualMachine> options;
  for (std::size_t i = 0; i < many; ++i) options.objects.emplace_back("vm-" + std::to_string(i));
  CHECK(session.retrieve<vim::VirtualMachine, "name">(options).size() == 1);
  CHECK(depths->at.size() == many);
  CHECK(depths->growth() < little);
}
