/// How records are shown: as JSON objects and as texts.
///
/// The fields of the JSON are those of the HTTP interface, and some more. Texts are never null: what is not known
/// is an empty text or 0.
#pragma once

#include <string>
#include <vector>

#include "json_writer.hpp"
#include "modelstore/database.hpp"

namespace cli {

/// What `show` shows.
struct FullRecord {
  std::optional<modelstore::Model> model;
  std::optional<modelstore::PendingRecord> pending;
};

/// Errors: as `Database::model` and `Database::pending`.
[[nodiscard]] FullRecord load_record(const modelstore::Database& database, const modelstore::RecordId& id);

void write_tags(JsonWriter& json, const std::vector<modelstore::Tag>& tags);
void write_summary(JsonWriter& json, const modelstore::RecordSummary& record);
void write_record(JsonWriter& json, const FullRecord& record);

/// A table, cut to `width` columns (0: not cut).
[[nodiscard]] std::string summaries_text(const std::vector<modelstore::RecordSummary>& records,
                                         std::size_t width);
[[nodiscard]] std::string record_text(const FullRecord& record);

/// The beginning of a model's digest, or `pending:N`: what a user types back.
[[nodiscard]] std::string short_id(const modelstore::RecordId& id);

}  // namespace cli
