/// Edits of records, in the caller's transaction.
#pragma once

#include "catalog/path_lookup.hpp"
#include "catalog/store_core.hpp"
#include "modelstore/database.hpp"

namespace modelstore::catalog {

/// The record's internal id. Errors: NotFound.
[[nodiscard]] RecordRef require_record(const sqlite::Connection& database, const RecordId& id);

/// The records that are meant, each once. Errors: NotFound (a listed record).
[[nodiscard]] std::vector<RecordRef> resolve_selection(const sqlite::Connection& database,
                                                       const Selection& selection);

/// An edit whose texts were checked and whose tags were resolved, to be applied to many records.
class PreparedEdit {
 public:
  /// Errors: InvalidArgument, LimitExceeded, NotFound (a tag id).
  PreparedEdit(const sqlite::Connection& database, const RecordEdit& edit);

  /// Errors: InvalidArgument (a path for a model), AlreadyExists (the path), LimitExceeded (metadata).
  void apply(WriteTransaction& transaction, const RecordRef& record) const;

 private:
  void apply_to_model(WriteTransaction& transaction, std::int64_t id) const;
  void apply_to_pending(WriteTransaction& transaction, std::int64_t id) const;

  const RecordEdit& edit_;
  std::optional<std::vector<std::int64_t>> tags_;
  std::vector<std::int64_t> add_tags_;
  std::vector<std::int64_t> remove_tags_;
};

/// Checks a record to add and inserts it. Errors: AlreadyExists, InvalidArgument, LimitExceeded.
std::int64_t create_pending(WriteTransaction& transaction, const NewPending& record);
void create_model(WriteTransaction& transaction, const NewModel& model);

/// Moves a record to the trash or back; false if it is there already.
bool set_trashed(WriteTransaction& transaction, const RecordRef& record, bool trashed);

/// Tells the transaction that every record with this tag changed.
void touch_records_of_tag(WriteTransaction& transaction, std::int64_t tag_id);

}  // namespace modelstore::catalog
