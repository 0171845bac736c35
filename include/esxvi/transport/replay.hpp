// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/observe.hpp>
#include <esxvi/transport/detail/record_format.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

struct ReplayOptions {
  /// A request that is not the next one of the recording may be a later one: what lies between is
  /// left out.
  bool may_skip = false;
};

/// A transport that answers from a recording instead of a network.
///
/// It reads what Recording wrote, and plain pairs of bodies as well: `03-Login.req.xml` and
/// `03-Login.res.xml`, where the operation ends at the first '.' and a reply with a SOAP fault has
/// status 500. Replies without a request will do.
///
/// Requests have to come in the order of the recording. They are compared by operation only
/// (CallContext::operation, else method and path): a recorded session answers today's request, even
/// when the library words it differently now.
///
/// Throws invalid_argument when the folder holds no recording, when another operation is due, and
/// after the last exchange; and again what ended a recorded exchange early. A body that is not in
/// the recording is an empty one. send() may be called from several threads at once, but then the
/// order is theirs.
class Replay {
 public:
  explicit Replay(std::filesystem::path folder, ReplayOptions options = {})
      : self_(std::make_unique<state>()) {
    self_->folder = std::move(folder);
    self_->options = options;
    load();
  }

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    auto const name = detail::name_of(request, context);
    drain(request);
    auto const& now = take(name, request);
    if (context.stop.stop_requested()) {
      throw cancelled{about(name, request, "cancelled", ""), delivery::not_sent};
    }
    if (now.response.status != 0) {
      sink.begin(now.response);
      play(now, sink);
    }
    if (now.ending != nullptr) {
      now.ending->raise(about(name, request, now.problem, "so says the recording"), now.delivered);
    }
    return now.response;
  }

  /// Whether every exchange of the recording was asked for.
  [[nodiscard]] bool done() const {
    std::lock_guard const lock{self_->mutex};
    return self_->next == self_->exchanges.size();
  }
  /// The operations of the recording.
  [[nodiscard]] std::vector<std::string> operations() const {
    std::vector<std::string> out;
    for (auto const& e : self_->exchanges) out.push_back(e.operation);
    return out;
  }

 private:
  struct exchange {
    std::string stem{};
    std::string operation{};
    bool plain = false;            ///< bodies only
    std::filesystem::path body{};  ///< of the reply; empty: none
    http::Response response{};     ///< status 0: none
    detail::record::ending const* ending = nullptr;
    delivery delivered = delivery::answered;
    std::string problem{};
  };
  struct state {
    std::filesystem::path folder{};
    ReplayOptions options{};
    std::vector<exchange> exchanges{};
    mutable std::mutex mutex{};
    std::size_t next = 0;
  };

  // ---- reading the folder ----------------------------------------------------------------------

  void load() {
    // By name, so in the order of their numbers.
    std::map<std::string, std::map<std::string, std::filesystem::path>> files;
    std::error_code code;
    for (auto const& entry : std::filesystem::directory_iterator{self_->folder, code}) {
      auto const name = entry.path().filename().string();
      auto const digits = name.find_first_not_of("0123456789");
      if (digits == 0 || digits == name.npos || name[digits] != '-') continue;
      for (std::string_view const end :
           {".headers", ".request.xml", ".request.body", ".response.xml", ".response.body",
            ".req.xml", ".res.xml"}) {
        if (!name.ends_with(end)) continue;
        files[name.substr(0, name.size() - end.size())][std::string{end}] = entry.path();
      }
    }
    for (auto const& [stem, parts] : files) {
      exchange e{.stem = stem};
      for (auto const* end : {".response.xml", ".response.body", ".res.xml"}) {
        if (auto const found = parts.find(end); found != parts.end()) e.body = found->second;
      }
      if (auto const head = parts.find(".headers"); head != parts.end()) {
        read_head(head->second, e);
      } else {
        guess_head(e);
      }
      self_->exchanges.push_back(std::move(e));
    }
    if (self_->exchanges.empty()) {
      throw invalid_argument{{.operation = "Replay",
                              .target = self_->folder.string(),
                              .problem = "the folder holds no recording",
                              .advice = "files are named like 0001-Login.headers or "
                                        "01-Login.res.xml"}};
    }
  }

  static void read_head(std::filesystem::path const& path, exchange& e) {
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
      std::string_view text = line;
      if (text.size() < 2) continue;
      auto const mark = text.front();
      text.remove_prefix(2);
      if (mark == '=') e.operation = text;
      if (mark == '<' && e.response.status == 0) {
        e.response.status = std::atoi(line.c_str() + 2);
      } else if (mark == '<') {
        auto const colon = std::min(text.find(": "), text.size());
        std::string const name{text.substr(0, colon)};
        // They were true of the bytes before redaction.
        if (redact::detail::same(name, "Content-Length") ||
            redact::detail::same(name, "Transfer-Encoding")) {
          continue;
        }
        e.response.headers.push_back(
            {name, std::string{text.substr(std::min(colon + 2, text.size()))}});
      } else if (mark == '!') {
        auto const name = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(name.size() + 1, text.size()));
        auto const sent = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(sent.size() + 1, text.size()));
        auto const& all = detail::record::endings;
        auto const* const found =
            std::find_if(all.begin(), all.end(), [&](auto const& end) { return end.name == name; });
        e.ending = found == all.end() ? &all.back() : found;
        e.delivered = sent == "not_sent" ? delivery::not_sent : delivery::unknown;
        e.problem = text;
      }
    }
  }

  static void guess_head(exchange& e) {
    e.plain = true;
    auto const from = e.stem.find('-') + 1;
    e.operation = e.stem.substr(from, std::min(e.stem.find('.', from), e.stem.size()) - from);
    e.response.headers = {{"Content-Type", "text/xml; charset=utf-8"}};
    // A fault is the first thing in its body.
    std::array<char, 2048> start{};
    std::ifstream{e.body, std::ios::binary}.read(start.data(), start.size());
    std::string_view const text{start.data(), start.size()};
    auto const fault = text.find("Body>") != text.npos &&
                       (text.find(":Fault>") != text.npos || text.find("<Fault>") != text.npos);
    e.response.status = fault ? 500 : 200;
  }

  // ---- answering -------------------------------------------------------------------------------

  exchange const& take(std::string const& name, http::Request const& request) {
    std::lock_guard const lock{self_->mutex};
    auto const& all = self_->exchanges;
    auto const shown = redact::text(name);
    // Plain pairs call a GET by its file: "vimServiceVersions" for /sdk/vimServiceVersions.xml.
    auto const slash = shown.rfind('/');
    auto const file = slash == shown.npos ? shown : shown.substr(slash + 1);
    auto const is = [&](exchange const& e) {
      return e.operation == shown || (e.plain && e.operation == file.substr(0, file.find('.')));
    };
    auto at = self_->next;
    if (self_->options.may_skip) {
      while (at < all.size() && !is(all[at])) ++at;
    }
    if (at < all.size() && is(all[at])) {
      self_->next = at + 1;
      return all[at];
    }
    if (at < all.size()) {
      throw invalid_argument{about(
          name, request,
          "the recording " + self_->folder.string() + " has " + all[at].operation +
              " as its exchange " + std::to_string(at + 1) + " (" + all[at].stem + "), got " + name,
          "record again what the program does now")};
    }
    throw invalid_argument{
        about(name, request,
              "the recording " + self_->folder.string() + " has no " +
                  (self_->options.may_skip ? "later exchange of that name"
                                           : "exchange after its " + std::to_string(all.size())),
              "record again what the program does now")};
  }

  static void play(exchange const& e, http::BodySink& sink) {
    if (e.body.empty()) return;
    std::ifstream file{e.body, std::ios::binary};
    std::array<char, 16'384> piece;
    while (file.read(piece.data(), piece.size()), file.gcount() > 0) {
      sink.write({piece.data(), static_cast<std::size_t>(file.gcount())});
    }
    if (!file.eof()) {
      throw invalid_argument{{.operation = "Replay",
                              .target = e.body.string(),
                              .problem = "the file cannot be read",
                              .advice = {}}};
    }
  }

  static void drain(http::Request const& request) {
    if (request.source == nullptr) return;
    std::array<char, 4096> nowhere;
    while (request.source->read(nowhere.data(), nowhere.size()) > 0) {
    }
  }

  static error::context about(std::string const& name, http::Request const& request,
                              std::string problem, std::string advice) {
    return {.operation = name,
            .target = redact::url(request.url),
            .problem = std::move(problem),
            .advice = std::move(advice)};
  }

  std::unique_ptr<state> self_;
};

static_assert(Transport<Replay>);

}  // namespace esxvi
