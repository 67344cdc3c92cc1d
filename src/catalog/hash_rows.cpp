#include "catalog/hash_rows.hpp"

#include <bit>

namespace modelstore::catalog {

std::optional<HashRow> find_hash(const sqlite::Connection& database, std::string_view path) {
  sqlite::Statement query = database.statement(
      "SELECT size_bytes, mtime_ns, ctime_ns, inode, sha256 FROM file_hashes WHERE path = ?");
  query.bind(path);
  if (!query.step()) return std::nullopt;
  HashRow row;
  row.path = path;
  row.size_bytes = query.integer(0);
  row.mtime_ns = query.integer(1);
  row.ctime_ns = query.integer(2);
  if (!query.is_null(3)) row.inode = std::bit_cast<std::uint64_t>(query.integer(3));
  row.sha256 = query.sha256(4);
  return row;
}

void put_hash(const sqlite::Connection& database, const HashRow& row) {
  std::optional<std::int64_t> inode;
  if (row.inode) inode = std::bit_cast<std::int64_t>(*row.inode);
  database.run(
      "INSERT INTO file_hashes(path, size_bytes, mtime_ns, ctime_ns, inode, sha256) VALUES (?, ?, ?, ?, ?, "
      "?) "
      "ON CONFLICT(path) DO UPDATE SET size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, "
      "ctime_ns = excluded.ctime_ns, inode = excluded.inode, sha256 = excluded.sha256",
      row.path, row.size_bytes, row.mtime_ns, row.ctime_ns, inode, row.sha256);
}

void remove_hash(const sqlite::Connection& database, std::string_view path) {
  database.run("DELETE FROM file_hashes WHERE path = ?", path);
}

}  // namespace modelstore::catalog
