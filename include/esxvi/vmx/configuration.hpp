// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/description.hpp>
#include <esxvi/vmx/detail/reading.hpp>
#include <esxvi/vmx/diagnostic.hpp>
#include <esxvi/vmx/document.hpp>
#include <esxvi/vmx/machine.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// Between the lines of a VMX file and the members of a Machine. Everything here walks the
/// description in machine.hpp; no key is named.

namespace esxvi::vmx {

/// What a file says. Nothing is refused: values that a member cannot hold and keys without a member
/// are in Machine::extra, and `findings` (when given) tells about the former.
[[nodiscard]] inline Machine read(Document const& document,
                                  std::vector<diagnostic>* findings = nullptr) {
  detail::reading in;
  in.document = &document;
  detail::read_into(in);
  if (findings != nullptr)
    for (detail::problem const& p : in.problems)
      findings->push_back({severity::warning, p.line, p.key, p.value,
                           "not understood, kept as it is", p.where.at->operations->expected()});
  return std::move(in.machine);
}

/// One key of a machine, for programs that treat all alike.
struct EntryView {
  std::string_view group;   ///< member of Machine (or of its controller): "memory", "disks"
  std::string_view member;  ///< "size"; empty for an extra entry
  std::string_view device;  ///< "scsi0:1", empty in sections
  std::string_view key;     ///< "scsi0:1.fileName"
  std::string_view text;    ///< as a file has it, before escaping
  detail::shape form = detail::shape::text;
};

namespace detail {

/// Calls f(EntryView) for every entry that has a value, in the order of a new file; the views end
/// with the call.
template <class F> void for_each_entry(Machine const& machine, style how, F f) {
  std::string device;
  std::string key;
  std::string text;
  for_each_object(machine, [&](group const& g, std::array<std::uint32_t, 2> const& numbers,
                               void const* object) {
    device.clear();
    append_device(device, g, numbers);
    for (row const& r : g.rows) {
      // The tables know writable objects only; nothing is written here.
      void const* const entry =
          r.address(const_cast<void*>(object));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      if (!r.operations->has_value(entry)) continue;
      key.clear();
      append_key(key, g, r, numbers);
      text.clear();
      r.operations->write(entry, text, how);
      f(EntryView{g.member, r.member, device, key, text, r.operations->form});
    }
  });
  for (ExtraEntry const& e : machine.extra)
    f(EntryView{"extra", {}, {}, e.key, e.value, shape::text});
}

[[nodiscard]] inline std::string folded(std::string_view key) {
  std::string out(key);
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace detail

/// Calls f(EntryView const&) for every entry that has a value, in the order of a new file. The
/// views are valid during the call.
template <class F> void for_each_entry(Machine const& machine, F&& f) {
  detail::for_each_entry(machine, detail::style::vmware, std::forward<F>(f));
}

/// How write() spells what it writes.
struct WriteOptions {
  /// Booleans in lower case and escapes in lower-case digits, as libvirt has them.
  bool peer_compatible = false;
  /// Devices that shall stand in this order, at the places where those devices stand otherwise.
  std::vector<std::string> const* order = nullptr;
};

/// A new file: UTF-8, one line per entry, `.encoding` first.
[[nodiscard]] Document write(Machine const& machine, WriteOptions const& options = {});

/// Makes `document` say what `machine` says, line by line: what is the same already stays as it is
/// spelt, keys that the machine has no longer are taken out, new ones are put beside those of their
/// device. Returns the number of lines touched.
///
/// A device that is gone loses all its keys, unknown ones too.
std::size_t apply(Document& document, Machine const& machine);

/// A key with different values in two machines. Nothing: the key is not there.
struct Difference {
  std::string key{};
  std::optional<std::string> before{};
  std::optional<std::string> after{};
  friend bool operator==(Difference const&, Difference const&) = default;
};

/// By meaning: spelling, case, order and comments do not count, and a key that is not there is the
/// same as one that states the product's default. Sorted by key.
[[nodiscard]] std::vector<Difference> differences(Machine const& before, Machine const& after);

// ---- implementation -----------------------------------------------------------------------------

namespace detail {

/// Everything a machine says, by key, in the order of a new file.
struct entry_list {
  struct item {
    std::string key;
    std::string text;
    std::string device;
  };
  std::vector<item> items;

  entry_list(Machine const& machine, style how) {
    for_each_entry(machine, how, [&](EntryView const& e) {
      if (e.member.empty()) {
        // What a member could not hold gives way to what it was given since.
        if (entry_of(machine, find_key(e.key)) == nullptr)
          items.push_back({std::string(e.key), std::string(e.text), {}});
        return;
      }
      items.push_back({std::string(e.key), std::string(e.text), std::string(e.device)});
      place const p = find_key(e.key);
      // Names are spelt in two steps; the document does the one that all values have.
      if (p.at->spelt == spelling::name) items.back().text = escape::percent::encode(e.text);
    });
  }

  /// Lets the listed devices take each other's places.
  void arrange(std::vector<std::string> const& order) {
    std::map<std::string, std::size_t, std::less<>> rank;
    for (std::string const& name : order) rank.emplace(name, rank.size());
    std::vector<std::size_t> slots;
    std::vector<std::pair<std::size_t, item>> moved;
    for (std::size_t i = 0; i < items.size(); ++i) {
      auto const at = rank.find(items[i].device);
      if (at == rank.end()) continue;
      slots.push_back(i);
      moved.emplace_back(at->second, std::move(items[i]));
    }
    std::ranges::stable_sort(moved, {}, [](auto const& m) { return m.first; });
    for (std::size_t i = 0; i < slots.size(); ++i) items[slots[i]] = std::move(moved[i].second);
  }
};

/// A line as libvirt writes it, which resolves |HH in two values only, and so escapes a pipe only
/// there. What would end the line is escaped all the same, or one value could add entries.
inline void append_as_libvirt(std::string& out, std::string_view key, std::string_view value) {
  place const p = find_key(key);
  bool const pipes = p.at != nullptr && p.at->spelt != spelling::plain;
  out.append(key).append(" = \"");
  for (char const c : value) {
    auto const byte = static_cast<unsigned char>(c);
    if (c == '"' || (c == '|' && pipes) || (byte < 0x20 && c != '\t') || byte == 0x7F) {
      out += '|';
      append_hex(out, byte);
    } else {
      out += c;
    }
  }
  out += "\"\n";
}

/// Takes the devices out of `document` that `before` has and `after` has not.
inline std::size_t erase_gone(Document& document, Machine const& before, Machine const& after) {
  std::vector<std::string> gone;                  // what their keys begin with
  Machine& target = const_cast<Machine&>(after);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  for_each_object(before, [&](group const& g, std::array<std::uint32_t, 2> const& numbers,
                              void const* /*object*/) {
    if (g.section != nullptr || object_at(target, {&g, nullptr, numbers}, false) != nullptr) return;
    std::string device;
    append_device(device, g, numbers);
    device += '.';
    for (row const& r : g.rows)
      if (std::size_t const star = r.key.find('*'); star != std::string_view::npos)
        gone.push_back(std::string(r.key.substr(0, star)) + device);
    gone.push_back(std::move(device));
  });
  std::size_t lines = 0;
  for (std::string const& prefix : gone) lines += document.erase_prefix(prefix);
  return lines;
}

}  // namespace detail

inline Document write(Machine const& machine, WriteOptions const& options) {
  auto const how = options.peer_compatible ? detail::style::libvirt : detail::style::vmware;
  detail::entry_list list(machine, how);
  if (options.order != nullptr) list.arrange(*options.order);
  std::string text = ".encoding = \"UTF-8\"\n";
  if (options.peer_compatible) {
    for (auto const& item : list.items) detail::append_as_libvirt(text, item.key, item.text);
    return Document::parse(std::move(text), {.rules = grammar::peer});
  }
  Document out = Document::parse(std::move(text));
  for (auto const& item : list.items) out.append(item.key, item.text);
  return out;
}

inline std::size_t apply(Document& document, Machine const& machine) {
  Machine const before = read(document);
  std::size_t lines = detail::erase_gone(document, before, machine);
  detail::entry_list const old(before, detail::style::vmware);
  detail::entry_list const fresh(machine, detail::style::vmware);
  std::map<std::string, std::string_view> was;
  for (auto const& item : old.items) was.emplace(detail::folded(item.key), item.text);
  std::set<std::string> kept;
  std::string_view last;
  for (auto const& item : fresh.items) {
    std::string key = detail::folded(item.key);
    auto const at = was.find(key);
    if (at == was.end() || at->second != item.text) {
      bool const is_new = !document.contains(item.key);
      if (is_new && !item.device.empty() && last.starts_with(item.device + "."))
        document.set(item.key, item.text, last);
      else
        document.set(item.key, item.text);
      ++lines;
    }
    kept.insert(std::move(key));
    last = item.key;
  }
  for (auto const& [key, text] : was)
    if (!kept.contains(key) && document.erase(key)) ++lines;
  return lines;
}

inline std::vector<Difference> differences(Machine const& before, Machine const& after) {
  auto const collect = [](Machine const& machine) {
    std::map<std::string, std::pair<std::string, std::string>> out;  // folded -> key, text
    for_each_entry(machine, [&](EntryView const& e) {
      out.emplace(detail::folded(e.key), std::pair(std::string(e.key), std::string(e.text)));
    });
    return out;
  };
  auto const is_default = [](std::string_view key, std::string_view text) {
    detail::place const p = detail::find_key(key);
    if (p.at == nullptr) return false;
    std::string usual;
    p.at->default_text(usual);
    return !usual.empty() && usual == text;
  };
  auto const a = collect(before);
  auto const b = collect(after);
  std::vector<Difference> out;
  for (auto x = a.begin(), y = b.begin(); x != a.end() || y != b.end();) {
    if (y == b.end() || (x != a.end() && x->first < y->first)) {
      if (!is_default(x->first, x->second.second))
        out.push_back({x->second.first, x->second.second, {}});
      ++x;
    } else if (x == a.end() || y->first < x->first) {
      if (!is_default(y->first, y->second.second))
        out.push_back({y->second.first, {}, y->second.second});
      ++y;
    } else {
      if (x->second.second != y->second.second)
        out.push_back({x->second.first, x->second.second, y->second.second});
      ++x;
      ++y;
    }
  }
  return out;
}

}  // namespace esxvi::vmx
