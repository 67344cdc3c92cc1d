#include "preview/preview_writer.hpp"

#include <utility>

#include "catalog/preview_names.hpp"

namespace modelstore::preview {
namespace {

std::size_t index_of(Tier tier) {
  return static_cast<std::size_t>(tier);
}

/// A number under which no tier file of `model` is there yet. Files that no row names may be: those of a
/// store whose database was put back from a backup.
std::int64_t take_free_seq(const sqlite::Connection& database, const platform::Directory& images,
                           const Sha256& model) {
  for (;;) {
    const std::int64_t seq = catalog::take_seq(database, model);
    bool free = true;
    for (const Tier tier : kTiers) free = free && !images.stat(catalog::tier_file_name(model, seq, tier));
    if (free) return seq;
  }
}

}  // namespace

StagedPreview stage_preview(journal::Staging& staging, const TierSet& tiers) {
  StagedPreview preview;
  preview.staging = &staging;
  for (const Tier tier : kTiers) preview.files[index_of(tier)] = staging.add(tiers.tier(tier).webp);
  preview.width = tiers.tier(Tier::High).width;
  preview.height = tiers.tier(Tier::High).height;
  preview.source_format = tiers.source_format;
  preview.source_text = tiers.source_text;
  return preview;
}

std::vector<journal::Publication> publications(catalog::WriteTransaction& transaction, StagedPreview& preview,
                                               const Sha256& model) {
  preview.seq = take_free_seq(transaction.db(), preview.staging->core().images(), model);
  std::vector<journal::Publication> result;
  for (const Tier tier : kTiers) {
    journal::Publication& publication = result.emplace_back();
    publication.staging = preview.staging;
    publication.file = preview.files[index_of(tier)];
    publication.folder = journal::Folder::Images;
    publication.name = catalog::tier_file_name(model, preview.seq, tier);
  }
  return result;
}

std::int64_t insert_preview_row(const sqlite::Connection& database, std::int64_t model_id,
                                std::int64_t position, const StagedPreview& preview) {
  catalog::ImageRow row;
  row.model_id = model_id;
  row.seq = preview.seq;
  row.position = position;
  row.width = preview.width;
  row.height = preview.height;
  for (const Tier tier : kTiers) {
    const journal::StagedFile& file = preview.files[index_of(tier)];
    row.files[index_of(tier)] = {file.size_bytes, file.sha256};
  }
  row.source_format = preview.source_format;
  row.source_text = preview.source_text;
  return catalog::insert_image(database, row);
}

std::int64_t append_preview_row(const sqlite::Connection& database, std::int64_t model_id,
                                const StagedPreview& preview) {
  return insert_preview_row(database, model_id, catalog::next_image_position(database, model_id), preview);
}

std::vector<journal::Removal> removals_of_preview(const Sha256& model, const catalog::ImageRow& row) {
  std::vector<journal::Removal> removals;
  for (const Tier tier : kTiers) {
    const catalog::FileFacts& file = row.files[index_of(tier)];
    removals.push_back({journal::Folder::Images, catalog::tier_file_name(model, row.seq, tier),
                        file.size_bytes, file.sha256});
  }
  return removals;
}

std::vector<journal::Publication> publications_of_moved(catalog::WriteTransaction& transaction,
                                                        detail::StoreCore& core, const catalog::ImageRow& row,
                                                        const Sha256& from, const Sha256& to,
                                                        std::int64_t& new_seq) {
  new_seq = take_free_seq(transaction.db(), core.images(), to);
  std::vector<journal::Publication> result;
  for (const Tier tier : kTiers) {
    const catalog::FileFacts& file = row.files[index_of(tier)];
    journal::Publication& publication = result.emplace_back();
    publication.published = &core.images();
    publication.file = {catalog::tier_file_name(from, row.seq, tier), file.size_bytes, file.sha256};
    publication.folder = journal::Folder::Images;
    publication.name = catalog::tier_file_name(to, new_seq, tier);
  }
  return result;
}

StagedOriginal stage_original(journal::Staging& staging, std::span<const std::byte> picture,
                              image::PictureFormat format, std::string original_name) {
  return {&staging, staging.add(picture), format, std::move(original_name), 0};
}

journal::Publication publication_of_original(catalog::WriteTransaction& transaction,
                                             StagedOriginal& original) {
  const std::string_view extension = image::file_extension(original.format);
  const platform::Directory& folder = original.staging->core().pending_images();
  journal::Publication publication;
  do {
    original.id = catalog::take_pending_image_id(transaction.db());
    publication.name = catalog::pending_file_name(original.id, extension);
  } while (folder.stat(publication.name));
  publication.staging = original.staging;
  publication.file = original.file;
  publication.folder = journal::Folder::PendingImages;
  return publication;
}

void insert_original_row(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t position,
                         const StagedOriginal& original) {
  catalog::PendingImageRow row;
  row.id = original.id;
  row.pending_id = pending_id;
  row.position = position;
  row.extension = image::file_extension(original.format);
  row.format = image::format_name(original.format);
  row.original_name = original.original_name;
  row.file = {original.file.size_bytes, original.file.sha256};
  catalog::insert_pending_image(database, row);
}

void append_original_row(const sqlite::Connection& database, std::int64_t pending_id,
                         const StagedOriginal& original) {
  insert_original_row(database, pending_id, catalog::next_pending_image_position(database, pending_id),
                      original);
}

journal::Removal removal_of_original(const catalog::PendingImageRow& row) {
  return {journal::Folder::PendingImages, catalog::pending_file_name(row.id, row.extension),
          row.file.size_bytes, row.file.sha256};
}

}  // namespace modelstore::preview
