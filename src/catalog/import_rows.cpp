#include "catalog/import_rows.hpp"

#include "platform/system.hpp"

namespace modelstore::catalog {
namespace {

std::optional<std::int64_t> model_of(const RecordRef& record) {
  return record.pending ? std::nullopt : std::optional(record.id);
}

std::optional<std::int64_t> pending_of(const RecordRef& record) {
  return record.pending ? std::optional(record.id) : std::nullopt;
}

ImportImage read_image(const sqlite::Statement& query) {
  ImportImage image;
  image.id = query.integer(0);
  image.legacy_id = query.integer(1);
  image.reference = query.text(2);
  image.position = query.integer(3);
  image.record.pending = query.is_null(4);
  image.record.id = query.integer(image.record.pending ? 5 : 4);
  image.state = static_cast<ImportImageState>(query.integer(6));
  return image;
}

}  // namespace

std::optional<std::int64_t> find_import(const sqlite::Connection& database, std::string_view source_id) {
  return database.integer("SELECT id FROM imports WHERE source_id = ?", source_id);
}

std::int64_t insert_import(const sqlite::Connection& database, std::string_view source_id) {
  database.run("INSERT INTO imports(source_id, started_at) VALUES (?, ?)", source_id, platform::now_ms());
  return database.last_insert_id();
}

std::optional<Sha256> find_import_row(const sqlite::Connection& database, std::int64_t import,
                                      std::int64_t legacy_id) {
  sqlite::Statement query =
      database.statement("SELECT digest FROM import_rows WHERE import_id = ? AND legacy_id = ?");
  query.bind(import, legacy_id);
  if (!query.step()) return std::nullopt;
  return query.sha256(0);
}

void insert_import_row(const sqlite::Connection& database, std::int64_t import, std::int64_t legacy_id,
                       const RecordRef& target, const Sha256& digest) {
  database.run(
      "INSERT INTO import_rows(import_id, legacy_id, model_id, pending_id, digest) VALUES (?, ?, ?, ?, ?)",
      import, legacy_id, model_of(target), pending_of(target), digest);
}

std::unordered_map<std::int64_t, Tag> import_tags(const sqlite::Connection& database, std::int64_t import) {
  std::unordered_map<std::int64_t, Tag> tags;
  sqlite::Statement query = database.statement(
      "SELECT legacy_id, tags.id, name, color FROM import_tags JOIN tags ON tags.id = tag_id WHERE import_id "
      "= ?");
  query.bind(import);
  while (query.step()) {
    Tag tag{query.integer(1), query.text(2), std::nullopt};
    if (!query.is_null(3)) tag.color = query.text(3);
    tags.emplace(query.integer(0), std::move(tag));
  }
  return tags;
}

void insert_import_tag(const sqlite::Connection& database, std::int64_t import, std::int64_t legacy_id,
                       std::int64_t tag_id) {
  database.run(
      "INSERT INTO import_tags(import_id, legacy_id, tag_id) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
      "tag_id = excluded.tag_id",
      import, legacy_id, tag_id);
}

void insert_import_image(const sqlite::Connection& database, std::int64_t import, const ImportImage& image) {
  database.run(
      "INSERT INTO import_images(import_id, legacy_id, reference, position, state, model_id, pending_id) "
      "VALUES (?, ?, ?, ?, 0, ?, ?)",
      import, image.legacy_id, image.reference, image.position, model_of(image.record),
      pending_of(image.record));
}

std::vector<ImportImage> import_images_to_do(const sqlite::Connection& database, std::int64_t import,
                                             std::int64_t after, std::int64_t limit) {
  std::vector<ImportImage> images;
  sqlite::Statement query = database.statement(
      "SELECT id, legacy_id, reference, position, model_id, pending_id, state FROM import_images WHERE "
      "import_id = "
      "? AND id > ? AND state <> 1 ORDER BY id LIMIT ?");
  query.bind(import, after, limit);
  while (query.step()) images.push_back(read_image(query));
  return images;
}

std::int64_t count_import_images_to_do(const sqlite::Connection& database, std::int64_t import) {
  return database.integer("SELECT count(*) FROM import_images WHERE import_id = ? AND state <> 1", import)
      .value_or(0);
}

std::optional<ImportImage> find_import_image_to_do(const sqlite::Connection& database, std::int64_t id) {
  sqlite::Statement query = database.statement(
      "SELECT id, legacy_id, reference, position, model_id, pending_id, state FROM import_images WHERE id = "
      "? AND "
      "state <> 1");
  query.bind(id);
  if (!query.step()) return std::nullopt;
  return read_image(query);
}

std::vector<std::string> import_references(const sqlite::Connection& database, std::int64_t import,
                                           const RecordRef& record) {
  std::vector<std::string> references;
  sqlite::Statement query = database.statement(
      record.pending ? "SELECT reference FROM import_images WHERE pending_id = ? AND import_id = ?"
                     : "SELECT reference FROM import_images WHERE model_id = ? AND import_id = ?");
  query.bind(record.id, import);
  while (query.step()) references.push_back(query.text(0));
  return references;
}

std::int64_t next_picture_position(const sqlite::Connection& database, const RecordRef& record) {
  return database
      .integer(
          record.pending
              ? "SELECT 1 + max((SELECT coalesce(max(position), -1) FROM pending_images WHERE pending_id "
                "= ?1), (SELECT coalesce(max(position), -1) FROM import_images WHERE pending_id = ?1 AND "
                "state <> 1))"
              : "SELECT 1 + max((SELECT coalesce(max(position), -1) FROM images WHERE model_id = ?1), "
                "(SELECT coalesce(max(position), -1) FROM import_images WHERE model_id = ?1 AND state <> "
                "1))",
          record.id)
      .value_or(0);
}

bool imported_elsewhere(const sqlite::Connection& database, std::int64_t import, const RecordRef& record,
                        const Sha256& source) {
  return database
      .integer(record.pending ? "SELECT 1 FROM import_images WHERE pending_id = ? AND import_id <> ? AND "
                                "state = 1 AND source_sha256 = ?"
                              : "SELECT 1 FROM import_images WHERE model_id = ? AND import_id <> ? AND "
                                "state = 1 AND source_sha256 = ?",
               record.id, import, source)
      .has_value();
}

bool has_other_imports(const sqlite::Connection& database, std::int64_t import) {
  return database.integer("SELECT 1 FROM imports WHERE id <> ?", import).has_value();
}

void set_import_image_done(const sqlite::Connection& database, std::int64_t id, const Sha256& source) {
  database.run("UPDATE import_images SET state = 1, source_sha256 = ?2 WHERE id = ?1", id, source);
}

void set_import_image_state(const sqlite::Connection& database, std::int64_t id, ImportImageState state) {
  database.run("UPDATE import_images SET state = ?2 WHERE id = ?1 AND state <> 1", id,
               static_cast<int>(state));
}

void redirect_import_images(const sqlite::Connection& database, const RecordRef& record,
                            std::int64_t model_id, std::int64_t moved_by) {
  database.run(record.pending
                   ? "UPDATE import_rows SET pending_id = NULL, model_id = ?2 WHERE pending_id = ?1"
                   : "UPDATE import_rows SET model_id = ?2 WHERE model_id = ?1",
               record.id, model_id);
  database.run(record.pending
                   ? "UPDATE import_images SET pending_id = NULL, model_id = ?2, position = position "
                     "+ ?3 WHERE pending_id = ?1"
                   : "UPDATE import_images SET model_id = ?2, position = position + ?3 WHERE "
                     "model_id = ?1",
               record.id, model_id, moved_by);
}

}  // namespace modelstore::catalog
