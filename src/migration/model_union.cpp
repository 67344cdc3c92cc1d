#include "migration/model_union.hpp"

#include <algorithm>
#include <set>

#include "base/paths.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/tag_rows.hpp"
#include "json/metadata.hpp"
#include "json/object_text.hpp"
#include "preview/preview_writer.hpp"

namespace modelstore::migration {
namespace {

constexpr std::string_view kMergedFrom = "merged_from";
constexpr std::string_view kPromptsPrefix = "prompts.";

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// Takes the notes of earlier merges out of an object. A value of that key that is not an array is one note.
std::vector<std::string> take_merge_notes(json::ObjectText& object) {
  std::vector<std::string> notes;
  if (const std::string* value = object.find(kMergedFrom))
    notes = json::kind_of(*value) == json::Kind::Array ? json::array_elements(*value)
                                                       : std::vector<std::string>{*value};
  object.erase(kMergedFrom);
  return notes;
}

/// The JSON of the value that lost, which `fill_metadata` names by its readable form.
std::string json_of(const json::ObjectText& object, std::string_view key, const std::string& readable) {
  if (const std::string* value = object.find(key)) return *value;
  if (key.starts_with(kPromptsPrefix)) {
    if (const std::string* prompts = object.find("prompts")) {
      const json::ObjectText parts = json::ObjectText::parse_checked(*prompts);
      if (const std::string* value = parts.find(key.substr(kPromptsPrefix.size()))) return *value;
    }
  }
  return json::quote(readable);
}

std::string checked(std::string metadata, const Joining& joining) {
  if (const auto defect = json::find_defect(metadata))
    throw Error(ErrorCode::LimitExceeded,
                "the texts of " + joining.path + " cannot be joined with the model's: " + defect->reason);
  return metadata;
}

}  // namespace

Joining joining_record(const sqlite::Connection& database, const catalog::PendingRow& record) {
  return {record.path,
          record.name,
          record.type,
          record.created_at,
          record.metadata,
          catalog::tags_of_pending(database, record.id),
          !catalog::pending_images_of(database, record.id).empty()};
}

Joining joining_model(const sqlite::Connection& database, const catalog::ModelRow& model, std::string path) {
  return {std::move(path),
          model.name,
          model.type,
          model.created_at,
          model.metadata,
          catalog::tags_of_model(database, model.id),
          !catalog::images_of(database, model.id).empty()};
}

bool has_given_name(const Joining& joining) {
  return !joining.name.empty() && joining.name != base::last_component(joining.path);
}

bool is_type_tag(std::string_view tag, std::string_view type) noexcept {
  if (equal_without_case(tag, type)) return true;
  return type.size() > 1 && lower(type.back()) == 's' &&
         equal_without_case(tag, type.substr(0, type.size() - 1));
}

bool has_user_data(const Joining& joining) {
  if (joining.has_pictures || has_given_name(joining) || json::says_something(joining.metadata)) return true;
  return std::any_of(joining.tags.begin(), joining.tags.end(),
                     [&](const Tag& tag) { return !is_type_tag(tag.name, joining.type); });
}

void merge_texts(catalog::ModelRow& model, const Joining& joining) {
  json::ObjectText kept = json::ObjectText::parse_checked(model.metadata);
  json::ObjectText other = json::ObjectText::parse_checked(joining.metadata);
  std::vector<std::string> notes = take_merge_notes(kept);
  for (std::string& note : take_merge_notes(other)) notes.push_back(std::move(note));

  json::ObjectText lost;
  // A name that only repeats the file's is not lost: the path stays as a location.
  if (has_given_name(joining) && !model.name.empty() && joining.name != model.name)
    lost.set("name", json::quote(joining.name));
  if (!joining.type.empty() && !model.type.empty() && joining.type != model.type)
    lost.set("type", json::quote(joining.type));
  json::ObjectText filled = json::ObjectText::parse_checked(json::fill_metadata(
      kept.text(), other.text(), [&](std::string_view key, const std::string&, const std::string& gone) {
        const bool is_field = key == "path" || key == "name" || key == "type";
        lost.set(is_field ? "metadata." + std::string(key) : std::string(key), json_of(other, key, gone));
      }));
  if (!lost.empty()) {
    json::ObjectText note;
    note.set("path", json::quote(joining.path));
    for (const auto& [key, value] : lost.members()) note.set(key, value);
    notes.push_back(note.text());
  }
  if (!notes.empty()) {
    std::string array = "[";
    std::set<std::string_view> seen;
    for (const std::string& note : notes) {
      if (!seen.insert(note).second) continue;
      if (array.size() > 1) array += ',';
      array += note;
    }
    filled.set(kMergedFrom, array + "]");
  }
  model.metadata = checked(filled.text(), joining);
  if (model.name.empty()) model.name = joining.name;
  if (model.type.empty()) model.type = joining.type;
  if (model.created_at == 0) model.created_at = joining.created_at;
}

void replace_texts(catalog::ModelRow& model, const Joining& joining) {
  model.metadata = checked(json::fill_metadata(joining.metadata, model.metadata), joining);
  if (!joining.name.empty()) model.name = joining.name;
  if (!joining.type.empty()) model.type = joining.type;
  if (model.created_at == 0) model.created_at = joining.created_at;
}

std::vector<journal::Removal> join(catalog::WriteTransaction& transaction, catalog::ModelRow model,
                                   const Joining& joining, ConflictPolicy policy) {
  const sqlite::Connection& db = transaction.db();
  std::vector<journal::Removal> removals;
  if (policy == ConflictPolicy::Merge) {
    merge_texts(model, joining);
  } else {
    replace_texts(model, joining);
    if (!joining.tags.empty()) catalog::unlink_model_tags(db, model.id);
    if (joining.has_pictures) {
      for (const catalog::ImageRow& image : catalog::images_of(db, model.id)) {
        for (journal::Removal& removal : preview::removals_of_preview(model.sha256, image))
          removals.push_back(std::move(removal));
        catalog::delete_image(db, image.id);
      }
    }
  }
  for (const Tag& tag : joining.tags) (void)catalog::link_model_tag(db, model.id, tag.id);
  catalog::update_model(db, model);
  if (model.trashed) catalog::set_model_trashed(db, model.id, false);
  return removals;
}

void put_verified_location(catalog::WriteTransaction& transaction, std::int64_t model_id,
                           std::string_view path, const hashing::Digested& digested) {
  const sqlite::Connection& db = transaction.db();
  const auto standing = catalog::find_location(db, path);
  if (standing && standing->model_id != model_id && standing->location.state != LocationState::Missing) {
    if (standing->was_verified)
      catalog::set_location_state(db, standing->id, LocationState::Missing);
    else
      catalog::delete_location(db, standing->id);
    if (const auto former = catalog::find_model(db, standing->model_id))
      transaction.model_changed(former->id, former->sha256);
  }
  catalog::put_location(db, model_id, {std::string(path), digested.real_path, LocationState::Present, true});
}

void set_verified(const sqlite::Connection& database, std::int64_t model_id,
                  const hashing::Digested& digested) {
  auto row = catalog::find_model(database, model_id);
  if (!row || (row->verified && row->size_bytes == digested.stat.size_bytes)) return;
  row->verified = true;
  row->size_bytes = digested.stat.size_bytes;
  catalog::update_model(database, *row);
}

}  // namespace modelstore::migration
