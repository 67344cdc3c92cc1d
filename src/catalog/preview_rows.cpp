#include "catalog/preview_rows.hpp"

#include "catalog/preview_names.hpp"
#include "image/picture_format.hpp"

namespace modelstore::catalog {
namespace {

/// Columns in the order of `read_image`.
std::string select_images(const std::string& condition, const char* source_text = "i.source_text") {
  return "SELECT i.id, i.model_id, i.seq, i.position, i.width, i.height, i.high_size, i.high_sha256, "
         "i.medium_size, i.medium_sha256, i.low_size, i.low_sha256, i.source_format, i.original_size, "
         "i.original_sha256, " +
         std::string(source_text) + ", m.sha256 FROM images i JOIN models m ON m.id = i.model_id " +
         condition;
}
constexpr const char* kWithoutText = "''";  // which may be long, and says nothing of files

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
  if (!query.is_null(column)) row.original = FileFacts{query.integer(column), query.sha256(column + 1)};
  row.source_text = query.text(column + 2);
  return row;
}

Sha256 model_of(const sqlite::Statement& query) {
  return query.sha256(16);
}

/// The extension of the original of a row.
std::string_view extension_of(const ImageRow& row) {
  const auto format = image::format_of_name(row.source_format);
  return format ? image::file_extension(*format) : std::string_view();
}

Preview to_preview(ImageRow row, const Sha256& sha256, std::int64_t position) {
  const std::vector<NamedFacts> files = files_of(row, sha256, row.seq);
  const auto published = [&](std::size_t index) {
    return TierFile{files[index].name, files[index].facts.size_bytes, files[index].facts.sha256};
  };
  Preview preview;
  preview.id = row.id;
  preview.position = position;
  preview.width = row.width;
  preview.height = row.height;
  for (std::size_t i = 0; i < kTiers.size(); ++i) preview.files[i] = published(i);
  if (row.original) preview.original = published(kTiers.size());
  preview.source_format = std::move(row.source_format);
  preview.source_text = std::move(row.source_text);
  return preview;
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

std::vector<NamedFacts> files_of(const ImageRow& row, const Sha256& model, std::int64_t seq) {
  std::vector<NamedFacts> files;
  files.reserve(kTiers.size() + 1);
  for (const Tier tier : kTiers)
    files.push_back({tier_file_name(model, seq, tier), row.files[static_cast<std::size_t>(tier)]});
  if (row.original) files.push_back({original_file_name(model, seq, extension_of(row)), *row.original});
  return files;
}

std::vector<NamedFacts> all_image_files(const sqlite::Connection& database) {
  std::vector<NamedFacts> files;
  sqlite::Statement query = database.statement(select_images("", kWithoutText));
  while (query.step()) {
    const ImageRow row = read_image(query);
    for (NamedFacts& file : files_of(row, model_of(query), row.seq)) files.push_back(std::move(file));
  }
  return files;
}

std::optional<FileFacts> find_image_file(const sqlite::Connection& database, std::string_view name) {
  const auto parsed = parse_preview_file_name(name);
  if (!parsed) return std::nullopt;
  sqlite::Statement query =
      database.statement(select_images("WHERE m.sha256 = ? AND i.seq = ?", kWithoutText));
  query.bind(parsed->model, parsed->seq);
  if (!query.step()) return std::nullopt;
  for (const NamedFacts& file : files_of(read_image(query), parsed->model, parsed->seq))
    if (file.name == name) return file.facts;
  return std::nullopt;
}

std::vector<ImageRow> images_of(const sqlite::Connection& database, std::int64_t model_id) {
  std::vector<ImageRow> rows;
  sqlite::Statement query =
      database.statement(select_images("WHERE i.model_id = ? ORDER BY i.position, i.id"));
  query.bind(model_id);
  while (query.step()) rows.push_back(read_image(query));
  return rows;
}

std::optional<ImageRow> find_image(const sqlite::Connection& database, std::int64_t image_id) {
  sqlite::Statement query = database.statement(select_images("WHERE i.id = ?"));
  query.bind(image_id);
  if (!query.step()) return std::nullopt;
  return read_image(query);
}

std::vector<Preview> previews_of(const sqlite::Connection& database, std::int64_t model_id,
                                 const Sha256& sha256) {
  std::vector<Preview> previews;
  for (ImageRow& row : images_of(database, model_id))
    previews.push_back(to_preview(std::move(row), sha256, std::ssize(previews)));
  return previews;
}

std::optional<ModelPreview> find_preview(const sqlite::Connection& database, std::int64_t image_id) {
  sqlite::Statement query = database.statement(select_images("WHERE i.id = ?"));
  query.bind(image_id);
  if (!query.step()) return std::nullopt;
  ImageRow row = read_image(query);
  const auto position =
      database.integer("SELECT count(*) FROM images WHERE model_id = ? AND (position, id) < (?, ?)",
                       row.model_id, row.position, row.id);
  const Sha256 model = model_of(query);
  return ModelPreview{model, to_preview(std::move(row), model, position.value_or(0))};
}

std::optional<Preview> find_preview_at(const sqlite::Connection& database, std::int64_t model_id,
                                       const Sha256& sha256, std::int64_t position) {
  if (position < 0) return std::nullopt;
  sqlite::Statement query =
      database.statement(select_images("WHERE i.model_id = ? ORDER BY i.position, i.id LIMIT 1 OFFSET ?"));
  query.bind(model_id, position);
  if (!query.step()) return std::nullopt;
  return to_preview(read_image(query), sha256, position);
}

FirstImage first_image_of_model(const sqlite::Connection& database, std::int64_t model_id,
                                const Sha256& sha256) {
  // Beside min(), SQLite takes the other columns from the row that has the minimum.
  sqlite::Statement query =
      database.statement("SELECT count(*), seq, min(position) FROM images WHERE model_id = ?");
  query.bind(model_id);
  if (!query.step() || query.integer(0) == 0) return {};
  return {query.integer(0), tier_file_name(sha256, query.integer(1), Tier::Low)};
}

FirstImage first_image_of_pending(const sqlite::Connection& database, std::int64_t pending_id) {
  sqlite::Statement query = database.statement(
      "SELECT count(*), id, extension, min(position) FROM pending_images WHERE pending_id = ?");
  query.bind(pending_id);
  if (!query.step() || query.integer(0) == 0) return {};
  return {query.integer(0), pending_file_name(query.integer(1), query.text(2))};
}

std::int64_t next_image_position(const sqlite::Connection& database, std::int64_t model_id) {
  return database.integer("SELECT max(position) + 1 FROM images WHERE model_id = ?", model_id).value_or(0);
}

std::int64_t insert_image(const sqlite::Connection& database, const ImageRow& row) {
  const auto& [high, medium, low] = row.files;
  std::optional<std::int64_t> original_size;
  std::optional<Sha256> original_sha256;
  if (row.original) {
    original_size = row.original->size_bytes;
    original_sha256 = row.original->sha256;
  }
  database.run(
      "INSERT INTO images(model_id, seq, position, width, height, high_size, high_sha256, medium_size, "
      "medium_sha256, low_size, low_sha256, source_format, source_text, original_size, original_sha256) "
      "VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.model_id, row.seq, row.position, row.width, row.height, high.size_bytes, high.sha256,
      medium.size_bytes, medium.sha256, low.size_bytes, low.sha256, row.source_format, row.source_text,
      original_size, original_sha256);
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

void forget_original(const sqlite::Connection& database, std::int64_t image_id) {
  database.run("UPDATE images SET original_size = NULL, original_sha256 = NULL WHERE id = ?", image_id);
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

bool names_pending_file(const sqlite::Connection& database, std::string_view name) {
  const auto parsed = parse_pending_file_name(name);
  if (!parsed) return false;
  return database
      .integer("SELECT 1 FROM pending_images WHERE id = ? AND extension = ?", parsed->id, parsed->extension)
      .has_value();
}

}  // namespace modelstore::catalog
