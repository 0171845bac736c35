// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/escape/vmbase64.hpp>
#include <esxvi/escape/winpath.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace esxvi::escape {

/// One file or directory name on a datastore, as VMware's products derive it from the name of a
/// machine or disk: winpath, then percent, then vmbase64. Encode the complete name with its
/// extension: `~.vmx` is `+fg-.vmx`.
///
/// winpath cannot be undone: decode(encode(x)) is winpath::encode(x), and two names can become one
/// file. Look whether a file exists before creating it.
struct dsitem : codec<dsitem> {
  static constexpr std::string_view name = "datastore item";
  // Whatever percent escapes, vmbase64 does not leave alone either; and winpath's characters.
  static constexpr byte_set encode_set = detail::vmbase64_special;
  static constexpr byte_set decode_set{"+%"};

  [[nodiscard]] static constexpr bool needs_encoding(std::string_view text) noexcept {
    return find_first<encode_set>(text) != text.size();
  }

  template <class Sink>
  static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink) {
    detail::vmbase64_encode(text, sink, [](auto& encoded, char special) {
      if (winpath::encode_set.contains(special)) {
        encoded.append_normal("_");
      } else if (percent_rule.escaped.contains(special)) {
        auto const escaped = detail::hex_escaped<percent_rule>::of(special);
        encoded.put_special(escaped[0]);
        encoded.append_normal({escaped.data() + 1, 2});
      } else {
        encoded.put_special(special);
      }
    });
    return {};
  }

  template <mode Mode, class Sink>
  static constexpr std::optional<fault> decode_each(std::string_view text, Sink& sink) {
    return detail::drain<detail::hex_reader<detail::vmbase64_reader<Mode>, percent_rule, Mode>>(
        text, sink);
  }
};

namespace detail {
constexpr void check_item(std::string_view name, std::string_view whole) {
  if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos)
    throw invalid_argument({"naming a file on a datastore",
                            {},
                            "the name at position " + std::to_string(name.data() - whole.data()) +
                                " is empty, '.' or '..', or has a NUL",
                            "choose another name"});
}
}  // namespace detail

/// The name under which to create a file or directory called `name`; `/` becomes part of the name.
/// Throws invalid_argument for what no file can be called: nothing, `.`, `..`, a NUL.
[[nodiscard]] constexpr std::string datastore_item(std::string_view name) {
  detail::check_item(name, name);
  return dsitem::encode(name);
}

/// datastore_item() of every name of a path: `a:b/~` becomes `a_b/+fg`. A `/` at either end or two
/// in a row make an empty name, which is refused.
[[nodiscard]] constexpr std::string datastore_item_path(std::string_view path) {
  std::string out;
  for (std::size_t start = 0;;) {
    std::size_t const end = std::min(path.find('/', start), path.size());
    auto const item = path.substr(start, end - start);
    detail::check_item(item, path);
    out.append(dsitem::encode(item));
    if (end == path.size()) return out;
    out.append(1, '/');
    start = end + 1;
  }
}

}  // namespace esxvi::escape
