// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/hex.hpp>
#include <esxvi/escape/uri.hpp>
#include <esxvi/session/connection_uri.hpp>
#include <esxvi/session/detail/uri_parameters.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {
namespace detail {

/// The parts of a text between the parser's marks, as views into it.
struct UriPieces {
  std::string_view scheme{};
  std::string_view user{};  ///< with its '@'
  std::string_view host{};
  std::string_view port{};  ///< with its ':'
  std::string_view path{};
  std::vector<std::string_view> parameters{};  ///< empty: there is no '?'
};

inline std::vector<std::string_view> split_query(std::string_view query) {
  std::vector<std::string_view> pieces;
  for (std::size_t from = 0; from <= query.size();) {
    auto const end = std::min(query.find('&', from), query.size());
    pieces.push_back(query.substr(from, end - from));
    from = end + 1;
  }
  return pieces;
}

struct UriParameterText {
  std::string name{};           ///< decoded, as far as it can be
  std::string_view value{};     ///< as written
  UriParameter const* known{};  ///< null: there is no such parameter
};

inline UriParameterText split_parameter(std::string_view piece) {
  auto const equals = std::min(piece.find('='), piece.size());
  UriParameterText found{escape::uri::decode_lenient(piece.substr(0, equals)),
                         piece.substr(std::min(equals + 1, piece.size())),
                         {}};
  found.known = find_uri_parameter(found.name);
  return found;
}

/// A name that is worth showing: it cannot be a piece of a password that was taken for a parameter.
inline bool looks_like_name(std::string_view name, std::string_view piece) noexcept {
  return !name.empty() && name.size() <= 40 && piece.find('@') == piece.npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return escape::letters_and_digits.contains(c) || c == '_' || c == '-' || c == '.';
         });
}

/// A value that is worth showing: neither secret nor with a user and a password in it.
inline bool may_show(UriParameterText const& parameter) {
  return parameter.known != nullptr && !parameter.known->is_secret &&
         escape::uri::decode_lenient(parameter.value).find('@') == std::string::npos;
}

/// Any text that was meant as a URI, fit for a message.
inline std::string without_secrets(std::string_view text) {
  std::string shown(text.substr(0, text.find("://")));
  if (shown.size() < text.size())
    shown.append("://");
  else
    shown.clear();
  text.remove_prefix(shown.size());
  // What stands before the last '@' may hold a password, whatever else is wrong.
  if (auto const at = text.rfind('@'); at != text.npos && at > 0) {
    shown.append("...");
    text.remove_prefix(at);
  }
  auto const query = text.find('?');
  shown.append(text.substr(0, query));
  if (query != text.npos) {
    char separator = '?';
    for (auto const piece : split_query(text.substr(query + 1))) {
      shown += std::exchange(separator, '&');
      auto const parameter = split_parameter(piece);
      auto const equals = std::min(piece.find('='), piece.size());
      if (may_show(parameter))
        shown.append(piece);
      else if (looks_like_name(parameter.name, piece.substr(0, equals)))
        shown.append(parameter.name).append(equals < piece.size() ? "=..." : "");
      else if (!piece.empty())
        shown.append("...");
    }
  }
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return (c >= 0 && c < ' ') || c == 127; }, '?');
  return shown;
}

[[noreturn]] inline void bad_uri(
    std::string_view text, std::string problem,
    std::string advice = "esx://root@host/?no_verify=1 is an example") {
  throw invalid_argument({"parsing the URI", "\"" + without_secrets(text) + "\"",
                          std::move(problem), std::move(advice)});
}

/// By the grammar alone. Throws as ConnectionUri::parse() does.
inline UriPieces split_uri(std::string_view text, boost::urls::url_view& url) {
  auto const parsed = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (!parsed) bad_uri(text, "this is no URI: " + parsed.error().message());
  url = *parsed;
  if (url.has_password())
    bad_uri(text, "it holds a password", "leave it out; it is asked for separately");
  if (url.has_fragment())
    bad_uri(text, "it holds a '#'", "write it as %23, also within the user's name");
  UriPieces pieces;
  auto const view = [](auto const& piece) { return std::string_view(piece.data(), piece.size()); };
  pieces.scheme = view(url.scheme());
  if (url.has_userinfo())
    pieces.user = text.substr(pieces.scheme.size() + 3, url.encoded_user().size() + 1);
  pieces.host = view(url.encoded_host());
  pieces.path = view(url.encoded_path());
  if (url.has_port()) {
    auto const from =
        static_cast<std::size_t>(pieces.host.data() - text.data()) + pieces.host.size();
    pieces.port = text.substr(from, url.port().size() + 1);
  }
  if (url.has_query()) pieces.parameters = split_query(view(url.encoded_query()));
  return pieces;
}

inline void read_uri_parameter(ConnectionUri& uri, std::string_view text, std::string_view piece,
                               std::vector<UriParameter const*>& seen) {
  auto const parameter = split_parameter(piece);
  bool const shown = looks_like_name(parameter.name, piece);
  if (parameter.known == nullptr)
    bad_uri(text,
            shown ? "the parameter \"" + parameter.name + "\" is not known"
                  : std::string("its query holds something that is no parameter"),
            "known are " + known_uri_parameters());
  std::string const name(parameter.known->name);
  if (std::find(seen.begin(), seen.end(), parameter.known) != seen.end())
    bad_uri(text, "the parameter \"" + name + "\" is repeated", "keep one of them");
  seen.push_back(parameter.known);

  std::string problem = name + " is ";
  if (may_show(parameter))
    problem.append("\"").append(parameter.value.substr(0, 100)).append("\"");
  else
    problem.append("not right");
  Secret const value(escape::uri::decode_lenient(parameter.value));
  if (value.reveal().find('\0') != std::string_view::npos)
    bad_uri(text, problem, "it must not hold %00");
  try {
    parameter.known->read(uri, value.reveal());
  } catch (invalid_argument const& e) {
    if (!e.problem().empty()) problem.append(": ").append(e.problem());
    bad_uri(text, std::move(problem), e.advice());
  }
}

