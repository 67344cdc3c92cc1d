#include "catalog/model_rows.hpp"

#include "modelstore/error.hpp"
#include "platform/system.hpp"

namespace modelstore::catalog {
namespace {

std::optional<ModelRow> read_model(sqlite::Statement& query) {
  if (!query.step()) return std::nullopt;
  ModelRow row;
  row.id = query.integer(0);
  row.sha256 = query.sha256(1);
  row.name = query.text(2);
  row.type = query.text(3);
  row.size_bytes = query.integer(4);
  row.created_at = query.integer(5);
  row.verified = query.integer(6) != 0;
  row.trashed = !query.is_null(7);
  row.metadata = query.text(8);
  return row;
}

LocationRow read_location(const sqlite::Statement& query) {
  LocationRow row;
  row.id = query.integer(0);
  row.model_id = query.integer(1);
  row.location.path = query.text(2);
  row.location.real_path = query.text(3);
  row.location.state = static_cast<LocationState>(query.integer(4));
  row.location.verified = query.integer(5) == 1;
  row.was_verified = query.integer(5) != 0;
  return row;
}

}  // namespace

std::optional<ModelRow> find_model(const sqlite::Connection& database, const Sha256& sha256) {
  sqlite::Statement query = database.statement(
      "SELECT id, sha256, name, type, size_bytes, created_at, verified, trashed_at, metadata FROM models "
      "WHERE sha256 = ?");
  query.bind(sha256);
  return read_model(query);
}

std::optional<ModelRow> find_model(const sqlite::Connection& database, std::int64_t model_id) {
  sqlite::Statement query = database.statement(
      "SELECT id, sha256, name, type, size_bytes, created_at, verified, trashed_at, metadata FROM models "
      "WHERE id = ?");
  query.bind(model_id);
  return read_model(query);
}

std::optional<std::vector<Sha256>> find_models_by_prefix(const sqlite::Connection& database,
                                                         std::string_view digits, int limit) {
  if (digits.size() > Sha256::kHexDigits) return std::nullopt;
  const std::string prefix(digits);
  const auto first = Sha256::parse(prefix + std::string(Sha256::kHexDigits - digits.size(), '0'));
  const auto last = Sha256::parse(prefix + std::string(Sha256::kHexDigits - digits.size(), 'f'));
  if (!first || !last) return std::nullopt;
  std::vector<Sha256> found;
  sqlite::Statement query =
      database.statement("SELECT sha256 FROM models WHERE sha256 BETWEEN ? AND ? LIMIT ?");
  query.bind(*first, *last, limit);
  while (query.step()) found.push_back(query.sha256(0));
  return found;
}

ModelRow require_model(const sqlite::Connection& database, const Sha256& sha256) {
  if (auto row = find_model(database, sha256)) return std::move(*row);
  throw Error(ErrorCode::NotFound, "no model " + sha256.hex());
}

std::int64_t insert_model(const sqlite::Connection& database, const ModelRow& row) {
  database.run(
      "INSERT INTO models(sha256, name, type, size_bytes, created_at, verified, metadata) VALUES (?, ?, ?, "
      "?, ?, ?, ?)",
      row.sha256, row.name, row.type, row.size_bytes, row.created_at, row.verified, row.metadata);
  return database.last_insert_id();
}

void update_model(const sqlite::Connection& database, const ModelRow& row) {
  database.run(
      "UPDATE models SET name = ?2, type = ?3, size_bytes = ?4, created_at = ?5, verified = ?6, metadata = "
      "?7 WHERE id = ?1",
      row.id, row.name, row.type, row.size_bytes, row.created_at, row.verified, row.metadata);
}

void set_model_sha256(const sqlite::Connection& database, std::int64_t model_id, const Sha256& sha256) {
  database.run("UPDATE models SET sha256 = ?2 WHERE id = ?1", model_id, sha256);
}

void set_model_trashed(const sqlite::Connection& database, std::int64_t model_id, bool trashed) {
  database.run("UPDATE models SET trashed_at = ?2 WHERE id = ?1", model_id,
               trashed ? std::optional(platform::now_ms()) : std::nullopt);
}

void delete_model(const sqlite::Connection& database, std::int64_t model_id) {
  database.run("DELETE FROM models WHERE id = ?", model_id);
}

std::vector<LocationRow> locations_of(const sqlite::Connection& database, std::int64_t model_id) {
  std::vector<LocationRow> rows;
  sqlite::Statement query = database.statement(
      "SELECT id, model_id, path, real_path, state, verified FROM locations WHERE model_id = ? ORDER BY "
      "state, id");
  query.bind(model_id);
  while (query.step()) rows.push_back(read_location(query));
  return rows;
}

std::optional<LocationRow> find_location(const sqlite::Connection& database, std::string_view path) {
  sqlite::Statement query = database.statement(
      "SELECT id, model_id, path, real_path, state, verified FROM locations WHERE path = ? ORDER BY "
      "state = 1, id LIMIT 1");
  query.bind(path);
  if (!query.step()) return std::nullopt;
  return read_location(query);
}

void insert_location(const sqlite::Connection& database, std::int64_t model_id, const Location& location) {
  database.run("INSERT INTO locations(model_id, path, real_path, state, verified) VALUES (?, ?, ?, ?, ?)",
               model_id, location.path, location.real_path, static_cast<int>(location.state),
               location.verified);
}

void put_location(const sqlite::Connection& database, std::int64_t model_id, const Location& location) {
  database.run("DELETE FROM locations WHERE path = ?1 AND model_id <> ?2 AND state <> 1", location.path,
               model_id);
  database.run(
      "INSERT INTO locations(model_id, path, real_path, state, verified) VALUES (?, ?, ?, ?, ?) ON "
      "CONFLICT(path, model_id) DO UPDATE SET real_path = excluded.real_path, state = excluded.state, "
      "verified = excluded.verified",
      model_id, location.path, location.real_path, static_cast<int>(location.state), location.verified);
}

bool set_location_state(const sqlite::Connection& database, std::int64_t location_id, LocationState state) {
  database.run(
      "UPDATE locations SET state = ?2 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM locations AS other WHERE "
      "other.path = locations.path AND other.id <> ?1 AND other.state <> 1)",
      location_id, static_cast<int>(state));
  return database.changed_rows() > 0;
}

void set_location_changed(const sqlite::Connection& database, std::int64_t location_id) {
  database.run("UPDATE locations SET verified = 2 WHERE id = ? AND verified = 1", location_id);
}

void delete_location(const sqlite::Connection& database, std::int64_t location_id) {
  database.run("DELETE FROM locations WHERE id = ?", location_id);
}

std::string first_path(const sqlite::Connection& database, std::int64_t model_id) {
  sqlite::Statement query =
      database.statement("SELECT path FROM locations WHERE model_id = ? ORDER BY state, id LIMIT 1");
  query.bind(model_id);
  return query.step() ? query.text(0) : std::string();
}

}  // namespace modelstore::catalog
