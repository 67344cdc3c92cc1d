#include "catalog/preview_rows.hpp"

#include "catalog/preview_names.hpp"

namespace modelstore::catalog {
namespace {

constexpr const char* kImagesOfModel =
    "SELECT id, model_id, seq, position, width, height, high_size, high_sha256, medium_size, medium_sha256, "
    "low_size, low_sha256, source_format, source_text FROM images WHERE model_id = ? ORDER BY position, id";
constexpr const char* kImageById =
    "SELECT id, model_id, seq, position, width, height, high_size, high_sha256, medium_size, medium_sha256, "
    "low_size, low_sha256, source_format, source_text FROM images WHERE id = ?";
constexpr const char* kPendingImagesOfRecord =
    "SELECT id, pending_id, position, extension, format, original_name, size_bytes, sha256 FROM "
    "pending_images WHERE pending_id = ? ORDER BY position, id";
constexpr const char* kPendingImageById =
    "SELECT id, pending_id, position, extension, format, original_name, size_bytes, sha256 FROM "
    "pending_images WHERE id = ?";

ImageRow read_image(const sqlite::Statement& query) {
  ImageRow row;
  row.id = query.integer(0);
  row.model_id = query.integer(1);
  row.seq = query.integer(2);
  row.position = query.integer(3);
  row.width = static_cast<std::int32_t>(query.integer(4));
  row.height = static_cast<std::int32_t>(query.integer(5));
  int column = 6;
  for (FileFacts& file : row.files) {
    file.size_bytes = query.integer(column++);
    file.sha256 = query.sha256(column++);
  }
  row.source_format = query.text(column++);
  row.source_text = query.text(column);
  return row;
}

PendingImageRow read_pending_image(const sqlite::Statement& query) {
  PendingImageRow row;
  row.id = query.integer(0);
  row.pending_id = query.integer(1);
  row.position = query.integer(2);
  row.extension = query.text(3);
  row.format = query.text(4);
  row.original_name = query.text(5);
  row.file.size_bytes = query.integer(6);
  row.file.sha256 = query.sha256(7);
  return row;
}

}  // namespace

std::vector<ImageRow> images_of(const sqlite::Connection& database, std::int64_t model_id) {
  std::vector<ImageRow> rows;
  sqlite::Statement query = database.statement(kImagesOfModel);
  query.bind(model_id);
  while (query.step()) rows.push_back(read_image(query));
  return rows;
}

std::optional<ImageRow> find_image(const sqlite::Connection& database, std::int64_t image_id) {
  sqlite::Statement query = database.statement(kImageById);
  query.bind(image_id);
  if (!query.step()) return std::nullopt;
  return read_image(query);
}

std::vector<Preview> previews_of(const sqlite::Connection& database, std::int64_t model_id,
                                 const Sha256& sha256) {
  std::vector<Preview> previews;
  for (ImageRow& row : images_of(database, model_id)) {
    Preview& preview = previews.emplace_back();
    preview.id = row.id;
    preview.position = static_cast<std::int64_t>(previews.size()) - 1;
    preview.width = row.width;
    preview.height = row.height;
    for (const Tier tier : kTiers) {
      const auto index = static_cast<std::size_t>(tier);
      preview.files[index] = {tier_file_name(sha256, row.seq, tier), row.files[index].size_bytes,
                              row.files[index].sha256};
    }
    preview.source_format = std::move(row.source_format);
    preview.source_text = std::move(row.source_text);
  }
  return previews;
}

std::int64_t next_image_position(const sqlite::Connection& database, std::int64_t model_id) {
  return database.integer("SELECT max(position) + 1 FROM images WHERE model_id = ?", model_id).value_or(0);
}

std::int64_t insert_image(const sqlite::Connection& database, const ImageRow& row) {
  const auto& [high, medium, low] = row.files;
  database.run(
      "INSERT INTO images(model_id, seq, position, width, height, high_size, high_sha256, medium_size, "
      "medium_sha256, low_size, low_sha256, source_format, source_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?)",
      row.model_id, row.seq, row.position, row.width, row.height, high.size_bytes, high.sha256,
      medium.size_bytes, medium.sha256, low.size_bytes, low.sha256, row.source_format, row.source_text);
  return database.last_insert_id();
}

void move_image(const sqlite::Connection& database, std::int64_t image_id, std::int64_t model_id,
                std::int64_t seq, std::int64_t position) {
  database.run("UPDATE images SET model_id = ?2, seq = ?3, position = ?4 WHERE id = ?1", image_id, model_id,
               seq, position);
}

void set_image_position(const sqlite::Connection& database, std::int64_t image_id, std::int64_t position) {
  database.run("UPDATE images SET position = ?2 WHERE id = ?1", image_id, position);
}

void delete_image(const sqlite::Connection& database, std::int64_t image_id) {
  database.run("DELETE FROM images WHERE id = ?", image_id);
}

std::int64_t take_seq(const sqlite::Connection& database, const Sha256& sha256, std::int64_t at_least) {
  const std::int64_t next =
      database.integer("SELECT next_seq FROM preview_counters WHERE sha256 = ?", sha256).value_or(0);
  const std::int64_t seq = next < at_least ? at_least : next;
  database.run(
      "INSERT INTO preview_counters(sha256, next_seq) VALUES (?1, ?2) ON CONFLICT(sha256) DO UPDATE SET "
      "next_seq = ?2",
      sha256, seq + 1);
  return seq;
}

std::vector<PendingImageRow> pending_images_of(const sqlite::Connection& database, std::int64_t pending_id) {
  std::vector<PendingImageRow> rows;
  sqlite::Statement query = database.statement(kPendingImagesOfRecord);
  query.bind(pending_id);
  while (query.step()) rows.push_back(read_pending_image(query));
  return rows;
}

std::optional<PendingImageRow> find_pending_image(const sqlite::Connection& database,
                                                  std::int64_t picture_id) {
  sqlite::Statement query = database.statement(kPendingImageById);
  query.bind(picture_id);
  if (!query.step()) return std::nullopt;
  return read_pending_image(query);
}

std::vector<PendingPicture> pending_pictures_of(const sqlite::Connection& database, std::int64_t pending_id) {
  std::vector<PendingPicture> pictures;
  for (PendingImageRow& row : pending_images_of(database, pending_id)) {
    PendingPicture& picture = pictures.emplace_back();
    picture.id = row.id;
    picture.position = static_cast<std::int64_t>(pictures.size()) - 1;
    picture.file_name = pending_file_name(row.id, row.extension);
    picture.original_name = std::move(row.original_name);
    picture.format = std::move(row.format);
    picture.size_bytes = row.file.size_bytes;
    picture.sha256 = row.file.sha256;
  }
  return pictures;
}

std::int64_t next_pending_image_position(const sqlite::Connection& database, std::int64_t pending_id) {
  return database.integer("SELECT max(position) + 1 FROM pending_images WHERE pending_id = ?", pending_id)
      .value_or(0);
}

std::int64_t take_pending_image_id(const sqlite::Connection& database) {
  // The counter of AUTOINCREMENT itself, which SQLite lets a program raise.
  database.run("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'pending_images'");
  if (database.changed_rows() == 0) database.run("INSERT INTO sqlite_sequence VALUES ('pending_images', 1)");
  return database.integer("SELECT seq FROM sqlite_sequence WHERE name = 'pending_images'").value_or(0);
}

void insert_pending_image(const sqlite::Connection& database, const PendingImageRow& row) {
  database.run(
      "INSERT INTO pending_images(id, pending_id, position, extension, format, original_name, size_bytes, "
      "sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row.id, row.pending_id, row.position, row.extension, row.format, row.original_name, row.file.size_bytes,
      row.file.sha256);
}

void move_pending_image(const sqlite::Connection& database, std::int64_t picture_id, std::int64_t pending_id,
                        std::int64_t position) {
  database.run("UPDATE pending_images SET pending_id = ?2, position = ?3 WHERE id = ?1", picture_id,
               pending_id, position);
}

void set_pending_image_position(const sqlite::Connection& database, std::int64_t picture_id,
                                std::int64_t position) {
  database.run("UPDATE pending_images SET position = ?2 WHERE id = ?1", picture_id, position);
}

void delete_pending_image(const sqlite::Connection& database, std::int64_t picture_id) {
  database.run("DELETE FROM pending_images WHERE id = ?", picture_id);
}

bool names_image_file(const sqlite::Connection& database, std::string_view name) {
  const auto parsed = parse_tier_file_name(name);
  if (!parsed) return false;
  return database
      .integer("SELECT 1 FROM images WHERE model_id = (SELECT id FROM models WHERE sha256 = ?) AND seq = ?",
               parsed->model, parsed->seq)
      .has_value();
}

bool names_pending_file(const sqlite::Connection& database, std::string_view name) {
  const auto parsed = parse_pending_file_name(name);
  if (!parsed) return false;
  return database
      .integer("SELECT 1 FROM pending_images WHERE id = ? AND extension = ?", parsed->id, parsed->extension)
      .has_value();
}

}  // namespace modelstore::catalog
