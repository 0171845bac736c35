// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/observe.hpp>
#include <esxvi/transport/detail/record_format.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// Writes every exchange of another transport into a folder, for people to read and compare and for
/// Replay to play again.
///
/// ```cpp
/// esxvi::any_transport transport{esxvi::Recording{esxvi::CurlTransport{}, "session.rec"}};
/// ```
///
/// Exchange 7 becomes
///
/// - `0007-RetrievePropertiesEx.request.xml`: the body of the request, if it has one
/// - `0007-RetrievePropertiesEx.response.xml`: the body of the reply (both `.body` where the
/// content
///   type is not XML)
/// - `0007-RetrievePropertiesEx.headers`: one thing a line,
///
/// ```
/// = RetrievePropertiesEx
/// > POST https://esx.example/sdk
/// > Content-Type: text/xml; charset=UTF-8
/// < 200
/// < Content-Type: text/xml; charset=utf-8
/// ```
///
/// and, when no whole reply came, a last line like `! connection_lost unknown the server ...`, with
/// what delivered() says in between.
///
/// Bodies are byte for byte what passed, except that secrets were taken out (redact.hpp). They are
/// written while they stream. Numbers follow the order in which requests were sent.
///
/// Throws invalid_argument when the folder cannot be made, holds a recording already, or a file
/// cannot be written. send() may be called from several threads at once.
template <Transport Inner> class Recording {
 public:
  Recording(Inner inner, std::filesystem::path folder)
      : self_(std::make_unique<state>(std::move(inner), std::move(folder))) {
    prepare(self_->folder);
  }

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    writer files{self_->folder, ++self_->count, request, context};
    return detail::send_observed(self_->inner, request, sink, context, files);
  }

  [[nodiscard]] std::filesystem::path const& folder() const noexcept { return self_->folder; }

 private:
  using output = detail::record::output;

  struct state {
    state(Inner i, std::filesystem::path f) : inner(std::move(i)), folder(std::move(f)) {}
    Inner inner;
    std::filesystem::path const folder;
    std::atomic<unsigned> count{0};
  };

  static void prepare(std::filesystem::path const& folder) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    auto const refuse = [&](std::string problem, std::string advice) {
      throw invalid_argument{{.operation = "Recording",
                              .target = folder.string(),
                              .problem = std::move(problem),
                              .advice = std::move(advice)}};
    };
    if (!std::filesystem::is_directory(folder)) {
      refuse("the folder cannot be made: " + code.message(), "");
    }
    for (auto const& entry : std::filesystem::directory_iterator{folder}) {
      if (entry.path().extension() == ".headers") {
        refuse("the folder holds a recording already", "delete it or name another folder");
      }
    }
  }

  class writer final : public detail::Observer {
   public:
    writer(std::filesystem::path const& folder, unsigned number, http::Request const& request,
           http::CallContext const& context)
        : extension_(detail::record::extension(request.headers)) {
      auto const name = detail::name_of(request, context);
      std::array<char, 16> digits{};
      std::snprintf(digits.data(), digits.size(), "%04u-", number);
      stem_ = (folder / (digits.data() + detail::record::file_part(name))).string();
      head_.emplace(stem_ + ".headers");
      auto text = "= " + redact::text(name) + "\n> " + request.method + " " +
                  redact::url(request.url) + "\n";
      append(text, "> ", request.headers);
      head_->write(text);
    }

    void request_body(std::string_view piece) override { add(sent_, ".request", piece); }
    void request_again() override {
      sent_.reset();
      redactor_ = {};
    }
    void response(http::Response const& head) override {
      end(sent_);
      auto text = "< " + std::to_string(head.status) + "\n";
      append(text, "< ", head.headers);
      head_->write(text);
      extension_ = detail::record::extension(head.headers);
    }
    void response_body(std::string_view piece) override { add(received_, ".response", piece); }
    void finished() override { end(received_); }
    void failed(error const* why) override {
      end(sent_);
      end(received_);
      std::string text = "! cancelled unknown the receiver of the reply threw an exception";
      if (why != nullptr) {
        auto const& all = detail::record::endings;
        auto const* found = std::find_if(all.begin(), all.end(),
                                         [&](auto const& e) { return e.code == why->code(); });
        if (found == all.end()) found = &all.back();
        text = "! " + std::string{found->name} +
               (why->delivered() == delivery::not_sent ? " not_sent " : " unknown ") +
               redact::text(why->problem());
        std::replace(text.begin(), text.end(), '\n', ' ');
      }
      head_->write(text + "\n");
    }

   private:
    static void append(std::string& to, std::string_view mark,
                       std::vector<http::header> const& headers) {
      for (auto const& h : headers) {
        to.append(mark).append(h.name).append(": ");
        to.append(redact::header(h.name, h.value)).append("\n");
      }
    }
    void add(std::optional<output>& file, char const* kind, std::string_view piece) {
      if (piece.empty()) return;
      if (!file) file.emplace(stem_ + kind + extension_);
      file->write(redactor_.feed(piece));
    }
    void end(std::optional<output>& file) {
      if (file) file->write(redactor_.finish());
      file.reset();
    }

    std::string stem_{};
    std::string extension_;  ///< of what is being written
    std::optional<output> head_{};
    std::optional<output> sent_{};
    std::optional<output> received_{};
    redact::Redactor redactor_{};  ///< for one direction after the other
  };

  std::unique_ptr<state> self_;
};

}  // namespace esxvi
