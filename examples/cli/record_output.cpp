#include "record_output.hpp"

#include "json_text.hpp"
#include "output.hpp"
#include "text.hpp"

namespace cli {
namespace {

using modelstore::HashState;
using modelstore::LocationState;
using modelstore::Model;
using modelstore::PendingRecord;
using modelstore::Tier;

constexpr std::size_t kShortDigest = 12;

std::string_view name_of(LocationState state) {
  switch (state) {
    case LocationState::Present:
      return "present";
    case LocationState::Missing:
      return "missing";
    case LocationState::Offline:
      return "offline";
    case LocationState::Unknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(HashState state) {
  switch (state) {
    case HashState::Claimed:
      return "claimed";
    case HashState::Computed:
      return "computed";
    case HashState::Unknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(Tier tier) {
  switch (tier) {
    case Tier::High:
      return "high";
    case Tier::Medium:
      return "medium";
    case Tier::Low:
      break;
  }
  return "low";
}

std::string first_path(const Model& model) {
  return model.locations.empty() ? std::string() : model.locations.front().path;
}

std::string tag_names(const std::vector<modelstore::Tag>& tags) {
  std::string names;
  for (const auto& tag : tags) names += (names.empty() ? "" : ", ") + tag.name;
  return names;
}

void write_file(JsonWriter& json, const modelstore::TierFile& file) {
  json.begin_object()
      .member("name", file.name)
      .member("size_bytes", file.size_bytes)
      .member("sha256", file.sha256.hex())
      .end_object();
}

void write_previews(JsonWriter& json, const std::vector<modelstore::Preview>& previews) {
  json.begin_array();
  for (const auto& preview : previews) {
    json.begin_object()
        .member("id", preview.id)
        .member("position", preview.position)
        .member("width", preview.width)
        .member("height", preview.height)
        .member("format", preview.source_format);
    json.key("metadata").raw(preview.source_text.empty() ? "{}" : preview.source_text);
    json.key("files").begin_object();
    for (const Tier tier : modelstore::kTiers) write_file(json.key(name_of(tier)), preview.file(tier));
    if (preview.original) write_file(json.key("original"), *preview.original);
    json.end_object().end_object();
  }
  json.end_array();
}

void write_model(JsonWriter& json, const Model& model) {
  json.begin_object()
      .member("id", model.sha256.hex())
      .member("state", "active")
      .member("sha256", model.sha256.hex())
      .member("verified", model.verified)
      .member("name", model.name)
      .member("type", model.type)
      .member("path", first_path(model))
      .member("size_bytes", model.size_bytes)
      .member("created_at", model.created_at)
      .member("trashed", model.trashed);
  json.key("tags");
  write_tags(json, model.tags);
  json.key("metadata").raw(model.metadata);
  json.key("locations").begin_array();
  for (const auto& location : model.locations)
    json.begin_object()
        .member("path", location.path)
        .member("real_path", location.real_path)
        .member("state", name_of(location.state))
        .member("verified", location.verified)
        .end_object();
  json.end_array();
  json.member("images_count", model.previews.size());
  json.key("images");
  write_previews(json, model.previews);
  json.end_object();
}

void write_pending(JsonWriter& json, const PendingRecord& record) {
  json.begin_object()
      .member("id", modelstore::RecordId::pending(record.id).to_string())
      .member("state", "pending")
      .member("sha256", record.sha256 ? record.sha256->hex() : std::string())
      .member("hash_state", name_of(record.hash_state))
      .member("name", record.name)
      .member("type", record.type)
      .member("path", record.path)
      .member("size_bytes", record.size_bytes)
      .member("created_at", record.created_at)
      .member("trashed", record.trashed);
  json.key("tags");
  write_tags(json, record.tags);
  json.key("metadata").raw(record.metadata);
  json.member("images_count", record.pictures.size());
  json.key("images").begin_array();
  for (const auto& picture : record.pictures)
    json.begin_object()
        .member("id", picture.id)
        .member("position", picture.position)
        .member("file", picture.file_name)
        .member("original_name", picture.original_name)
        .member("format", picture.format)
        .member("size_bytes", picture.size_bytes)
        .member("sha256", picture.sha256.hex())
        .end_object();
  json.end_array();
  json.key("last_error");
  if (record.last_error) {
    json.begin_object()
        .member("code", error_code_name(record.last_error->code))
        .member("error", record.last_error->message)
        .end_object();
  } else {
    json.null();
  }
  json.end_object();
}

/// Text of several lines, each one moved to the right.
std::string indented(std::string_view text) {
  std::string out = "  ";
  for (const char letter : printable_lines(text)) {
    out += letter;
    if (letter == '\n') out += "  ";
  }
  return out + "\n";
}

std::string metadata_text(const std::string& metadata) {
  std::string out;
  for (const auto& [name, value] : json_members(metadata)) {
    if (name != "prompts") {
      out += printable(name) + "\n" + indented(json_plain(value));
      continue;
    }
    for (const auto& [prompt, text] : json_members(value))
      out += "prompts." + printable(prompt) + "\n" + indented(json_plain(text));
  }
  return out;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

std::string size_text(std::int64_t size) {
  return size == 0 ? std::string() : bytes_text(size) + " (" + grouped(size) + " bytes)";
}

std::string text_of(const Model& model) {
  std::string out = printable(model.name) + "\n";
  Lines lines = {{"id", model.sha256.hex()},
                 {"state", model.trashed ? "in the trash" : "active"},
                 {"hash", model.verified ? "computed" : "claimed by a catalogue, not yet verified"},
                 {"type", model.type},
                 {"size", size_text(model.size_bytes)},
                 {"created", time_text(model.created_at)},
                 {"tags", tag_names(model.tags)}};
  for (const auto& location : model.locations) lines.emplace_back(name_of(location.state), location.path);
  out += labelled(lines) + metadata_text(model.metadata);
  if (model.previews.empty()) return out;
  Table table({{"IMAGE", Align::Right}, {"SIZE"}, {"FROM"}, {"FILE"}});
  for (const auto& preview : model.previews)
    table.add({std::to_string(preview.id),
               std::to_string(preview.width) + "x" + std::to_string(preview.height), preview.source_format,
               "images/" + preview.file(Tier::High).name});
  return out + table.text(0);
}

std::string text_of(const PendingRecord& record) {
  std::string out = printable(record.name) + "\n";
  Lines lines = {
      {"id", modelstore::RecordId::pending(record.id).to_string()},
      {"state", record.trashed ? "in the trash" : "pending"},
      {"hash", (record.sha256 ? record.sha256->hex() + ", " : "") + std::string(name_of(record.hash_state))},
      {"type", record.type},
      {"size", size_text(record.size_bytes)},
      {"created", time_text(record.created_at)},
      {"tags", tag_names(record.tags)},
      {"path", record.path}};
  if (record.last_error)
    lines.emplace_back("last error", std::string(error_code_name(record.last_error->code)) + ": " +
                                         record.last_error->message);
  out += labelled(lines) + metadata_text(record.metadata);
  if (record.pictures.empty()) return out;
  Table table({{"IMAGE", Align::Right}, {"BYTES", Align::Right}, {"FORMAT"}, {"NAME"}, {"FILE"}});
  for (const auto& picture : record.pictures)
    table.add({std::to_string(picture.id), bytes_text(picture.size_bytes), picture.format,
               picture.original_name, "images/pending/" + picture.file_name});
  return out + table.text(0);
}

}  // namespace

FullRecord load_record(const modelstore::Database& database, const modelstore::RecordId& id) {
  FullRecord record;
  if (id.is_model())
    record.model = database.model(id.sha256());
  else
    record.pending = database.pending(id.number());
  return record;
}

void write_tags(JsonWriter& json, const std::vector<modelstore::Tag>& tags) {
  json.begin_array();
  for (const auto& tag : tags) {
    json.begin_object().member("id", tag.id).member("name", tag.name).key("color");
    tag.color ? json.value(*tag.color) : json.null();
    json.end_object();
  }
  json.end_array();
}

void write_summary(JsonWriter& json, const modelstore::RecordSummary& record) {
  json.begin_object()
      .member("id", record.id.to_string())
      .member("state", record.id.is_model() ? "active" : "pending")
      .member("sha256", record.sha256 ? record.sha256->hex() : std::string())
      .member("verified", record.verified)
      .member("name", record.name)
      .member("type", record.type)
      .member("path", record.path)
      .member("size_bytes", record.size_bytes)
      .member("created_at", record.created_at)
      .member("images_count", record.images_count)
      .member("trashed", record.trashed);
  json.key("tags");
  write_tags(json, record.tags);
  json.end_object();
}

void write_record(JsonWriter& json, const FullRecord& record) {
  if (record.model)
    write_model(json, *record.model);
  else if (record.pending)
    write_pending(json, *record.pending);
}

std::string summaries_text(const std::vector<modelstore::RecordSummary>& records, std::size_t width) {
  Table table({{"ID"},
               {"STATE"},
               {"NAME", Align::Left, 12},
               {"TYPE", Align::Left, 6},
               {"SIZE", Align::Right},
               {"IMAGES", Align::Right},
               {"TAGS", Align::Left, 6},
               {"PATH", Align::Left, 6, Cut::Start}});
  for (const auto& record : records) {
    const char* active = record.verified ? "active" : "claimed";
    table.add({short_id(record.id), record.id.is_model() ? active : "pending", record.name, record.type,
               record.size_bytes == 0 ? "" : bytes_text(record.size_bytes),
               record.images_count == 0 ? "" : grouped(record.images_count), tag_names(record.tags),
               record.path});
  }
  return table.text(width);
}

std::string record_text(const FullRecord& record) {
  return record.model ? text_of(*record.model) : text_of(*record.pending);
}

std::string short_id(const modelstore::RecordId& id) {
  return id.is_model() ? id.to_string().substr(0, kShortDigest) : id.to_string();
}

}  // namespace cli
