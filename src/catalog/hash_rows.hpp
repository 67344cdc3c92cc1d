/// Rows of `file_hashes`: what is remembered of the files that were hashed. A connection is used by one
/// thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "modelstore/sha256.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// The file at a real path as it was when it had this hash.
struct HashRow {
  std::string path;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::optional<std::uint64_t> inode;  ///< nothing where the file system does not keep it
  Sha256 sha256;
};

/// Nothing if the file was never hashed. Errors: those of SQLite.
[[nodiscard]] std::optional<HashRow> find_hash(const sqlite::Connection& database, std::string_view path);

/// Inserts or replaces the row of this path. Errors: those of SQLite.
void put_hash(const sqlite::Connection& database, const HashRow& row);

/// Removes the row, if there is one. Errors: those of SQLite.
void remove_hash(const sqlite::Connection& database, std::string_view path);

}  // namespace modelstore::catalog
