// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The first byte chooses a codec, or the reader of datastore paths. Decoders are total and all
// their forms agree; what can be encoded comes back.
#include "escape/codecs.hpp"
#include "fuzz/check.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

using namespace esxvi;

template <class Codec> void check(std::string_view text) {
  auto const decoded = Codec::try_decode(text);
  auto const why = Codec::decode_fault(text);
  ESXVI_MUST(decoded.has_value() == !why);
  auto const size = Codec::decoded_size(text);
  ESXVI_MUST(size.has_value() == decoded.has_value());
  std::string out;
  auto const result = Codec::decode_to(text, std::back_inserter(out));
  ESXVI_MUST(result.error == why);
  ESXVI_MUST(out == decoded.value_or(""));
  auto const lenient = Codec::decode_lenient(text);
  ESXVI_MUST(lenient.size() == Codec::decoded_size_lenient(text));
  if (decoded) {
    ESXVI_MUST(size == decoded->size());
    ESXVI_MUST(lenient == *decoded);
  } else {
    ESXVI_MUST(why->position < text.size());
    ESXVI_MUST(why->position + why->length <= text.size());
  }

  auto const encoded = Codec::try_encode(text);
  ESXVI_MUST(encoded.has_value() == !Codec::encode_fault(text));
  ESXVI_MUST(Codec::needs_encoding(text) == (encoded != text));
  if (!encoded) return;
  ESXVI_MUST(encoded->size() == Codec::encoded_size(text));
  if constexpr (std::is_same_v<Codec, escape::dsitem>)
    ESXVI_MUST(Codec::try_decode(*encoded) == escape::winpath::encode(text));
  else
    ESXVI_MUST(Codec::try_decode_canonical(*encoded) == text);
}

void check_path(std::string_view text) {
  auto const path = escape::datastore_path_view::try_parse(text);
  if (!path) return;
  escape::datastore_path const owned{std::string(path->datastore), std::string(path->path)};
  ESXVI_MUST(escape::datastore_path_view::try_parse(owned.format()) == *path);
  ESXVI_MUST(path->directory().size() + path->file_name().size() <= path->path.size());
  try {
    owned.check_for_writing();
    ESXVI_MUST(!escape::datastore_item_path(path->path).empty());
    ESXVI_MUST(!escape::folder_target(path->path, "DC", path->datastore).empty());
  } catch (invalid_argument const&) {  // NOLINT(bugprone-empty-catch): a refusal is an answer
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  // A view of the bytes themselves: AddressSanitizer sees what is read beyond them.
  std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
  int codec = data[0] % 10;
  test::for_each_codec([&]<class Codec>() {
    if (codec-- == 0) check<Codec>(text);
  });
  if (codec == 0) check_path(text);
  return 0;
}
