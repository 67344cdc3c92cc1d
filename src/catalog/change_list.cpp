#include "catalog/change_list.hpp"

#include <algorithm>
#include <unordered_map>

#include "modelstore/error.hpp"

namespace modelstore::catalog {

std::int64_t current_revision(const sqlite::Connection& database) {
  return database.integer("SELECT value FROM store_state WHERE key = 'revision'").value_or(0);
}

ChangeList changes_since(const sqlite::Connection& database, std::int64_t since, std::int64_t limit) {
  if (since < 0 || limit < 1)
    throw Error(ErrorCode::InvalidArgument, "revisions and limits are positive, not " +
                                                std::to_string(since) + " and " + std::to_string(limit));
  const auto oldest =
      database.integer("SELECT value FROM store_state WHERE key = 'oldest_change'").value_or(0);
  if (since < oldest)
    throw Error(ErrorCode::NotFound, "changes since revision " + std::to_string(since) +
                                         " are no longer kept, only those since " + std::to_string(oldest));
  ChangeList list;
  list.revision = current_revision(database);
  if (since > list.revision)
    throw Error(ErrorCode::NotFound, "there is no revision " + std::to_string(since) + " yet, the last is " +
                                         std::to_string(list.revision));
  if (since == list.revision) return list;
  std::unordered_map<RecordId, std::size_t> positions;
  sqlite::Statement query =
      database.statement("SELECT id, kind, sha256, pending_id FROM changes WHERE id >= ? ORDER BY id");
  query.bind((since + 1) * kChangesInRevision);
  std::int64_t revision = since;
  while (query.step()) {
    const std::int64_t next = query.integer(0) / kChangesInRevision;
    if (next != revision && std::ssize(list.changes) >= limit) {
      list.revision = revision;
      break;
    }
    revision = next;
    const auto kind = static_cast<ChangeKind>(query.integer(1));
    const RecordId id = query.is_null(2) ? RecordId::pending(query.integer(3)) : RecordId(query.sha256(2));
    const auto [found, added] = positions.try_emplace(id, list.changes.size());
    if (added) {
      list.changes.push_back({revision, kind, id});
      continue;
    }
    RecordChange& change = list.changes[found->second];
    change.revision = revision;
    // A record that was created in this span stays "created" while it is only changed.
    if (kind == ChangeKind::Deleted || change.kind == ChangeKind::Deleted || kind == ChangeKind::Created)
      change.kind = kind;
  }
  std::stable_sort(list.changes.begin(), list.changes.end(),
                   [](const RecordChange& a, const RecordChange& b) { return a.revision < b.revision; });
  return list;
}

}  // namespace modelstore::catalog
