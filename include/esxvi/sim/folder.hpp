// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// `/folder`: the files of datastores over HTTP.
#pragma once

#include <esxvi/escape/uri.hpp>
#include <esxvi/sim/detail/http_date.hpp>
#include <esxvi/sim/files.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/web.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

/// Answers `/folder[/path]?dcPath=...&dsName=...` as a host does (vSphere Web Services SDK
/// Programming Guide, "HTTP Access to vSphere Server Files").
///
/// | request | answer |
/// |---|---|
/// | GET, HEAD of a file | 200; with a Range 206 and Content-Range, or 416 |
/// | GET of a directory, a datastore, a datacenter, `/folder` | its listing as HTML |
/// | PUT | 201 for a new file, 200 for a replaced one; directories are not made: 404 |
/// | DELETE | 204; a directory that is not empty: 409 |
/// | without permission | what the gate says, 401 asks for Basic authentication |
/// | another path, datastore or datacenter | 404 |
/// | a path with `.` or `..`, an escape that is none | 400 |
/// | a file that a running machine holds (PUT, DELETE) | 500 |
///
/// Names may come encoded once or twice: hosts take both, and clients send both. `dcPath` may be
/// left out or empty. All members may be called from any thread.
class FolderPages {
 public:
  /// The status for a request: 200 lets it pass, 401 and 403 do not.
  using Gate = std::function<int(WebRequest const&)>;

  /// Without a gate everybody passes: for a caller that has asked already, and for tests.
  explicit FolderPages(Gate gate = {}) : gate_(std::move(gate)) {}

  /// Whether a running machine holds a file; nothing: none does, but for files that are locked.
  using Held = std::function<bool(std::string_view path)>;

  void add(std::string datacenter, std::string datastore, std::shared_ptr<DatastoreFiles> files,
           Held held = {}) {
    std::lock_guard const lock{mutex_};
    datacenters_[std::move(datacenter)].insert_or_assign(std::move(datastore),
                                                         Store{std::move(files), std::move(held)});
  }
  void remove(std::string_view datacenter, std::string_view datastore) {
    std::lock_guard const lock{mutex_};
    auto const at = datacenters_.find(datacenter);
    if (at == datacenters_.end()) return;
    auto const store = at->second.find(datastore);
    if (store != at->second.end()) at->second.erase(store);
  }

  /// Whether a request is meant for this.
  [[nodiscard]] static bool owns(std::string_view target) noexcept {
    auto const path = split_target(target).path;
    return path == "/folder" || path.starts_with("/folder/");
  }

  [[nodiscard]] WebResponse handle(WebRequest request) const {
    if (gate_) {
      if (auto const status = gate_(request); status != 200) return error_page(status);
    }
    auto const method = std::string_view{request.method};
    if (method != "GET" && method != "HEAD" && method != "PUT" && method != "DELETE") {
      auto out = error_page(405);
      out.headers.push_back({"Allow", "GET, HEAD, PUT, DELETE"});
      return out;
    }
    auto encoded = split_target(request.target).path;
    encoded.remove_prefix(std::min(encoded.size(), std::string_view{"/folder"}.size()));
    auto const decoded = escape::uri::try_decode(encoded);
    if (!decoded || !DatastoreFiles::normalized(*decoded)) return error_page(400);
    auto const place = find(request.target);
    if (place.status != 200) return error_page(place.status);
    if (place.files == nullptr) {
      // The listing of a datacenter or of all of them has nothing below it.
      if (!DatastoreFiles::normalized(*decoded)->empty()) return error_page(404);
      if (method != "GET" && method != "HEAD") return error_page(403);
      return place.datacenter.empty() ? datacenter_listing() : datastore_listing(place.datacenter);
    }
    if (method == "PUT") return put(place, *decoded, request);
    if (method == "DELETE") return erase(place, *decoded);
    return get(place, *decoded, request);
  }

 private:
  struct Store {
    std::shared_ptr<DatastoreFiles> files{};
    Held held{};
  };
  using Datastores = std::map<std::string, Store, std::less<>>;
  struct Place {
    int status = 200;
    std::string datacenter{};
    std::string datastore{};
    std::shared_ptr<DatastoreFiles> files{};
    Held held{};
  };

  /// Larger replies have no place in a program that holds them as one text; a Range has.
  static constexpr std::uint64_t reply_limit = std::uint64_t{1} << 30;

