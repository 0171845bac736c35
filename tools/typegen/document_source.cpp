// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "document_source.hpp"

#include <curl/curl.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

#include "error.hpp"

namespace esxvi::typegen {
namespace {

constexpr std::size_t size_limit = 64U * 1024 * 1024;

std::size_t append(const char* data, std::size_t, std::size_t size, void* text) {
  std::string& out = *static_cast<std::string*>(text);
  if (out.size() + size > size_limit) return 0;  // makes libcurl give up
  out.append(data, size);
  return size;
}

using Handle = std::shared_ptr<CURL>;

std::string download(const Handle& handle, const std::string& url, bool insecure) {
  std::string text;
  CURL* curl = handle.get();
  const auto set = [&](CURLoption option, auto value) {
    if (curl_easy_setopt(curl, option, value) != CURLE_OK)
      throw InputError(url, 0, "this libcurl cannot do it");
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_WRITEFUNCTION, &append);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&text));
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);  // a server's own files are where they are
  set(CURLOPT_CONNECTTIMEOUT, 20L);
  set(CURLOPT_TIMEOUT, 300L);
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_SSL_VERIFYPEER, insecure ? 0L : 1L);
  set(CURLOPT_SSL_VERIFYHOST, insecure ? 0L : 2L);
  const CURLcode outcome = curl_easy_perform(curl);
  if (outcome == CURLE_PEER_FAILED_VERIFICATION)
    throw InputError(url, 0,
                     "the server's certificate is not trusted; --insecure reads it all the same");
  if (outcome == CURLE_HTTP_RETURNED_ERROR) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    throw InputError(url, 0, "the server answers with status " + std::to_string(status));
  }
  if (outcome != CURLE_OK) throw InputError(url, 0, curl_easy_strerror(outcome));
  return text;
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) throw InputError(path, 0, "cannot be read");
  return std::move(text).str();
}

DocumentSource open_documents(const std::string& location, bool insecure) {
  std::string base = location;
  if (!base.ends_with('/')) base += '/';
  if (!location.starts_with("https://") && !location.starts_with("http://"))
    return [base](const std::string& name) { return read_file(base + name); };
  // One handle for all of them, so that they share a connection.
  const Handle handle(curl_easy_init(), &curl_easy_cleanup);
  if (!handle) throw InputError(location, 0, "libcurl does not start");
  return [=](const std::string& name) { return download(handle, base + name, insecure); };
}

}  // namespace esxvi::typegen
