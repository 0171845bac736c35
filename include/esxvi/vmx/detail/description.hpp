// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/index.hpp>
#include <esxvi/vmx/machine.hpp>

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

/// @file
/// The tables that the functions of vmx/configuration.hpp walk: made at compile time from the
/// description of Machine, nothing in them is written by hand.

namespace esxvi::vmx::detail {

/// What can be done with an entry whose type is known to the table only. Pointers are to
/// std::optional<T>.
struct entry_operations {
  shape form;
  bool (*read)(void* to, std::string_view text, style how);
  bool (*has_value)(void const* entry);
  void (*write)(void const* entry, std::string& out, style how);
  bool (*equal)(void const* a, void const* b);
  void (*assign)(void* to, void const* from);
  std::string (*expected)();
};

template <class T> struct operations_of {
  using held = std::optional<T>;
  static constexpr entry_operations table{
      value<T>::form,
      [](void* to, std::string_view text, style how) {
        auto& target = *static_cast<held*>(to);
        target = value<T>::read(text, how);
        return target.has_value();
      },
      [](void const* entry) { return static_cast<held const*>(entry)->has_value(); },
      [](void const* entry, std::string& out, style how) {
        value<T>::write(out, **static_cast<held const*>(entry), how);
      },
      [](void const* a, void const* b) {
        return *static_cast<held const*>(a) == *static_cast<held const*>(b);
      },
      [](void* to, void const* from) { *static_cast<held*>(to) = *static_cast<held const*>(from); },
      [] { return value<T>::expected(); }};
};

/// One key.
struct row {
  std::string_view key;     ///< as Entry has it
  std::string_view member;  ///< its name in C++
  entry_operations const* operations;
  void* (*address)(void* object);          ///< of the std::optional in a section or device
  void (*default_text)(std::string& out);  ///< appends nothing when there is none
  spelling spelt;
};

/// Keys that stand together: a section (no prefix), or the devices of one kind.
struct group {
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::string_view member;  ///< "memory", "adapters", "disks"
  std::string_view prefix;  ///< "", "ethernet#", "scsi#:#"
  std::span<row const> rows;
  std::size_t parent;  ///< index of the group whose devices have these; none: the machine
  // The owner is the machine or a device of the parent group.
  void* (*section)(void* owner);  ///< of a group without prefix
  std::size_t (*size)(void const* owner);
  void* (*at)(void* owner, std::size_t position);
  std::uint32_t (*number)(void const* device);
  void* (*find)(void* owner, std::uint32_t number, bool make);
};

template <class M> inline constexpr bool is_entry = false;
template <class T, reflect::fixed_string Key, auto Default, spelling Spelling>
inline constexpr bool is_entry<Entry<T, Key, Default, Spelling>> = true;
template <class M> inline constexpr bool is_devices = false;
template <class T, reflect::fixed_string Prefix>
inline constexpr bool is_devices<Devices<T, Prefix>> = true;

template <class C, class M> C class_of(M C::*);
template <class C, class M> M type_of(M C::*);
template <class D> using owner_of = decltype(class_of(D::pointer));
template <class D> using member_of = std::remove_cv_t<decltype(type_of(D::pointer))>;
template <class T>
using members = boost::describe::describe_members<T, boost::describe::mod_public>;
template <class D> using names_entry = std::bool_constant<is_entry<member_of<D>>>;
template <class D> using names_devices = std::bool_constant<is_devices<member_of<D>>>;

template <class D> constexpr row make_row() {
  using E = member_of<D>;
  return {E::key,
          D::name,
          &operations_of<typename E::value_type>::table,
          [](void* object) -> void* {
            return &(static_cast<owner_of<D>*>(object)->*D::pointer).stated();
          },
          [](std::string& out) {
            if constexpr (E::has_default)
              value<typename E::value_type>::write(out, E().effective(), style::vmware);
            else
              static_cast<void>(out);
          },
          E::spelt};
}
template <class T, template <class...> class List, class... D>
constexpr std::array<row, sizeof...(D)> make_rows(List<D...>) {
  return {make_row<D>()...};
}
template <class T>
inline constexpr auto rows_of = make_rows<T>(boost::mp11::mp_copy_if<members<T>, names_entry>());

template <class D> constexpr group make_section() {
  return {D::name,
          {},
          rows_of<member_of<D>>,
          group::none,
          [](void* owner) -> void* { return &(static_cast<owner_of<D>*>(owner)->*D::pointer); },
          nullptr,
          nullptr,
          nullptr,
          nullptr};
}
template <class D> constexpr group make_devices(std::size_t parent) {
  using list = member_of<D>;
  using device = typename list::value_type;
  return {D::name,
          list::prefix,
          rows_of<device>,
          parent,
          nullptr,
          [](void const* owner) {
            return (static_cast<owner_of<D> const*>(owner)->*D::pointer).size();
          },
          [](void* owner, std::size_t position) -> void* {
            return &(static_cast<owner_of<D>*>(owner)->*D::pointer)[position];
          },
          [](void const* object) { return static_cast<device const*>(object)->number; },
          [](void* owner, std::uint32_t number, bool make) -> void* {
            auto& all = static_cast<owner_of<D>*>(owner)->*D::pointer;
            return make ? &all.add(number) : all.find(number);
          }};
}

/// Machine's sections and devices; those inside a device follow it.
inline constexpr std::size_t most_groups = 64;
struct group_list {
  std::array<group, most_groups> all{};
  std::size_t size = 0;
  constexpr void push(group const& g) { all[size++] = g; }
};
template <template <class...> class List, class... D>
constexpr void push_nested(group_list& out, [[maybe_unused]] std::size_t parent, List<D...>) {
  (out.push(make_devices<D>(parent)), ...);
}
template <class D> constexpr void push_member(group_list& out) {
  using M = member_of<D>;
  if constexpr (is_devices<M>) {
    std::size_t const parent = out.size;
    out.push(make_devices<D>(group::none));
    push_nested(out, parent,
                boost::mp11::mp_copy_if<members<typename M::value_type>, names_devices>());
  } else if constexpr (boost::describe::has_describe_members<M>::value) {
    out.push(make_section<D>());
  }
}
template <template <class...> class List, class... D> constexpr group_list make_groups(List<D...>) {
  group_list out;
  (push_member<D>(out), ...);
  return out;
}
inline constexpr group_list groups = make_groups(members<Machine>());
[[nodiscard]] constexpr std::span<group const> all_groups() noexcept {
  return {groups.all.data(), groups.size};
}

// ---- from a key to its row ----------------------------------------------------------------------

/// Calls `put` with each character of a pattern: the key with # for the numbers of the device.
template <class Put> constexpr void spell_pattern(group const& g, row const& r, Put put) {
  bool placed = g.prefix.empty();
  for (char const c : r.key) placed = placed || c == '*';
  if (!placed) {
    for (char const c : g.prefix) put(c);
    put('.');
  }
  for (char const c : r.key) {
    if (c == '*')
      for (char const p : g.prefix) put(p);
    else
      put(c);
  }
}

/// Equal for keys that differ in case and in numbers only: made of the first and the last four
/// characters, which part nearly all keys. No pattern has a number with less than two characters
/// behind it, so numbers of any length leave both alike.
[[nodiscard]] constexpr std::uint32_t key_hash(std::string_view key) noexcept {
  constexpr std::size_t part = 4;
  constexpr std::uint32_t each = 0x01010101U;
  if (key.size() < part) return 0;
  auto const word = [](char const* at) {
    std::uint32_t w = 0;
    if (std::is_constant_evaluated()) {
      for (std::size_t i = 0; i < part; ++i) {
        char const c = at[i] == '#' ? '0' : at[i];
        w |= std::uint32_t{static_cast<unsigned char>(c)} << 8U * i;
      }
    } else {
      w = static_cast<std::uint32_t>(word_at<std::uint32_t>(at));
      if constexpr (std::endian::native == std::endian::big)
        w = w >> 24U | (w >> 8U & 0xFF00U) | (w & 0xFF00U) << 8U | w << 24U;
    }
    w |= each * 0x20U;                                             // lower case
    std::uint32_t const kind = (w & each * 0xF0U) ^ each * 0x30U;  // 0 in bytes that hold a digit
    std::uint32_t const digits = ((kind - each) & ~kind & each * 0x80U) >> 7U;
    return w & ~(digits * 0x0FU);
  };
  std::uint32_t const mixed =
      word(key.data()) * 0x9E3779B1U ^ word(key.data() + key.size() - part) * 0x85EBCA77U;
  return (mixed * 0xC2B2AE3DU) >> 16U;
}

/// A row of a group and the numbers in the key that led to it.
struct place {
  group const* in = nullptr;
  row const* at = nullptr;
  std::array<std::uint32_t, 2> numbers{};
};

struct pattern_table {
  static constexpr std::size_t slots = 2048;
  struct slot {
    std::uint16_t group = 0;
    std::uint16_t row = 0;
    std::uint16_t begin = 0;
    std::uint16_t length = 0;  ///< 0: free
    std::uint16_t tail = 0;    ///< what stands behind the last number
  };
  std::array<slot, slots> table{};
  std::array<char, 16384> text{};
};
constexpr pattern_table make_patterns() {
  pattern_table out;
  std::size_t end = 0;
  for (std::size_t g = 0; g < groups.size; ++g) {
    group const& in = groups.all[g];
    for (std::size_t r = 0; r < in.rows.size(); ++r) {
      std::size_t const begin = end;
      std::size_t behind_number = begin;
      spell_pattern(in, in.rows[r], [&](char c) {
        out.text[end++] = lower(c);
        if (c == '#') behind_number = end;
      });
      std::size_t at = key_hash({out.text.data() + begin, end - begin}) % pattern_table::slots;
      while (out.table[at].length != 0) at = (at + 1) % pattern_table::slots;
      out.table[at] = {static_cast<std::uint16_t>(g), static_cast<std::uint16_t>(r),
                       static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end - begin),
                       static_cast<std::uint16_t>(end - behind_number)};
    }
  }
  return out;
}
inline constexpr pattern_table patterns = make_patterns();

