// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Reads the text form of a schema.
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <charconv>
#include <type_traits>
#include <utility>

#include "error.hpp"
#include "text_form.hpp"

namespace esxvi::typegen {
namespace {

using Tokens = std::vector<std::string_view>;

Tokens split(std::string_view line) {
  Tokens tokens;
  while (!line.empty()) {
    const std::size_t space = line.find(' ');
    tokens.push_back(line.substr(0, space));
    line.remove_prefix(space == line.npos ? line.size() : space + 1);
  }
  return tokens;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (text.empty() || !letter(text.front())) return false;
  for (const char c : text)
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  return true;
}

/// One pass over the lines; each level knows which declaration it belongs to.
class Reader {
 public:
  Reader(std::string_view text, std::string_view file) : text_(text) {
    schema_.file = std::string(file);
  }

  Schema read() {
    while (next_line()) {
      switch (level_) {
        case 0:
          top_level();
          break;
        case 1:
          member();
          break;
        case 2:
          operation_detail();
          break;
        default:
          fail("indented too deep");
      }
    }
    if (!format_seen_) fail("no line 'format 1': not a schema");
    return std::move(schema_);
  }

 private:
  enum class Inside { nothing, enumeration, structure, object };

  [[noreturn]] void fail(const std::string& reason) const {
    throw InputError(schema_.file, line_, context_.empty() ? reason : context_ + ": " + reason);
  }

  /// Goes to the next line that says something.
  bool next_line() {
    while (!text_.empty()) {
      const std::size_t end = text_.find('\n');
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(end == text_.npos ? text_.size() : end + 1);
      ++line_;
      if (line.empty() || line.front() == '#') continue;
      const std::size_t indent = line.find_first_not_of(' ');
      if (indent == line.npos || line.back() == ' ' || line.back() == '\r')
        fail("white space at the end of the line");
      if (indent % 2 != 0) fail("indentation is two spaces per level");
      level_ = indent / 2;
      tokens_ = split(line.substr(indent));
      for (const std::string_view token : tokens_)
        if (token.empty()) fail("more than one space between two words");
      at_ = 0;
      return true;
    }
    return false;
  }

  std::string_view take(const char* what) {
    if (at_ == tokens_.size()) fail(std::string(what) + " is missing");
    return tokens_[at_++];
  }

  std::string take_name(const char* what) {
    const std::string_view token = take(what);
    if (!is_name(token)) fail(std::string(what) + " expected, not '" + std::string(token) + "'");
    return std::string(token);
  }

  TypeRef take_type() {
    const std::string_view token = take("a type");
    TypeRef type = parse_type(token);
    if (!is_name(type.name)) fail("a type expected, not '" + std::string(token) + "'");
    return type;
  }

  std::string take_base() {
    if (at_ == tokens_.size() || tokens_[at_] != ":") return {};
    ++at_;
    return take_name("a base");
  }

  void end_of_line() {
    if (at_ != tokens_.size()) fail("unexpected '" + std::string(tokens_[at_]) + "'");
  }

  static void set(bool& member, std::string_view) { member = true; }
  static void set(std::string& member, std::string_view value) { member = value; }
  static void set(std::optional<std::string>& member, std::string_view value) { member = value; }

  /// The rest of the line, `key` and `key=value`, into the described members of `facts`.
  template <class Facts> Facts take_facts() {
    Facts facts;
    for (; at_ < tokens_.size(); ++at_) {
      const std::string_view token = tokens_[at_];
      const std::size_t equals = token.find('=');
      const std::string_view key = token.substr(0, equals);
      const std::string_view value =
          equals == token.npos ? std::string_view{} : token.substr(equals + 1);
      bool known = false;
      using Members = boost::describe::describe_members<Facts, boost::describe::mod_public>;
      boost::mp11::mp_for_each<Members>([&](auto described) {
        if (key != described.name) return;
        known = true;
        auto& member = facts.*described.pointer;
        using Type = std::remove_reference_t<decltype(member)>;
        if (std::is_same_v<Type, bool> && equals != token.npos)
          fail("attribute '" + std::string(key) + "' takes no value");
        if (std::is_same_v<Type, std::string> && value.empty())
          fail("attribute '" + std::string(key) + "' needs a value");
        if (member != Type{}) fail("attribute '" + std::string(key) + "' twice");
        set(member, value);
      });
      if (!known) fail("unknown attribute '" + std::string(key) + "'");
    }
    return facts;
  }

