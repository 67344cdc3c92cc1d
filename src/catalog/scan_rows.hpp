/// What a scan reads and writes: roots, and the records below them. The caller's connection.
#pragma once

#include <cstdint>
#include <optional>
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
  bool verified = false;      ///< as Location::verified
  bool was_verified = false;  ///< so it is, or was until another file was seen there
};

/// All locations and pending records whose path or real path lies below `folder`.
[[nodiscard]] std::vector<StoredPath> paths_below(const sqlite::Connection& database,
                                                  std::string_view folder);

/// Locations at one of these paths that miss their content there.
[[nodiscard]] std::vector<StoredPath> missing_locations(const sqlite::Connection& database,
                                                        std::string_view path, std::string_view real_path);

[[nodiscard]] std::optional<StoredPath> find_stored_location(const sqlite::Connection& database,
                                                             std::int64_t location_id);

/// Fills an empty real path, if the row still has this path and no other. False if nothing was written.
bool set_real_path(const sqlite::Connection& database, const StoredPath& stored, std::string_view real_path);

}  // namespace modelstore::catalog
