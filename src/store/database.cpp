#include "modelstore/database.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "catalog/change_list.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/path_finder.hpp"
#include "catalog/path_lookup.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/record_edit.hpp"
#include "catalog/record_list.hpp"
#include "catalog/relocation.hpp"
#include "catalog/statistics.hpp"
#include "catalog/store_core.hpp"
#include "catalog/tag_rows.hpp"
#include "store/trash_emptying.hpp"

namespace modelstore {
namespace {

/// Digits of the beginning of a digest below which it is taken for a slip.
constexpr std::size_t kShortestPrefix = 4;

/// Several statements that see one state of the catalogue.
template <class Read>
auto read_consistently(detail::StoreCore& core, const Read& read) {
  const auto reader = core.reader();
  sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
  auto result = read(*reader);
  snapshot.commit();
  return result;
}

RecordId id_of(const sqlite::Connection& database, const catalog::RecordRef& record) {
  if (record.pending) return RecordId::pending(record.id);
  const auto row = catalog::find_model(database, record.id);
  if (!row) throw Error(ErrorCode::NotFound, "the model is gone");
  return row->sha256;
}

}  // namespace

Database::Database(const Store& store) : core_(store.core()) {}

detail::StoreCore& Database::core() const {
  return detail::core_of(core_, "database");
}

Model Database::model(const Sha256& sha256) const {
  return read_consistently(core(), [&](const sqlite::Connection& db) {
    catalog::ModelRow row = catalog::require_model(db, sha256);
    Model model;
    model.sha256 = row.sha256;
    model.name = std::move(row.name);
    model.type = std::move(row.type);
    model.size_bytes = row.size_bytes;
    model.created_at = row.created_at;
    model.verified = row.verified;
    model.trashed = row.trashed;
    model.metadata = std::move(row.metadata);
    model.tags = catalog::tags_of_model(db, row.id);
    for (catalog::LocationRow& location : catalog::locations_of(db, row.id))
      model.locations.push_back(std::move(location.location));
    model.previews = catalog::previews_of(db, row.id, row.sha256);
    return model;
  });
}

PendingRecord Database::pending(std::int64_t id) const {
  return read_consistently(core(), [&](const sqlite::Connection& db) {
    catalog::PendingRow row = catalog::require_pending(db, id);
    PendingRecord record;
    record.id = row.id;
    record.path = std::move(row.path);
    record.name = std::move(row.name);
    record.type = std::move(row.type);
    record.size_bytes = row.size_bytes;
    record.created_at = row.created_at;
    record.hash_state = row.hash_state;
    record.sha256 = row.sha256;
    record.trashed = row.trashed;
    record.metadata = std::move(row.metadata);
    record.tags = catalog::tags_of_pending(db, id);
    record.pictures = catalog::pending_pictures_of(db, id);
    record.last_error = std::move(row.last_error);
    return record;
  });
}

RecordId Database::resolve(std::string_view text) const {
  return read_consistently(core(), [&](const sqlite::Connection& db) -> RecordId {
    if (const auto id = RecordId::parse(text)) {
      (void)catalog::require_record(db, *id);
      return *id;
    }
    const auto found = catalog::find_models_by_prefix(db, text, 2);
    if (text.size() < kShortestPrefix || !found)
      throw Error(ErrorCode::InvalidArgument, "neither a SHA-256, nor " + std::to_string(kShortestPrefix) +
                                                  " or more of its first digits, nor pending:N: '" +
                                                  base::printable(text, 80) + "'");
    if (found->empty()) throw Error(ErrorCode::NotFound, "no model " + std::string(text) + "…");
    if (found->size() > 1) throw Error(ErrorCode::Conflict, "several models begin with " + std::string(text));
    return found->front();
  });
}

std::optional<RecordId> Database::find_by_path(const std::filesystem::path& path) const {
  const auto forms = catalog::path_forms(path);
  return read_consistently(core(), [&](const sqlite::Connection& db) -> std::optional<RecordId> {
    const auto record = catalog::find_record_by_path(db, forms);
    if (!record) return std::nullopt;
    return id_of(db, *record);
  });
}

std::vector<std::optional<RecordId>> Database::find_by_paths(
    std::span<const std::filesystem::path> paths) const {
  return read_consistently(*core_, [&](const sqlite::Connection& db) {
    catalog::PathFinder finder(db, paths.size());
    std::vector<std::optional<RecordId>> found;
    found.reserve(paths.size());
    for (const std::filesystem::path& path : paths) found.push_back(finder.find(path));
    return found;
  });
}

RecordPage Database::list(const RecordQuery& query) const {
  return read_consistently(core(),
                           [&](const sqlite::Connection& db) { return catalog::list_records(db, query); });
}

std::vector<std::string> Database::types() const {
  return read_consistently(*core_, [](const sqlite::Connection& db) { return catalog::list_types(db); });
}

ModelPreview Database::preview(std::int64_t id) const {
  return read_consistently(*core_, [&](const sqlite::Connection& db) {
    auto found = catalog::find_preview(db, id);
    if (!found) throw Error(ErrorCode::NotFound, "no preview " + std::to_string(id));
    return std::move(*found);
  });
}

ModelPreview Database::preview(const Sha256& model, std::int64_t position) const {
  return read_consistently(*core_, [&](const sqlite::Connection& db) {
    auto found = catalog::find_preview_at(db, catalog::require_model(db, model).id, model, position);
    if (!found)
      throw Error(ErrorCode::NotFound,
                  "model " + model.hex() + " has no preview at position " + std::to_string(position));
    return ModelPreview{model, std::move(*found)};
  });
}

Facets Database::facets(const RecordFilter& filter) const {
  return read_consistently(core(),
                           [&](const sqlite::Connection& db) { return catalog::count_facets(db, filter); });
}

std::vector<Tag> Database::tags() const {
  return catalog::all_tags(*core().reader());
}

Statistics Database::statistics() const {
  return read_consistently(core(),
                           [](const sqlite::Connection& db) { return catalog::count_everything(db); });
}

std::int64_t Database::revision() const {
  return catalog::current_revision(*core_->reader());
}

ChangeList Database::changes(std::int64_t since, std::int64_t limit) const {
  return read_consistently(
      core(), [&](const sqlite::Connection& db) { return catalog::changes_since(db, since, limit); });
}

std::int64_t Database::add_pending(const NewPending& record) {
  return core().write(
      [&](catalog::WriteTransaction& transaction) { return catalog::create_pending(transaction, record); });
}

void Database::add_model(const NewModel& model) {
  core().write([&](catalog::WriteTransaction& transaction) { catalog::create_model(transaction, model); });
}

void Database::edit(const RecordId& id, const RecordEdit& edit) {
  (void)edit_many(std::vector<RecordId>{id}, edit);
}

std::int64_t Database::edit_many(const Selection& selection, const RecordEdit& edit) {
  return core().write([&](catalog::WriteTransaction& transaction) {
    const auto records = catalog::resolve_selection(transaction.db(), selection);
    const catalog::PreparedEdit prepared(transaction.db(), edit);
    for (const catalog::RecordRef& record : records) prepared.apply(transaction, record);
    return std::ssize(records);
  });
}

std::int64_t Database::trash(const Selection& selection) {
  return core().write([&](catalog::WriteTransaction& transaction) {
    std::int64_t moved = 0;
    for (const catalog::RecordRef& record : catalog::resolve_selection(transaction.db(), selection))
      if (catalog::set_trashed(transaction, record, true)) ++moved;
    return moved;
  });
}

std::int64_t Database::restore(const Selection& selection) {
  return core().write([&](catalog::WriteTransaction& transaction) {
    std::int64_t moved = 0;
    for (const catalog::RecordRef& record : catalog::resolve_selection(transaction.db(), selection))
      if (catalog::set_trashed(transaction, record, false)) ++moved;
    return moved;
  });
}

std::int64_t Database::empty_trash() {
  return store::empty_trash(core());
}

RelocateReport Database::relocate(std::string_view from, std::string_view to, bool dry_run) {
  if (dry_run)
    return read_consistently(
        core(), [&](const sqlite::Connection& db) { return catalog::preview_relocation(db, from, to); });
  return core().write(
      [&](catalog::WriteTransaction& transaction) { return catalog::relocate_paths(transaction, from, to); });
}

std::vector<Tag> Database::add_tags(const std::vector<std::string>& names) {
  return core().write([&](catalog::WriteTransaction& transaction) {
    std::vector<Tag> tags;
    for (const std::string& name : names) {
      if (base::trim(name).empty()) continue;
      const std::int64_t id = catalog::resolve_tag(transaction.db(), TagRef(name));
      if (auto tag = catalog::find_tag(transaction.db(), id)) tags.push_back(std::move(*tag));
    }
    return tags;
  });
}

void Database::edit_tag(std::int64_t id, const std::optional<std::string>& name,
                        const std::optional<std::string>& color) {
  core().write([&](catalog::WriteTransaction& transaction) {
    catalog::update_tag(transaction.db(), id, name, color);
    if (name) catalog::touch_records_of_tag(transaction, id);
  });
}

void Database::delete_tag(std::int64_t id) {
  core().write([&](catalog::WriteTransaction& transaction) {
    (void)catalog::resolve_tag(transaction.db(), TagRef(id));
    catalog::touch_records_of_tag(transaction, id);
    catalog::delete_tag(transaction.db(), id);
  });
}

}  // namespace modelstore
