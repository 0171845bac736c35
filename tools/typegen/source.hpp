// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Pieces of C++ source, laid out the way clang-format would (Google style, 100 columns), so that
// generated headers read like the others and a formatter leaves them alone.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::typegen::source {

inline constexpr std::size_t columns = 100;

/// `head` and the items, separated by ", ", as many on a line as fit, the next lines aligned
/// with the first item; then `tail`. Ends with a line feed.
std::string list(std::string_view head, const std::vector<std::string>& items,
                 std::string_view tail);

/// The same for `NAME = TEMPLATE<ITEMS>`, broken behind the `=` where that takes no more lines.
std::string alias(std::string_view head, const std::vector<std::string>& items,
                  std::string_view tail);

/// The same for arguments of which some are lists in parentheses themselves: such a one is kept
/// in one piece where possible.
std::string call(std::string_view head, const std::vector<std::string>& arguments,
                 std::string_view tail);

/// "(a, b, c)"
std::string parenthesised(const std::vector<std::string>& items);

/// Lines with comments behind them, aligned where they follow each other.
class CommentedLines {
 public:
  void add(std::string line, std::string comment = {});
  std::string text() const;

 private:
  struct Line {
    std::string text;
    std::string comment;
  };
  std::vector<Line> lines_;
};

/// `TYPE NAME INITIALISER;` indented by two, broken after the type where it is too long with the
/// comment that is to stand behind it.
std::string declaration(std::string_view type, std::string_view name, std::string_view initialiser,
                        std::string_view comment = {});

/// `/// TEXT`, in as many lines as it takes.
std::string doc_comment(std::string_view text);

/// `struct NAME : BASE {`, or without a base, and the members; with a line feed behind the brace.
std::string struct_definition(std::string_view name, std::string_view base,
                              const CommentedLines& members);

/// What stands at the top of a generated header; `includes` are relative to the include folder.
std::string preamble(std::string_view release, const std::set<std::string>& includes);

/// `text` in a namespace.
std::string in_namespace(std::string_view name, std::string_view text);

/// Items joined by a separator.
std::string join(const std::vector<std::string>& items, std::string_view separator);

}  // namespace esxvi::typegen::source
