/// What imports remember: their sources, the rows, tags and pictures that they took over.
///
/// All functions work on the caller's connection, those that write in its transaction. The memory of rows
/// is kept for ever; that of tags and pictures goes with the tag or record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/path_lookup.hpp"
#include "modelstore/records.hpp"
#include "modelstore/sha256.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// The import with this source. Nothing if none was begun.
[[nodiscard]] std::optional<std::int64_t> find_import(const sqlite::Connection& database,
                                                      std::string_view source_id);
std::int64_t insert_import(const sqlite::Connection& database, std::string_view source_id);

/// The digest of a row that was imported. Nothing if it was not.
[[nodiscard]] std::optional<Sha256> find_import_row(const sqlite::Connection& database, std::int64_t import,
                                                    std::int64_t legacy_id);
void insert_import_row(const sqlite::Connection& database, std::int64_t import, std::int64_t legacy_id,
                       const RecordRef& target, const Sha256& digest);

/// Tags of the source, by their ids there, and the tags that they became.
[[nodiscard]] std::unordered_map<std::int64_t, Tag> import_tags(const sqlite::Connection& database,
                                                                std::int64_t import);
void insert_import_tag(const sqlite::Connection& database, std::int64_t import, std::int64_t legacy_id,
                       std::int64_t tag_id);

/// Stored: the values are frozen.
enum class ImportImageState : std::uint8_t { ToDo = 0, Done = 1, Missing = 2, Failed = 3 };

/// One picture that an imported row refers to.
struct ImportImage {
  std::int64_t id = 0;
  std::int64_t legacy_id = 0;
  std::string reference;      ///< as the source has it
  std::int64_t position = 0;  ///< that its preview or pending picture gets
  RecordRef record;           ///< whose picture it is now
  ImportImageState state = ImportImageState::ToDo;
};

/// As to do; `image.id` and `image.state` are not used.
void insert_import_image(const sqlite::Connection& database, std::int64_t import, const ImportImage& image);

/// The pictures that are not stored yet, after the one with the id `after`, at most `limit`.
[[nodiscard]] std::vector<ImportImage> import_images_to_do(const sqlite::Connection& database,
                                                           std::int64_t import, std::int64_t after,
                                                           std::int64_t limit);
[[nodiscard]] std::int64_t count_import_images_to_do(const sqlite::Connection& database, std::int64_t import);

/// Nothing if the picture is not to be stored any more: it was, or its record is gone.
[[nodiscard]] std::optional<ImportImage> find_import_image_to_do(const sqlite::Connection& database,
                                                                 std::int64_t id);

/// References of a record that this import has noted before.
[[nodiscard]] std::vector<std::string> import_references(const sqlite::Connection& database,
                                                         std::int64_t import, const RecordRef& record);

/// The position behind all pictures that the record has or is to get.
[[nodiscard]] std::int64_t next_picture_position(const sqlite::Connection& database, const RecordRef& record);

/// Whether an import other than `import` has stored a picture with this content for the record.
[[nodiscard]] bool imported_elsewhere(const sqlite::Connection& database, std::int64_t import,
                                      const RecordRef& record, const Sha256& source);

[[nodiscard]] bool has_other_imports(const sqlite::Connection& database, std::int64_t import);

/// `source` is the digest of the file that was stored.
void set_import_image_done(const sqlite::Connection& database, std::int64_t id, const Sha256& source);
/// A picture that is done stays so.
void set_import_image_state(const sqlite::Connection& database, std::int64_t id, ImportImageState state);

/// A record became a model, or joined one: what imports remember of the record, and the pictures that it is
/// still to get, are the model's from now on, their positions `moved_by` further back (as those of the
/// pictures that it had). Called in the transaction that deletes the record, before that.
void redirect_import_images(const sqlite::Connection& database, const RecordRef& record,
                            std::int64_t model_id, std::int64_t moved_by);

}  // namespace modelstore::catalog
