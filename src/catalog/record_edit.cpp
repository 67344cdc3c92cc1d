#include "catalog/record_edit.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/paths.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/record_filter.hpp"
#include "catalog/tag_rows.hpp"
#include "catalog/text_limits.hpp"
#include "json/metadata.hpp"
#include "platform/system.hpp"

namespace modelstore::catalog {
namespace {

/// A tag to be removed may be named without existing.
std::optional<std::int64_t> find_meant_tag(const sqlite::Connection& database, const TagRef& tag) {
  if (tag.id) return resolve_tag(database, tag);
  const auto found = find_tag(database, std::string_view(checked_tag_name(tag.name)));
  return found ? std::optional(found->id) : std::nullopt;
}

void check_path(const std::string& path) {
  check_text("path", path, kMaxPath);
  if (path.empty()) throw Error(ErrorCode::InvalidArgument, "a record needs a path");
}

/// `pending` is the record that is to have the path; 0: a new one.
void check_path_is_free(const sqlite::Connection& database, const std::string& path,
                        std::int64_t pending = 0) {
  for (const std::string& form : path_forms(path))
    if (is_path_of_other(database, form, true, pending))
      throw Error(ErrorCode::AlreadyExists, "another record has the path " + path);
}

/// What a new model and a new pending record have in common.
template <class NewRecord>
void check_new_record(const NewRecord& record) {
  check_text("name", record.name, kMaxName);
  check_text("type", record.type, kMaxType);
  if (record.size_bytes < 0)
    throw Error(ErrorCode::InvalidArgument,
                "a file has no size of " + std::to_string(record.size_bytes) + " bytes");
}

template <class Row, class NewRecord>
void fill_row(Row& row, const NewRecord& record) {
  row.name = record.name.empty() ? std::string(base::last_component(record.path)) : record.name;
  row.type = record.type;
  row.size_bytes = record.size_bytes;
  row.created_at = record.created_at != 0 ? record.created_at : platform::now_ms();
  row.metadata = json::patch_metadata("{}", record.metadata);
}

}  // namespace

RecordRef require_record(const sqlite::Connection& database, const RecordId& id) {
  if (id.is_model()) return {false, require_model(database, id.sha256()).id};
  return {true, require_pending(database, id.number()).id};
}

std::vector<RecordRef> resolve_selection(const sqlite::Connection& database, const Selection& selection) {
  if (const auto* filter = std::get_if<RecordFilter>(&selection)) return select_records(database, *filter);
  std::vector<RecordRef> records;
  std::unordered_set<RecordId> seen;
  for (const RecordId& id : std::get<std::vector<RecordId>>(selection))
    if (seen.insert(id).second) records.push_back(require_record(database, id));
  return records;
}

PreparedEdit::PreparedEdit(const sqlite::Connection& database, const RecordEdit& edit) : edit_(edit) {
  if (edit.name) check_text("name", *edit.name, kMaxName);
  if (edit.type) check_text("type", *edit.type, kMaxType);
  if (edit.path) check_path(*edit.path);
  if (edit.metadata) (void)json::patch_metadata("{}", *edit.metadata);
  if (edit.tags) {
    tags_.emplace();
    for (const TagRef& tag : *edit.tags) tags_->push_back(resolve_tag(database, tag));
  }
  for (const TagRef& tag : edit.add_tags) add_tags_.push_back(resolve_tag(database, tag));
  for (const TagRef& tag : edit.remove_tags)
    if (const auto id = find_meant_tag(database, tag)) remove_tags_.push_back(*id);
}

void PreparedEdit::apply(WriteTransaction& transaction, const RecordRef& record) const {
  if (record.pending)
    apply_to_pending(transaction, record.id);
  else
    apply_to_model(transaction, record.id);
}

void PreparedEdit::apply_to_model(WriteTransaction& transaction, std::int64_t id) const {
  const sqlite::Connection& db = transaction.db();
  auto row = find_model(db, id);
  if (!row) throw Error(ErrorCode::NotFound, "no such model");
  if (edit_.path)
    throw Error(ErrorCode::InvalidArgument, "the path of model " + row->sha256.hex() + " cannot be edited");
  if (edit_.name) row->name = *edit_.name;
  if (edit_.type) row->type = *edit_.type;
  if (edit_.metadata) row->metadata = json::patch_metadata(row->metadata, *edit_.metadata);
  update_model(db, *row);
  if (tags_) {
    unlink_model_tags(db, id);
    for (const std::int64_t tag : *tags_) link_model_tag(db, id, tag);
  }
  for (const std::int64_t tag : add_tags_) link_model_tag(db, id, tag);
  for (const std::int64_t tag : remove_tags_) unlink_model_tag(db, id, tag);
  transaction.model_changed(id, row->sha256);
}

void PreparedEdit::apply_to_pending(WriteTransaction& transaction, std::int64_t id) const {
  const sqlite::Connection& db = transaction.db();
  PendingRow row = require_pending(db, id);
  if (edit_.name) row.name = *edit_.name;
  if (edit_.type) row.type = *edit_.type;
  if (edit_.path && *edit_.path != row.path) {
    check_path_is_free(db, *edit_.path, id);
    row.path = *edit_.path;
    row.real_path = real_path(row.path);
    // What was known of the hash was known of the other file.
    row.hash_state = HashState::Unknown;
    row.sha256.reset();
    row.last_error.reset();
  }
  if (edit_.metadata) row.metadata = json::patch_metadata(row.metadata, *edit_.metadata);
  update_pending(db, row);
  if (tags_) {
    unlink_pending_tags(db, id);
    for (const std::int64_t tag : *tags_) link_pending_tag(db, id, tag);
  }
  for (const std::int64_t tag : add_tags_) link_pending_tag(db, id, tag);
  for (const std::int64_t tag : remove_tags_) unlink_pending_tag(db, id, tag);
  transaction.pending_changed(id);
}

std::int64_t create_pending(WriteTransaction& transaction, const NewPending& record) {
  const sqlite::Connection& db = transaction.db();
  check_new_record(record);
  check_path(record.path);
  check_path_is_free(db, record.path);
  PendingRow row;
  row.path = record.path;
  row.real_path = real_path(record.path);
  fill_row(row, record);
  const std::int64_t id = insert_pending(db, row);
  for (const TagRef& tag : record.tags) link_pending_tag(db, id, resolve_tag(db, tag));
  transaction.pending_changed(id, ChangeKind::Created);
  return id;
}

void create_model(WriteTransaction& transaction, const NewModel& model) {
  const sqlite::Connection& db = transaction.db();
  check_new_record(model);
  check_text("path", model.path, kMaxPath);
  if (find_model(db, model.sha256))
    throw Error(ErrorCode::AlreadyExists, "the model " + model.sha256.hex() + " exists already");
  ModelRow row;
  row.sha256 = model.sha256;
  fill_row(row, model);
  const std::int64_t id = insert_model(db, row);
  if (!model.path.empty()) {
    check_path_is_free(db, model.path);
    put_location(db, id, {model.path, real_path(model.path), LocationState::Unknown, false});
  }
  for (const TagRef& tag : model.tags) link_model_tag(db, id, resolve_tag(db, tag));
  transaction.model_changed(id, model.sha256, ChangeKind::Created);
}

bool set_trashed(WriteTransaction& transaction, const RecordRef& record, bool trashed) {
  const sqlite::Connection& db = transaction.db();
  if (record.pending) {
    if (require_pending(db, record.id).trashed == trashed) return false;
    set_pending_trashed(db, record.id, trashed);
    transaction.pending_changed(record.id);
    return true;
  }
  const auto row = find_model(db, record.id);
  if (!row || row->trashed == trashed) return false;
  set_model_trashed(db, record.id, trashed);
  transaction.model_changed(record.id, row->sha256);
  return true;
}

void touch_records_of_tag(WriteTransaction& transaction, std::int64_t tag_id) {
  sqlite::Statement models = transaction.db().statement(
      "SELECT id, sha256 FROM model_tags JOIN models ON models.id = model_id WHERE tag_id = ?");
  models.bind(tag_id);
  while (models.step()) transaction.model_changed(models.integer(0), models.sha256(1));
  sqlite::Statement pending =
      transaction.db().statement("SELECT pending_id FROM pending_model_tags WHERE tag_id = ?");
  pending.bind(tag_id);
  while (pending.step()) transaction.pending_changed(pending.integer(0));
}

}  // namespace modelstore::catalog
