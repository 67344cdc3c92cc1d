/// Which record a path belongs to. All functions work on the caller's connection.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// A record by its internal id.
struct RecordRef {
  bool pending = false;
  std::int64_t id = 0;

  friend bool operator==(const RecordRef&, const RecordRef&) = default;
};

/// The forms in which a path may be stored: as given, absolute and lexically normal, and with links resolved
/// if it exists. Without repetitions, in that order. Looks at the file system.
[[nodiscard]] std::vector<std::string> path_forms(const std::filesystem::path& path);

/// The file's real path; empty if it does not exist or cannot be reached.
[[nodiscard]] std::string real_path(const std::filesystem::path& path);

/// The record that one of the forms belongs to, by its stored or its real path; the first form that does
/// decides, and a model goes before a pending record, that before a model that misses its content there.
[[nodiscard]] std::optional<RecordRef> find_record_by_path(const sqlite::Connection& database,
                                                           const std::vector<std::string>& forms);

/// As above, for a path that is compared only as it is stored.
[[nodiscard]] std::optional<RecordRef> find_record_by_path(const sqlite::Connection& database,
                                                           const std::string& path);

/// Whether another row than this one, a location or a pending record by its id, has `path` as its stored or
/// its real path. A location that is missing its content there does not count.
[[nodiscard]] bool is_path_of_other(const sqlite::Connection& database, const std::string& path, bool pending,
                                    std::int64_t row);

/// Calls `visit` with every path that `find_record_by_path` compares, some of them twice.
void for_each_path(const sqlite::Connection& database, const std::function<void(std::string_view)>& visit);

}  // namespace modelstore::catalog