/// Whether `key` is `pattern` with numbers in place of #. Numbers have no leading zeros and at
/// most nine digits, as the products write them.
constexpr bool matches(std::string_view pattern, std::string_view key,
                       std::array<std::uint32_t, 2>& numbers) noexcept {
  std::size_t at = 0;
  std::size_t found = 0;
  for (char const p : pattern) {
    if (p != '#') {
      if (at == key.size() || lower(key[at]) != p) return false;
      ++at;
      continue;
    }
    std::size_t const begin = at;
    std::uint32_t n = 0;
    for (; at < key.size() && at - begin < 9 && key[at] >= '0' && key[at] <= '9'; ++at)
      n = n * 10 + static_cast<std::uint32_t>(key[at] - '0');
    if (at == begin || (key[begin] == '0' && at - begin > 1)) return false;
    numbers[found++ % numbers.size()] = n;
  }
  return at == key.size();
}

/// at == nullptr when the key is none of ours.
[[nodiscard]] constexpr place find_key(std::string_view key) noexcept {
  auto const same = [](std::string_view a, std::string_view b) {
    return std::is_constant_evaluated() ? same_word(a, b) : same_key(a, b);
  };
  for (std::size_t s = key_hash(key) % pattern_table::slots; patterns.table[s].length != 0;
       s = (s + 1) % pattern_table::slots) {
    auto const& slot = patterns.table[s];
    if (slot.tail > key.size()) continue;
    std::string_view const pattern(patterns.text.data() + slot.begin, slot.length);
    std::size_t const head = key.size() - slot.tail;
    if (!same(key.substr(head), pattern.substr(slot.length - slot.tail))) continue;
    place out{&groups.all[slot.group], nullptr, {}};
    if (matches(pattern.substr(0, slot.length - slot.tail), key.substr(0, head), out.numbers)) {
      out.at = &out.in->rows[slot.row];
      return out;
    }
  }
  return {};
}

