/// What a program hands in: texts, arrays and ids. Errors of all functions: InvalidArgument.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modelstore.h"
#include "modelstore/database.hpp"
#include "modelstore/path_map.hpp"
#include "modelstore/record_id.hpp"
#include "modelstore/record_query.hpp"
#include "status.hpp"

namespace modelstore::capi {

/// A null text is an empty one. Valid as long as the program's text.
[[nodiscard]] std::string_view view_of(const modelstore_text& text);

/// Nothing for a null text.
[[nodiscard]] std::optional<std::string> optional_text(const modelstore_text& text);

/// A path must be there, and holds no zero byte, where the operating system would cut it off.
[[nodiscard]] std::filesystem::path path_of(const modelstore_text& text);

[[nodiscard]] std::span<const std::byte> bytes_of(const modelstore_bytes& bytes);

/// An array that may be null if it is empty.
template <class T>
[[nodiscard]] std::span<const T> items_of(const T* first, std::uint64_t count) {
  if (count == 0) return {};
  if (!first) refuse("an array is null and not empty");
  if (count > PTRDIFF_MAX / sizeof(T)) refuse("an array is longer than memory");
  return {first, static_cast<std::size_t>(count)};
}

[[nodiscard]] std::vector<std::string> texts_of(const modelstore_text* first, std::uint64_t count);
[[nodiscard]] std::vector<std::filesystem::path> paths_of(const modelstore_text* first, std::uint64_t count);

[[nodiscard]] Sha256 sha256_of(const modelstore_sha256* sha256);
[[nodiscard]] RecordId record_id_of(const modelstore_record_id* id);
[[nodiscard]] std::vector<RecordId> record_ids_of(const modelstore_record_id* first, std::uint64_t count);

[[nodiscard]] std::vector<TagRef> tag_refs_of(const modelstore_tag_ref* first, std::uint64_t count);
[[nodiscard]] PathMap path_map_of(const modelstore_path_rule* first, std::uint64_t count);
[[nodiscard]] RecordFilter filter_of(const modelstore_record_filter* filter);

}  // namespace modelstore::capi
