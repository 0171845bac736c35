// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/types/secrets.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Taking secrets out of what people get to read: messages, traces, recordings.
///
/// Pure functions of their input and one state machine for streamed XML; no I/O, no locks. Where
/// the text is damaged they take away too much rather than too little.
namespace esxvi::redact {

/// Stands where a secret stood.
inline constexpr std::string_view mask = "[redacted]";

namespace detail {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_name(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
         c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool begins_name(char c) noexcept {
  auto const inner = c == '-' || c == '.' || (c >= '0' && c <= '9');
  return is_name(c) && !inner;
}
constexpr bool same(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}
constexpr bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && same(text.substr(text.size() - end.size()), end);
}
constexpr std::string_view local(std::string_view qualified) noexcept {
  auto const colon = qualified.rfind(':');
  return colon == qualified.npos ? qualified : qualified.substr(colon + 1);
}

/// Secrets in the middle of ordinary text: what follows `opener`, up to one of `ends`.
struct inline_rule {
  std::string_view opener;
  std::string_view ends;
};
inline constexpr std::array inline_rules{
    inline_rule{"session[", "]<"},              // objects of a session: session[<key>]52ab...
    inline_rule{"sessionList[", "]<"},          // property paths: sessionList["<key>"]
    inline_rule{"/nfc/", "/]<\"' \t\r\n"},      // disks of a lease: /nfc/<ticket>/disk-0.vmdk
    inline_rule{"/ticket/", "/?]<\"' \t\r\n"},  // consoles: wss://host/ticket/<ticket>
    inline_rule{"token=", "&;]<\"' \t\r\n"},    // files of a guest: /guestFile?token=<token>
    inline_rule{"vmware_soap_session=", ";]< \t\r\n"},  // the session cookie
};

/// Copies text and masks by inline_rules, one character at a time.
class inline_filter {
 public:
  void put(char c, std::string& out) {
    if (!hidden_until_.empty()) {
      if (hidden_until_.find(c) == hidden_until_.npos) return;
      hidden_until_ = {};
    }
    out.push_back(c);
    seen_.push_back(c);
    if (c != '[' && c != '/' && c != '=') return;
    if (seen_.size() > 256) seen_.erase(0, seen_.size() - 32);
    for (auto const& rule : inline_rules) {
      if (!std::string_view{seen_}.ends_with(rule.opener)) continue;
      hidden_until_ = rule.ends;
      out.append(mask);
      return;
    }
  }
  void reset() noexcept {
    hidden_until_ = {};
    seen_.clear();
  }

