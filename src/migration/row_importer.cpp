#include "migration/row_importer.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/paths.hpp"
#include "catalog/import_rows.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/search_text.hpp"
#include "catalog/tag_rows.hpp"
#include "json/metadata.hpp"
#include "json/object_text.hpp"
#include "migration/picture_reference.hpp"

namespace modelstore::migration {

using catalog::RecordRef;

RowImporter::RowImporter(const catalog::LegacyReader& reader, const PathMap& map, std::string source_id,
                         ImportReport& report)
    : reader_(reader),
      map_(map),
      source_id_(std::move(source_id)),
      report_(report),
      tags_(reader, report),
      largest_id_(reader.largest_model_id(catalog::kLargestAdoptedId)) {
  if (const std::int64_t dangling = reader.count_dangling_links(); dangling > 0)
    report_.conflicts.push_back(
        {0, "tags", std::to_string(dangling) + " links of models or with tags that do not exist", {}, {}});
}

void RowImporter::begin(Transaction& transaction) {
  const std::optional<std::int64_t> known = catalog::find_import(transaction.db(), source_id_);
  import_ = known ? *known : catalog::insert_import(transaction.db(), source_id_);
  tags_.begin(transaction.db(), import_, !known);
  known_paths_.begin(transaction.db());
}

void RowImporter::skip(std::int64_t legacy_id, std::string reason) {
  ++report_.skipped;
  report_.skipped_rows.push_back({legacy_id, std::move(reason)});
}

void RowImporter::import(Transaction& transaction, const catalog::LegacyModelRow& row) {
  const std::int64_t id = row.id.integer;
  const Sha256 digest = digest_of(row);
  if (const auto known = catalog::find_import_row(transaction.db(), import_, id)) {
    ++report_.unchanged;
    if (*known != digest)
      report_.conflicts.push_back(
          {id, "row", "it was changed in the source since it was imported; nothing was taken over", {}, {}});
    return;
  }
  std::string reason;
  std::optional<LegacyModel> model = read_model(row, map_, reason);
  if (!model) return skip(id, std::move(reason));
  for (RowNote& one : model->notes) note(*model, std::move(one));
  for (RowNote& one : model->metadata.notes) note(*model, std::move(one));

  row_tags_.clear();
  reader_.tags_of(id, legacy_tags_);
  for (const std::int64_t tag : legacy_tags_)
    if (const Tag* found = tags_.find(transaction.db(), tag)) row_tags_.push_back(found);
  real_path_ = folders_.real_path(model->path);
  const RecordRef record = place(transaction, *model);
  link_tags(transaction, record);
  add_pictures(transaction, record, *model);
  catalog::insert_import_row(transaction.db(), import_, id, record, digest);
}

std::optional<RecordRef> RowImporter::find_by_path(Transaction& transaction, const LegacyModel& model) {
  std::vector<std::string> forms{model.path};
  if (model.path.starts_with('/'))
    if (std::string normal = base::lexically_normal(model.path); normal != model.path)
      forms.push_back(std::move(normal));
  if (!real_path_.empty() && real_path_ != forms.back()) forms.push_back(real_path_);
  const bool known = std::any_of(forms.begin(), forms.end(),
                                 [&](const std::string& form) { return known_paths_.may_hold(form); });
  // The path as given and the real one will be stored.
  known_paths_.add(model.path);
  if (!real_path_.empty()) known_paths_.add(real_path_);
  return known ? catalog::find_record_by_path(transaction.db(), forms) : std::nullopt;
}

RecordRef RowImporter::place(Transaction& transaction, const LegacyModel& model) {
  is_new_ = false;
  if (const auto found = find_by_path(transaction, model)) {
    ++report_.merged;
    if (found->pending)
      join_pending(transaction, found->id, model);
    else
      join_model(transaction, found->id, model);
    return *found;
  }
  if (!model.hash) {
    ++report_.pending;
    return add_pending(transaction, model);
  }
  if (const auto same = catalog::find_model(transaction.db(), *model.hash)) {
    ++report_.merged;
    join_model(transaction, same->id, model);
    add_location(transaction, same->id, model);
    return {false, same->id};
  }
  ++report_.active;
  return add_model(transaction, model);
}

RecordRef RowImporter::add_model(Transaction& transaction, const LegacyModel& model) {
  is_new_ = true;
  catalog::ModelRow row;
  row.sha256 = *model.hash;
  row.name = model.name;
  row.type = model.type;
  row.size_bytes = model.size_bytes;
  row.created_at = model.created_at;
  row.metadata = model.metadata.text;
  const RecordRef record{false, catalog::insert_model(transaction.db(), row)};
  add_location(transaction, record.id, model);
  transaction.model_created(record.id, *model.hash, search_text(model));
  return record;
}

RecordRef RowImporter::add_pending(Transaction& transaction, const LegacyModel& model) {
  is_new_ = true;
  catalog::PendingRow row;
  row.path = model.path;
  row.real_path = real_path_;
  row.name = model.name;
  row.type = model.type;
  row.size_bytes = model.size_bytes;
  row.created_at = model.created_at;
  row.metadata = model.metadata.text;
  // A new id lies above all ids of the source, so that it takes none that a later row has.
  const bool own = model.id > 0 && model.id <= catalog::kLargestAdoptedId &&
                   !catalog::has_pending(transaction.db(), model.id);
  row.id = own ? model.id : std::max(catalog::largest_pending_id(transaction.db()), largest_id_) + 1;
  const RecordRef record{true, catalog::insert_pending(transaction.db(), row)};
  if (record.id != model.id)
    note(model,
         {"id", "the id is taken or out of range", std::to_string(record.id), std::to_string(model.id)});
  transaction.pending_created(record.id, search_text(model));
  return record;
}

std::string RowImporter::search_text(const LegacyModel& model) const {
  std::vector<std::string> tags;
  for (const Tag* tag : row_tags_) tags.push_back(tag->name);
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return catalog::search_document(model.name, {model.path}, model.metadata.description, tags);
}

void RowImporter::add_location(Transaction& transaction, std::int64_t model_id, const LegacyModel& model) {
  Location location;
  location.path = model.path;
  location.real_path = real_path_;
  location.state = real_path_.empty() ? LocationState::Unknown : LocationState::Present;
  if (is_new_)
    catalog::insert_location(transaction.db(), model_id, location);
  else
    catalog::put_location(transaction.db(), model_id, location);
}

void RowImporter::join_model(Transaction& transaction, std::int64_t model_id, const LegacyModel& model) {
  std::optional<catalog::ModelRow> row = catalog::find_model(transaction.db(), model_id);
  if (!row) throw Error(ErrorCode::Corrupt, "a location refers to a model that does not exist");
  if (model.hash && *model.hash != row->sha256)
    note(model, {"hash", "the model at this path has another hash", row->sha256.hex(), model.hash->hex()});
  if (row->trashed)
    note(model, {"trash", "the model is in the trash and stays there", row->sha256.hex(), {}});
  fill_text(model, "name", row->name, model.name);
  fill_text(model, "type", row->type, model.type);
  fill_metadata(model, row->metadata);
  if (row->size_bytes == 0) row->size_bytes = model.size_bytes;
  fill_date(model, row->created_at);
  catalog::update_model(transaction.db(), *row);
  transaction.model_changed(model_id, row->sha256);
}

void RowImporter::join_pending(Transaction& transaction, std::int64_t pending_id, const LegacyModel& model) {
  catalog::PendingRow row = catalog::require_pending(transaction.db(), pending_id);
  if (model.hash && !row.sha256) {
    row.sha256 = model.hash;
    row.hash_state = HashState::Claimed;
  } else if (model.hash && *model.hash != *row.sha256) {
    note(model, {"hash", "the record at this path has another hash", row.sha256->hex(), model.hash->hex()});
  }
  if (row.trashed)
    note(model, {"trash", "the record is in the trash and stays there", std::to_string(pending_id), {}});
  fill_text(model, "name", row.name, model.name);
  fill_text(model, "type", row.type, model.type);
  fill_metadata(model, row.metadata);
  if (row.size_bytes == 0) row.size_bytes = model.size_bytes;
  fill_date(model, row.created_at);
  catalog::update_pending(transaction.db(), row);
  transaction.pending_changed(pending_id);
}

void RowImporter::fill_text(const LegacyModel& model, std::string_view field, std::string& kept,
                            const std::string& other) {
  if (kept.empty())
    kept = other;
  else if (!other.empty() && kept != other)
    note(model, {std::string(field), "the record has another", kept, other});
}

void RowImporter::fill_date(const LegacyModel& model, std::int64_t& kept) {
  if (kept == 0)
    kept = model.created_at;
  else if (model.created_at != 0 && kept != model.created_at)
    note(model,
         {"created_at", "the record has another", std::to_string(kept), std::to_string(model.created_at)});
}

void RowImporter::fill_metadata(const LegacyModel& model, std::string& kept) {
  if (model.metadata.text == "{}") return;
  std::vector<RowNote> lost;
  std::string filled =
      json::fill_metadata(kept, model.metadata.text,
                          [&](std::string_view key, const std::string& stays, const std::string& goes) {
                            lost.push_back({std::string(key), "the record has another", stays, goes});
                          });
  if (filled.size() > json::kMaxBytes) {
    note(model,
         {"metadata", "the record's would have more than " + std::to_string(json::kMaxBytes) + " bytes", kept,
          model.metadata.text});
    return;
  }
  kept = std::move(filled);
  for (RowNote& one : lost) note(model, std::move(one));
}

void RowImporter::note(const LegacyModel& model, RowNote note) {
  report_.conflicts.push_back(
      {model.id, std::move(note.field), std::move(note.reason), std::move(note.kept), std::move(note.lost)});
}

void RowImporter::link_tags(Transaction& transaction, const RecordRef& record) {
  std::vector<std::int64_t> tags;
  for (const Tag* tag : row_tags_) tags.push_back(tag->id);
  report_.links += record.pending ? catalog::link_pending_tags(transaction.db(), record.id, tags)
                                  : catalog::link_model_tags(transaction.db(), record.id, tags);
}

void RowImporter::add_pictures(Transaction& transaction, const RecordRef& record, const LegacyModel& model) {
  const std::vector<std::string>& references = model.metadata.references;
  if (references.empty()) return;
  std::vector<std::string> known;
  std::int64_t position = 0;
  if (!is_new_) {
    known = catalog::import_references(transaction.db(), import_, record);
    position = catalog::next_picture_position(transaction.db(), record);
  }
  std::unordered_set<std::string_view> names;
  for (const std::string& reference : known) names.insert(picture_name(reference));
  for (const std::string& reference : references) {
    if (!names.insert(picture_name(reference)).second) continue;
    catalog::ImportImage image;
    image.legacy_id = model.id;
    image.reference = reference;
    image.position = position++;
    image.record = record;
    catalog::insert_import_image(transaction.db(), import_, image);
  }
}

}  // namespace modelstore::migration