/// Appends the name of a device: its prefix with the numbers.
inline void append_device(std::string& out, group const& g,
                          std::array<std::uint32_t, 2> const& numbers) {
  std::size_t n = 0;
  for (char const c : g.prefix) {
    if (c == '#')
      append_number(out, numbers[n++ % numbers.size()]);
    else
      out += c;
  }
}
/// Appends the key of a row in a section or device.
inline void append_key(std::string& out, group const& g, row const& r,
                       std::array<std::uint32_t, 2> const& numbers) {
  std::size_t const star = r.key.find('*');
  if (star != std::string_view::npos) {
    out += r.key.substr(0, star);
    append_device(out, g, numbers);
    out += r.key.substr(star + 1);
    return;
  }
  if (!g.prefix.empty()) {
    append_device(out, g, numbers);
    out += '.';
  }
  out += r.key;
}

/// The section, or the device with these numbers. Devices past the limit do not exist: no product
/// has so many, and a crafted file shall not make lists of them.
inline void* object_at(Machine& machine, place const& p, bool make) {
  constexpr std::size_t most_devices = 1024;
  if (p.in->section != nullptr) return p.in->section(&machine);
  void* owner = &machine;
  std::size_t level = 0;
  if (p.in->parent != group::none) {
    group const& parent = groups.all[p.in->parent];
    void* const found = parent.find(owner, p.numbers[level], false);
    if (found == nullptr && (!make || parent.size(owner) >= most_devices)) return nullptr;
    owner = found != nullptr ? found : parent.find(owner, p.numbers[level], true);
    ++level;
  }
  void* const found = p.in->find(owner, p.numbers[level], false);
  if (found != nullptr || !make || p.in->size(owner) >= most_devices) return found;
  return p.in->find(owner, p.numbers[level], true);
}

