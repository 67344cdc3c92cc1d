/// The parts of journalled operations that add, move and remove pictures, for everything that does so:
/// adding one, importing, promoting, giving a model another hash. Used within the functions of a
/// journal::Draft; what is staged must outlive the operation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/preview_rows.hpp"
#include "catalog/store_core.hpp"
#include "image/picture_format.hpp"
#include "journal/operation.hpp"
#include "modelstore/image_processor.hpp"

namespace modelstore::preview {

/// The tiers of one picture, written and synced, on their way to a model.
struct StagedPreview {
  const journal::Staging* staging = nullptr;
  std::array<journal::StagedFile, 3> files;     ///< high, medium, low
  std::optional<journal::StagedFile> original;  ///< if it is kept
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::string source_format;
  std::string source_text;
  std::int64_t seq = -1;  ///< taken by `publications`
};

/// Writes the tiers, and the picture that they were made of if the store keeps originals, to the staging
/// folder, which is used by one thread at a time. Errors: NoSpace, Io.
[[nodiscard]] StagedPreview stage_preview(journal::Staging& staging, const TierSet& tiers,
                                          std::span<const std::byte> picture);

/// For `Draft::prepare`: takes a number for the names of these files under `model`, notes it in `preview`,
/// and says what is to be published. May be called again: the next number is taken then.
[[nodiscard]] std::vector<journal::Publication> publications(catalog::WriteTransaction& transaction,
                                                             StagedPreview& preview, const Sha256& model);

/// For `Draft::commit`: writes the row and returns the preview's id. `model_id` must be the model that
/// `publications` was called for. The caller tells the transaction that the model changed.
std::int64_t insert_preview_row(const sqlite::Connection& database, std::int64_t model_id,
                                std::int64_t position, const StagedPreview& preview);

/// As above, behind the model's last preview.
std::int64_t append_preview_row(const sqlite::Connection& database, std::int64_t model_id,
                                const StagedPreview& preview);

/// For `Draft::commit`: the files of a row that goes.
[[nodiscard]] std::vector<journal::Removal> removals_of_preview(const Sha256& model,
                                                                const catalog::ImageRow& row);

/// For `Draft::prepare`: links the files of a row of model `from` to names under `to`, and returns their new
/// number in `new_seq`. The commit then calls catalog::move_image with it, and returns `removals_of_preview`
/// for the row as it was.
[[nodiscard]] std::vector<journal::Publication> publications_of_moved(catalog::WriteTransaction& transaction,
                                                                      detail::StoreCore& core,
                                                                      const catalog::ImageRow& row,
                                                                      const Sha256& from, const Sha256& to,
                                                                      std::int64_t& new_seq);

/// The original of one picture, written and synced, on its way to a pending record.
struct StagedOriginal {
  const journal::Staging* staging = nullptr;
  journal::StagedFile file;
  image::PictureFormat format = image::PictureFormat::Png;
  std::string original_name;
  std::int64_t id = 0;  ///< taken by `publication_of_original`
};

/// Writes the bytes, which were found to decode, to the staging folder. Errors: NoSpace, Io.
[[nodiscard]] StagedOriginal stage_original(journal::Staging& staging, std::span<const std::byte> picture,
                                            image::PictureFormat format, std::string original_name);

/// For `Draft::prepare`: takes an id, notes it in `original`, and says what is to be published. May be called
/// again: the next id is taken then.
[[nodiscard]] journal::Publication publication_of_original(catalog::WriteTransaction& transaction,
                                                           StagedOriginal& original);

/// For `Draft::commit`: writes the row under the id that was taken. The caller tells the transaction that the
/// record changed.
void insert_original_row(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t position,
                         const StagedOriginal& original);

/// As above, behind the record's last picture.
void append_original_row(const sqlite::Connection& database, std::int64_t pending_id,
                         const StagedOriginal& original);

/// For `Draft::commit`: the file of a row that goes.
[[nodiscard]] journal::Removal removal_of_original(const catalog::PendingImageRow& row);

}  // namespace modelstore::preview
