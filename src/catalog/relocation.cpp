#include "catalog/relocation.hpp"

#include <set>
#include <unordered_set>
#include <utility>

#include "base/paths.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/path_lookup.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/text_limits.hpp"
#include "modelstore/path_map.hpp"

namespace modelstore::catalog {
namespace {

constexpr std::size_t kExamples = 5;

struct Move {
  RecordRef record;
  std::int64_t row = 0;  // location or pending record
  bool missing = false;  // at a path that may be another model's
  std::string from;
  std::string to;
};

PathRule checked_rule(std::string_view from, std::string_view to) {
  check_text("path", from, kMaxPath);
  check_text("path", to, kMaxPath);
  if (!from.starts_with('/') && !base::is_windows_path(from))
    throw Error(ErrorCode::InvalidArgument, "not an absolute folder: '" + std::string(from) + "'");
  if (!to.starts_with('/'))
    throw Error(ErrorCode::InvalidArgument, "not an absolute folder: '" + std::string(to) + "'");
  return {std::string(from), std::string(to)};
}

/// Whether a row that stays has the path. One model has a path only once, missing or not.
bool is_in_the_way(const sqlite::Connection& database, const Move& move) {
  if (is_path_of_other(database, move.to, move.record.pending, move.row)) return true;
  return !move.record.pending &&
         database.integer("SELECT 1 FROM locations WHERE path = ? AND model_id = ?", move.to, move.record.id);
}

std::vector<Move> plan(const sqlite::Connection& database, const PathRule& rule, RelocateReport& report) {
  std::vector<Move> candidates;
  for (const bool pending : {false, true}) {
    sqlite::Statement query =
        database.statement(pending ? "SELECT id, id, 0, path FROM pending_import ORDER BY id"
                                   : "SELECT id, model_id, state = 1, path FROM locations ORDER BY id");
    while (query.step()) {
      const std::string path = query.text(3);
      auto target = map_path({rule}, path);
      if (!target || *target == path) continue;
      candidates.push_back(
          {{pending, query.integer(1)}, query.integer(0), query.integer(2) != 0, path, std::move(*target)});
    }
  }
  std::unordered_set<std::string> leaving;
  for (const Move& move : candidates) leaving.insert(move.from);
  std::unordered_set<std::string> taken;
  std::set<std::pair<std::int64_t, std::string>> missing;
  std::vector<Move> moves;
  moves.reserve(candidates.size());
  for (Move& move : candidates) {
    // A path that moves away itself is free, one that two would get is not.
    const bool in_the_way = !leaving.contains(move.to) && is_in_the_way(database, move);
    const bool second =
        move.missing ? !missing.emplace(move.record.id, move.to).second : !taken.insert(move.to).second;
    if (in_the_way || second || move.to.size() > kMaxPath) {
      report.conflicts.push_back(move.from);
      continue;
    }
    ++(move.record.pending ? report.pending : report.locations);
    if (report.examples.size() < kExamples) report.examples.emplace_back(move.from, move.to);
    moves.push_back(std::move(move));
  }
  return moves;
}

void set_path(const sqlite::Connection& database, const Move& move, const std::string& path,
              const std::string& resolved) {
  database.run(move.record.pending ? "UPDATE pending_import SET path = ?2, real_path = ?3 WHERE id = ?1"
                                   : "UPDATE locations SET path = ?2, real_path = ?3 WHERE id = ?1",
               move.row, path, resolved);
}

}  // namespace

RelocateReport preview_relocation(const sqlite::Connection& database, std::string_view from,
                                  std::string_view to) {
  RelocateReport report;
  (void)plan(database, checked_rule(from, to), report);
  return report;
}

RelocateReport relocate_paths(WriteTransaction& transaction, std::string_view from, std::string_view to) {
  const sqlite::Connection& db = transaction.db();
  RelocateReport report;
  const std::vector<Move> moves = plan(db, checked_rule(from, to), report);
  // In two steps, because a path may become free only by another move: no path begins with this character.
  for (const Move& move : moves) set_path(db, move, '\1' + std::to_string(move.row), "");
  for (const Move& move : moves) set_path(db, move, move.to, real_path(move.to));
  for (const Move& move : moves) {
    if (move.record.pending) {
      transaction.pending_changed(move.record.id);
    } else {
      const auto model = find_model(db, move.record.id);
      if (model) transaction.model_changed(model->id, model->sha256);
      set_location_state(db, move.row, LocationState::Unknown);
    }
  }
  return report;
}

}  // namespace modelstore::catalog
