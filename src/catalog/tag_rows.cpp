#include "catalog/tag_rows.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/text_limits.hpp"
#include "modelstore/error.hpp"
#include "platform/system.hpp"

namespace modelstore::catalog {
namespace {

Tag read_tag(const sqlite::Statement& query) {
  Tag tag{query.integer(0), query.text(1), std::nullopt};
  if (!query.is_null(2)) tag.color = query.text(2);
  return tag;
}

std::optional<Tag> first_tag(sqlite::Statement& query) {
  if (!query.step()) return std::nullopt;
  return read_tag(query);
}

std::vector<Tag> read_tags(sqlite::Statement& query) {
  std::vector<Tag> tags;
  while (query.step()) tags.push_back(read_tag(query));
  return tags;
}

/// One row a statement: SQLite keeps a journal of its own for a statement of several, which costs more than the
/// statements.
std::int64_t insert_links(const sqlite::Connection& database, std::string_view insert, std::int64_t record,
                          std::span<const std::int64_t> tag_ids) {
  sqlite::Statement statement = database.statement(insert);
  std::int64_t added = 0;
  for (const std::int64_t tag : tag_ids) {
    statement.bind(record, tag).run();
    added += database.changed_rows();
  }
  return added;
}

}  // namespace

std::optional<Tag> find_tag(const sqlite::Connection& database, std::int64_t id) {
  sqlite::Statement query = database.statement("SELECT id, name, color FROM tags WHERE id = ?");
  query.bind(id);
  return first_tag(query);
}

std::optional<Tag> find_tag(const sqlite::Connection& database, std::string_view name) {
  sqlite::Statement query = database.statement("SELECT id, name, color FROM tags WHERE name = ?");
  query.bind(name);
  return first_tag(query);
}

std::int64_t insert_tag(const sqlite::Connection& database, const Tag& tag) {
  const bool adopt = tag.id > 0 && tag.id <= kLargestAdoptedId &&
                     !database.integer("SELECT 1 FROM tags WHERE id = ?", tag.id);
  database.run("INSERT INTO tags(id, name, color, created_at) VALUES (?, ?, ?, ?)",
               adopt ? std::optional(tag.id) : std::nullopt, tag.name, tag.color, platform::now_ms());
  return database.last_insert_id();
}

std::vector<Tag> all_tags(const sqlite::Connection& database) {
  sqlite::Statement query = database.statement("SELECT id, name, color FROM tags ORDER BY name");
  return read_tags(query);
}

void update_tag(const sqlite::Connection& database, std::int64_t id, const std::optional<std::string>& name,
                const std::optional<std::string>& color) {
  auto tag = find_tag(database, id);
  if (!tag) throw Error(ErrorCode::NotFound, "no tag " + std::to_string(id));
  if (name) {
    tag->name = checked_tag_name(*name);
    const auto other = find_tag(database, std::string_view(tag->name));
    if (other && other->id != id)
      throw Error(ErrorCode::AlreadyExists, "there is a tag '" + tag->name + "' already");
  }
  if (color) {
    check_text("color", *color, kMaxTagName);
    tag->color = color->empty() ? std::nullopt : color;
  }
  database.run("UPDATE tags SET name = ?2, color = ?3 WHERE id = ?1", id, tag->name, tag->color);
}

void delete_tag(const sqlite::Connection& database, std::int64_t id) {
  database.run("DELETE FROM tags WHERE id = ?", id);
}

std::string checked_tag_name(std::string_view name) {
  const std::string_view trimmed = base::trim(name);
  if (trimmed.empty()) throw Error(ErrorCode::InvalidArgument, "a tag needs a name");
  if (trimmed.size() > kMaxTagName)
    throw Error(ErrorCode::InvalidArgument, "a tag's name has at most " + std::to_string(kMaxTagName) +
                                                " bytes, not " + std::to_string(trimmed.size()));
  if (!base::is_utf8(trimmed) || trimmed.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::InvalidArgument, "a tag's name must be UTF-8 text: " + base::printable(trimmed));
  return std::string(trimmed);
}

std::int64_t resolve_tag(const sqlite::Connection& database, const TagRef& tag) {
  if (tag.id) {
    if (!find_tag(database, *tag.id)) throw Error(ErrorCode::NotFound, "no tag " + std::to_string(*tag.id));
    return *tag.id;
  }
  const std::string name = checked_tag_name(tag.name);
  if (const auto found = find_tag(database, std::string_view(name))) return found->id;
  return insert_tag(database, {0, name, std::nullopt});
}

std::vector<Tag> tags_of_model(const sqlite::Connection& database, std::int64_t model_id) {
  sqlite::Statement query = database.statement(
      "SELECT tags.id, name, color FROM model_tags JOIN tags ON tags.id = tag_id WHERE model_id = ? ORDER BY "
      "name");
  query.bind(model_id);
  return read_tags(query);
}

std::vector<Tag> tags_of_pending(const sqlite::Connection& database, std::int64_t pending_id) {
  sqlite::Statement query = database.statement(
      "SELECT tags.id, name, color FROM pending_model_tags JOIN tags ON tags.id = tag_id WHERE pending_id = "
      "? ORDER BY "
      "name");
  query.bind(pending_id);
  return read_tags(query);
}

std::int64_t link_model_tags(const sqlite::Connection& database, std::int64_t model_id,
                             std::span<const std::int64_t> tag_ids) {
  return insert_links(database,
                      "INSERT INTO model_tags(model_id, tag_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                      model_id, tag_ids);
}

std::int64_t link_pending_tags(const sqlite::Connection& database, std::int64_t pending_id,
                               std::span<const std::int64_t> tag_ids) {
  return insert_links(
      database, "INSERT INTO pending_model_tags(pending_id, tag_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
      pending_id, tag_ids);
}

bool link_model_tag(const sqlite::Connection& database, std::int64_t model_id, std::int64_t tag_id) {
  return link_model_tags(database, model_id, {&tag_id, 1}) > 0;
}

bool link_pending_tag(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t tag_id) {
  return link_pending_tags(database, pending_id, {&tag_id, 1}) > 0;
}

void unlink_model_tag(const sqlite::Connection& database, std::int64_t model_id, std::int64_t tag_id) {
  database.run("DELETE FROM model_tags WHERE model_id = ? AND tag_id = ?", model_id, tag_id);
}

void unlink_pending_tag(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t tag_id) {
  database.run("DELETE FROM pending_model_tags WHERE pending_id = ? AND tag_id = ?", pending_id, tag_id);
}

void unlink_model_tags(const sqlite::Connection& database, std::int64_t model_id) {
  database.run("DELETE FROM model_tags WHERE model_id = ?", model_id);
}

void unlink_pending_tags(const sqlite::Connection& database, std::int64_t pending_id) {
  database.run("DELETE FROM pending_model_tags WHERE pending_id = ?", pending_id);
}

void copy_tags_to_model(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t model_id) {
  database.run(
      "INSERT INTO model_tags(model_id, tag_id) SELECT ?2, tag_id FROM pending_model_tags WHERE pending_id = "
      "?1 ON "
      "CONFLICT DO NOTHING",
      pending_id, model_id);
}

std::vector<Tag> TagReader::of_model(std::int64_t model_id) {
  return read("SELECT tag_id FROM model_tags WHERE model_id = ?", model_id);
}

std::vector<Tag> TagReader::of_pending(std::int64_t pending_id) {
  return read("SELECT tag_id FROM pending_model_tags WHERE pending_id = ?", pending_id);
}

std::vector<Tag> TagReader::read(std::string_view ids, std::int64_t record_id) {
  std::vector<Tag> tags;
  sqlite::Statement query = database_.statement(ids);
  query.bind(record_id);
  while (query.step()) {
    const std::int64_t id = query.integer(0);
    auto found = known_.find(id);
    if (found == known_.end()) {
      std::optional<Tag> tag = find_tag(database_, id);
      if (!tag) continue;
      found = known_.emplace(id, std::move(*tag)).first;
    }
    tags.push_back(found->second);
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.name < b.name; });
  return tags;
}

}  // namespace modelstore::catalog
