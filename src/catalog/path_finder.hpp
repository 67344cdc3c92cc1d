/// Finds the records of many paths: as `find_record_by_path` for each, but what their paths have in common is
/// looked up once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "modelstore/record_id.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Used by one thread, within one transaction.
class PathFinder {
 public:
  explicit PathFinder(const sqlite::Connection& database);

  /// The record whose file is at `path`. Looks at the file system only if no record has the path as it is.
  [[nodiscard]] std::optional<RecordId> find(const std::filesystem::path& path);

 private:
  [[nodiscard]] std::optional<RecordId> find_stored(std::string_view path);
  [[nodiscard]] std::string resolve(const std::filesystem::path& path);
  [[nodiscard]] const std::string& real_folder(const std::string& folder);

  sqlite::Statement model_by_path_;
  sqlite::Statement model_by_real_path_;
  sqlite::Statement pending_by_path_;
  sqlite::Statement pending_by_real_path_;
  std::unordered_map<std::string, std::string> real_folders_;  // empty: does not exist
};

}  // namespace modelstore::catalog
