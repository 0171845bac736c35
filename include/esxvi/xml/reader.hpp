// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/xml/limits.hpp>

#include <expat.h>

#include <algorithm>
#include <climits>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::xml {

/// Takes the events of a document. Names come with their prefix, attributes as alternating names
/// and values that end with a null pointer; all are valid during the call only.
template <class H>
concept Handler =
    requires(H& h, char const* name, char const* const* attributes, std::string_view text) {
      h.start(name, attributes);
      h.text(text);
      h.end(name);
    };

/// What a document is, for messages.
struct Origin {
  std::string operation{};
  std::string target{};
  /// "the domain XML". Empty: the reply of a server. Any other document is told with the line of
  /// the fault, its errors say that nothing was sent, and where a reply is empty, cut or no SOAP,
  /// it is malformed_xml.
  std::string subject{};
};

/// Streams a document into a handler. This is the only place that knows expat: another tokenizer
/// would replace this class.
///
/// Documents with a DTD are refused, so no entity can be declared. Errors are protocol_errors with
/// the byte offset; what the handler throws comes out of feed().
template <Handler H> class Reader {
 public:
  explicit Reader(H& handler, Origin origin = {}, Limits limits = {})
      : handler_(handler),
        origin_(std::move(origin)),
        limits_(limits),
        parser_(XML_ParserCreate(nullptr)) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &on_start, &on_end);
    XML_SetCharacterDataHandler(parser_.get(), &on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &on_doctype);
  }

  void feed(std::string_view piece) {
    check_start(piece);
    if (head_.size() < head_size) head_.append(piece.substr(0, head_size - head_.size()));
    while (!piece.empty()) {
      std::string_view const part = piece.substr(0, max_part);
      piece.remove_prefix(part.size());
      parse(part, false);
    }
  }

  /// The document ends here. Throws when it is empty or incomplete.
  void finish() {
    if (!begun_) {
      if (is_document()) throw_error<errc::malformed_xml>(subject(" is empty"), {});
      throw_error<errc::empty_reply>(subject(" is empty"),
                                     "the server closed the answer; see its logs");
    }
    parse({}, true);
  }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] Origin const& origin() const noexcept { return origin_; }
  /// Where the event that is being handled stands, or the one whose handler threw.
  [[nodiscard]] std::size_t offset() const noexcept {
    if (thrown_at_ != protocol_error::no_offset) return thrown_at_;
    return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
  }

  /// The line of that place, from 1.
  [[nodiscard]] std::size_t line() const noexcept {
    return static_cast<std::size_t>(XML_GetCurrentLineNumber(parser_.get()));
  }

  template <errc Code>
  [[noreturn]] void throw_error(std::string problem, std::string advice,
                                std::size_t offset = protocol_error::no_offset) const {
    if (offset != protocol_error::no_offset) {
      problem.append(" at ");
      if (is_document()) problem.append("line ").append(std::to_string(line())).append(", ");
      problem.append("byte ").append(std::to_string(offset));
    }
    failure<Code> e({origin_.operation, origin_.target, std::move(problem), std::move(advice)},
                    is_document() ? delivery::not_sent : delivery::answered);
    e.set_offset(offset);
    throw e;
  }

 private:
  static constexpr std::size_t max_part = 1U << 20;
  static constexpr std::size_t head_size = 32;

  struct deleter {
    void operator()(XML_Parser p) const noexcept { XML_ParserFree(p); }
  };

  [[nodiscard]] bool is_document() const noexcept { return !origin_.subject.empty(); }
  [[nodiscard]] std::string subject(std::string_view says) const {
    return std::string(is_document() ? origin_.subject : "the reply").append(says);
  }

  void parse(std::string_view part, bool last) {
    bytes_ += part.size();
    if (bytes_ > limits_.document) over("bytes", limits_.document);
    auto const status =
        XML_Parse(parser_.get(), part.data(), static_cast<int>(part.size()), last ? 1 : 0);
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    if (status != XML_STATUS_OK) fail(last);
    // Bytes that gave no event yet belong to one token. expat knows no place for a moment when it
    // puts off a part of a token and has moved its buffer; then the last one holds.
    auto const index = XML_GetCurrentByteIndex(parser_.get());
    if (index >= 0)
      consumed_ = static_cast<std::uint64_t>(index) +
                  static_cast<std::uint64_t>(XML_GetCurrentByteCount(parser_.get()));
    if (!last && bytes_ - consumed_ > limits_.token) over("bytes of one tag", limits_.token);
  }

  [[noreturn]] void over(char const* what, std::uint64_t limit) const {
    throw_error<errc::limit_exceeded>(
        subject(" has more than ") + std::to_string(limit) + " " + what,
        is_document() ? "raise xml::Limits if it is really meant"
                      : "raise xml::Limits if the server really sends this",
        offset());
  }

  // The first byte tells XML from what is none at all, with a better message than a parser's.
  void check_start(std::string_view piece) {
    if (begun_) return;
    if (bytes_ == 0 && piece.starts_with("\xEF\xBB\xBF")) piece.remove_prefix(3);
    auto const first = piece.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
      return;
    }
    begun_ = true;
    unsigned char const c = static_cast<unsigned char>(piece[first]);
    if (c == '<' || c >= 0x80 || c == 0) return;  // or another encoding: let expat see
    std::string const problem =
        subject(" is no XML: ") + "\"" + excerpt(piece.substr(first)) + "\"";
    if (is_document()) throw_error<errc::malformed_xml>(problem, {}, 0);
    throw_error<errc::not_soap>(problem, "is this the address of a vSphere server's /sdk?", 0);
  }

  static std::string excerpt(std::string_view text) {
    std::string out;
    for (char const c : text.substr(0, 60)) out += c >= ' ' && c < 127 ? c : '?';
    return out;
  }

  // Most pages of HTML are not well-formed XML, so that expat stumbles before on_doctype() is
  // called.
  [[nodiscard]] bool is_html() const {
    if (is_document()) return false;
    constexpr std::string_view doctype = "<!doctype html";
    std::string_view text = head_;
    text.remove_prefix(std::min(text.find('<'), text.size()));
    return text.size() >= doctype.size() &&
           std::equal(doctype.begin(), doctype.end(), text.begin(), [](char wanted, char c) {
             return c == wanted || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == wanted);
           });
  }
  [[noreturn]] void throw_html() const {
    throw_error<errc::not_soap>(subject(" is an HTML page"),
                                "is this the address of a vSphere server's /sdk?", 0);
  }

  [[noreturn]] void fail(bool last) const {
    if (is_html()) throw_html();
    auto const code = XML_GetErrorCode(parser_.get());
    std::string const text = XML_ErrorString(code);
    std::size_t const at = offset();
    switch (code) {
      case XML_ERROR_NO_ELEMENTS:
      case XML_ERROR_UNCLOSED_TOKEN:
      case XML_ERROR_PARTIAL_CHAR:
      case XML_ERROR_UNCLOSED_CDATA_SECTION:
        if (last) ends_early(at);
        break;
      case XML_ERROR_INVALID_TOKEN: {
        int begin = 0;
        int size = 0;
        char const* context = XML_GetInputContext(parser_.get(), &begin, &size);
        std::string_view const rest =
            context != nullptr && begin < size
                ? std::string_view(context + begin, static_cast<std::size_t>(size - begin))
                : std::string_view();
        if (last && rest.empty()) ends_early(at);
        unsigned char const c = rest.empty() ? ' ' : static_cast<unsigned char>(rest[0]);
        if (rest.starts_with("\xEF\xBF") || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
          bad_character(at);
        if (c >= 0x80)
          throw_error<errc::invalid_encoding>(subject(" is not valid UTF-8"), names(), at);
        break;
      }
      case XML_ERROR_BAD_CHAR_REF:
        bad_character(at);
      case XML_ERROR_UNKNOWN_ENCODING:
      case XML_ERROR_INCORRECT_ENCODING:
        throw_error<errc::invalid_encoding>(subject("'s encoding is not known: ") + text,
                                            "expected UTF-8", at);
      case XML_ERROR_NO_MEMORY:
        throw std::bad_alloc();
      default:
        break;
    }
    throw_error<errc::malformed_xml>(
        subject(" is not well-formed XML: ") + text,
        is_document() ? "" : "something between here and the server may have changed it", at);
  }

  [[noreturn]] void ends_early(std::size_t at) const {
    if (is_document()) throw_error<errc::malformed_xml>(subject(" ends early"), {}, at);
    throw_error<errc::truncated_reply>(subject(" ends early"), "repeat the call", at);
  }

  [[noreturn]] void bad_character(std::size_t at) const {
    throw_error<errc::invalid_character>(subject(" holds a character that XML forbids"), names(),
                                         at);
  }

  [[nodiscard]] char const* names() const {
    if (is_document()) return "";
    return "look for an object whose name or annotation holds such bytes, or ask for fewer "
           "properties";
  }

  template <class F> static void guarded(void* user, F&& f) {
    auto& self = *static_cast<Reader*>(user);
    if (self.thrown_) return;
    // expat is C: nothing may unwind through it.
    try {
      f(self);
    } catch (...) {
      self.thrown_ = std::current_exception();
      self.thrown_at_ = self.offset();
      XML_StopParser(self.parser_.get(), XML_FALSE);
    }
  }

  static void XMLCALL on_start(void* user, XML_Char const* name, XML_Char const** attributes) {
    guarded(user, [&](Reader& self) {
      if (++self.depth_ > self.limits_.depth) self.over("nested elements", self.limits_.depth);
      self.handler_.start(name, attributes);
    });
  }
  static void XMLCALL on_end(void* user, XML_Char const* name) {
    guarded(user, [&](Reader& self) {
      --self.depth_;
      self.handler_.end(name);
    });
  }
  static void XMLCALL on_text(void* user, XML_Char const* text, int size) {
    guarded(user,
            [&](Reader& self) { self.handler_.text({text, static_cast<std::size_t>(size)}); });
  }
  static void XMLCALL on_doctype(void* user, XML_Char const* name, XML_Char const*, XML_Char const*,
                                 int) {
    guarded(user, [&](Reader& self) {
      std::string_view const root = name;
      if (self.is_document())
        self.template throw_error<errc::dtd_refused>(
            self.subject(" declares a document type, which could define entities"),
            "remove the DOCTYPE", self.offset());
      if (root == "html" || root == "HTML") self.throw_html();
      self.template throw_error<errc::dtd_refused>(
          self.subject(" declares a document type, which SOAP forbids"), "do not trust this server",
          self.offset());
    });
  }

  H& handler_;
  Origin origin_;
  Limits limits_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, deleter> parser_;
  std::exception_ptr thrown_;
  std::size_t thrown_at_ = protocol_error::no_offset;
  std::uint64_t bytes_ = 0;
  std::uint64_t consumed_ = 0;  // of them, where the last event ends
  std::size_t depth_ = 0;
  std::string head_;  // the first bytes of the document
  bool begun_ = false;
};

}  // namespace esxvi::xml
