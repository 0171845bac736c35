// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/detail/domain_words.hpp>
#include <esxvi/vmx/diagnostic.hpp>
#include <esxvi/xml/tree.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// What domain XML cannot say.
///
/// A file and the file that comes back from its XML differ in some keys. Those are kept beside the
/// XML, each with what came back ("was"). When the XML, perhaps changed since, is turned into a
/// file again, a key gets its old value only if the XML still says about it what it said then.

namespace esxvi::vmx::detail {

/// One such key. Nothing in `value`: the original has no such key; in `was`: nor had what came
/// back.
struct leftover {
  std::string key{};
  std::optional<std::string> value{};
  std::optional<std::string> was{};
  bool alone =
      false;  ///< of a device that the XML does not have and that is not said to be present
};

/// Text of an entry of a machine as its file would have it, before escaping.
inline void append_entry_text(std::string& out, place const& p, void const* entry) {
  std::size_t const from = out.size();
  p.at->operations->write(entry, out, style::vmware);
  if (p.at->spelt == spelling::name)
    out.replace(from, std::string::npos,
                escape::percent::encode(std::string_view(out).substr(from)));
}

/// "scsi0:1" of "scsi0:1.redo"; empty when the key is not one of a device.
[[nodiscard]] inline std::string_view device_of(std::string_view key) {
  std::size_t const dot = key.find('.');
  if (dot == std::string_view::npos || dot == 0 || key[dot - 1] < '0' || key[dot - 1] > '9')
    return {};
  std::string_view const head = key.substr(0, dot);
  place const p = find_key(std::string(head) + ".present");
  return p.at != nullptr && !p.in->prefix.empty() ? head : std::string_view{};
}

/// A leftover while it is found; the views end with the call that gets it.
struct found_leftover {
  std::string_view key;
  std::optional<std::string_view> value;
  std::optional<std::string_view> was;
  place const* where;  ///< of the key, when a member of Machine has it
};

/// Whether the XML has no device that the key belongs to, and the file does not say that it is
/// present: then nothing in the XML tells whether the key shall come back.
[[nodiscard]] inline bool is_alone(Document const& original, Machine const& back,
                                   found_leftover const& l) {
  if (l.was) return false;
  if (l.where != nullptr && l.where->at != nullptr) {
    if (l.where->in->prefix.empty()) return false;
    auto& writable = const_cast<Machine&>(back);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    if (object_at(writable, *l.where, false) != nullptr) return false;
  }
  std::string_view const device = device_of(l.key);
  if (device.empty()) return false;
  std::string const present = std::string(device) + ".present";
  return !original.contains(present) && entry_of(back, find_key(present)) == nullptr;
}

/// Gives a text the form in which it comes out of an XML document: characters that no document can
/// hold are replaced there.
inline void make_printable(std::string& text) {
  constexpr auto controls = escape::byte_set::range(0, 0x08) | escape::byte_set("\x0B\x0C") |
                            escape::byte_set::range(0x0E, 0x1F);
  if (escape::find_first<controls>(text) == text.size() &&
      text.find("\xEF\xBF") == std::string::npos)
    return;
  xml::Tree document("text");
  document.root().set_text(text);
  text = xml::Tree::parse(document.str()).root().text();
}

/// Calls f(found_leftover) for each key in which `back`, the machine that the XML gives, differs
/// from the file that `in` was read from. The encoding of the file is not one of them.
template <class F> void for_each_leftover(reading const& in, Machine const& back, F f) {
  Document const& original = *in.document;
  std::string scratch;
  std::string was;
  auto place_of_entry = in.places.begin();
  for (Document::Entry const& e : original.entries()) {
    place const& p = *place_of_entry++;
    std::string_view const key = original.key(e);
    if (e.duplicate() || is_encoding(key)) continue;
    std::string_view const value = original.value(e, scratch);
    void const* const entry = entry_of(back, p);
    if (entry == nullptr) {
      f(found_leftover{key, value, {}, &p});
      continue;
    }
    was.clear();
    append_entry_text(was, p, entry);
    make_printable(was);
    if (was != value) f(found_leftover{key, value, was, &p});
  }
  std::string key;
  for_each_object(back, [&](group const& g, std::array<std::uint32_t, 2> const& numbers,
                            void const* object) {
    // The tables know writable objects only; nothing is written here.
    auto* const here = const_cast<void*>(object);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    auto& machine =
        const_cast<Machine&>(in.machine);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    void* const there = object_at(machine, {&g, nullptr, numbers}, false);
    for (row const& r : g.rows) {
      void const* const entry = r.address(here);
      if (!r.operations->has_value(entry)) continue;
      if (there != nullptr && r.operations->has_value(r.address(there))) continue;
      key.clear();
      append_key(key, g, r, numbers);
      if (original.contains(key)) continue;  // with a value that its member could not hold
      was.clear();
      append_entry_text(was, {&g, &r, numbers}, entry);
      make_printable(was);
      f(found_leftover{key, {}, was, nullptr});
    }
  });
}

// ---- in XML -------------------------------------------------------------------------------------

/// A value as a VMX file has it: characters that no XML document can hold are escaped. A view of
/// `value` when there is nothing to do, else of `scratch`.
[[nodiscard]] inline std::string_view metadata_text(std::string_view value, std::string& scratch) {
  if (!vendor_pipe::needs_encoding(value)) return value;
  scratch = vendor_pipe::encode(value);
  return scratch;
}

/// The version of the virtual hardware, if a file can be written for it.
[[nodiscard]] inline std::optional<std::int64_t> usable_version(Machine const& machine) {
  auto const& version = machine.hardware.version;
  return version && *version >= 3 ? version.stated() : std::nullopt;
}

/// `<metadata><esxvi:vmx>` with an element for each leftover.
inline void add_metadata(xml::Element& domain, reading const& in, Machine const& back,
                         bool secrets) {
  Document const& original = *in.document;
  xml::Element* metadata = domain.child("metadata");
  if (metadata == nullptr) metadata = &domain.add("metadata");
  xml::Element& vmx = metadata->add("esxvi:vmx").set("xmlns:esxvi", esxvi_namespace);
  if (auto const version = usable_version(in.machine)) vmx.set("version", *version);
  if (original.contains(".encoding")) vmx.set("encoding", original.encoding());
  std::string scratch;
  for_each_leftover(in, back, [&](found_leftover const& l) {
    if (!secrets && is_secret(l.key)) return;
    xml::Element& e = vmx.add(l.value ? "esxvi:entry" : "esxvi:absent");
    e.set("key", metadata_text(l.key, scratch));
    if (l.value) e.set("value", metadata_text(*l.value, scratch));
    if (l.was) e.set("was", metadata_text(*l.was, scratch));
    if (is_alone(original, back, l)) e.set("alone", "yes");
  });
}

/// The element that add_metadata() made; nullptr when there is none.
[[nodiscard]] inline xml::Element const* find_metadata(xml::Element const& domain) {
  xml::Element const* const metadata = domain.child("metadata");
  if (metadata == nullptr) return nullptr;
  for (xml::Element const& e : metadata->children())
    if (e.local_name() == "vmx" && e.ns_uri() == esxvi_namespace) return &e;
  return nullptr;
}

[[nodiscard]] inline std::vector<leftover> read_metadata(xml::Element const& vmx) {
  std::vector<leftover> out;
  for (xml::Element const& e : vmx.children()) {
    auto const key = e.attribute("key");
    bool const entry = e.local_name() == "entry";
    if (!key || key->empty() || (!entry && e.local_name() != "absent")) continue;
    leftover l;
    l.key = vendor_pipe::decode_lenient(*key);
    if (entry) l.value = vendor_pipe::decode_lenient(e.attribute_or("value", {}));
    if (auto const was = e.attribute("was")) l.was = vendor_pipe::decode_lenient(*was);
    l.alone = e.attribute("alone") == "yes";
    out.push_back(std::move(l));
  }
  return out;
}

// ---- into a file --------------------------------------------------------------------------------

/// Gives `fresh`, the file made of the XML alone, the leftovers that still hold.
inline void restore(Document& fresh, std::vector<leftover> const& leftovers,
                    std::vector<diagnostic>* findings) {
  auto const note = [&](std::string_view key, std::string problem) {
    if (findings != nullptr)
      findings->push_back({severity::note, 0, std::string(key), {}, std::move(problem), {}});
  };
  std::set<std::string> carried;  // devices whose own `present` is among the leftovers
  for (leftover const& l : leftovers)
    if (std::string key = folded(l.key); l.value && key.ends_with(".present"))
      carried.insert(key.substr(0, key.size() - 8));
  std::vector<leftover const*> due;
  for (leftover const& l : leftovers) {
    if (!fresh.can_be_key(l.key)) {
      note(l.key, "no new file can have this key");
      continue;
    }
    if (fresh.get(l.key) != l.was) {
      note(l.key, "the XML has changed here: what was kept beside it does not count any more");
      continue;
    }
    std::string_view const device = device_of(l.key);
    if (l.value && !l.alone && !device.empty() &&
        !fresh.contains(std::string(device) + ".present") && !carried.contains(folded(device))) {
      note(l.key, "the device is gone from the XML");
      continue;
    }
    due.push_back(&l);
  }
  // Beside the keys of the same device, as a person would put them; a file without end has no
  // reader who would care, and inserting takes time in proportion to its length.
  constexpr std::size_t readable = 4096;
  for (leftover const* l : due) {
    if (!l->value)
      fresh.erase(l->key);
    else if (due.size() <= readable)
      fresh.set(l->key, *l->value);
    else
      fresh.append(l->key, *l->value);
  }
}

/// Changes `target` line by line until it has the entries of `wanted`.
inline void bring_to(Document& target, Document const& wanted) {
  std::string scratch;
  std::string other;
  std::vector<std::string> gone;
  for (Document::Entry const& e : target.entries()) {
    std::string_view const key = target.key(e);
    if (!e.duplicate() && !is_encoding(key) && target.can_be_key(key) && !wanted.contains(key))
      gone.emplace_back(key);
  }
  for (std::string const& key : gone) target.erase(key);
  for (Document::Entry const& e : wanted.entries()) {
    std::string_view const key = wanted.key(e);
    if (e.duplicate() || is_encoding(key)) continue;
    std::string_view const value = wanted.value(e, scratch);
    Document::Entry const* const now = target.find(key);
    if (now == nullptr || target.value(*now, other) != value) target.set(key, value);
  }
}

}  // namespace esxvi::vmx::detail