  // ---- names ----
  /// Hosts write their own links this way.
  static std::string encode(std::string_view text, bool keep_slashes = false) {
    std::string out;
    for (char const c : text) {
      static constexpr std::string_view digits = "0123456789abcdef";
      auto const byte = static_cast<unsigned char>(c);
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
          c == '_' || (keep_slashes && c == '/')) {
        out += c;
      } else {
        out.append({'%', digits[byte >> 4], digits[byte & 15]});
      }
    }
    return out;
  }
  static bool means(std::string_view given, std::string_view name) {
    if (given == name || escape::uri::decode_lenient(given) == name) return true;
    std::string form{given};  // of web forms and Go's url.Values
    std::replace(form.begin(), form.end(), '+', ' ');
    return form == name;
  }
  template <class Map> static auto look_up(Map const& map, std::string_view given) {
    auto const exact = map.find(given);
    if (exact != map.end()) return exact;
    return std::find_if(map.begin(), map.end(),
                        [&](auto const& one) { return means(given, one.first); });
  }

  Place find(std::string_view target) const {
    auto const datacenter = query_value(target, "dcPath");
    auto const datastore = query_value(target, "dsName");
    std::lock_guard const lock{mutex_};
    auto const in = [&](auto const& one) -> Place {
      if (!datastore || datastore->empty()) return {.datacenter = one.first};
      auto const at = look_up(one.second, *datastore);
      if (at == one.second.end()) return {.status = 404};
      return {200, one.first, at->first, at->second.files, at->second.held};
    };
    if (datacenter && !datacenter->empty()) {
      auto given = std::string_view{*datacenter};
      while (given.starts_with('/')) given.remove_prefix(1);
      auto const at = look_up(datacenters_, given);
      return at == datacenters_.end() ? Place{.status = 404} : in(*at);
    }
    if (!datastore || datastore->empty()) return {};
    for (auto const& one : datacenters_) {
      if (auto place = in(one); place.status == 200) return place;
    }
    return {.status = 404};
  }

  // ---- files ----
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  /// Nothing: the whole file. A range that cannot be is `first > last`.
  static std::optional<Range> range_of(WebRequest const& request, std::uint64_t size) {
    auto const* const header = http::find_header(request.headers, "Range");
    if (header == nullptr) return std::nullopt;
    std::string_view text{*header};
    if (!text.starts_with("bytes=")) return std::nullopt;
    text.remove_prefix(6);
    auto const dash = text.find('-');
    // Several ranges at once may be answered by the whole file.
    if (dash == text.npos || text.find(',') != text.npos) return std::nullopt;
    auto const number = [](std::string_view digits) -> std::optional<std::uint64_t> {
      std::uint64_t out = 0;
      auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
      if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
      return out;
    };
    auto const first = number(text.substr(0, dash));
    auto const last = number(text.substr(dash + 1));
    constexpr Range impossible{1, 0};
    if (dash == 0) {
      if (!last) return std::nullopt;
      if (*last == 0 || size == 0) return impossible;
      return Range{size - std::min(size, *last), size - 1};
    }
    if (!first || (!last && dash + 1 != text.size())) return std::nullopt;
    if (last && *last < *first) return std::nullopt;
    if (*first >= size) return impossible;
    return Range{*first, std::min(last.value_or(size - 1), size - 1)};
  }

  WebResponse get(Place const& place, std::string const& path, WebRequest const& request) const {
    auto const info = place.files->stat(path);
    if (!info) return error_page(404);
    if (info->is_directory) return file_listing(place, path);
    auto const content = place.files->read(path);
    if (!content || path.ends_with('/')) return error_page(404);
    auto const size = content->size();
    WebResponse out{.headers = {{"Content-Type", "application/octet-stream"},
                                {"Accept-Ranges", "bytes"},
                                {"Last-Modified", detail::http_date(info->modified)}}};
    auto const range = range_of(request, size);
    if (range && range->first > range->last) {
      out = error_page(416);
      out.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
      return out;
    }
    auto const first = range ? range->first : 0;
    auto const count = range ? range->last - range->first + 1 : size;
    if (range) {
      out.status = 206;
      out.headers.push_back({"Content-Range", "bytes " + std::to_string(first) + "-" +
                                                  std::to_string(range->last) + "/" +
                                                  std::to_string(size)});
    }
    if (request.method == "HEAD") {
      out.headers.push_back({"Content-Length", std::to_string(count)});
      return out;
    }
    if (count > reply_limit) return error_page(500);
    out.body = content->read(first, count);
    return out;
  }

  static WebResponse put(Place const& place, std::string const& path, WebRequest& request) {
    // A part of a file cannot be put; taking it for the whole would destroy the rest.
    if (http::find_header(request.headers, "Content-Range") != nullptr || path.ends_with('/')) {
      return error_page(400);
    }
    if (place.held && place.held(path)) return done(FileResult::locked, 200);
    return done(place.files->write(path, FileContent{std::move(request.body)}), 200);
  }
  static WebResponse erase(Place const& place, std::string const& path) {
    if (place.held && place.held(path)) return done(FileResult::locked, 204);
    return done(place.files->remove(path), 204);
  }
  static WebResponse done(FileResult result, int status) {
    switch (result) {
      case FileResult::ok:
        return {.status = status};
      case FileResult::created:
        return {.status = 201};
      case FileResult::not_found:
      case FileResult::not_directory:
        return error_page(404);
      case FileResult::bad_path:
        return error_page(400);
      case FileResult::exists:
      case FileResult::is_directory:
      case FileResult::not_empty:
        return error_page(409);
      case FileResult::locked:
        return error_page(500);
      case FileResult::no_space:
        return error_page(507);
    }
    return error_page(500);
  }

  // ---- listings ----
  /// Not xml_entities, which refuses what is not UTF-8: a name of a file can be anything.
  static std::string html_text(std::string_view text) {
    std::string out;
    for (char const c : text) {
      switch (c) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          out += c;
      }
    }
    return out;
  }
  static std::string page(std::string_view title, std::string_view columns, std::string_view rows) {
    std::string out =
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" "
        "\"http://www.w3.org/TR/html4/loose.dtd\">\n<html>\n<head>\n"
        "<meta http-equiv=\"content-type\" content=\"text/html; charset=utf8\">\n<title>";
    auto const text = html_text(title);
    out.append(text)
        .append("</title></head>\n<body>\n<h1>")
        .append(text)
        .append("</h1>\n<table>\n");
    out.append("<tr>").append(columns).append("</tr><tr><th colspan=\"3\"><hr></th></tr>\n");
    out.append(rows).append("<tr><th colspan=\"3\"><hr></th></tr>\n</table>\n</body>\n</html>\n");
    return out;
  }
  static std::string row(std::string_view link, std::string_view name, std::string_view second,
                         std::string_view third) {
    std::string out = "<tr><td><a href=\"";
    out.append(link).append("\">").append(html_text(name));
    out.append("</a></td><td align=\"right\">").append(second);
    return out.append("</td><td align=\"right\">").append(third).append("</td></tr>\n");
  }
  static std::string link(std::string_view path, std::string_view datacenter,
                          std::string_view datastore) {
    std::string out = "/folder";
    if (!path.empty()) out.append("/").append(encode(path, true));
    out.append("?dcPath=").append(encode(datacenter));
    if (!datastore.empty()) out.append("&amp;dsName=").append(encode(datastore));
    return out;
  }
  static WebResponse html(std::string body) {
    return {.headers = {{"Content-Type", "text/html; charset=utf-8"}}, .body = std::move(body)};
  }

  WebResponse datacenter_listing() const {
    std::string rows;
    std::lock_guard const lock{mutex_};
    for (auto const& one : datacenters_) rows += row(link({}, one.first, {}), one.first, {}, {});
    return html(page("Index of datacenters", "<th>Name</th><th></th><th></th>", rows));
  }
  WebResponse datastore_listing(std::string const& datacenter) const {
    auto rows = row("/folder", "Parent Directory", "&nbsp;", "&nbsp;");
    std::lock_guard const lock{mutex_};
    auto const at = datacenters_.find(datacenter);
    if (at == datacenters_.end()) return error_page(404);
    for (auto const& [name, store] : at->second) {
      rows += row(link({}, datacenter, name), name, std::to_string(store.files->capacity()),
                  std::to_string(store.files->free_space()));
    }
    return html(
        page("Index of " + datacenter, "<th>Name</th><th>Capacity</th><th>Free</th>", rows));
  }
  static WebResponse file_listing(Place const& place, std::string const& path) {
    auto const base = DatastoreFiles::normalized(path).value_or(std::string{});
    auto const files = place.files->list(base);
    if (!files) return error_page(404);
    auto const slash = base.rfind('/');
    auto const up = base.empty()
                        ? link({}, place.datacenter, {})
                        : link(std::string_view{base}.substr(0, slash == base.npos ? 0 : slash),
                               place.datacenter, place.datastore);
    auto rows = row(up, "Parent Directory", "&nbsp;", "-");
    for (auto const& one : *files) {
      auto const full = base.empty() ? one.name : base + "/" + one.name;
      rows += row(link(full + (one.is_directory ? "/" : ""), place.datacenter, place.datastore),
                  one.name + (one.is_directory ? "/" : ""), detail::listing_date(one.modified),
                  one.is_directory ? "-" : std::to_string(one.size));
    }
    auto const title = "Index of " + base + " on datastore " + place.datastore + " in datacenter " +
                       place.datacenter;
    return html(page(title, "<th>Name</th><th>Last modified</th><th>Size</th>", rows));
  }

  Gate gate_;
  mutable std::mutex mutex_{};
  std::map<std::string, Datastores, std::less<>> datacenters_{};
};

}  // namespace esxvi::sim