/// A value in a query: what reads well there stays as it is.
inline constexpr escape::hex_rule query_value_rule{
    .introducer = '%',
    .escaped = ~(escape::letters_and_digits | escape::byte_set("-._~/:*,@!")),
    .upper_case = true};

struct query_value : escape::hex_codec<query_value, query_value_rule> {
  static constexpr std::string_view name = "URI parameter";
};

/// The text of `uri`; parts whose members are as in `before` stay as they are in `pieces`.
inline std::string write_uri(ConnectionUri const& uri, ConnectionUri const& before,
                             UriPieces const& pieces) {
  std::string out(uri.scheme == before.scheme ? pieces.scheme : uri.scheme);
  out.append("://");
  if (uri.user == before.user)
    out.append(pieces.user);
  else if (!uri.user.empty())
    out.append(escape::uri::encode(uri.user)).append("@");
  if (uri.host == before.host)
    out.append(pieces.host);
  else
    out.append(uri.host.find(':') == std::string::npos ? escape::uri::encode(uri.host)
                                                       : bracketed(uri.host));
  if (uri.port == before.port)
    out.append(pieces.port);
  else if (uri.port)
    out.append(":").append(std::to_string(*uri.port));
  out.append(uri.path == before.path ? pieces.path : uri.path);

  char separator = '?';
  auto const add = [&](std::string_view text) {
    out += std::exchange(separator, '&');
    out.append(text);
  };
  auto const add_value = [&](UriParameter const& parameter, std::string const& value) {
    add(std::string(parameter.name) + "=" + query_value::encode(value));
  };
  std::vector<UriParameter const*> there;
  for (auto const piece : pieces.parameters) {
    auto const* const known = split_parameter(piece).known;
    there.push_back(known);
    if (known == nullptr || known->write(uri) == known->write(before))
      add(piece);
    else if (auto const value = known->write(uri))
      add_value(*known, *value);
  }
  for (auto const& each : all_uri_parameters)
    if (std::find(there.begin(), there.end(), &each) == there.end())
      if (auto const value = each.write(uri)) add_value(each, *value);
  return out;
}

}  // namespace detail

inline ConnectionUri ConnectionUri::parse(std::string_view text) {
  boost::urls::url_view url;
  auto const pieces = detail::split_uri(text, url);

  ConnectionUri uri;
  uri.scheme = pieces.scheme;
  std::transform(uri.scheme.begin(), uri.scheme.end(), uri.scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::array<std::string_view, 5> schemes{"esx", "gsx", "vpx", "https", "sim"};
  if (std::find(schemes.begin(), schemes.end(), uri.scheme) == schemes.end())
    detail::bad_uri(text, "the scheme \"" + uri.scheme + "\" is not known",
                    "use esx, gsx, vpx, https or sim");
  uri.user = url.user();
  uri.host = url.host_address();
  if (uri.host.empty()) detail::bad_uri(text, "it names no host");
  // "good%2Fevil" must not become a path, a port or a user of the service URL.
  if (url.host_type() == boost::urls::host_type::ipvfuture ||
      (url.host_type() == boost::urls::host_type::name && !detail::is_host_name(uri.host)))
    detail::bad_uri(text, "the host holds a character that no host name has");
  uri.path = pieces.path;
  // Boost.URL takes "host:x" for an empty port and a path without its slash.
  if (!uri.path.empty() && uri.path[0] != '/') detail::bad_uri(text, "the port is no number");
  if (pieces.port.size() > 1) {
    if (uri.scheme == "sim") detail::bad_uri(text, "a simulated host has no port", "leave it out");
    if (url.port_number() == 0) detail::bad_uri(text, "the port is out of range", "1 to 65535");
    uri.port = url.port_number();
  }
  std::vector<UriParameter const*> seen;
  for (auto const piece : pieces.parameters)  // "?" and "&" with nothing behind them are no harm
    if (!piece.empty()) detail::read_uri_parameter(uri, text, piece, seen);
  uri.written.text = text;
  return uri;
}

inline std::string ConnectionUri::to_string() const {
  try {
    std::string text;
    if (written.text.empty()) {
      text = detail::write_uri(*this, {}, {});
    } else {
      auto const before = parse(written.text.reveal());
      if (before == *this) return std::string(written.text.reveal());
      boost::urls::url_view url;
      text = detail::write_uri(*this, before, detail::split_uri(written.text.reveal(), url));
    }
    if (parse(text) != *this)
      detail::bad_uri(text, "a member holds what no URI can stand for",
                      "the path starts with '/' and is encoded, an IPv6 host has no brackets");
    return text;
  } catch (invalid_argument const& e) {
    throw invalid_argument({"writing the URI", e.target(), e.problem(), e.advice()});
  }
}

inline std::string ConnectionUri::display() const {
  if (!proxy || proxy->password.empty()) return to_string();
  Secret const whole = to_string();
  auto const text = whole.reveal();
  auto const query = text.find('?');
  std::string shown(text.substr(0, query));
  char separator = '?';
  for (auto const piece : detail::split_query(text.substr(query + 1))) {
    shown += std::exchange(separator, '&');
    auto const parameter = detail::split_parameter(piece);
    if (parameter.known != nullptr && parameter.known->is_secret)
      shown.append(parameter.name)
          .append("=")
          .append(detail::query_value::encode(proxy->display()));
    else
      shown.append(piece);
  }
  return shown;
}

}  // namespace esxvi
