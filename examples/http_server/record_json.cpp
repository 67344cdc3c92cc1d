#include "record_json.hpp"

#include <algorithm>
#include <array>

#include "http_error.hpp"
#include "json_body.hpp"

namespace server {
namespace {

using modelstore::Tier;

std::string_view state_name(modelstore::LocationState state) noexcept {
  switch (state) {
    case modelstore::LocationState::Present:
      return "present";
    case modelstore::LocationState::Missing:
      return "missing";
    case modelstore::LocationState::Offline:
      return "offline";
    case modelstore::LocationState::Unknown:
      break;
  }
  return "unknown";
}

/// A value that has to be a string: null, as in catalogues of long ago, is none.
void write_text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  if (value.starts_with('"'))
    json.raw(value);
  else
    json.value("");
}

std::string_view find(const std::vector<JsonMember>& members, std::string_view key) {
  const auto found =
      std::find_if(members.rbegin(), members.rend(), [&](const auto& member) { return member.first == key; });
  return found == members.rend() ? std::string_view() : found->second;
}

/// The known keys, which are always there, then all others with the text that they came with. What `between` writes
/// stands behind the known ones.
template <class Between>
void write_metadata(JsonWriter& json, std::string_view metadata, const Between& between) {
  const std::vector<JsonMember> members = json_members(metadata);
  json.begin_object();
  write_text(json, "description", find(members, "description"));
  write_text(json, "community_links", find(members, "community_links"));
  between();
  const std::string_view text = find(members, "prompts");
  const auto prompts = text.starts_with('{') ? json_members(text) : std::vector<JsonMember>();
  json.key("prompts").begin_object();
  write_text(json, "positive", find(prompts, "positive"));
  write_text(json, "negative", find(prompts, "negative"));
  for (const auto& [key, value] : prompts)
    if (key != "positive" && key != "negative") json.key(key).raw(value);
  json.end_object();
  constexpr std::array<std::string_view, 5> kWritten = {"description", "community_links", "images_count",
                                                        "images", "prompts"};
  for (const auto& [key, value] : members)
    if (std::find(kWritten.begin(), kWritten.end(), key) == kWritten.end()) json.key(key).raw(value);
  json.end_object();
}

void write_preview(JsonWriter& json, const modelstore::Preview& preview) {
  json.begin_object().member("id", preview.id).member("position", preview.position);
  json.member("width", preview.width).member("height", preview.height);
  json.key("metadata").raw(preview.source_text.empty() ? "{}" : preview.source_text);
  json.key("files").begin_object();
  json.member("high", preview.file(Tier::High).name);
  json.member("medium", preview.file(Tier::Medium).name);
  json.member("low", preview.file(Tier::Low).name).end_object();
  json.key("digests").begin_object();
  json.member("high", preview.file(Tier::High).sha256.hex());
  json.member("medium", preview.file(Tier::Medium).sha256.hex());
  json.member("low", preview.file(Tier::Low).sha256.hex()).end_object();
  json.end_object();
}

}  // namespace

void write_tags(JsonWriter& json, const std::vector<modelstore::Tag>& tags) {
  json.begin_array();
  for (const modelstore::Tag& tag : tags) {
    json.begin_object().member("id", tag.id).member("name", tag.name).key("color");
    if (tag.color)
      json.value(*tag.color);
    else
      json.null();
    json.end_object();
  }
  json.end_array();
}

void write_summary(JsonWriter& json, const modelstore::RecordSummary& record) {
  json.begin_object();
  json.member("sha256", record.sha256 ? record.sha256->hex() : std::string());
  json.member("name", record.name).member("images_count", record.images_count);
  json.member("type", record.type).member("path", record.path);
  json.member("size_bytes", record.size_bytes).member("created_at", record.created_at);
  json.key("tags");
  write_tags(json, record.tags);
  json.member("id", record.id.to_string());
  json.member("state", record.id.is_pending() ? "pending" : "active");
  json.member("verified", record.verified).member("trashed", record.trashed);
  json.member("image", record.first_image).end_object();
}

void write_pending_summary(JsonWriter& json, const modelstore::RecordSummary& record) {
  json.begin_object().member("id", record.id.number()).member("name", record.name);
  json.member("image", record.first_image).member("type", record.type).key("tags");
  write_tags(json, record.tags);
  json.member("path", record.path);
  json.member("error", record.last_error ? describe(record.last_error->code) : std::string_view());
  json.member("code",
              record.last_error ? modelstore::error_code_name(record.last_error->code) : std::string_view());
  json.end_object();
}

void write_model(JsonWriter& json, const modelstore::Model& model) {
  json.begin_object().member("sha256", model.sha256.hex());
  json.member("path", model.locations.empty() ? std::string() : model.locations.front().path);
  json.key("locations").begin_array();
  for (const modelstore::Location& location : model.locations)
    json.begin_object()
        .member("path", location.path)
        .member("state", state_name(location.state))
        .member("verified", location.verified)
        .end_object();
  json.end_array();
  json.member("verified", model.verified).member("trashed", model.trashed);
  json.member("name", model.name).member("type", model.type);
  json.member("size_bytes", model.size_bytes).member("created_at", model.created_at);
  json.key("meta_json");
  write_metadata(json, model.metadata, [&] { json.member("images_count", model.previews.size()); });
  json.key("tags");
  write_tags(json, model.tags);
  json.key("images").begin_array();
  for (const modelstore::Preview& preview : model.previews) write_preview(json, preview);
  json.end_array().end_object();
}

void write_pending(JsonWriter& json, const modelstore::PendingRecord& record) {
  json.begin_object().member("id", record.id).member("path", record.path);
  json.member("sha256", record.sha256 ? record.sha256->hex() : std::string());
  json.member("name", record.name).member("type", record.type);
  json.member("size_bytes", record.size_bytes).member("created_at", record.created_at);
  json.member("trashed", record.trashed).key("meta_json");
  write_metadata(json, record.metadata, [&] {
    json.key("images").begin_array();
    for (const modelstore::PendingPicture& picture : record.pictures) json.value(picture.file_name);
    json.end_array();
  });
  json.key("tags");
  write_tags(json, record.tags);
  json.member("error", record.last_error ? describe(record.last_error->code) : std::string_view());
  json.member("code",
              record.last_error ? modelstore::error_code_name(record.last_error->code) : std::string_view());
  json.end_object();
}

}  // namespace server