/// The entry (a std::optional) at a place; nullptr when it has no value, or there is no such
/// device.
[[nodiscard]] inline void const* entry_of(Machine const& machine, place const& p) {
  if (p.at == nullptr) return nullptr;
  // The tables know writable objects only; nothing is written here.
  auto& writable = const_cast<Machine&>(machine);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  void* const object = object_at(writable, p, false);
  if (object == nullptr) return nullptr;
  void const* const entry = p.at->address(object);
  return p.at->operations->has_value(entry) ? entry : nullptr;
}

/// Calls f(group, numbers, object) for each section and device: a group's devices in a row, those
/// inside them after all of them.
template <class F> void for_each_object(Machine const& machine, F f) {
  // The tables know writable objects only; nothing is written here.
  void* const root =
      const_cast<Machine*>(&machine);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  for (group const& g : all_groups()) {
    if (g.section != nullptr) {
      f(g, std::array<std::uint32_t, 2>{}, static_cast<void const*>(g.section(root)));
      continue;
    }
    auto const each = [&](void* owner, std::array<std::uint32_t, 2> numbers, std::size_t level) {
      for (std::size_t i = 0, n = g.size(owner); i < n; ++i) {
        void const* const device = g.at(owner, i);
        numbers[level] = g.number(device);
        f(g, numbers, device);
      }
    };
    if (g.parent == group::none) {
      each(root, {}, 0);
      continue;
    }
    group const& parent = groups.all[g.parent];
    for (std::size_t i = 0, n = parent.size(root); i < n; ++i) {
      void* const owner = parent.at(root, i);
      each(owner, {parent.number(owner), 0}, 1);
    }
  }
}

}  // namespace esxvi::vmx::detail