 private:
  std::string_view hidden_until_{};
  std::string seen_{};  ///< the end of the text so far
};

/// Names of secrets that mean something harmless elsewhere: context_rules say where they count.
inline constexpr std::array<std::string_view, 6> ambiguous_names{
    "AcquireCloneTicketResponse", "defaultValue", "id", "key", "token", "value"};

/// XML elements that are secret wherever they stand; case does not matter.
constexpr bool secret_name(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 3> ends{"password", "passphrase", "secret"};
  // Not members of the API's types: headers of messages and parameters of logging in.
  constexpr std::array<std::string_view, 7> others{
      "sspiToken", "base64Token",        "samlToken",          "vcSessionCookie",
      "Assertion", "EncryptedAssertion", "BinarySecurityToken"};
  auto const is = [&](std::string_view full) { return same(name, full); };
  auto const of_api = [&](std::string_view member) {
    return same(name, member) && std::find(ambiguous_names.begin(), ambiguous_names.end(),
                                           member) == ambiguous_names.end();
  };
  return std::any_of(ends.begin(), ends.end(), [&](auto end) { return ends_with(name, end); }) ||
         std::any_of(others.begin(), others.end(), is) ||
         std::any_of(std::begin(types::secret_members), std::end(types::secret_members), of_api);
}

/// XML elements that are secret in one place only. An empty word stands for anything.
struct context_rule {
  std::string_view element;
  std::string_view parent;
  std::string_view grandparent{};
  std::string_view parent_type{};  ///< xsi:type of the parent, without prefix
};
inline constexpr std::array context_rules{
    context_rule{"key", "", "", "UserSession"},
    context_rule{"key", "UserSession"},
    context_rule{"key", "currentSession"},
    context_rule{"key", "sessionList"},
    context_rule{"key", "returnval", "LoginResponse"},
    context_rule{"key", "returnval", "LoginBySSPIResponse"},
    context_rule{"key", "returnval", "LoginByTokenResponse"},
    context_rule{"key", "returnval", "LoginExtensionByCertificateResponse"},
    context_rule{"key", "returnval", "LoginExtensionBySubjectNameResponse"},
    context_rule{"key", "returnval", "ImpersonateUserResponse"},
    context_rule{"key", "returnval", "CloneSessionResponse"},
    context_rule{"key", "ProvisionServerPrivateKey"},
    context_rule{"returnval", "AcquireCloneTicketResponse"},
    context_rule{"id", "returnval", "AcquireGenericServiceTicketResponse"},
    context_rule{"id", "", "", "SessionManagerGenericServiceTicket"},
    context_rule{"token", "auth"},
    context_rule{"token", "", "", "SAMLTokenAuthentication"},
    context_rule{"value", "", "", "CustomizationPassword"},
    context_rule{"value", "", "", "PasswordField"},
    context_rule{"value", "", "", "VAppPropertyInfo"},
    context_rule{"value", "VAppPropertyInfo"},
    context_rule{"value", "property"},
    context_rule{"value", "info", "property"},
    context_rule{"defaultValue", "", "", "VAppPropertyInfo"},
    context_rule{"defaultValue", "VAppPropertyInfo"},
    context_rule{"defaultValue", "property"},
    context_rule{"defaultValue", "info", "property"},
};

}  // namespace detail

/// Plain text: masks the session cookie, ids of objects that hold a session key, tickets in URLs.
[[nodiscard]] inline std::string text(std::string_view plain) {
  std::string out;
  detail::inline_filter filter;
  for (char const c : plain) filter.put(c, out);
  return out;
}

/// A URL for a message: without user, password and fragment, with only those query values that say
/// what a thing is (`dcPath`, `dsName`, ...), without the tickets that some paths carry.
[[nodiscard]] inline std::string url(std::string_view full) {
  constexpr std::array<std::string_view, 4> plain{"dcPath", "dsName", "id", "start"};
  full = full.substr(0, full.find('#'));
  auto const question = full.find('?');
  auto query = question == full.npos ? std::string_view{} : full.substr(question + 1);
  auto front = full.substr(0, question);

  std::string out;
  if (auto const scheme = front.find("://"); scheme != front.npos) {
    out.append(front.substr(0, scheme + 3));
    front.remove_prefix(scheme + 3);
  }
  auto authority = front.substr(0, front.find('/'));
  auto const path = front.substr(authority.size());
  if (auto const at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  out.append(authority).append(text(path));
  for (char separator = '?'; !query.empty(); separator = '&') {
    auto const pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    auto const name = pair.substr(0, pair.find('='));
    out.push_back(separator);
    if (std::find(plain.begin(), plain.end(), name) != plain.end()) {
      out.append(pair);
    } else if (name.size() == pair.size()) {
      out.append(mask);
    } else {
      out.append(name).append("=").append(mask);
    }
  }
  return out;
}

/// The value of an HTTP header: the values of cookies, credentials after their scheme, tokens.
[[nodiscard]] inline std::string header(std::string_view name, std::string_view value) {
  using detail::same;
  auto const contains = [&](std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(),
                       [](char a, char b) { return detail::lower(a) == b; }) != name.end();
  };
  std::string out;
  if (same(name, "Set-Cookie")) {
    auto const end = std::min(value.find(';'), value.size());
    auto const pair = value.substr(0, end);
    auto const equals = pair.find('=');
    if (equals != pair.npos) out.append(pair.substr(0, equals + 1));
    return out.append(mask).append(value.substr(end));
  }
  if (same(name, "Cookie")) {
    while (!value.empty()) {
      auto const pair = value.substr(0, value.find(';'));
      value.remove_prefix(std::min(pair.size() + 1, value.size()));
      auto const equals = pair.find('=');
      if (equals != pair.npos) out.append(pair.substr(0, equals + 1));
      out.append(mask).append(value.empty() ? "" : ";");
    }
    return out;
  }
  if (same(name, "Authorization") || same(name, "Proxy-Authorization")) {
    auto const space = value.find(' ');
    if (space != value.npos) out.append(value.substr(0, space + 1));
    return out.append(mask);
  }
  if (contains("token") || contains("secret") || contains("password") || contains("session")) {
    return std::string{mask};
  }
  if (same(name, "Location") || same(name, "Content-Location") || same(name, "Referer")) {
    return url(value);
  }
  return text(value);
}

/// Takes the secrets out of an XML document that comes in pieces of any size.
///
/// For UTF-8 and everything else that contains ASCII. Masked are: the content of elements that hold
/// passwords, tickets, keys of sessions, SAML tokens (any prefix, nested markup, CDATA and comments
/// included); attributes with such names; values of properties with such names; and what text()
/// masks. Everything else passes byte for byte. Text that is no XML passes too, apart from what
/// text() masks.
///
/// ```cpp
/// esxvi::redact::Redactor redactor;
/// while (...) log << redactor.feed(piece);
/// log << redactor.finish();
/// ```
class Redactor {
 public:
  /// What can be shown of the document up to here.
  [[nodiscard]] std::string feed(std::string_view piece) {
    out_.clear();
    out_.reserve(piece.size() + 16);
    for (char const c : piece) step(c);
    return std::exchange(out_, {});
  }

