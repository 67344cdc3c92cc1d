#include "support/legacy_store.hpp"

#include <array>
#include <stdexcept>

#include "support/legacy_connection.hpp"
#include "support/temp_dir.hpp"

namespace test {
namespace {

constexpr std::int64_t kTagsCreatedAt = 1'690'000'000'000;
constexpr std::array kFirstTags = {"checkpoint", "lora",        "embedding", "vae",
                                   "upscale",    "ultralytics", "other"};

constexpr auto kTables = R"sql(
  CREATE TABLE schema_version (version INTEGER NOT NULL);
  CREATE TABLE directories (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, alias TEXT,
    parent_id INTEGER REFERENCES directories (id));
  CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, color TEXT, created_at INTEGER);
  CREATE TABLE model_tags (
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (model_id, tag_id));
)sql";

constexpr auto kModelsVersion2 = R"sql(
  CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, name TEXT, type TEXT NOT NULL,
    size_bytes INTEGER, hash_hex TEXT NOT NULL, created_at INTEGER NOT NULL, meta_json TEXT, extra_json TEXT);
  INSERT INTO schema_version VALUES (2);
)sql";

constexpr auto kModelsVersion1 = R"sql(
  CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, dir_path TEXT, name TEXT,
    type TEXT NOT NULL, size_bytes INTEGER, mtime_ns INTEGER, hash_hex TEXT NOT NULL, hash_algo TEXT,
    created_at INTEGER NOT NULL, updated_at INTEGER, meta_json TEXT, extra_json TEXT);
  INSERT INTO schema_version VALUES (1);
)sql";

constexpr auto kIndexes = R"sql(
  CREATE INDEX idx_models_hash ON models (hash_hex);
  CREATE INDEX idx_models_type ON models (type);
  CREATE INDEX idx_models_path ON models (path);
)sql";

LegacyValue text_or_null(const std::optional<std::string>& text) {
  return text ? LegacyValue(*text) : LegacyValue(nullptr);
}

LegacyValue integer_or_null(const std::optional<std::int64_t>& number) {
  return number ? LegacyValue(*number) : LegacyValue(nullptr);
}

}  // namespace

LegacyStore::LegacyStore(std::filesystem::path folder, Schema schema)
    : LegacyStore(std::move(folder), "hikaze_mm.sqlite3", schema) {}

LegacyStore::LegacyStore(std::filesystem::path folder, std::string file_name, Schema schema)
    : folder_(std::move(folder)), file_name_(std::move(file_name)), schema_(schema) {
  std::filesystem::create_directories(pictures());
  if (std::filesystem::exists(database())) throw std::runtime_error("exists: " + database().string());
  execute("BEGIN");
  execute(kTables);
  execute(schema == Schema::Version2 ? kModelsVersion2 : kModelsVersion1);
  execute(kIndexes);
  for (const auto* name : kFirstTags) add_tag(name);
  execute("COMMIT");
  checkpoint();
}

LegacyStore::LegacyStore(LegacyStore&&) noexcept = default;
LegacyStore& LegacyStore::operator=(LegacyStore&&) noexcept = default;
LegacyStore::~LegacyStore() = default;

LegacyConnection& LegacyStore::connection() {
  if (!connection_) connection_ = std::make_unique<LegacyConnection>(database());
  return *connection_;
}

std::int64_t LegacyStore::add_model(const LegacyModel& model) {
  const auto last = model.path.find_last_of("/\\");
  const std::string file = last == std::string::npos ? model.path : model.path.substr(last + 1);
  std::vector<std::pair<std::string, LegacyValue>> columns = {
      {"path", model.path},
      {"name", model.name.value_or(file)},
      {"type", model.type},
      {"size_bytes", integer_or_null(model.size_bytes)},
      {"hash_hex", model.hash},
      {"created_at", model.created_at},
      {"meta_json", text_or_null(model.meta_json)},
      {"extra_json", text_or_null(model.extra_json)},
  };
  if (model.id) columns.emplace_back("id", *model.id);
  if (schema_ == Schema::Version1) {
    columns.emplace_back("dir_path", last == std::string::npos ? std::string() : model.path.substr(0, last));
    columns.emplace_back("mtime_ns", model.created_at * 1'000'000);
    columns.emplace_back("hash_algo", std::string("sha256"));
    columns.emplace_back("updated_at", model.created_at);
  }
  const std::int64_t id = insert("models", columns);
  if (model.type_tag) link(id, tag(model.type));
  for (const auto& name : model.tags) link(id, tag(name));
  return id;
}

void LegacyStore::remove_model(std::int64_t id) {
  LegacyStatement statement(connection().handle(), "DELETE FROM models WHERE id = ?1");
  statement.bind(1, id);
  statement.run();
}

std::int64_t LegacyStore::add_tag(std::string_view name, std::optional<std::string_view> color,
                                  std::optional<std::int64_t> id) {
  return insert("tags", {{"id", integer_or_null(id)},
                         {"name", std::string(name)},
                         {"color", color ? LegacyValue(std::string(*color)) : LegacyValue(nullptr)},
                         {"created_at", kTagsCreatedAt}});
}

std::int64_t LegacyStore::tag(std::string_view name) {
  {
    LegacyStatement statement(connection().handle(), "SELECT id FROM tags WHERE name = ?1");
    statement.bind(1, name);
    if (statement.step()) return statement.column_int(0);
  }
  return add_tag(name);
}

void LegacyStore::link(std::int64_t model, std::int64_t tag) {
  const WithoutForeignKeys guard(connection());
  LegacyStatement statement(connection().handle(),
                            "INSERT OR IGNORE INTO model_tags (model_id, tag_id) VALUES (?1, ?2)");
  statement.bind(1, model);
  statement.bind(2, tag);
  statement.run();
}

std::string LegacyStore::add_picture(std::string_view name, std::string_view bytes) {
  write_file(pictures() / name, bytes);
  return "/media/" + std::string(name);
}

std::int64_t LegacyStore::insert(std::string_view table,
                                 const std::vector<std::pair<std::string, LegacyValue>>& columns) {
  std::string names;
  std::string parameters;
  for (const auto& [name, value] : columns) {
    names += (names.empty() ? "" : ", ") + name;
    parameters += parameters.empty() ? "?" : ", ?";
  }
  const WithoutForeignKeys guard(connection());
  LegacyStatement statement(connection().handle(), "INSERT INTO " + std::string(table) + " (" + names +
                                                       ") VALUES (" + parameters + ")");
  int index = 0;
  for (const auto& column : columns) statement.bind(++index, column.second);
  statement.run();
  return connection().last_id();
}

void LegacyStore::execute(std::string_view sql) {
  connection().execute(sql);
}

std::int64_t LegacyStore::query_int(std::string_view sql) {
  LegacyStatement statement(connection().handle(), sql);
  return statement.step() ? statement.column_int(0) : 0;
}

void LegacyStore::checkpoint() {
  LegacyStatement statement(connection().handle(), "PRAGMA wal_checkpoint(TRUNCATE)");
  if (!statement.step() || statement.column_int(0) != 0) {
    throw std::runtime_error("cannot checkpoint " + database().string());
  }
}

void LegacyStore::close() {
  connection_.reset();
}

void LegacyStore::leave_hot_wal() {
  connection().keep_log();
  connection_.reset();
}

}  // namespace test
