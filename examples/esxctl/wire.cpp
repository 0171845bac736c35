// esxctl wire: looks at one SOAP reply with the whole catalogue of the API.
#include "catalogue.hpp"
#include "commands.hpp"

#include <esxvi/error.hpp>
#include <esxvi/reflect/registry.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/core.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace esxctl {

namespace {

namespace soap = esxvi::soap;
namespace reflect = esxvi::reflect;

std::string read_file(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw esxvi::invalid_argument({"reading", path, "the file cannot be opened", {}});
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// One envelope with whatever its body holds: the reply of a known method as that method's result,
// anything else as a value of whatever type it names.
class Message : public soap::Envelope::Body {
 public:
  void decode(std::string_view text, esxvi::xml::Origin const& origin) {
    esxvi::xml::Reader<soap::Decoder> reader(decoder_, origin);
    try {
      reader.feed(text);
      reader.finish();
    } catch (esxvi::not_soap const& e) {  // its advice is about the addresses of servers
      throw esxvi::not_soap(
          {origin.operation, origin.target, e.problem(), "FILE has to be one SOAP envelope"});
    } catch (soap::bad_value& e) {
      reader.throw_error<esxvi::errc::value_out_of_range>(e.problem, {}, reader.offset());
    }
    if (!envelope_.has_fault() && !has_content_)
      reader.throw_error<esxvi::errc::not_soap>("the body is empty", {});
  }

  [[nodiscard]] std::string encode() {
    std::string out;
    if (envelope_.has_fault()) {
      append_fault(out, envelope_.take_fault());
    } else if (reply_.object() != nullptr) {
      soap::append_message(out, name_, *reply_.type(), reply_.object());
    } else {
      out.append(soap::envelope_head);
      std::string element;
      soap::Encoder(element).element(name_, *reflect::type_of<esxvi::Any>(), &value_);
      // Inside an envelope nothing else says which namespace it is.
      auto const tag_end = element.find('>');
      if (element.substr(0, tag_end).find(" xmlns=") == std::string::npos)
        element.insert(1 + name_.size(), " xmlns=\"urn:vim25\"");
      out.append(element).append(soap::envelope_tail);
    }
    return out;
  }

  [[nodiscard]] soap::Counts const& counts() const { return decoder_.counts(); }

 private:
  reflect::place element(std::string_view name) override {
    if (has_content_) return {};
    std::string_view const tail = "Response";
    if (name == "html" || name == "HTML") return {};
    has_content_ = true;
    name_ = name;
    if (name.ends_with(tail)) {
      std::string_view const method = name.substr(0, name.size() - tail.size());
      auto const& all = catalogue();
      auto const found = std::lower_bound(all.begin(), all.end(), method,
                                          [](auto const& m, auto const& n) { return m.name < n; });
      if (found != all.end() && found->name == method) {
        void* const object = reply_.emplace(*found->reply);
        return {reply_.type(), object};
      }
    }
    return {reflect::type_of<esxvi::Any>(), &value_};
  }

  static void append_fault(std::string& out, esxvi::fault::content const& fault) {
    out.append(soap::envelope_head).append("<soapenv:Fault><faultcode>");
    esxvi::xml::append_escaped(out, fault.code);
    out.append("</faultcode><faultstring>");
    esxvi::xml::append_escaped(out, fault.message);
    out.append("</faultstring>");
    if (fault.detail) {
      std::string const name = std::string(fault.detail.type_name()) + "Fault";
      auto const& box = fault.detail.content();
      std::string element;
      soap::Encoder(element).element(name, *box.type(), box.object(), true);
      element.insert(1 + name.size(), " xmlns=\"urn:vim25\"");
      out.append("<detail>").append(element).append("</detail>");
    }
    out.append("</soapenv:Fault>").append(soap::envelope_tail);
  }

  bool has_content_ = false;
  std::string name_;
  esxvi::detail::box reply_;
  esxvi::Any value_;
  soap::Envelope envelope_{*this};
  soap::Decoder decoder_{envelope_.root()};
};

int reencode(std::string const& path) {
  static_cast<void>(catalogue());
  Message message;
  message.decode(read_file(path), {"decoding", path});
  std::cout << message.encode() << '\n';
  return 0;
}

int stats(std::string const& path) {
  static_cast<void>(catalogue());
  std::string const text = read_file(path);
  Message message;
  static_cast<void>(reflect::registry::find(""));  // builds its table, which is no decoding
  auto const begin = std::chrono::steady_clock::now();
  message.decode(text, {"decoding", path});
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
  soap::Counts const& counts = message.counts();
  std::printf(
      "bytes\t%zu\nelements\t%llu\nobjects\t%llu\nunknown_members\t%llu\nunknown_types\t%llu\n"
      "seconds\t%.6f\nMB/s\t%.1f\n",
      text.size(), static_cast<unsigned long long>(counts.elements),
      static_cast<unsigned long long>(counts.objects),
      static_cast<unsigned long long>(counts.unknown_members),
      static_cast<unsigned long long>(counts.unknown_types), took.count(),
      static_cast<double>(text.size()) / 1e6 / took.count());
  return 0;
}

}  // namespace

void add_wire(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("wire", "Look at a recorded SOAP reply");
  command->require_subcommand(1);
  auto const path = std::make_shared<std::string>();
  auto const add = [&](char const* name, char const* help, int (*run)(std::string const&)) {
    auto* const sub = command->add_subcommand(name, help);
    sub->add_option("FILE", *path, "one SOAP envelope")->required();
    sub->callback([path, run, &status] { status = run(*path); });
  };
  add("reencode", "Decode it and print it encoded again", &reencode);
  add("stats", "Decode it and count what it holds", &stats);
}

}  // namespace esxctl
