#include "catalog/scan_rows.hpp"

namespace modelstore::catalog {
namespace {

StoredPath read_location(const sqlite::Statement& query) {
  StoredPath stored;
  stored.record.id = query.integer(0);
  stored.location_id = query.integer(1);
  stored.path = query.text(2);
  stored.real_path = query.text(3);
  stored.state = static_cast<LocationState>(query.integer(4));
  stored.verified = query.integer(5) == 1;
  stored.was_verified = query.integer(5) != 0;
  return stored;
}

}  // namespace

void register_root(const sqlite::Connection& database, std::string_view path, std::int64_t now_ms) {
  database.run(
      "INSERT INTO roots(path, scanned_at) VALUES (?, ?) ON CONFLICT(path) DO UPDATE SET scanned_at = "
      "excluded.scanned_at",
      path, now_ms);
}

std::vector<StoredPath> paths_below(const sqlite::Connection& database, std::string_view folder) {
  // What lies below "/a" are the texts from "/a/" on, before "/a0": '0' follows '/' in ASCII.
  std::string first(folder);
  if (!first.ends_with('/')) first += '/';
  std::string end = first;
  end.back() = '/' + 1;
  std::vector<StoredPath> paths;
  sqlite::Statement locations = database.statement(
      "SELECT model_id, id, path, real_path, state, verified FROM locations WHERE id IN (SELECT id FROM "
      "locations WHERE path >= ?1 AND path < ?2 UNION SELECT id FROM locations WHERE real_path <> '' AND "
      "real_path >= ?1 AND real_path < ?2)");
  locations.bind(first, end);
  while (locations.step()) paths.push_back(read_location(locations));
  sqlite::Statement pending = database.statement(
      "SELECT id, path, real_path FROM pending_import WHERE id IN (SELECT id FROM pending_import WHERE path "
      ">= "
      "?1 AND path < ?2 UNION SELECT id FROM pending_import WHERE real_path <> '' AND real_path >= ?1 AND "
      "real_path < ?2)");
  pending.bind(first, end);
  while (pending.step()) {
    StoredPath& stored = paths.emplace_back();
    stored.record = {true, pending.integer(0)};
    stored.path = pending.text(1);
    stored.real_path = pending.text(2);
  }
  return paths;
}

std::vector<StoredPath> missing_locations(const sqlite::Connection& database, std::string_view path,
                                          std::string_view real_path) {
  std::vector<StoredPath> locations;
  sqlite::Statement query = database.statement(
      "SELECT model_id, id, path, real_path, state, verified FROM locations WHERE state = 1 AND id IN "
      "(SELECT "
      "id FROM locations WHERE path IN (?1, ?2) UNION SELECT id FROM locations WHERE real_path <> '' AND "
      "real_path IN (?1, ?2))");
  query.bind(path, real_path);
  while (query.step()) locations.push_back(read_location(query));
  return locations;
}

std::optional<StoredPath> find_stored_location(const sqlite::Connection& database, std::int64_t location_id) {
  sqlite::Statement query =
      database.statement("SELECT model_id, id, path, real_path, state, verified FROM locations WHERE id = ?");
  query.bind(location_id);
  if (!query.step()) return std::nullopt;
  return read_location(query);
}

bool set_real_path(const sqlite::Connection& database, const StoredPath& stored, std::string_view real_path) {
  database.run(stored.record.pending
                   ? "UPDATE pending_import SET real_path = ?3 WHERE id = ?1 AND path = ?2 AND real_path = ''"
                   : "UPDATE locations SET real_path = ?3 WHERE id = ?1 AND path = ?2 AND real_path = ''",
               stored.record.pending ? stored.record.id : stored.location_id, stored.path, real_path);
  return database.changed_rows() > 0;
}

}  // namespace modelstore::catalog