  void top_level() {
    inside_ = Inside::nothing;
    context_.clear();
    const std::string keyword(take("a declaration"));
    if (keyword != "format" && !format_seen_) fail("the first line must be 'format 1'");
    if (keyword == "format") {
      if (take("the format's number") != "1") fail("this program reads format 1 only");
      format_seen_ = true;
      end_of_line();
    } else if (keyword == "namespace") {
      schema_.wire_namespace = take("a URN");
      end_of_line();
    } else if (keyword == "release") {
      schema_.release = take("a version");
      end_of_line();
    } else if (keyword == "version") {
      version();
    } else if (keyword == "primitive") {
      std::string name = take_name("a name");
      schema_.primitives.push_back({std::move(name), std::string(take("an XSD type"))});
      end_of_line();
    } else if (keyword == "enum") {
      declare(Inside::enumeration, keyword, schema_.enums);
    } else if (keyword == "struct") {
      declare(Inside::structure, keyword, schema_.structs);
    } else if (keyword == "managed") {
      declare(Inside::object, keyword, schema_.objects);
    } else {
      fail("unknown declaration '" + keyword + "'");
    }
  }

  void version() {
    Version version;
    version.name = take("a version");
    const std::string_view wire = take("wire=NAMESPACE/VERSION");
    const std::size_t slash = wire.find('/');
    if (!wire.starts_with("wire=") || slash == wire.npos)
      fail("wire=NAMESPACE/VERSION expected, not '" + std::string(wire) + "'");
    version.wire_namespace = wire.substr(5, slash - 5);
    version.wire_version = wire.substr(slash + 1);
    if (at_ < tokens_.size() && tokens_[at_] == "unnumbered") {
      version.unnumbered = true;
      ++at_;
    }
    end_of_line();
    schema_.versions.push_back(std::move(version));
  }

  template <class Declaration>
  void declare(Inside inside, const std::string& keyword, std::vector<Declaration>& declarations) {
    inside_ = inside;
    Declaration& declaration = declarations.emplace_back();
    declaration.name = take_name("a name");
    declaration.line = line_;
    context_ = keyword + ' ' + declaration.name;
    if constexpr (requires { declaration.base; }) declaration.base = take_base();
    declaration.facts = take_facts<TypeFacts>();
  }

  template <class Facts> void take_member(std::vector<Member<Facts>>& members) {
    Member<Facts>& member = members.emplace_back();
    member.name = take_name("a name");
    member.line = line_;
    member.type = take_type();
    member.facts = take_facts<Facts>();
  }

  void member() {
    switch (inside_) {
      case Inside::nothing:
        fail("a member outside of any declaration");
      case Inside::enumeration: {
        Value& value = schema_.enums.back().values.emplace_back();
        value.name = take_name("a value");
        value.line = line_;
        value.facts = take_facts<ValueFacts>();
        break;
      }
      case Inside::structure:
        take_member(schema_.structs.back().fields);
        break;
      case Inside::object:
        object_member();
        break;
    }
  }

  void object_member() {
    Managed& object = schema_.objects.back();
    const std::string_view keyword = take("'prop' or 'method'");
    if (keyword == "prop") {
      take_member(object.properties);
    } else if (keyword == "method") {
      Method& method = object.methods.emplace_back();
      method.name = take_name("a name");
      method.line = line_;
      method.facts = take_facts<OperationFacts>();
    } else {
      fail("'prop' or 'method' expected, not '" + std::string(keyword) + "'");
    }
  }

  void operation_detail() {
    if (inside_ != Inside::object || schema_.objects.back().methods.empty())
      fail("a parameter outside of any method");
    Method& method = schema_.objects.back().methods.back();
    const std::string_view keyword = take("'param', 'returns' or 'throws'");
    if (keyword == "param") {
      take_member(method.parameters);
    } else if (keyword == "returns") {
      if (method.reply) fail("method " + method.name + ": 'returns' twice");
      Reply& reply = method.reply.emplace();
      reply.line = line_;
      reply.type = take_type();
      reply.facts = take_facts<ReplyFacts>();
    } else if (keyword == "throws") {
      do method.faults.push_back(take_name("a fault"));
      while (at_ < tokens_.size());
    } else {
      fail("'param', 'returns' or 'throws' expected, not '" + std::string(keyword) + "'");
    }
  }

  std::string_view text_;
  Schema schema_;
  Tokens tokens_;
  std::size_t at_ = 0;
  std::size_t level_ = 0;
  int line_ = 0;
  Inside inside_ = Inside::nothing;
  std::string context_;
  bool format_seen_ = false;
};

}  // namespace

TypeRef parse_type(std::string_view text) {
  TypeRef type;
  const auto cut = [&text](std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
  };
  type.optional = cut("?");
  type.array = cut("[]");
  if (text.starts_with("ref<") && cut(">")) {
    type.reference = true;
    text.remove_prefix(4);
  }
  if (is_name(text)) type.name = text;
  return type;
}

Schema read_text(std::string_view text, std::string_view file) {
  Schema schema = Reader(text, file).read();
  check(schema);
  return schema;
}

}  // namespace esxvi::typegen