  /// What was held back at the end, and back to the start for another document.
  [[nodiscard]] std::string finish() {
    out_.clear();
    content(held_);
    auto rest = std::exchange(out_, {});
    *this = Redactor{};
    return rest;
  }

 private:
  enum class in : unsigned char {
    text,
    open,         // after "<"
    bang,         // after "<!"
    start_name,   // "<na"
    tag,          // "<name "
    attribute,    // "<name attr"
    value,        // "<name attr='"
    end_tag,      // "</"
    comment,      // "<!--"
    cdata,        // "<![CDATA["
    instruction,  // "<?"
    declaration,  // "<!DOCTYPE"
  };
  static constexpr std::size_t longest_name = 512;
  static constexpr std::size_t deepest = 512;

  struct frame {
    std::string name{};
    std::string type{};
    std::string property{};  ///< text of the last child `name`
  };

  void step(char c) {
    switch (state_) {
      case in::text:
        if (c == '<') {
          held_.assign(1, c);
          state_ = in::open;
        } else {
          if (text_.size() < longest_name) text_.push_back(c);
          plain(c);
        }
        break;
      case in::open:
        open(c);
        break;
      case in::bang:
        bang(c);
        break;
      case in::start_name:
        if (detail::is_name(c) && held_.size() < longest_name) {
          held_.push_back(c);
        } else {
          name_ = held_.substr(1);
          type_.clear();
          attribute_.clear();
          release(detail::is_space(c) || c == '/' || c == '>' ? in::tag : in::text);
          step(c);
        }
        break;
      case in::tag:
        tag(c);
        break;
      case in::attribute:
        attribute(c);
        break;
      case in::value:
        value(c);
        break;
      case in::end_tag:
        held_.push_back(c);
        if (c == '>') {
          end_of_element();
        } else if (held_.size() > longest_name) {
          release(in::text);
        }
        break;
      case in::comment:
        content(c);
        until(c, '-');
        break;
      case in::cdata:
        plain(c);
        until(c, ']');
        break;
      case in::instruction:
        content(c);
        if (c == '>' && last_ == '?') state_ = in::text;
        last_ = c;
        break;
      case in::declaration:
        content(c);
        if (c == '>') state_ = in::text;
        break;
    }
  }

  void open(char c) {
    filter_.reset();
    if (c == '/' || c == '!') {
      held_.push_back(c);
      state_ = c == '/' ? in::end_tag : in::bang;
    } else if (c == '?') {
      held_.push_back(c);
      last_ = 0;
      release(in::instruction);
    } else if (detail::begins_name(c)) {
      held_.push_back(c);
      state_ = in::start_name;
    } else {
      release(in::text);
      step(c);
    }
  }

  void bang(char c) {
    using namespace std::string_view_literals;
    held_.push_back(c);
    run_ = 0;
    if (held_ == "<!--"sv) {
      release(in::comment);
    } else if (held_ == "<![CDATA["sv) {
      release(in::cdata);
    } else if (!"<!--"sv.starts_with(held_) && !"<![CDATA["sv.starts_with(held_)) {
      release(c == '>' ? in::text : in::declaration);
    }
  }

  /// "-->" and "]]>": leaves the state after two or more `mark` and '>'.
  void until(char c, char mark) {
    if (c == '>' && run_ >= 2) state_ = in::text;
    run_ = c == mark ? run_ + 1 : 0;
  }

  void tag(char c) {
    content(c);
    if (c == '>') {
      state_ = in::text;
      if (last_ != '/') start_of_element();
    } else if (detail::is_name(c)) {
      attribute_.assign(1, c);
      state_ = in::attribute;
    }
    last_ = c;
  }

