// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

/// What Recording writes and Replay reads.
namespace esxvi::detail::record {

/// How an exchange ended without a whole reply. Only what a transport can throw.
struct ending {
  std::string_view name;
  errc code;
  void (*raise)(error::context, delivery);
};
template <errc Code> [[noreturn]] void raise(error::context about, delivery sent) {
  throw failure<Code>(std::move(about), sent);
}
inline constexpr std::array endings{
    ending{"connection_refused", errc::connection_refused, raise<errc::connection_refused>},
    ending{"host_not_found", errc::host_not_found, raise<errc::host_not_found>},
    ending{"connection_lost", errc::connection_lost, raise<errc::connection_lost>},
    ending{"timeout", errc::timeout, raise<errc::timeout>},
    ending{"cancelled", errc::cancelled, raise<errc::cancelled>},
    ending{"untrusted_certificate", errc::untrusted_certificate,
           raise<errc::untrusted_certificate>},
    ending{"certificate_expired", errc::certificate_expired, raise<errc::certificate_expired>},
    ending{"wrong_host_name", errc::wrong_host_name, raise<errc::wrong_host_name>},
    ending{"unknown_authority", errc::unknown_authority, raise<errc::unknown_authority>},
    ending{"thumbprint_mismatch", errc::thumbprint_mismatch, raise<errc::thumbprint_mismatch>},
    ending{"tls_failed", errc::tls_failed, raise<errc::tls_failed>},
    ending{"transport_failed", errc::transport_failed, raise<errc::transport_failed>},
};

/// A name as part of a file name: letters, digits, '.', '_', '-'.
inline std::string file_part(std::string_view name) {
  std::string out;
  for (char const c : name.substr(0, 80)) {
    auto const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || c == '.' || c == '-') {
      out.push_back(c);
    } else if (!out.ends_with('_')) {
      out.push_back('_');
    }
  }
  return out;
}

/// The end of the name of a body's file.
inline std::string extension(std::vector<http::header> const& headers) {
  auto const* type = http::find_header(headers, "Content-Type");
  return type == nullptr || type->find("xml") != type->npos ? ".xml" : ".body";
}

/// A file that is written piece by piece and says so when that fails.
class output {
 public:
  explicit output(std::filesystem::path path)
      : path_(std::move(path)), file_(path_, std::ios::binary | std::ios::trunc) {
    check();
  }
  void write(std::string_view text) {
    file_.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
    check();
  }

 private:
  void check() {
    if (file_) return;
    throw invalid_argument{
        {.operation = "Recording",
         .target = path_.string(),
         .problem = "the file cannot be written: " + std::generic_category().message(errno),
         .advice = "is the folder writable and is there space?"}};
  }

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace esxvi::detail::record
