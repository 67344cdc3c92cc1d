#include "catalog/pending_rows.hpp"

#include "modelstore/error.hpp"
#include "platform/system.hpp"

namespace modelstore::catalog {
namespace {

std::optional<PendingRow> read_pending(sqlite::Statement& query) {
  if (!query.step()) return std::nullopt;
  PendingRow row;
  row.id = query.integer(0);
  row.path = query.text(1);
  row.real_path = query.text(2);
  row.name = query.text(3);
  row.type = query.text(4);
  row.size_bytes = query.integer(5);
  row.created_at = query.integer(6);
  row.hash_state = static_cast<HashState>(query.integer(7));
  if (!query.is_null(8)) row.sha256 = query.sha256(8);
  row.trashed = !query.is_null(9);
  row.metadata = query.text(10);
  if (!query.is_null(11)) row.last_error = Failure{static_cast<ErrorCode>(query.integer(11)), query.text(12)};
  if (!query.is_null(13)) row.operation_id = query.integer(13);
  return row;
}

std::optional<int> error_code(const PendingRow& row) {
  if (!row.last_error) return std::nullopt;
  return static_cast<int>(row.last_error->code);
}

std::optional<std::string> error_message(const PendingRow& row) {
  if (!row.last_error) return std::nullopt;
  return row.last_error->message;
}

}  // namespace

std::optional<PendingRow> find_pending(const sqlite::Connection& database, std::int64_t id) {
  sqlite::Statement query = database.statement(
      "SELECT id, path, real_path, name, type, size_bytes, created_at, hash_state, sha256, trashed_at, "
      "metadata, "
      "error_code, error_message, operation_id FROM pending_import WHERE id = ?");
  query.bind(id);
  return read_pending(query);
}

std::optional<PendingRow> find_pending(const sqlite::Connection& database, std::string_view path) {
  sqlite::Statement query = database.statement(
      "SELECT id, path, real_path, name, type, size_bytes, created_at, hash_state, sha256, trashed_at, "
      "metadata, "
      "error_code, error_message, operation_id FROM pending_import WHERE path = ?");
  query.bind(path);
  return read_pending(query);
}

bool has_pending(const sqlite::Connection& database, std::int64_t id) {
  return database.integer("SELECT 1 FROM pending_import WHERE id = ?", id).has_value();
}

PendingRow require_pending(const sqlite::Connection& database, std::int64_t id) {
  if (auto row = find_pending(database, id)) return std::move(*row);
  throw Error(ErrorCode::NotFound, "no pending record " + std::to_string(id));
}

std::int64_t largest_pending_id(const sqlite::Connection& database) {
  return database.integer("SELECT seq FROM sqlite_sequence WHERE name = 'pending_import'").value_or(0);
}

std::int64_t insert_pending(const sqlite::Connection& database, const PendingRow& row) {
  const bool adopt = row.id > 0 && row.id <= kLargestAdoptedId && !has_pending(database, row.id);
  const std::optional<std::int64_t> id = adopt ? std::optional(row.id) : std::nullopt;
  database.run(
      "INSERT INTO pending_import(id, path, real_path, name, type, size_bytes, created_at, hash_state, "
      "sha256, "
      "metadata, error_code, error_message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id, row.path, row.real_path, row.name, row.type, row.size_bytes, row.created_at,
      static_cast<int>(row.hash_state), row.sha256, row.metadata, error_code(row), error_message(row));
  return database.last_insert_id();
}

void update_pending(const sqlite::Connection& database, const PendingRow& row) {
  database.run(
      "UPDATE pending_import SET path = ?2, real_path = ?3, name = ?4, type = ?5, size_bytes = ?6, "
      "created_at = ?7, "
      "hash_state = ?8, sha256 = ?9, metadata = ?10, error_code = ?11, error_message = ?12 WHERE id = ?1",
      row.id, row.path, row.real_path, row.name, row.type, row.size_bytes, row.created_at,
      static_cast<int>(row.hash_state), row.sha256, row.metadata, error_code(row), error_message(row));
}

void set_pending_trashed(const sqlite::Connection& database, std::int64_t id, bool trashed) {
  database.run("UPDATE pending_import SET trashed_at = ?2 WHERE id = ?1", id,
               trashed ? std::optional(platform::now_ms()) : std::nullopt);
}

void set_pending_operation(const sqlite::Connection& database, std::int64_t id,
                           std::optional<std::int64_t> operation) {
  database.run("UPDATE pending_import SET operation_id = ?2 WHERE id = ?1", id, operation);
}

void delete_pending(const sqlite::Connection& database, std::int64_t id) {
  database.run("DELETE FROM pending_import WHERE id = ?", id);
}

}  // namespace modelstore::catalog