  void attribute(char c) {
    if (c == '>' || c == '/') {
      state_ = in::tag;
      tag(c);
      return;
    }
    content(c);
    if (c == '"' || c == '\'') {
      quote_ = c;
      value_.clear();
      masked_value_ = false;
      secret_value_ = detail::secret_name(detail::local(attribute_));
      filter_.reset();
      state_ = in::value;
    } else if (detail::is_name(c) && attribute_.size() < longest_name) {
      if (detail::is_space(last_)) attribute_.clear();
      attribute_.push_back(c);
    }
    last_ = c;
  }

  void value(char c) {
    if (c == quote_) {
      content(c);
      if (detail::local(attribute_) == "type") type_ = detail::local(value_);
      filter_.reset();
      last_ = c;
      state_ = in::tag;
      return;
    }
    if (value_.size() < longest_name) value_.push_back(c);
    if (!secret_value_) {
      plain(c);
    } else if (!std::exchange(masked_value_, true)) {
      content(mask);
    }
  }

  void start_of_element() {
    text_.clear();
    if (hidden_) {
      if (name_ == secret_) ++depth_;
      return;
    }
    if (is_secret(detail::local(name_))) {
      hidden_ = true;
      masked_ = false;
      depth_ = 0;
      secret_ = name_;
    } else if (open_.size() < deepest) {
      open_.push_back({std::string{detail::local(name_)}, type_, {}});
    } else {
      ++too_deep_;
    }
  }

  void end_of_element() {
    std::string_view name = held_;
    name.remove_prefix(2);
    name.remove_suffix(1);
    while (!name.empty() && detail::is_space(name.back())) name.remove_suffix(1);
    if (hidden_) {
      if (name == secret_ && depth_ == 0) {
        hidden_ = false;
      } else if (name == secret_) {
        --depth_;
      }
    } else if (too_deep_ > 0) {
      --too_deep_;
    } else if (!open_.empty()) {
      auto const was_name = open_.back().name == "name";
      open_.pop_back();
      if (was_name && !open_.empty()) open_.back().property = text_;
    }
    text_.clear();
    release(in::text);
  }

  [[nodiscard]] bool is_secret(std::string_view name) const {
    if (detail::secret_name(name)) return true;
    if (open_.empty()) return false;
    auto const& parent = open_.back();
    auto const grandparent = open_.size() < 2 ? std::string_view{} : open_[open_.size() - 2].name;
    auto const fits = [](std::string_view rule, std::string_view is) {
      return rule.empty() || rule == is;
    };
    for (auto const& rule : detail::context_rules) {
      if (rule.element == name && fits(rule.parent, parent.name) &&
          fits(rule.grandparent, grandparent) && fits(rule.parent_type, parent.type)) {
        return true;
      }
    }
    return name == "val" && secret_property(parent.property);
  }

  static bool secret_property(std::string_view path) {
    auto const last = path.substr(path.rfind('.') + 1);
    return detail::secret_name(last) || (last == "key" && (path.starts_with("currentSession.") ||
                                                           path.starts_with("sessionList[")));
  }

  /// Text and values of attributes.
  void plain(char c) {
    if (hidden_) {
      content(c);
    } else {
      filter_.put(c, out_);
    }
  }
  /// Bytes that pass unless a secret is open.
  void content(char c) { content(std::string_view{&c, 1}); }
  void content(std::string_view bytes) {
    if (!hidden_) {
      out_.append(bytes);
    } else if (!bytes.empty() && !std::exchange(masked_, true)) {
      out_.append(mask);
    }
  }
  void release(in next) {
    content(held_);
    held_.clear();
    last_ = 0;
    state_ = next;
  }

  in state_ = in::text;
  char last_ = 0;   ///< the character before, within a tag
  char quote_ = 0;  ///< what closes the value of the attribute
  bool hidden_ = false;
  bool masked_ = false;  ///< the mask for the open secret is out
  bool secret_value_ = false;
  bool masked_value_ = false;
  std::size_t run_ = 0;
  std::size_t depth_ = 0;
  std::size_t too_deep_ = 0;
  std::string held_{};  ///< markup whose meaning is not known yet
  std::string name_{};
  std::string type_{};
  std::string attribute_{};
  std::string value_{};
  std::string secret_{};
  std::string text_{};
  std::string out_{};
  std::vector<frame> open_{};
  detail::inline_filter filter_{};
};

/// A whole document at once.
[[nodiscard]] inline std::string xml(std::string_view document) {
  Redactor redactor;
  auto out = redactor.feed(document);
  return out.append(redactor.finish());
}

}  // namespace esxvi::redact
