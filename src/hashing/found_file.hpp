/// A file as it is found before it is read, and whether its hash is remembered.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>

#include "catalog/hash_rows.hpp"
#include "platform/file.hpp"

namespace modelstore::hashing {

/// A regular file.
struct FoundFile {
  std::string real_path;  ///< absolute, without links: the same for all names of a file's path
  platform::FileStat stat;
};

/// Finds files without opening them. The real paths of folders are kept for its life, which is to be short.
/// Used by one thread at a time.
class FileFinder {
 public:
  /// Errors, naming the path as given: FileMissing, FileUnreadable, NotRegularFile, InvalidArgument (no path at all), Io.
  [[nodiscard]] FoundFile find(const std::filesystem::path& given);

 private:
  [[nodiscard]] const std::string& real_folder(std::string_view folder, const std::filesystem::path& given);

  std::unordered_map<std::string, std::string> folders_;
  const std::pair<const std::string, std::string>* last_ = nullptr;
};

/// Whether the file is still what it was when `row` was written. Device numbers are not compared: they change
/// when the machine starts anew.
[[nodiscard]] bool is_unchanged(const catalog::HashRow& row, const platform::FileStat& now) noexcept;

}  // namespace modelstore::hashing
