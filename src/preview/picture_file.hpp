/// Picture files of others, read whole. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace modelstore::preview {

/// The bytes of a regular file, following links.
/// Errors: FileMissing, FileUnreadable, NotRegularFile, LimitExceeded (more than `max_bytes`), Io.
[[nodiscard]] std::vector<std::byte> read_picture_file(const std::filesystem::path& path,
                                                       std::int64_t max_bytes);

/// The last component of the path, to be kept with a picture; empty if it is not UTF-8.
[[nodiscard]] std::string original_name_of(const std::filesystem::path& path);

}  // namespace modelstore::preview
