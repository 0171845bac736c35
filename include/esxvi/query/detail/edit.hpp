// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/object.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

/// Changing decoded values in place.
namespace esxvi::detail {

template <class T> void remove_from_optional(void* container, std::size_t) {
  static_cast<std::optional<T>*>(container)->reset();
}

// Elements are moved by construction, which decoding needs anyway: an assignment operator of each
// type would have to be compiled for this alone.
template <class T> void remove_from_vector(void* container, std::size_t index) {
  auto& all = *static_cast<std::vector<T>*>(container);
  for (; index + 1 < all.size(); ++index) {
    std::destroy_at(&all[index]);
    std::construct_at(&all[index], std::move(all[index + 1]));
  }
  all.pop_back();
}

/// How elements are taken out of the containers that a type is declared to consist of. The tables
/// of the codec can only add; a program pays for these where it watches structures.
class EditTable {
 public:
  using remover = void (*)(void* container, std::size_t index);

  template <class T> void add() {
    if constexpr (reflect::Described<T>) {
      if (!known_.try_emplace(reflect::type_of<T>(), nullptr).second) return;
      add_members<T>(typename reflect::all_members_of<T>::type());
    } else {
      add_container(static_cast<T*>(nullptr));
    }
  }

  /// Null: not a container, or one of a type that only the server's value has.
  [[nodiscard]] remover find(reflect::type_info const* container) const {
    auto const found = known_.find(container);
    return found == known_.end() ? nullptr : found->second;
  }

 private:
  template <class T, template <class...> class List, class... D> void add_members(List<D...>) {
    (add<reflect::member_type<D>>(), ...);
  }
  static void add_container(void const*) {}
  template <class T> void add_container(std::optional<T> const*) {
    if (known_.try_emplace(reflect::type_of<std::optional<T>>(), &remove_from_optional<T>).second)
      add<T>();
  }
  template <class T> void add_container(std::vector<T> const*) {
    if (known_.try_emplace(reflect::type_of<std::vector<T>>(), &remove_from_vector<T>).second)
      add<T>();
  }

  std::unordered_map<reflect::type_info const*, remover> known_{};
};

/// Makes a value what it is when the server sends nothing of it. False: that cannot be done.
inline bool make_absent(EditTable const& edits, reflect::type_info const& type, void* at) {
  using reflect::kind;
  switch (type.what) {
    case kind::optional:
    case kind::array: {
      auto count = type.elements(at).count;
      auto const remove = edits.find(&type);
      if (count > 0 && remove == nullptr) return false;
      while (count > 0) remove(at, --count);
      return true;
    }
    case kind::poly:
      static_cast<box*>(at)->reset();
      return true;
    case kind::any:
      static_cast<Any*>(at)->reset();
      return true;
    case kind::object: {
      if (type.extra != nullptr) type.extra(at)->clear();
      bool all = true;
      for (auto const& m : type.members) all = make_absent(edits, *m.type, m.at(at)) && all;
      return all;
    }
    default:
      return true;  // a value that is promised: it will be sent
  }
}

}  // namespace esxvi::detail
