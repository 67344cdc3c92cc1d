/// What a scan reads and writes: roots, and the records below them. The caller's connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/path_lookup.hpp"
#include "modelstore/records.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Remembers that this folder was scanned.
void register_root(const sqlite::Connection& database, std::string_view path, std::int64_t now_ms);

/// A stored path below a folder.
struct StoredPath {
  RecordRef record;
  std::int64_t location_id = 0;  ///< 0 for a pending record
  std::string path;
  std::string real_path;
  LocationState state = LocationState::Unknown;
};

/// All locations and pending records whose path or real path lies below `folder`.
[[nodiscard]] std::vector<StoredPath> paths_below(const sqlite::Connection& database,
                                                  std::string_view folder);

}  // namespace modelstore::catalog
