#include "catalog/legacy_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/utf8.hpp"
#include "modelstore/error.hpp"

namespace modelstore::catalog {
namespace {

/// The newest schema of the program that is known.
constexpr std::int64_t kNewestVersion = 2;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

void read(const sqlite::Statement& query, int column, LegacyValue& value) {
  value.type = query.type(column);
  value.bytes.clear();
  switch (value.type) {
    case sqlite::ValueType::Integer:
      value.integer = query.integer(column);
      break;
    case sqlite::ValueType::Real:
      value.real = query.real(column);
      break;
    case sqlite::ValueType::Text:
      value.bytes.assign(query.text_view(column));
      break;
    case sqlite::ValueType::Blob: {
      const std::span<const std::byte> bytes = query.blob(column);
      value.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      break;
    }
    case sqlite::ValueType::Null:
      break;
  }
}

/// Whether the statement that made an object says that it is virtual: the word stands before its columns.
bool is_virtual(std::string_view sql) {
  return lower(sql.substr(0, sql.find('('))).find("virtual") != std::string::npos;
}

}  // namespace

bool LegacyReader::Table::has(std::string_view column) const {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

LegacyReader::LegacyReader(const sqlite::Connection& database, std::string name)
    : database_(database), name_(std::move(name)) {
  try {
    database_.distrust_schema();
    database_.execute("PRAGMA ignore_check_constraints = ON");
    database_.execute("PRAGMA cell_size_check = ON");
    models_ = look_at("models", {"id", "path"});
    if (!models_.exists) throw_unsupported("it has no table models");
    tags_ = look_at("tags", {"id", "name"});
    model_tags_ = look_at("model_tags", {"model_id", "tag_id"});
    check_version();
    if (!models_.has_generated_columns) check_sound("models");
    if (tags_.exists && !tags_.has_generated_columns) check_sound("tags");
    if (model_tags_.exists && !model_tags_.has_generated_columns) check_sound("model_tags");
    // Found by these for each row. The database is a copy that nobody else sees.
    if (models_.key != "id") database_.execute("CREATE INDEX modelstore_models ON models(id)");
    if (model_tags_.exists && model_tags_.key != "model_id")
      database_.execute("CREATE INDEX modelstore_links ON model_tags(model_id, tag_id)");
  } catch (const Error& error) {
    // SQLite has one general code for a schema that makes no sense to it.
    if (error.code() == ErrorCode::Internal) throw Error(ErrorCode::UnsupportedFormat, error.what());
    throw;
  }
  identity_columns_ = column(models_, "id") + ", " + column(models_, "hash_hex") + ", " +
                      column(models_, "hash_algo") + ", " + column(models_, "created_at");
  model_columns_ = identity_columns_;
  for (const char* further : {"path", "name", "type", "size_bytes", "meta_json", "extra_json"})
    model_columns_ += ", " + column(models_, further);
}

void LegacyReader::throw_unsupported(const std::string& reason) const {
  throw Error(ErrorCode::UnsupportedFormat, name_ + " is not a catalogue of Hikaze Model Manager: " + reason);
}

std::string LegacyReader::column(const Table& table, std::string_view name) const {
  return table.has(name) ? "\"" + std::string(name) + "\"" : "NULL";
}

LegacyReader::Table LegacyReader::look_at(std::string_view table) const {
  Table result;
  sqlite::Statement schema = database_.statement(
      "SELECT type, rootpage, sql FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type <> 'trigger'");
  schema.bind(table);
  while (schema.step()) {
    // Before anything that would make SQLite look into it.
    if (schema.text_view(0) != "table" || schema.integer(1) <= 0 || is_virtual(schema.text_view(2)))
      throw_unsupported(std::string(table) + " is not a table");
    result.exists = true;
  }
  if (!result.exists) return result;
  sqlite::Statement columns = database_.statement("PRAGMA main.table_xinfo(" + std::string(table) + ")");
  while (columns.step()) {
    if (columns.integer(6) != 0) {
      result.has_generated_columns = true;
      continue;
    }
    result.columns.push_back(lower(columns.text_view(1)));
    if (columns.integer(5) == 1) result.key = result.columns.back();
  }
  return result;
}

LegacyReader::Table LegacyReader::look_at(std::string_view table,
                                          const std::vector<std::string_view>& needed) const {
  Table result = look_at(table);
  if (!result.exists) return result;
  for (const std::string_view name : needed)
    if (!result.has(name))
      throw_unsupported("its table " + std::string(table) + " has no column " + std::string(name));
  return result;
}

void LegacyReader::check_version() const {
  const Table table = look_at("schema_version");
  if (!table.exists || !table.has("version")) return;
  const auto version =
      database_.integer("SELECT max(version) FROM schema_version WHERE typeof(version) = 'integer'");
  if (version && *version > kNewestVersion)
    throw_unsupported("its schema version is " + std::to_string(*version) + ", newer than " +
                      std::to_string(kNewestVersion));
}

void LegacyReader::check_sound(std::string_view table) const {
  sqlite::Statement check = database_.statement("PRAGMA main.quick_check(" + std::string(table) + ")");
  while (check.step()) {
    const std::string_view line = check.text_view(0);
    // Values that break a rule of the table are judged row by row.
    if (line == "ok" || line.find(" value in ") != std::string_view::npos) continue;
    throw Error(ErrorCode::Corrupt, name_ + " is damaged: " + base::printable(line));
  }
}

std::int64_t LegacyReader::count_models() const {
  return database_.integer("SELECT count(*) FROM models").value_or(0);
}

std::int64_t LegacyReader::largest_model_id(std::int64_t limit) const {
  return std::max<std::int64_t>(
      0, database_.integer("SELECT max(id) FROM models WHERE typeof(id) = 'integer' AND id <= ?", limit)
             .value_or(0));
}

const LegacyIdentity* LegacyReader::Identities::next() {
  if (!query_.step()) return nullptr;
  int column = 0;
  for (LegacyValue* value : {&row_.id, &row_.hash_hex, &row_.hash_algo, &row_.created_at})
    read(query_, column++, *value);
  return &row_;
}

LegacyReader::Identities LegacyReader::identities() const {
  return Identities(database_.statement("SELECT " + identity_columns_ + " FROM models ORDER BY id"));
}

const LegacyModelRow* LegacyReader::Models::next() {
  if (!query_.step()) return nullptr;
  int column = 0;
  for (LegacyValue* value : {&row_.id, &row_.hash_hex, &row_.hash_algo, &row_.created_at, &row_.path,
                             &row_.name, &row_.type, &row_.size_bytes, &row_.meta_json, &row_.extra_json})
    read(query_, column++, *value);
  return &row_;
}

LegacyReader::Models LegacyReader::models() const {
  return Models(database_.statement("SELECT " + model_columns_ + " FROM models ORDER BY id"));
}

LegacyReader::Models LegacyReader::model(std::int64_t id) const {
  sqlite::Statement query =
      database_.statement("SELECT " + model_columns_ + " FROM models WHERE id = ? LIMIT 1");
  query.bind(id);
  return Models(std::move(query));
}

std::vector<LegacyTag> LegacyReader::tags() const {
  std::vector<LegacyTag> tags;
  if (!tags_.exists) return tags;
  sqlite::Statement query =
      database_.statement("SELECT id, name, " + column(tags_, "color") + " FROM tags ORDER BY id");
  while (query.step()) {
    LegacyTag& tag = tags.emplace_back();
    read(query, 0, tag.id);
    read(query, 1, tag.name);
    read(query, 2, tag.color);
  }
  return tags;
}

void LegacyReader::tags_of(std::int64_t model_id, std::vector<std::int64_t>& tags) const {
  tags.clear();
  if (!model_tags_.exists) return;
  sqlite::Statement query =
      database_.statement("SELECT tag_id FROM model_tags WHERE model_id = ? ORDER BY tag_id");
  query.bind(model_id);
  while (query.step())
    if (query.type(0) == sqlite::ValueType::Integer) tags.push_back(query.integer(0));
}

std::int64_t LegacyReader::count_dangling_links() const {
  if (!model_tags_.exists) return 0;
  const std::string tags = tags_.exists ? "SELECT id FROM tags WHERE id IS NOT NULL" : "SELECT NULL WHERE 0";
  return database_
      .integer(
          "SELECT count(*) FROM model_tags WHERE ifnull(model_id, '') NOT IN (SELECT id FROM models "
          "WHERE id IS NOT NULL) OR ifnull(tag_id, '') NOT IN (" +
          tags + ")")
      .value_or(0);
}

}  // namespace modelstore::catalog
