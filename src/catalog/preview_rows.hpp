/// Rows of `images`, `pending_images` and `preview_counters`. All functions work on the caller's connection;
/// those that write are called in a WriteTransaction, which the caller tells of the change. The files are
/// the journal's: a row is written or removed only within one of its operations.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modelstore/records.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// What a row knows about a file's content.
struct FileFacts {
  std::int64_t size_bytes = 0;
  Sha256 sha256;

  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

struct ImageRow {
  std::int64_t id = 0;
  std::int64_t model_id = 0;  ///< internal
  std::int64_t seq = 0;       ///< names the files, together with the model's hash
  std::int64_t position = 0;  ///< orders, with gaps
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::array<FileFacts, 3> files;     ///< high, medium, low
  std::optional<FileFacts> original;  ///< if it was kept
  std::string source_format;
  std::string source_text = "{}";
};

/// A file that a row names.
struct NamedFacts {
  std::string name;
  FileFacts facts;
};

/// The files of a row of this model in `images/`, as they are called under number `seq`: the tiers, then the
/// original if there is one. Always as many, in the same order, whatever the model and the number.
[[nodiscard]] std::vector<NamedFacts> files_of(const ImageRow& row, const Sha256& model, std::int64_t seq);

/// All files that rows name in `images/`.
[[nodiscard]] std::vector<NamedFacts> all_image_files(const sqlite::Connection& database);

/// What a row says about this file of `images/`. Nothing if none names it.
[[nodiscard]] std::optional<FileFacts> find_image_file(const sqlite::Connection& database,
                                                       std::string_view name);

/// A model's rows in show order.
[[nodiscard]] std::vector<ImageRow> images_of(const sqlite::Connection& database, std::int64_t model_id);

[[nodiscard]] std::optional<ImageRow> find_image(const sqlite::Connection& database, std::int64_t image_id);

/// A model's previews in show order, positions counted from 0.
[[nodiscard]] std::vector<Preview> previews_of(const sqlite::Connection& database, std::int64_t model_id,
                                               const Sha256& sha256);

/// The position behind a model's last row.
/// A preview with its model. Nothing if there is no such row.
[[nodiscard]] std::optional<ModelPreview> find_preview(const sqlite::Connection& database,
                                                       std::int64_t image_id);

/// The preview that a model shows at this position, counted from 0. Nothing if it has fewer.
[[nodiscard]] std::optional<Preview> find_preview_at(const sqlite::Connection& database,
                                                     std::int64_t model_id, const Sha256& sha256,
                                                     std::int64_t position);

/// How many pictures a record has, and the file of the first one (empty if there is none): of a model the low
/// tier, of a pending record the original.
struct FirstImage {
  std::int64_t count = 0;
  std::string file_name;
};
[[nodiscard]] FirstImage first_image_of_model(const sqlite::Connection& database, std::int64_t model_id,
                                              const Sha256& sha256);
[[nodiscard]] FirstImage first_image_of_pending(const sqlite::Connection& database, std::int64_t pending_id);

[[nodiscard]] std::int64_t next_image_position(const sqlite::Connection& database, std::int64_t model_id);

/// Returns the new id; `row.id` is not used.
std::int64_t insert_image(const sqlite::Connection& database, const ImageRow& row);

/// Gives a row to a model (the same or another), under another `seq` and position.
void move_image(const sqlite::Connection& database, std::int64_t image_id, std::int64_t model_id,
                std::int64_t seq, std::int64_t position);

void set_image_position(const sqlite::Connection& database, std::int64_t image_id, std::int64_t position);
/// The row then names no original.
void forget_original(const sqlite::Connection& database, std::int64_t image_id);
void delete_image(const sqlite::Connection& database, std::int64_t image_id);

/// Takes the next number for the files of this model, never below `at_least`; it is not given again, even
/// if the model goes.
std::int64_t take_seq(const sqlite::Connection& database, const Sha256& sha256, std::int64_t at_least = 0);

struct PendingImageRow {
  std::int64_t id = 0;  ///< names the file, together with the extension
  std::int64_t pending_id = 0;
  std::int64_t position = 0;
  std::string extension;
  std::string format;
  std::string original_name;
  FileFacts file;
};

/// A pending record's rows in show order.
[[nodiscard]] std::vector<PendingImageRow> pending_images_of(const sqlite::Connection& database,
                                                             std::int64_t pending_id);

[[nodiscard]] std::optional<PendingImageRow> find_pending_image(const sqlite::Connection& database,
                                                                std::int64_t picture_id);

/// A pending record's pictures in show order, positions counted from 0.
[[nodiscard]] std::vector<PendingPicture> pending_pictures_of(const sqlite::Connection& database,
                                                              std::int64_t pending_id);

[[nodiscard]] std::int64_t next_pending_image_position(const sqlite::Connection& database,
                                                       std::int64_t pending_id);

/// Takes an id for a row to be inserted later; it is not given again.
std::int64_t take_pending_image_id(const sqlite::Connection& database);

/// Under `row.id`, which was taken before.
void insert_pending_image(const sqlite::Connection& database, const PendingImageRow& row);

/// Gives a row to another pending record.
void move_pending_image(const sqlite::Connection& database, std::int64_t picture_id, std::int64_t pending_id,
                        std::int64_t position);

void set_pending_image_position(const sqlite::Connection& database, std::int64_t picture_id,
                                std::int64_t position);
void delete_pending_image(const sqlite::Connection& database, std::int64_t picture_id);

/// Whether a row names this file of `images/pending/`.
[[nodiscard]] bool names_pending_file(const sqlite::Connection& database, std::string_view name);

}  // namespace modelstore::catalog
