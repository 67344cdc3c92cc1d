#include "preview/preview_writer.hpp"

#include <algorithm>
#include <utility>

#include "catalog/preview_names.hpp"

namespace modelstore::preview {
namespace {

/// The row of a preview, but for the model and the position.
catalog::ImageRow row_of(const StagedPreview& preview) {
  const auto facts = [](const journal::StagedFile& file) {
    return catalog::FileFacts{file.size_bytes, file.sha256};
  };
  catalog::ImageRow row;
  row.seq = preview.seq;
  row.width = preview.width;
  row.height = preview.height;
  std::transform(preview.files.begin(), preview.files.end(), row.files.begin(), facts);
  if (preview.original) row.original = facts(*preview.original);
  row.source_format = preview.source_format;
  row.source_text = preview.source_text;
  return row;
}

/// A number under which no file of this row of `model` is there yet. Files that no row names may be: those of
/// a store whose database was put back from a backup.
std::int64_t take_free_seq(const sqlite::Connection& database, const platform::Directory& images,
                           const catalog::ImageRow& row, const Sha256& model) {
  for (;;) {
    const std::int64_t seq = catalog::take_seq(database, model);
    const auto files = catalog::files_of(row, model, seq);
    if (std::none_of(files.begin(), files.end(),
                     [&](const auto& file) { return images.stat(file.name).has_value(); }))
      return seq;
  }
}

}  // namespace

StagedPreview stage_preview(journal::Staging& staging, const TierSet& tiers,
                            std::span<const std::byte> picture) {
  StagedPreview preview;
  preview.staging = &staging;
  for (const Tier tier : kTiers)
    preview.files[static_cast<std::size_t>(tier)] = staging.add(tiers.tier(tier).webp);
  if (staging.core().options().previews.keep_originals) preview.original = staging.add(picture);
  preview.width = tiers.tier(Tier::High).width;
  preview.height = tiers.tier(Tier::High).height;
  preview.source_format = tiers.source_format;
  preview.source_text = tiers.source_text;
  return preview;
}

std::vector<journal::Publication> publications(catalog::WriteTransaction& transaction, StagedPreview& preview,
                                               const Sha256& model) {
  const catalog::ImageRow row = row_of(preview);
  preview.seq = take_free_seq(transaction.db(), preview.staging->core().images(), row, model);
  std::vector<journal::StagedFile> staged(preview.files.begin(), preview.files.end());
  if (preview.original) staged.push_back(*preview.original);
  const std::vector<catalog::NamedFacts> files = catalog::files_of(row, model, preview.seq);
  std::vector<journal::Publication> result(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    result[i].staging = preview.staging;
    result[i].file = staged[i];
    result[i].folder = journal::Folder::Images;
    result[i].name = files[i].name;
  }
  return result;
}

std::int64_t insert_preview_row(const sqlite::Connection& database, std::int64_t model_id,
                                std::int64_t position, const StagedPreview& preview) {
  catalog::ImageRow row = row_of(preview);
  row.model_id = model_id;
  row.position = position;
  return catalog::insert_image(database, row);
}

std::int64_t append_preview_row(const sqlite::Connection& database, std::int64_t model_id,
                                const StagedPreview& preview) {
  return insert_preview_row(database, model_id, catalog::next_image_position(database, model_id), preview);
}

std::vector<journal::Removal> removals_of_preview(const Sha256& model, const catalog::ImageRow& row) {
  std::vector<journal::Removal> removals;
  for (const catalog::NamedFacts& file : catalog::files_of(row, model, row.seq))
    removals.push_back({journal::Folder::Images, file.name, file.facts.size_bytes, file.facts.sha256});
  return removals;
}

std::vector<journal::Publication> publications_of_moved(catalog::WriteTransaction& transaction,
                                                        detail::StoreCore& core, const catalog::ImageRow& row,
                                                        const Sha256& from, const Sha256& to,
                                                        std::int64_t& new_seq) {
  new_seq = take_free_seq(transaction.db(), core.images(), row, to);
  const std::vector<catalog::NamedFacts> before = catalog::files_of(row, from, row.seq);
  const std::vector<catalog::NamedFacts> after = catalog::files_of(row, to, new_seq);
  std::vector<journal::Publication> result(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    result[i].published = &core.images();
    result[i].file = {before[i].name, before[i].facts.size_bytes, before[i].facts.sha256};
    result[i].folder = journal::Folder::Images;
    result[i].name = after[i].name;
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
