#include "journal/operation_rows.hpp"

namespace modelstore::journal {
namespace {

OperationRow read_operation(const sqlite::Statement& query) {
  return {query.integer(0), query.text(1), query.text(2), query.integer(3) != 0};
}

}  // namespace

std::int64_t insert_operation(const sqlite::Connection& database, std::string_view owner,
                              std::string_view kind, bool done) {
  database.run("INSERT INTO operations(owner, kind, done) VALUES (?, ?, ?)", owner, kind, done);
  return database.last_insert_id();
}

std::optional<OperationRow> find_operation(const sqlite::Connection& database, std::int64_t id) {
  sqlite::Statement query = database.statement("SELECT id, owner, kind, done FROM operations WHERE id = ?");
  query.bind(id);
  if (!query.step()) return std::nullopt;
  return read_operation(query);
}

std::vector<OperationRow> operations(const sqlite::Connection& database) {
  std::vector<OperationRow> rows;
  sqlite::Statement query = database.statement("SELECT id, owner, kind, done FROM operations ORDER BY id");
  while (query.step()) rows.push_back(read_operation(query));
  return rows;
}

void mark_done(const sqlite::Connection& database, std::int64_t id) {
  database.run("UPDATE operations SET done = 1 WHERE id = ?", id);
  database.run("DELETE FROM operation_files WHERE operation_id = ? AND role = ?", id,
               static_cast<int>(Role::Published));
}

void drop_operation(const sqlite::Connection& database, std::int64_t id) {
  database.run("UPDATE pending_import SET operation_id = NULL WHERE operation_id = ?", id);
  database.run("DELETE FROM operations WHERE id = ?", id);
}

void insert_file(const sqlite::Connection& database, std::int64_t operation, Role role, const Removal& file) {
  database.run(
      "INSERT INTO operation_files(operation_id, folder, name, role, size_bytes, sha256) VALUES (?, ?, ?, ?, "
      "?, ?)",
      operation, static_cast<int>(file.folder), file.name, static_cast<int>(role), file.size_bytes,
      file.sha256);
}

std::vector<Removal> files_of(const sqlite::Connection& database, std::int64_t operation, Role role) {
  std::vector<Removal> files;
  sqlite::Statement query = database.statement(
      "SELECT folder, name, size_bytes, sha256 FROM operation_files WHERE operation_id = ? AND role = ?");
  query.bind(operation, static_cast<int>(role));
  while (query.step())
    files.push_back(
        {static_cast<Folder>(query.integer(0)), query.text(1), query.integer(2), query.sha256(3)});
  return files;
}

bool names_file(const sqlite::Connection& database, Folder folder, std::string_view name) {
  return database
      .integer("SELECT 1 FROM operation_files WHERE folder = ? AND name = ? LIMIT 1",
               static_cast<int>(folder), name)
      .has_value();
}

std::vector<std::int64_t> claims_without_operation(const sqlite::Connection& database) {
  std::vector<std::int64_t> records;
  sqlite::Statement query = database.statement(
      "SELECT id FROM pending_import WHERE operation_id IS NOT NULL AND operation_id NOT IN (SELECT id FROM "
      "operations)");
  while (query.step()) records.push_back(query.integer(0));
  return records;
}

void drop_claims_without_operation(const sqlite::Connection& database) {
  database.execute(
      "UPDATE pending_import SET operation_id = NULL WHERE operation_id IS NOT NULL AND operation_id NOT IN "
      "(SELECT id FROM operations)");
}

}  // namespace modelstore::journal
