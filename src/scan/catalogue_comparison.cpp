#include "scan/catalogue_comparison.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "catalog/model_rows.hpp"
#include "catalog/path_lookup.hpp"
#include "modelstore/error.hpp"
#include "platform/system.hpp"
#include "scan/known_content.hpp"

namespace modelstore::scan {
namespace {

/// Rows of one transaction, for which other writers wait.
constexpr std::size_t kRowsAtOnce = 10'000;
/// Rows between two looks at whether the job was cancelled.
constexpr std::size_t kBetweenChecks = 64;

void note_change(catalog::WriteTransaction& transaction, const catalog::StoredPath& location) {
  if (const auto model = catalog::find_model(transaction.db(), location.record.id))
    transaction.model_changed(model->id, model->sha256);
}

}  // namespace

bool CatalogueComparison::add_seen(const std::string& real_path, const platform::FileStat& stat) {
  return seen_.emplace(real_path, stat).second;
}

void CatalogueComparison::add_unreadable(const std::string& folder) {
  unreadable_.push_back(folder.ends_with('/') ? folder : folder + '/');
}

void CatalogueComparison::find_real_paths(const std::filesystem::path& root) {
  std::vector<std::pair<catalog::StoredPath, std::string>> found;
  for (catalog::StoredPath& stored : paths_below(root)) {
    control_.throw_if_cancelled();
    if (!stored.real_path.empty()) continue;
    std::string real = catalog::real_path(stored.path);
    if (!real.empty()) found.emplace_back(std::move(stored), std::move(real));
  }
  write_in_batches(found.size(), [&](catalog::WriteTransaction& transaction, std::size_t i) {
    const auto& [stored, real] = found[i];
    if (catalog::set_real_path(transaction.db(), stored, real) && !stored.record.pending)
      note_change(transaction, stored);
  });
}

void CatalogueComparison::compare(const std::filesystem::path& root) {
  core_.write([&](catalog::WriteTransaction& transaction) {
    catalog::register_root(transaction.db(), root.string(), platform::now_ms());
  });
  std::vector<Change> changes;
  {
    const std::vector<catalog::StoredPath> stored_paths = paths_below(root);
    const auto reader = core_.reader();
    for (const catalog::StoredPath& stored : stored_paths) {
      control_.throw_if_cancelled();
      if (auto change = look_at(*reader, stored)) changes.push_back(std::move(*change));
    }
  }
  write_in_batches(changes.size(), [&](catalog::WriteTransaction& transaction, std::size_t i) {
    write(transaction, changes[i]);
  });
}

void CatalogueComparison::mark_offline(const std::filesystem::path& root) {
  std::vector<catalog::StoredPath> locations = paths_below(root);
  std::erase_if(locations, [](const catalog::StoredPath& stored) {
    return stored.record.pending || stored.state == LocationState::Offline;
  });
  write_in_batches(locations.size(), [&](catalog::WriteTransaction& transaction, std::size_t i) {
    write(transaction, {locations[i], LocationState::Offline, std::nullopt});
  });
}

std::vector<catalog::StoredPath> CatalogueComparison::paths_below(const std::filesystem::path& root) {
  const auto reader = core_.reader();
  std::vector<catalog::StoredPath> paths = catalog::paths_below(*reader, root.string());
  const std::string real = catalog::real_path(root);
  if (real.empty() || real == root) return paths;
  std::unordered_set<std::int64_t> locations;
  std::unordered_set<std::int64_t> records;
  const auto is_new = [&](const catalog::StoredPath& stored) {
    return stored.record.pending ? records.insert(stored.record.id).second
                                 : locations.insert(stored.location_id).second;
  };
  for (const catalog::StoredPath& stored : paths) (void)is_new(stored);
  for (catalog::StoredPath& stored : catalog::paths_below(*reader, real))
    if (is_new(stored)) paths.push_back(std::move(stored));
  return paths;
}

bool CatalogueComparison::below_unreadable(const catalog::StoredPath& stored) const {
  return std::any_of(unreadable_.begin(), unreadable_.end(), [&](const std::string& folder) {
    return stored.path.starts_with(folder) || stored.real_path.starts_with(folder);
  });
}

std::optional<CatalogueComparison::Found> CatalogueComparison::find(const catalog::StoredPath& stored) const {
  std::string real = stored.real_path.empty() ? catalog::real_path(stored.path) : stored.real_path;
  if (const auto seen = seen_.find(real); seen != seen_.end()) return Found{std::move(real), seen->second};
  const auto stat = platform::stat_path(stored.path);
  if (!stat) return std::nullopt;
  return Found{catalog::real_path(stored.path), *stat};
}

std::optional<CatalogueComparison::Change> CatalogueComparison::look_at(const sqlite::Connection& database,
                                                                        const catalog::StoredPath& stored) {
  if (below_unreadable(stored)) return std::nullopt;
  std::optional<Found> found;
  try {
    found = find(stored);
  } catch (const Error&) {
    return std::nullopt;  // A share that fails, a folder that is closed to us: nothing is known.
  }
  if (!found) {
    ++report_.missing;
    if (stored.record.pending || stored.state == LocationState::Missing) return std::nullopt;
    return Change{stored, LocationState::Missing, std::nullopt};
  }
  if (stored.record.pending) return std::nullopt;
  if (stored.state == LocationState::Missing) {
    if (!has_come_back(database, stored, found->real_path, found->stat)) return std::nullopt;
    return Change{stored, LocationState::Present, std::nullopt};
  }
  const bool changed = stored.verified && compare_content(database, stored, found->real_path, found->stat) ==
                                              KnownContent::Other;
  if (!changed && stored.state == LocationState::Present) return std::nullopt;
  return Change{stored, LocationState::Present, changed ? std::move(found) : std::nullopt};
}

void CatalogueComparison::write(catalog::WriteTransaction& transaction, const Change& change) {
  const sqlite::Connection& db = transaction.db();
  // Since it was looked at, the location may have gone or moved.
  const auto now = catalog::find_stored_location(db, change.location.location_id);
  if (!now || now->record != change.location.record || now->path != change.location.path ||
      now->state != change.location.state)
    return;
  bool changed =
      now->state != change.state && catalog::set_location_state(db, now->location_id, change.state);
  // And the file may have been hashed.
  if (change.changed && now->verified &&
      compare_content(db, *now, change.changed->real_path, change.changed->stat) == KnownContent::Other) {
    catalog::set_location_changed(db, now->location_id);
    ++report_.changed;
    changed = true;
  }
  if (changed) note_change(transaction, *now);
}

void CatalogueComparison::write_in_batches(
    std::size_t count, const std::function<void(catalog::WriteTransaction&, std::size_t)>& work) {
  for (std::size_t first = 0; first < count; first += kRowsAtOnce)
    core_.write([&](catalog::WriteTransaction& transaction) {
      for (std::size_t i = first; i < std::min(first + kRowsAtOnce, count); ++i) {
        if (i % kBetweenChecks == 0) control_.throw_if_cancelled();
        work(transaction, i);
      }
    });
}

}  // namespace modelstore::scan
