#include "catalog/migration_rows.hpp"

namespace modelstore::catalog {

std::vector<WaitingRecord> waiting_records(const sqlite::Connection& database) {
  std::vector<WaitingRecord> records;
  sqlite::Statement query =
      database.statement("SELECT id, path FROM pending_import WHERE trashed_at IS NULL ORDER BY id");
  while (query.step()) records.push_back({query.integer(0), query.text(1)});
  return records;
}

std::vector<Sha256> unverified_models(const sqlite::Connection& database) {
  std::vector<Sha256> models;
  sqlite::Statement query = database.statement(
      "SELECT sha256 FROM models WHERE trashed_at IS NULL AND (verified = 0 OR id IN (SELECT "
      "model_id FROM locations WHERE verified = 2 AND state <> 1)) ORDER BY id");
  while (query.step()) models.push_back(query.sha256(0));
  return models;
}

std::optional<std::int64_t> find_pending_by_forms(const sqlite::Connection& database,
                                                  const std::vector<std::string>& forms) {
  for (const char* sql :
       {"SELECT id FROM pending_import WHERE path = ? AND trashed_at IS NULL",
        "SELECT id FROM pending_import WHERE real_path = ? AND real_path <> '' AND trashed_at IS NULL "
        "ORDER BY id LIMIT 1",
        "SELECT id FROM pending_import WHERE path = ?",
        "SELECT id FROM pending_import WHERE real_path = ? AND real_path <> '' ORDER BY id LIMIT 1"})
    for (const std::string& form : forms)
      if (const auto id = database.integer(sql, form)) return id;
  return std::nullopt;
}

std::optional<LocationRow> find_location_by_forms(const sqlite::Connection& database,
                                                  const std::vector<std::string>& forms) {
  for (const char* sql : {"SELECT id FROM locations WHERE path = ? AND state <> 1",
                          "SELECT id FROM locations WHERE real_path = ? AND real_path <> '' AND state <> 1 "
                          "ORDER BY id LIMIT 1",
                          "SELECT id FROM locations WHERE path = ? ORDER BY id LIMIT 1",
                          "SELECT id FROM locations WHERE real_path = ? AND real_path <> '' ORDER BY id "
                          "LIMIT 1"})
    for (const std::string& form : forms)
      if (const auto id = database.integer(sql, form)) return find_location(database, *id);
  return std::nullopt;
}

std::optional<LocationRow> find_location(const sqlite::Connection& database, std::int64_t location_id) {
  sqlite::Statement query =
      database.statement("SELECT id, model_id, path, real_path, state, verified FROM locations WHERE id = ?");
  query.bind(location_id);
  if (!query.step()) return std::nullopt;
  LocationRow row;
  row.id = query.integer(0);
  row.model_id = query.integer(1);
  row.location = {query.text(2), query.text(3), static_cast<LocationState>(query.integer(4)),
                  query.integer(5) == 1};
  row.was_verified = query.integer(5) != 0;
  return row;
}

}  // namespace modelstore::catalog
