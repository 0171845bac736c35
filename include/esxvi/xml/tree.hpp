// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/xml/detail/arena.hpp>
#include <esxvi/xml/detail/escape.hpp>
#include <esxvi/xml/limits.hpp>
#include <esxvi/xml/reader.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi::xml {

class Element;
class Tree;

/// One attribute of an element.
struct Attribute {
  std::string_view name{};
  std::string_view value{};
};

namespace detail {
struct attribute_node : Attribute {
  attribute_node* next = nullptr;
};
class Builder;
class Printer;

/// What can be written as a number: no bool, for which documents differ in their words, and no
/// character.
template <class T>
concept number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                 !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                 !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;
}  // namespace detail

/// The attributes of an element in their order.
class attribute_range {
 public:
  class iterator {
   public:
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;
    using reference = Attribute const&;
    using pointer = Attribute const*;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    explicit iterator(detail::attribute_node const* at) noexcept : at_(at) {}
    reference operator*() const noexcept { return *at_; }
    pointer operator->() const noexcept { return at_; }
    iterator& operator++() noexcept {
      at_ = at_->next;
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator const old = *this;
      ++*this;
      return old;
    }
    bool operator==(iterator const&) const = default;

   private:
    detail::attribute_node const* at_ = nullptr;
  };

  explicit attribute_range(detail::attribute_node const* first) noexcept : first_(first) {}
  [[nodiscard]] iterator begin() const noexcept { return iterator(first_); }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

 private:
  detail::attribute_node const* first_;
};

