#include "output.hpp"

#include <algorithm>

#include "enums.hpp"
#include "one_line.hpp"

namespace modelstore::capi {
namespace {

modelstore_tier_file write_tier_file(Block& block, const TierFile& file) {
  return {.name = block.text(file.name), .size_bytes = file.size_bytes, .sha256 = to_c(file.sha256)};
}

}  // namespace

modelstore_sha256 to_c(const Sha256& sha256) noexcept {
  modelstore_sha256 result;
  std::ranges::copy(sha256.bytes(), result.bytes);
  return result;
}

modelstore_sha256 to_c(const std::optional<Sha256>& sha256) noexcept {
  return to_c(sha256.value_or(Sha256()));
}

modelstore_record_id to_c(const RecordId& id) noexcept {
  if (id.is_pending()) return {.sha256 = {}, .pending = id.number()};
  return {.sha256 = to_c(id.sha256()), .pending = 0};
}

modelstore_record_id to_c(const std::optional<RecordId>& id) noexcept {
  return id ? to_c(*id) : modelstore_record_id{};
}

modelstore_progress to_c(const Progress& progress) noexcept {
  return {.done = progress.done, .total = progress.total, .unit = to_c(progress.unit), .reserved = 0};
}

std::int64_t write_number(Block& /*block*/, std::int64_t number) {
  return number;
}

modelstore_text write_text(Block& block, const std::string& text) {
  return block.text(text);
}

modelstore_text write_optional(Block& block, const std::optional<std::string>& text) {
  return text ? block.text(*text) : modelstore_text{};
}

modelstore_tag write_tag(Block& block, const Tag& tag) {
  return {.id = tag.id, .name = block.text(tag.name), .color = write_optional(block, tag.color)};
}

modelstore_location write_location(Block& block, const Location& location) {
  return {.path = block.text(location.path),
          .real_path = block.text(location.real_path),
          .state = to_c(location.state),
          .verified = location.verified};
}

modelstore_preview write_preview(Block& block, const Preview& preview) {
  return {.id = preview.id,
          .position = preview.position,
          .width = preview.width,
          .height = preview.height,
          .files = {write_tier_file(block, preview.files[0]), write_tier_file(block, preview.files[1]),
                    write_tier_file(block, preview.files[2])},
          .original = preview.original ? write_tier_file(block, *preview.original) : modelstore_tier_file{},
          .source_format = block.text(preview.source_format),
          .source_text = block.text(preview.source_text)};
}

modelstore_pending_picture write_pending_picture(Block& block, const PendingPicture& picture) {
  return {.id = picture.id,
          .position = picture.position,
          .file_name = block.text(picture.file_name),
          .original_name = block.text(picture.original_name),
          .format = block.text(picture.format),
          .size_bytes = picture.size_bytes,
          .sha256 = to_c(picture.sha256)};
}

modelstore_record_summary write_summary(Block& block, const RecordSummary& record) {
  return {.id = to_c(record.id),
          .sha256 = to_c(record.sha256),
          .name = block.text(record.name),
          .type = block.text(record.type),
          .path = block.text(record.path),
          .size_bytes = record.size_bytes,
          .created_at = record.created_at,
          .verified = record.verified,
          .trashed = record.trashed,
          .images_count = record.images_count,
          .tags = block.array(record.tags, write_tag),
          .tags_count = record.tags.size(),
          .first_image = block.text(record.first_image),
          .last_error = record.last_error ? to_c(record.last_error->code) : MODELSTORE_OK,
          .reserved = 0,
          .last_error_message =
              block.text(record.last_error ? one_line(record.last_error->message) : std::string())};
}

modelstore_model write_model(Block& block, const Model& model) {
  return {.block_size = 0,
          .sha256 = to_c(model.sha256),
          .name = block.text(model.name),
          .type = block.text(model.type),
          .size_bytes = model.size_bytes,
          .created_at = model.created_at,
          .verified = model.verified,
          .trashed = model.trashed,
          .metadata = block.text(model.metadata),
          .tags = block.array(model.tags, write_tag),
          .tags_count = model.tags.size(),
          .locations = block.array(model.locations, write_location),
          .locations_count = model.locations.size(),
          .previews = block.array(model.previews, write_preview),
          .previews_count = model.previews.size()};
}

modelstore_pending_record write_pending_record(Block& block, const PendingRecord& record) {
  return {.block_size = 0,
          .id = record.id,
          .path = block.text(record.path),
          .name = block.text(record.name),
          .type = block.text(record.type),
          .size_bytes = record.size_bytes,
          .created_at = record.created_at,
          .hash_state = to_c(record.hash_state),
          .trashed = record.trashed,
          .sha256 = to_c(record.sha256),
          .metadata = block.text(record.metadata),
          .tags = block.array(record.tags, write_tag),
          .tags_count = record.tags.size(),
          .pictures = block.array(record.pictures, write_pending_picture),
          .pictures_count = record.pictures.size(),
          .last_error = record.last_error ? to_c(record.last_error->code) : MODELSTORE_OK,
          .reserved = 0,
          .last_error_message =
              block.text(record.last_error ? one_line(record.last_error->message) : std::string())};
}

modelstore_hash_item write_hash_item(Block& block, const HashBatchItem& item) {
  return {.path = block.text(item.path.native()),
          .sha256 = item.hash ? to_c(item.hash->sha256) : modelstore_sha256{},
          .size_bytes = item.hash ? item.hash->size_bytes : 0,
          .cached = item.hash && item.hash->cached,
          .status = item.failure ? to_c(item.failure->code) : MODELSTORE_OK,
          .message = block.text(item.failure ? one_line(item.failure->message) : std::string())};
}

modelstore_tag_list* make_tag_list(const std::vector<Tag>& tags) {
  return make_block<modelstore_tag_list>([&](Block& block) {
    return modelstore_tag_list{
        .block_size = 0, .tags = block.array(tags, write_tag), .tags_count = tags.size()};
  });
}

modelstore_text_block* make_text_block(const std::string& text) {
  return make_block<modelstore_text_block>(
      [&](Block& block) { return modelstore_text_block{.block_size = 0, .text = block.text(text)}; });
}

modelstore_bytes_block* make_bytes_block(std::span<const std::byte> bytes) {
  return make_block<modelstore_bytes_block>(
      [&](Block& block) { return modelstore_bytes_block{.block_size = 0, .bytes = block.bytes(bytes)}; });
}

}  // namespace modelstore::capi
