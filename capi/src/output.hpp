/// Values of the library as structs of the C interface; texts and arrays go into the block of the result.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "block.hpp"
#include "modelstore.h"
#include "modelstore/file_hasher.hpp"
#include "modelstore/job.hpp"
#include "modelstore/records.hpp"
#include "modelstore/sha256.hpp"

namespace modelstore::capi {

[[nodiscard]] modelstore_sha256 to_c(const Sha256& sha256) noexcept;
[[nodiscard]] modelstore_record_id to_c(const RecordId& id) noexcept;
[[nodiscard]] modelstore_progress to_c(const Progress& progress) noexcept;

/// All zero for nothing.
[[nodiscard]] modelstore_sha256 to_c(const std::optional<Sha256>& sha256) noexcept;
[[nodiscard]] modelstore_record_id to_c(const std::optional<RecordId>& id) noexcept;

[[nodiscard]] std::int64_t write_number(Block& block, std::int64_t number);
[[nodiscard]] modelstore_text write_text(Block& block, const std::string& text);
[[nodiscard]] modelstore_text write_optional(Block& block, const std::optional<std::string>& text);
[[nodiscard]] modelstore_tag write_tag(Block& block, const Tag& tag);
[[nodiscard]] modelstore_location write_location(Block& block, const Location& location);
[[nodiscard]] modelstore_preview write_preview(Block& block, const Preview& preview);
[[nodiscard]] modelstore_pending_picture write_pending_picture(Block& block, const PendingPicture& picture);
[[nodiscard]] modelstore_record_summary write_summary(Block& block, const RecordSummary& record);
[[nodiscard]] modelstore_model write_model(Block& block, const Model& model);
[[nodiscard]] modelstore_pending_record write_pending_record(Block& block, const PendingRecord& record);
[[nodiscard]] modelstore_hash_item write_hash_item(Block& block, const HashBatchItem& item);

/// A block that holds tags, one text, or bytes.
[[nodiscard]] modelstore_tag_list* make_tag_list(const std::vector<Tag>& tags);
[[nodiscard]] modelstore_text_block* make_text_block(const std::string& text);
[[nodiscard]] modelstore_bytes_block* make_bytes_block(std::span<const std::byte> bytes);

}  // namespace modelstore::capi
