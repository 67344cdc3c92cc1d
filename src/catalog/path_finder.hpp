/// Finds the records of many paths: as `find_record_by_path` for each, but what their paths have in common is
/// looked up once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "modelstore/record_id.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Used by one thread, within one transaction.
class PathFinder {
 public:
  /// For about this many paths: if the catalogue is not much larger, all of its paths are read at once.
  PathFinder(const sqlite::Connection& database, std::size_t paths);

  /// The record whose file is at `path`. Looks at the file system only if no record has the path as it is.
  [[nodiscard]] std::optional<RecordId> find(const std::filesystem::path& path);

 private:
  /// A record that has a path. The one with the smaller rank decides.
  struct Holder {
    std::tuple<int, bool, std::int64_t> rank;  // place, missing, number of the row
    RecordId id;
  };

  void read_all(const sqlite::Connection& database, std::size_t rows);
  void keep(std::string_view path, const Holder& holder);
  [[nodiscard]] std::optional<RecordId> find_stored(std::string_view path);
  [[nodiscard]] std::string resolve(const std::filesystem::path& path);
  [[nodiscard]] const std::string& real_folder(const std::string& folder);

  sqlite::Statement model_by_path_;
  sqlite::Statement model_by_real_path_;
  sqlite::Statement pending_by_path_;
  sqlite::Statement pending_by_real_path_;
  std::unordered_map<std::string, std::string> real_folders_;  // empty: does not exist
  // Of many small pieces: to ask for each, and to give each back, would take longer than to read the rows.
  std::pmr::monotonic_buffer_resource memory_;
  std::optional<std::pmr::unordered_map<std::string_view, Holder>> all_;  // with their paths in `memory_`
};

}  // namespace modelstore::catalog
