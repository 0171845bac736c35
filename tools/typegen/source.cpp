// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "source.hpp"

#include <algorithm>

namespace esxvi::typegen::source {
namespace {

std::size_t column_after(std::string_view text) {
  return text.size() - (text.rfind('\n') + 1);  // npos + 1 is 0
}

/// Appends items, breaking the line before one that does not fit; `reserve` columns stay free
/// behind each (for a comma or what closes the list).
void append_items(std::string& out, const std::vector<std::string>& items, std::size_t indent,
                  std::size_t reserve) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t needed = items[i].size() + (i + 1 < items.size() ? 1 : reserve);
    if (i > 0) {
      out += ',';
      if (column_after(out) + 1 + needed > columns)
        out.append(1, '\n').append(indent, ' ');
      else
        out += ' ';
    }
    out += items[i];
  }
}

}  // namespace

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

std::string parenthesised(const std::vector<std::string>& items) {
  return '(' + join(items, ", ") + ')';
}

std::string list(std::string_view head, const std::vector<std::string>& items,
                 std::string_view tail) {
  std::string out(head);
  append_items(out, items, column_after(head), tail.size());
  return out.append(tail).append(1, '\n');
}

std::string alias(std::string_view head, const std::vector<std::string>& items,
                  std::string_view tail) {
  std::string out = list(head, items, tail);
  const std::size_t equals = head.find('=') + 1;
  const std::size_t indent = head.find_first_not_of(' ') + 4;
  std::string broken = list(std::string(head.substr(0, equals)) + '\n' + std::string(indent, ' ') +
                                std::string(head.substr(equals + 1)),
                            items, tail);
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  return lines(broken) <= lines(out) && lines(out) > 1 ? broken : out;
}

std::string call(std::string_view head, const std::vector<std::string>& arguments,
                 std::string_view tail) {
  std::string out(head);
  std::size_t indent = column_after(head);
  const bool too_long = std::any_of(arguments.begin(), arguments.end(), [&](const auto& argument) {
    return argument.front() != '(' && indent + argument.size() + 1 > columns;
  });
  if (too_long) {
    indent = 4;
    out.append(1, '\n').append(indent, ' ');
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t reserve = i + 1 < arguments.size() ? 1 : tail.size();
    if (i > 0) {
      out += ',';
      if (column_after(out) + 1 + argument.size() + reserve > columns)
        out.append(1, '\n').append(indent, ' ');
      else
        out += ' ';
    }
    if (argument.front() == '(' && column_after(out) + argument.size() + reserve > columns) {
      std::vector<std::string> items;
      std::string_view rest = std::string_view(argument).substr(1, argument.size() - 2);
      for (std::size_t comma; (comma = rest.find(", ")) != rest.npos; rest.remove_prefix(comma + 2))
        items.emplace_back(rest.substr(0, comma));
      items.emplace_back(rest);
      out += '(';
      append_items(out, items, indent + 1, reserve + 1);
      out += ')';
    } else {
      out += argument;
    }
  }
  return out.append(tail).append(1, '\n');
}

void CommentedLines::add(std::string line, std::string comment) {
  lines_.push_back({std::move(line), std::move(comment)});
}

std::string CommentedLines::text() const {
  std::string out;
  for (std::size_t begin = 0; begin < lines_.size();) {
    std::size_t end = begin, width = 0, comment = 0;
    for (; end < lines_.size() && !lines_[end].comment.empty(); ++end) {
      const std::size_t new_width = std::max(width, column_after(lines_[end].text));
      const std::size_t new_comment = std::max(comment, lines_[end].comment.size() + 5);
      const bool alone = lines_[end].text.find('\n') != std::string::npos ||
                         (end > begin && lines_[end - 1].text.find('\n') != std::string::npos);
      if (end > begin && (alone || new_width + new_comment > columns)) break;
      width = new_width;
      comment = new_comment;
    }
    if (end == begin) {
      out.append(lines_[begin++].text).append(1, '\n');
      continue;
    }
    for (; begin < end; ++begin) {
      out.append(lines_[begin].text).append(width - column_after(lines_[begin].text) + 2, ' ');
      out.append("// ").append(lines_[begin].comment).append(1, '\n');
    }
  }
  return out;
}

std::string declaration(std::string_view type, std::string_view name, std::string_view initialiser,
                        std::string_view comment) {
  std::string out("  ");
  out.append(type);
  const std::size_t behind = comment.empty() ? 0 : comment.size() + 5;
  const std::size_t rest = name.size() + initialiser.size() + 1 + behind;
  if (out.size() + 1 + rest > columns)
    out += "\n      ";
  else
    out += ' ';
  return out.append(name).append(initialiser).append(1, ';');
}

std::string doc_comment(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end + 4 > columns) {
      end = text.rfind(' ', columns - 4);
      if (end == text.npos) end = std::min(text.find(' '), text.size());
    }
    out.append("/// ").append(text.substr(0, end)).append(1, '\n');
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string struct_definition(std::string_view name, std::string_view base,
                              const CommentedLines& members) {
  std::string out = "struct " + std::string(name);
  const std::string text = members.text();
  if (!base.empty()) {
    const std::size_t tail = text.empty() ? 4 : 2;  // " {};" or " {"
    out += out.size() + 3 + base.size() + tail > columns ? "\n    : " : " : ";
    out += base;
  }
  return out + (text.empty() ? " {};\n" : " {\n" + text + "};\n");
}

std::string preamble(std::string_view release, const std::set<std::string>& includes) {
  std::string out = "// Generated by typegen from vim25";
  if (!release.empty()) out.append(1, ' ').append(release);
  out += "; do not edit.\n#pragma once\n";
  // The standard library's headers (without a folder) make a block of their own.
  for (const bool own : {false, true}) {
    bool first = true;  // of the block
    for (const std::string& include : includes) {
      if ((include.find('/') != include.npos) != own) continue;
      out.append(first ? "\n#include <" : "#include <").append(include).append(">\n");
      first = false;
    }
  }
  return out;
}

std::string in_namespace(std::string_view name, std::string_view text) {
  std::string out = "namespace ";
  out.append(name).append(" {\n").append(text).append("}  // namespace ");
  return out.append(name).append(1, '\n');
}

}  // namespace esxvi::typegen::source
