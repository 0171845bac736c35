// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/datastore_path.hpp>
#include <esxvi/escape/uri.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/transport.hpp>
#include <esxvi/types/core/ref.hpp>
#include <esxvi/types/fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

/// What a server keeps beside the API: files of datastores, pictures of screens.
namespace esxvi {

struct DownloadOptions {
  /// Path of the datacenter in the inventory. The default is the one of every ESX host; a vCenter's
  /// have names of their own.
  std::string datacenter{"ha-datacenter"};
  /// Where the content is returned: a longer one is limit_exceeded.
  std::size_t limit = std::size_t{64} << 20;
  CallOptions call{};
};

namespace detail {

/// Keeps a body up to a limit.
class BodyText final : public http::BodySink {
 public:
  BodyText(std::string_view target, std::size_t limit) : target_(target), limit_(limit) {}
  void begin(http::Response const&) override { text_.clear(); }
  void write(std::string_view piece) override {
    if (piece.size() > limit_ - text_.size())
      throw limit_exceeded({"GET", std::string(target_),
                            "it is longer than " + std::to_string(limit_) + " bytes",
                            "raise the limit, or take it piece by piece"});
    text_.append(piece);
  }
  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 private:
  std::string_view target_;
  std::size_t limit_;
  std::string text_{};
};

}  // namespace detail

/// Reads a file of a datastore, piece by piece: `[datastore1] web01/web01.vmx`. 1 request.
///
/// Throws invalid_argument for what is no datastore path, not_found when the server has no such
/// file, and what Session::fetch() throws. A running machine's disks cannot be read.
inline void download(Session& session, std::string_view datastore_path, http::BodySink& to,
                     DownloadOptions const& options = {}) {
  auto const at = escape::datastore_path_view::parse(datastore_path);
  auto const target = escape::folder_target(at.path, options.datacenter, at.datastore);
  try {
    auto head = session.fetch("GET", target, to, options.call);
    detail::forget(head.headers);
  } catch (wrong_path const&) {
    throw not_found({"GET /folder", std::string(datastore_path),
                     "the server has no such file in the datacenter \"" + options.datacenter + "\"",
                     "look for the path in the properties of the machine, and for the name of the "
                     "datacenter in the inventory"});
  }
}

/// The content of a file of a datastore. 1 request.
[[nodiscard]] inline std::string download(Session& session, std::string_view datastore_path,
                                          DownloadOptions const& options = {}) {
  detail::BodyText text(datastore_path, options.limit);
  download(session, datastore_path, text, options);
  return text.take();
}

/// What the screen of a machine shows: a PNG file. The machine has to be running. 1 request.
///
/// Throws what Session::fetch() throws: wrong_path when there is no such machine.
[[nodiscard]] inline std::string screenshot(Session& session, Ref<types::VirtualMachine> const& vm,
                                            CallOptions const& options = {}) {
  auto const target = escape::screen_target(vm.value());
  detail::BodyText picture(target, DownloadOptions().limit);
  auto head = session.fetch("GET", target, picture, options);
  detail::forget(head.headers);
  return picture.take();
}

}  // namespace esxvi
