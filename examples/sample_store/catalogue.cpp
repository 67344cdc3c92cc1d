#include "catalogue.hpp"

#include <stdexcept>

#include <sqlite3.h>

namespace sample {
namespace {

constexpr auto kSchema = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA foreign_keys = ON;
  BEGIN;
  CREATE TABLE schema_version (version INTEGER NOT NULL);
  INSERT INTO schema_version VALUES (2);
  CREATE TABLE directories (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, alias TEXT,
    parent_id INTEGER REFERENCES directories (id));
  CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, name TEXT, type TEXT NOT NULL,
    size_bytes INTEGER, hash_hex TEXT NOT NULL, created_at INTEGER NOT NULL, meta_json TEXT, extra_json TEXT);
  CREATE INDEX idx_models_hash ON models (hash_hex);
  CREATE INDEX idx_models_type ON models (type);
  CREATE INDEX idx_models_path ON models (path);
  CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, color TEXT, created_at INTEGER);
  CREATE TABLE model_tags (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (model_id, tag_id));
  INSERT INTO tags (name, created_at) VALUES
    ('checkpoint', 1712000000000), ('lora', 1712000000000), ('embedding', 1712000000000), ('vae', 1712000000000),
    ('upscale', 1712000000000), ('ultralytics', 1712000000000), ('other', 1712000000000);
  COMMIT;
)sql";

[[noreturn]] void fail(sqlite3* database) {
  throw std::runtime_error(std::string("cannot write the legacy catalogue: ") + sqlite3_errmsg(database));
}

class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql) : database_(database) {
    if (sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) !=
        SQLITE_OK) {
      fail(database);
    }
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  Statement& bind(std::int64_t value) { return check(sqlite3_bind_int64(statement_, ++bound_, value)); }
  Statement& bind(std::string_view text) {
    return check(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(), text.size(),
                                     SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  Statement& bind_null() { return check(sqlite3_bind_null(statement_, ++bound_)); }
  /// Whether there is a row.
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail(database_);
    return result == SQLITE_ROW;
  }
  [[nodiscard]] std::int64_t integer() const { return sqlite3_column_int64(statement_, 0); }

 private:
  Statement& check(int result) {
    if (result != SQLITE_OK) fail(database_);
    return *this;
  }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

}  // namespace

Catalogue::Catalogue(const std::filesystem::path& file) {
  try {
    if (sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
        SQLITE_OK) {
      fail(database_);
    }
    execute(kSchema);
    checkpoint();
    // The old program is never closed in good order: what comes after the last checkpoint stays in the log.
    sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  } catch (...) {
    sqlite3_close(database_);
    throw;
  }
}

Catalogue::~Catalogue() {
  sqlite3_close(database_);
}

std::int64_t Catalogue::add(const Row& row) {
  Statement insert(database_,
                   "INSERT INTO models (path, name, type, size_bytes, hash_hex, created_at, extra_json)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.bind(row.path).bind(row.name).bind(row.type).bind(row.size).bind(row.hash).bind(row.created_at);
  if (row.extra) {
    insert.bind(*row.extra);
  } else {
    insert.bind_null();
  }
  insert.step();
  const std::int64_t id = sqlite3_last_insert_rowid(database_);
  std::vector<std::string> tags = row.tags;
  tags.push_back(row.type);
  for (const auto& name : tags) {
    Statement link(database_, "INSERT OR IGNORE INTO model_tags VALUES (?, ?)");
    link.bind(id).bind(tag_id(name)).step();
  }
  return id;
}

void Catalogue::remove(std::int64_t id) {
  Statement(database_, "DELETE FROM models WHERE id = ?").bind(id).step();
}

void Catalogue::set_extra(std::int64_t id, std::string_view extra) {
  Statement(database_, "UPDATE models SET extra_json = ? WHERE id = ?").bind(extra).bind(id).step();
}

void Catalogue::add_tag(std::string_view name, std::optional<std::string_view> color) {
  Statement insert(database_, "INSERT INTO tags (name, color, created_at) VALUES (?, ?, 1712000000000)");
  insert.bind(name);
  if (color) {
    insert.bind(*color);
  } else {
    insert.bind_null();
  }
  insert.step();
}

std::int64_t Catalogue::tag_id(std::string_view name) {
  Statement find(database_, "SELECT id FROM tags WHERE name = ?");
  if (find.bind(name).step()) return find.integer();
  add_tag(name, std::nullopt);
  return sqlite3_last_insert_rowid(database_);
}

void Catalogue::add_dangling_link(std::int64_t model, std::int64_t tag) {
  execute("PRAGMA foreign_keys = OFF");
  Statement(database_, "INSERT INTO model_tags VALUES (?, ?)").bind(model).bind(tag).step();
  execute("PRAGMA foreign_keys = ON");
}

void Catalogue::begin() {
  execute("BEGIN");
}

void Catalogue::commit() {
  execute("COMMIT");
}

void Catalogue::checkpoint() {
  Statement(database_, "PRAGMA wal_checkpoint(TRUNCATE)").step();
}

std::int64_t Catalogue::count(std::string_view table) const {
  Statement count(database_, "SELECT count(*) FROM " + std::string(table));
  count.step();
  return count.integer();
}

void Catalogue::execute(std::string_view sql) const {
  if (sqlite3_exec(database_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(database_);
}

}  // namespace sample