/// The children of an element in their order, all or those of one name. `E` is Element or
/// Element const.
template <class E> class child_range {
 public:
  class iterator {
   public:
    using value_type = std::remove_const_t<E>;
    using difference_type = std::ptrdiff_t;
    using reference = E&;
    using pointer = E*;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    iterator(E* at, std::string_view name) noexcept : at_(at), name_(name) { skip(); }
    reference operator*() const noexcept { return *at_; }
    pointer operator->() const noexcept { return at_; }
    iterator& operator++() noexcept {
      at_ = at_->next_;
      skip();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator const old = *this;
      ++*this;
      return old;
    }
    bool operator==(iterator const& other) const noexcept { return at_ == other.at_; }

   private:
    void skip() noexcept {
      if (name_.data() == nullptr) return;
      while (at_ != nullptr && at_->name() != name_) at_ = at_->next_;
    }

    E* at_ = nullptr;
    std::string_view name_{};
  };

  child_range(E* first, std::string_view name) noexcept : first_(first), name_(name) {}
  [[nodiscard]] iterator begin() const noexcept { return {first_, name_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const noexcept { return begin() == end(); }

 private:
  E* first_;
  std::string_view name_;
};

/// An element of a Tree: a name, attributes, children and text. It lives in the memory of its tree
/// and stays at its address as long as the tree lives, also when the tree is moved.
///
/// Names are written as they are given and must be names in XML. Those given to add() and set()
/// must outlive the tree, as string literals do; add_copy() and set_copy() take any. Values and
/// texts are always copied, and may hold anything: see print_options.
class Element {
 public:
  Element(Element const&) = delete;
  Element& operator=(Element const&) = delete;

  /// @name Name
  /// @{
  /// As it is spelt, with its prefix: "vmware:moref".
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// Without the prefix.
  [[nodiscard]] std::string_view local_name() const noexcept {
    return name_.substr(name_.find(':') + 1);  // npos + 1 == 0
  }
  /// What stands before the colon; empty without one.
  [[nodiscard]] std::string_view prefix() const noexcept {
    auto const colon = name_.find(':');
    return colon == std::string_view::npos ? std::string_view() : name_.substr(0, colon);
  }
  /// What the prefix is declared to mean by the `xmlns` attributes here and above; empty when it is
  /// not declared. Looked up when it is asked for.
  [[nodiscard]] std::string_view ns_uri() const noexcept {
    auto const wanted = prefix();
    if (wanted == "xml") return "http://www.w3.org/XML/1998/namespace";
    for (Element const* e = this; e != nullptr; e = e->parent_)
      for (auto const* a = e->attributes_; a != nullptr; a = a->next)
        if (declares(a->name) == wanted) return a->value;
    return {};
  }
  /// Line in the text that was parsed, from 1; 0 for an element made by the program.
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  /// @}

  /// @name Text
  /// @{
  /// The characters directly inside, without those inside of children. Where there are children,
  /// text of nothing but white space is layout, and not kept.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// The text stands before the children that are there already, and those added later follow it.
  void set_text(std::string_view text) {
    // Wraps where the text gets shorter, and comes right in the sum.
    arena_->printed += text.size() - text_.size() + (text_.empty() ? name_.size() + 3 : 0);
    take_text(arena_->copy(text));
    for (Element* e = first_child_; e != nullptr; e = e->next_) e->at_ = text_.size();
  }
  void set_text(detail::number auto value) { set_text(std::string_view(digits(value))); }
  /// @}

  /// @name Attributes
  /// @{
  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const noexcept {
    for (auto const* a = attributes_; a != nullptr; a = a->next)
      if (a->name == name) return a->value;
    return std::nullopt;
  }
  [[nodiscard]] std::string_view attribute_or(std::string_view name,
                                              std::string_view otherwise) const noexcept {
    return attribute(name).value_or(otherwise);
  }
  [[nodiscard]] attribute_range attributes() const noexcept { return attribute_range(attributes_); }
  /// Appends an attribute, or replaces the value of the one with this name.
  Element& set(std::string_view name, std::string_view value) {
    return put<false>(name, arena_->copy(value));
  }
  Element& set(std::string_view name, detail::number auto value) {
    return set(name, std::string_view(digits(value)));
  }
  /// The same for a name that may go before the tree.
  Element& set_copy(std::string_view name, std::string_view value) {
    return put<true>(name, arena_->copy(value));
  }
  /// @}

  /// @name Children
  /// @{
  /// Appends a child and returns it.
  Element& add(std::string_view name) {
    auto* e = arena_->make<Element>(*arena_, name);
    link(*e);
    return *e;
  }
  Element& add(std::string_view name, std::string_view text) {
    Element& e = add(name);
    e.set_text(text);
    return e;
  }
  Element& add(std::string_view name, detail::number auto value) {
    return add(name, std::string_view(digits(value)));
  }
  /// The same for a name that may go before the tree.
  Element& add_copy(std::string_view name) { return add(arena_->copy(name)); }
  Element& add_copy(std::string_view name, std::string_view text) {
    return add(arena_->copy(name), text);
  }
  /// Appends a copy of an element and all it holds, from this or another tree, and returns it.
  /// Prefixes that mean something else here, or nothing, are declared at the copy.
  Element& copy_from(Element const& other);

  /// The first child of this name, nullptr when there is none.
  [[nodiscard]] Element const* child(std::string_view name) const noexcept {
    for (Element const* e = first_child_; e != nullptr; e = e->next_)
      if (e->name_ == name) return e;
    return nullptr;
  }
  [[nodiscard]] Element* child(std::string_view name) noexcept {
    return const_cast<Element*>(std::as_const(*this).child(name));
  }
  [[nodiscard]] child_range<Element const> children() const noexcept { return {first_child_, {}}; }
  [[nodiscard]] child_range<Element> children() noexcept { return {first_child_, {}}; }
  /// Those of one name, which must outlive the range.
  [[nodiscard]] child_range<Element const> children(std::string_view name) const noexcept {
    return {first_child_, name};
  }
  [[nodiscard]] child_range<Element> children(std::string_view name) noexcept {
    return {first_child_, name};
  }
  /// The element around this one, nullptr for the root.
  [[nodiscard]] Element const* parent() const noexcept { return parent_; }
  /// @}

  /// The element as a document of its own; see Tree::str().
  [[nodiscard]] std::string str(print_options const& options = {}) const {
    std::string out;
    append_to(out, options);
    return out;
  }
  void append_to(std::string& out, print_options const& options = {}) const;

 private:
  friend class Tree;
  friend class detail::Arena;
  friend class detail::Builder;
  friend class detail::Printer;
  template <class> friend class child_range;
  friend bool equal(Element const&, Element const&) noexcept;

  struct digits {
    template <class T> explicit digits(T value) noexcept {
      char* const end =
          std::to_chars(characters.data(), characters.data() + characters.size(), value).ptr;
      size = static_cast<std::size_t>(end - characters.data());
    }
    explicit operator std::string_view() const noexcept { return {characters.data(), size}; }

    std::array<char, 24> characters;  // not cleared: to_chars() fills what is read
    std::size_t size;
  };

  Element(detail::Arena& arena, std::string_view name) noexcept : name_(name), arena_(&arena) {
    arena.printed += name.size() + 4;
  }

  /// Characters of the layout that only separate elements.
  static bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }
  [[nodiscard]] bool is_mixed() const noexcept {
    return first_child_ != nullptr && !text_.empty() && !blank_;
  }

  void take_text(std::string_view text) noexcept {
    text_ = text;
    blank_ = is_blank(text);
  }

  template <bool Copy> Element& put(std::string_view name, std::string_view value) {
    detail::attribute_node** end = &attributes_;
    for (; *end != nullptr; end = &(*end)->next) {
      if ((*end)->name == name) {
        (*end)->value = value;
        return *this;
      }
    }
    if constexpr (Copy) name = arena_->copy(name);
    *end = new_attribute(name, value);
    return *this;
  }
  detail::attribute_node* new_attribute(std::string_view name, std::string_view value) {
    arena_->printed += name.size() + value.size() + 4;
    return arena_->make<detail::attribute_node>(Attribute{name, value});
  }

  void link(Element& e) noexcept {
    e.parent_ = this;
    e.at_ = text_.size();
    e.depth_ = static_cast<std::uint16_t>(std::min(depth_ + 1, 64));
    // Both lines of an element with children are counted, which is too much for one without.
    arena_->printed += 2U * e.depth_;
    if (last_child_ == nullptr) {
      arena_->printed += name_.size() + 4 + 2U * depth_;
      first_child_ = &e;
    } else {
      last_child_->next_ = &e;
    }
    last_child_ = &e;
  }

  // A copy that has neither a parent nor a place.
  static Element& copy_alone(detail::Arena& arena, Element const& from) {
    auto* e = arena.make<Element>(arena, arena.copy(from.name_));
    detail::attribute_node** end = &e->attributes_;
    for (auto const* a = from.attributes_; a != nullptr; a = a->next) {
      *end = e->new_attribute(arena.copy(a->name), arena.copy(a->value));
      end = &(*end)->next;
    }
    e->text_ = arena.copy(from.text_);
    e->blank_ = from.blank_;
    e->line_ = from.line_;
    arena.printed += from.text_.size() + from.name_.size() + 3;
    return *e;
  }

  /// The prefix that an attribute of this name declares.
  static std::optional<std::string_view> declares(std::string_view name) noexcept {
    constexpr std::string_view xmlns = "xmlns";
    if (!name.starts_with(xmlns)) return std::nullopt;
    name.remove_prefix(xmlns.size());
    if (name.empty()) return name;
    if (name.front() != ':') return std::nullopt;
    return name.substr(1);
  }
  // All declarations that hold here.
  [[nodiscard]] std::map<std::string_view, std::string_view> scope() const {
    std::map<std::string_view, std::string_view> out;
    for (Element const* e = this; e != nullptr; e = e->parent_)
      for (auto const* a = e->attributes_; a != nullptr; a = a->next)
        if (auto const prefix = declares(a->name)) out.emplace(*prefix, a->value);
    return out;
  }
  void keep_meanings(Element const& source);

  // The element that follows `e` in the order of the document, within the one that holds both;
  // nullptr at its end. No recursion: a program may nest elements as deep as it likes.
  static Element const* following(Element const* e, Element const& top) noexcept {
    if (e->first_child_ != nullptr) return e->first_child_;
    while (e != &top && e->next_ == nullptr) e = e->parent_;
    return e == &top ? nullptr : e->next_;
  }

  std::string_view name_;
  std::string_view text_{};
  detail::attribute_node* attributes_ = nullptr;
  Element* first_child_ = nullptr;
  Element* last_child_ = nullptr;
  Element* next_ = nullptr;
  Element* parent_ = nullptr;
  detail::Arena* arena_;
  std::size_t at_ = 0;  // how much of the parent's text stands before this
  std::uint32_t line_ = 0;
  std::uint16_t depth_ = 0;  // to guess sizes only
  bool blank_ = true;        // the text is nothing but white space
};

/// Whether two elements have the same name, attributes in the same order, text and children.
[[nodiscard]] inline bool equal(Element const& a, Element const& b) noexcept {
  auto const same = [](Element const& x, Element const& y) {
    if (x.name_ != y.name_ || x.is_mixed() != y.is_mixed()) return false;
    bool const layout = x.first_child_ != nullptr && x.blank_ && y.blank_;
    if (!layout && x.text_ != y.text_) return false;
    return std::ranges::equal(x.attributes(), y.attributes(), [](auto const& l, auto const& r) {
      return l.name == r.name && l.value == r.value;
    });
  };
  Element const* x = &a;
  Element const* y = &b;
  for (;;) {
    if (!same(*x, *y) || (x->first_child_ == nullptr) != (y->first_child_ == nullptr)) return false;
    if (x->first_child_ != nullptr) {
      x = x->first_child_;
      y = y->first_child_;
    } else {
      while (x != &a && x->next_ == nullptr && y->next_ == nullptr) {
        x = x->parent_;
        y = y->parent_;
      }
      if (x == &a) return true;
      if (x->next_ == nullptr || y->next_ == nullptr) return false;
      x = x->next_;
      y = y->next_;
    }
    if (x->parent_->is_mixed() && x->at_ != y->at_) return false;
  }
}
[[nodiscard]] inline bool operator==(Element const& a, Element const& b) noexcept {
  return equal(a, b);
}

/// The limits of documents that are held as a whole: an element takes some 100 bytes, however short
/// it is in the text.
inline constexpr Limits tree_limits{.depth = 64,
                                    .token = std::size_t{1} << 20,
                                    .text = std::size_t{8} << 20,
                                    .document = std::uint64_t{16} << 20};

/// An XML document. Comments and processing instructions are not kept.
class Tree {
 public:
  /// A document with nothing but its root, whose name must outlive it; see Element.
  explicit Tree(std::string_view root_name)
      : arena_(new detail::Arena), root_(arena_->make<Element>(*arena_, root_name)) {}
  /// A copy of an element and all it holds.
  explicit Tree(Element const& root);

  /// Reads a document. Throws malformed_xml, invalid_encoding, invalid_character, dtd_refused for
  /// any document type, or limit_exceeded, each with the line in its message.
  [[nodiscard]] static Tree parse(std::string_view text, Origin origin = {},
                                  Limits limits = tree_limits);

  [[nodiscard]] Element& root() noexcept { return *root_; }
  [[nodiscard]] Element const& root() const noexcept { return *root_; }

  /// The document as libvirt lays it out: two blanks a level, attributes in apostrophes, a line for
  /// each element that has text only, a line end after the last. Within an element that has both
  /// text and children nothing is laid out, as that would change its text.
  [[nodiscard]] std::string str(print_options const& options = {}) const {
    return root_->str(options);
  }
  void append_to(std::string& out, print_options const& options = {}) const {
    root_->append_to(out, options);
  }

  [[nodiscard]] friend bool operator==(Tree const& a, Tree const& b) noexcept {
    return equal(*a.root_, *b.root_);
  }

 private:
  friend class detail::Builder;
  Tree() : arena_(new detail::Arena) {}

  std::unique_ptr<detail::Arena> arena_;
  Element* root_ = nullptr;
};

namespace detail {

/// Makes a tree of the events of a reader.
class Builder {
 public:
  Builder(Tree& tree, Origin origin, Limits limits)
      : tree_(tree), limits_(limits), reader_(events_, std::move(origin), limits) {
    starts_.reserve(16);
  }

  void parse(std::string_view text) {
    reader_.feed(text);
    reader_.finish();
  }

 private:
  // The reader asks for a complete class.
  struct Events {
    Builder& builder;
    void start(char const* name, char const* const* attributes) { builder.start(name, attributes); }
    void text(std::string_view piece) { builder.text(piece); }
    void end(char const*) { builder.end(); }
  };

  void start(char const* name, char const* const* attributes) {
    Arena& arena = *tree_.arena_;
    auto* e = arena.make<Element>(arena, arena.copy(name));
    e->line_ = static_cast<std::uint32_t>(std::min<std::size_t>(reader_.line(), UINT32_MAX));
    // No look-up for each name as in set(): the reader refuses a second one.
    for (attribute_node** end = &e->attributes_; *attributes != nullptr; attributes += 2) {
      *end = e->new_attribute(arena.copy(attributes[0]), arena.copy(attributes[1]));
      end = &(*end)->next;
    }
    if (current_ == nullptr) {
      tree_.root_ = e;
    } else {
      current_->link(*e);
      e->at_ = text_.size() - starts_.back();
    }
    current_ = e;
    starts_.push_back(text_.size());
  }

  void text(std::string_view piece) {
    text_.append(piece);
    if (text_.size() - starts_.back() > limits_.text)
      reader_.throw_error<errc::limit_exceeded>(
          reader_.origin().subject + " has more than " + std::to_string(limits_.text) +
              " bytes of text in one element",
          "raise xml::Limits if it is really meant", reader_.offset());
  }

  void end() {
    std::string_view const text = std::string_view(text_).substr(starts_.back());
    if (current_->first_child_ == nullptr || !Element::is_blank(text)) {
      tree_.arena_->printed += text.size();
      current_->take_text(tree_.arena_->copy(text));
    }
    text_.resize(starts_.back());
    starts_.pop_back();
    current_ = current_->parent_;
  }

  Tree& tree_;
  Limits limits_;
  Events events_{*this};
  Reader<Events> reader_;
  Element* current_ = nullptr;
  // The texts of all open elements, one after the other: an inner one is complete, and goes, before
  // the outer one goes on. Where each begins.
  std::string text_{};
  std::vector<std::size_t> starts_{};
};

class Printer {
 public:
  Printer(std::string& out, std::size_t expected, print_options const& options)
      : out_(out, expected, options) {}

  void print(Element const& top) {
    Element const* e = &top;
    std::size_t level = 0;
    for (;;) {
      open(*e, level);
      if (e->first_child_ != nullptr) {
        between(*e, 0, e->first_child_->at_);
        e = e->first_child_;
        ++level;
        continue;
      }
      while (e != &top && e->next_ == nullptr) {
        Element const& parent = *e->parent_;
        between(parent, e->at_, parent.text_.size());
        e = &parent;
        close(parent, --level);
      }
      if (e == &top) break;
      between(*e->parent_, e->at_, e->next_->at_);
      e = e->next_;
    }
    out_.finish();
  }

 private:
  void open(Element const& e, std::size_t level) {
    std::size_t const indentation = mixed_ == nullptr ? 2 * level : 0;
    out_.need(indentation + e.name_.size() + 5);
    out_.blanks(indentation);
    out_.put('<');
    out_.put(e.name_);
    for (auto const* a = e.attributes_; a != nullptr; a = a->next) {
      out_.need(a->name.size() + 3);
      out_.put(' ');
      out_.put(a->name);
      out_.put("='");
      out_.escaped(a->value, position::attribute, 4);
      out_.put('\'');
    }
    if (e.first_child_ != nullptr) {
      out_.put('>');
      if (mixed_ == nullptr && e.is_mixed()) mixed_ = &e;
    } else if (e.text_.empty()) {
      out_.put("/>");
    } else {
      out_.put('>');
      out_.escaped(e.text_, position::text, e.name_.size() + 4);
      end_tag(e);
    }
    if (mixed_ == nullptr) out_.put('\n');
  }

  void close(Element const& e, std::size_t level) {
    std::size_t const indentation = mixed_ == nullptr ? 2 * level : 0;
    out_.need(indentation + e.name_.size() + 4);
    out_.blanks(indentation);
    end_tag(e);
    if (mixed_ == &e) mixed_ = nullptr;
    if (mixed_ == nullptr) out_.put('\n');
  }

  void end_tag(Element const& e) {
    out_.put("</");
    out_.put(e.name_);
    out_.put('>');
  }

  // The part of the text of `e` that stands between two children.
  void between(Element const& e, std::size_t from, std::size_t to) {
    if (from != to && e.is_mixed())
      out_.escaped(e.text_.substr(from, to - from), position::text, 0);
  }

  Output out_;
  Element const* mixed_ = nullptr;  // the outermost open element with text and children
};

}  // namespace detail

inline void Element::append_to(std::string& out, print_options const& options) const {
  detail::Printer(out, parent_ == nullptr ? arena_->printed : 256, options).print(*this);
}

inline Tree Tree::parse(std::string_view text, Origin origin, Limits limits) {
  if (origin.subject.empty()) origin.subject = "the document";
  Tree tree;
  detail::Builder(tree, std::move(origin), limits).parse(text);
  return tree;
}

// Declares at this copy the prefixes that mean something else here than they do for its source.
// Those are looked for once, not for each element: a hostile document has many of both.
inline void Element::keep_meanings(Element const& source) {
  std::set<std::string_view> used;
  for (Element const* e = this; e != nullptr; e = following(e, *this)) {
    used.insert(e->prefix());
    for (auto const* a = e->attributes_; a != nullptr; a = a->next)
      if (auto const colon = a->name.find(':'); colon != std::string_view::npos)
        used.insert(a->name.substr(0, colon));
  }
  auto const there = source.scope();
  auto const here = scope();
  auto const meaning = [](auto const& scope, std::string_view prefix) {
    auto const found = scope.find(prefix);
    return found == scope.end() ? std::string_view() : found->second;
  };
  for (std::string_view const prefix : used) {
    std::string_view const meant = meaning(there, prefix);
    if (prefix == "xml" || prefix == "xmlns" || meant == meaning(here, prefix)) continue;
    if (prefix.empty())
      set("xmlns", meant);
    else if (!meant.empty())  // only the default can be taken back
      set_copy(std::string("xmlns:").append(prefix), meant);
  }
}

inline Element& Element::copy_from(Element const& other) {
  Element& top = copy_alone(*arena_, other);
  // Not linked before it is complete: `other` may be around this element.
  Element* copy = &top;
  for (Element const* from = &other;;) {
    if (from->first_child_ != nullptr) {
      from = from->first_child_;
    } else {
      while (from != &other && from->next_ == nullptr) {
        from = from->parent_;
        copy = copy->parent_;
      }
      if (from == &other) break;
      from = from->next_;
      copy = copy->parent_;
    }
    Element& next = copy_alone(*arena_, *from);
    copy->link(next);
    next.at_ = from->at_;
    copy = &next;
  }
  link(top);
  top.keep_meanings(other);
  return top;
}

inline Tree::Tree(Element const& root) : arena_(new detail::Arena) {
  // Copied below an element that is then forgotten: one way to copy is enough.
  Element& holder = *arena_->make<Element>(*arena_, std::string_view{});
  root_ = &holder.copy_from(root);
  root_->parent_ = nullptr;
}

}  // namespace esxvi::xml
