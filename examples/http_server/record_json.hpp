/// How records are written in JSON: texts and numbers never null, lists never absent. Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "json_writer.hpp"
#include "modelstore/database.hpp"

namespace server {

void write_tags(JsonWriter& json, const std::vector<modelstore::Tag>& tags);

/// A record in a list. Members beside those of models say whether it is pending, and name its first picture.
void write_summary(JsonWriter& json, const modelstore::RecordSummary& record);

/// A record in the list of those that wait.
void write_pending_summary(JsonWriter& json, const modelstore::RecordSummary& record);

void write_model(JsonWriter& json, const modelstore::Model& model);
void write_pending(JsonWriter& json, const modelstore::PendingRecord& record);

}  // namespace server
