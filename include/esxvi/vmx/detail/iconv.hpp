// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// iconv(3) with owners for what it opens. Opening a converter costs microseconds and its state
// belongs to one thread at a time, so each thread keeps the few it used last.
#pragma once

#include <iconv.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::vmx::detail {

class Converter {
 public:
  Converter() = default;
  Converter(std::string_view from, std::string_view to)
      : from_(from), to_(to), handle_(iconv_open(to_.c_str(), from_.c_str())) {}
  Converter(Converter const&) = delete;
  Converter& operator=(Converter const&) = delete;
  Converter(Converter&& other) noexcept { swap(other); }
  Converter& operator=(Converter&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }

  [[nodiscard]] bool is_open() const noexcept { return handle_ != closed(); }
  [[nodiscard]] bool does(std::string_view from, std::string_view to) const noexcept {
    return from == from_ && to == to_;
  }

  /// Appends the converted text; returns the offset of the first thing that could not be.
  std::optional<std::size_t> append(std::string_view text, std::string& out) {
    std::array<char, 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): iconv fills it
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    // iconv takes a pointer to char for the sake of old programs, and does not write through it.
    char* in = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    std::size_t left = text.size();
    while (left != 0) {
      char* to = piece.data();
      std::size_t room = piece.size();
      errno = 0;
      auto const result = iconv(handle_, &in, &left, &to, &room);
      out.append(piece.data(), piece.size() - room);
      if (result == static_cast<std::size_t>(-1) && errno != E2BIG) return text.size() - left;
    }
    char* to = piece.data();
    std::size_t room = piece.size();
    iconv(handle_, nullptr, nullptr, &to, &room);
    out.append(piece.data(), piece.size() - room);
    return {};
  }

  /// Whether ASCII reads as itself, and other characters begin with other bytes (in ISO-2022 they
  /// are ASCII behind an escape sequence). For a converter to UTF-8; found out once.
  bool contains_ascii() {
    if (contains_ascii_) return *contains_ascii_;
    std::string ascii;
    for (unsigned c = 0; c < 0x80; ++c) ascii += static_cast<char>(c);
    std::string read;
    bool const same = is_open() && !append(ascii, read) && read == ascii;
    bool others = false;
    for (unsigned c = 0x80; same && !others && c <= 0xFF; ++c) {
      char const two[] = {static_cast<char>(c), '\xA1'};
      others = !append({two, 1}, read) || !append({two, 2}, read);
    }
    contains_ascii_ = same && others;
    return *contains_ascii_;
  }

 private:
  static iconv_t closed() noexcept {
    return reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): as POSIX says
  }
  void swap(Converter& other) noexcept {
    from_.swap(other.from_);
    to_.swap(other.to_);
    std::swap(handle_, other.handle_);
    std::swap(contains_ascii_, other.contains_ascii_);
  }

  std::string from_{};
  std::string to_{};
  iconv_t handle_ = closed();
  std::optional<bool> contains_ascii_{};
};

/// The calling thread's converter; closed when iconv has none.
inline Converter& converter(std::string_view from, std::string_view to) {
  thread_local std::array<Converter, 4> kept;
  thread_local std::size_t oldest = 0;
  for (auto& each : kept)
    if (each.does(from, to)) return each;
  auto& made = kept[oldest++ % kept.size()];
  made = Converter(from, to);
  return made;
}

inline std::optional<std::size_t> iconv_append(std::string_view text, char const* from,
                                               char const* to, std::string& out) {
  auto& made = converter(from, to);
  if (!made.is_open()) return 0;
  return made.append(text, out);
}

/// Whether iconv has a converter of this name in both directions, and one that leaves ASCII alone.
inline bool iconv_knows(std::string const& name) {
  if (name == "char" || name == "CHAR") return false;  // GNU libiconv: whatever the locale says
  return converter(name, "UTF-8").contains_ascii() && converter("UTF-8", name).is_open();
}

}  // namespace esxvi::vmx::detail
