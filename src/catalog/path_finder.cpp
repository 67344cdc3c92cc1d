#include "catalog/path_finder.hpp"

#include <utility>

#include "catalog/path_lookup.hpp"

namespace modelstore::catalog {
namespace {

/// Rows of the catalogue that are read faster than one path is looked up.
constexpr std::int64_t kRowsForAPath = 4;

/// The model of the location that is not missing, else of the oldest one. The rows are few: to compare them
/// here is faster than to have them sorted.
std::optional<RecordId> best_model(sqlite::Statement& query) {
  std::optional<RecordId> best;
  std::pair<bool, std::int64_t> best_order;
  while (query.step()) {
    const std::pair<bool, std::int64_t> order(query.integer(1) != 0, query.integer(2));
    if (best && best_order < order) continue;
    best = query.sha256(0);
    best_order = order;
  }
  query.reset();
  return best;
}

std::optional<RecordId> first_pending(sqlite::Statement& query) {
  std::optional<RecordId> first;
  if (query.step()) first = RecordId::pending(query.integer(0));
  query.reset();
  return first;
}

/// Whether `path` is absolute, and has no component that normalising takes away.
bool is_normal(std::string_view path) {
  if (!path.starts_with('/') || path.ends_with('/') || path.ends_with("/.") || path.ends_with("/.."))
    return false;
  return path.find("//") == std::string_view::npos && path.find("/./") == std::string_view::npos &&
         path.find("/../") == std::string_view::npos;
}

}  // namespace

PathFinder::PathFinder(const sqlite::Connection& database, std::size_t paths)
    : model_by_path_(
          database.statement("SELECT models.sha256, locations.state = 1, locations.id FROM locations "
                             "JOIN models ON models.id = locations.model_id WHERE locations.path = ?")),
      model_by_real_path_(
          database.statement("SELECT models.sha256, locations.state = 1, locations.id FROM locations "
                             "JOIN models ON models.id = locations.model_id "
                             "WHERE locations.real_path = ? AND locations.real_path <> ''")),
      pending_by_path_(database.statement("SELECT id FROM pending_import WHERE path = ?")),
      pending_by_real_path_(database.statement(
          "SELECT id FROM pending_import WHERE real_path = ? AND real_path <> '' LIMIT 1")) {
  const std::int64_t rows = database.integer("SELECT max(id) FROM locations").value_or(0) +
                            database.integer("SELECT max(id) FROM pending_import").value_or(0);
  if (rows <= kRowsForAPath * static_cast<std::int64_t>(paths))
    read_all(database, static_cast<std::size_t>(rows));
}

void PathFinder::read_all(const sqlite::Connection& database, std::size_t rows) {
  all_.emplace(rows, &memory_);
  // In the order of the rows: to look them up one by one would read their pages again and again.
  sqlite::Statement models = database.statement(
      "SELECT models.sha256, locations.state = 1, locations.id, locations.path, "
      "locations.real_path FROM locations JOIN models ON models.id = locations.model_id "
      "ORDER BY locations.id");
  while (models.step()) {
    const RecordId id = models.sha256(0);
    const bool missing = models.integer(1) != 0;
    keep(models.text_view(3), {{0, missing, models.integer(2)}, id});
    keep(models.text_view(4), {{1, missing, models.integer(2)}, id});
  }
  sqlite::Statement pending =
      database.statement("SELECT id, path, real_path FROM pending_import ORDER BY id");
  while (pending.step()) {
    const RecordId id = RecordId::pending(pending.integer(0));
    keep(pending.text_view(1), {{2, false, id.number()}, id});
    keep(pending.text_view(2), {{3, false, id.number()}, id});
  }
}

void PathFinder::keep(std::string_view path, const Holder& holder) {
  if (path.empty()) return;
  if (const auto found = all_->find(path); found != all_->end()) {
    if (holder.rank < found->second.rank) found->second = holder;
    return;
  }
  auto* const copy = static_cast<char*>(memory_.allocate(path.size(), 1));
  path.copy(copy, path.size());
  all_->emplace(std::string_view(copy, path.size()), holder);
}

std::optional<RecordId> PathFinder::find(const std::filesystem::path& path) {
  const std::string& given = path.native();
  if (given.empty()) return std::nullopt;
  if (auto found = find_stored(given)) return found;
  if (!is_normal(given)) {
    std::error_code error;
    const std::string normal = std::filesystem::absolute(path, error).lexically_normal();
    if (!error && normal != given)
      if (auto found = find_stored(normal)) return found;
  }
  const std::string real = resolve(path);
  return real.empty() || real == given ? std::nullopt : find_stored(real);
}

std::optional<RecordId> PathFinder::find_stored(std::string_view path) {
  if (all_) {
    const auto found = all_->find(path);
    if (found == all_->end()) return std::nullopt;
    return found->second.id;
  }
  for (sqlite::Statement* const query : {&model_by_path_, &model_by_real_path_})
    if (auto found = best_model(query->bind(path))) return found;
  for (sqlite::Statement* const query : {&pending_by_path_, &pending_by_real_path_})
    if (auto found = first_pending(query->bind(path))) return found;
  return std::nullopt;
}

std::string PathFinder::resolve(const std::filesystem::path& path) {
  const std::string& given = path.native();
  if (!is_normal(given)) return real_path(path);
  const std::size_t slash = given.rfind('/');
  const std::string& folder = real_folder(given.substr(0, slash == 0 ? 1 : slash));
  if (folder.empty()) return {};
  std::string real = folder;
  if (!real.ends_with('/')) real += '/';
  real.append(given, slash + 1);
  std::error_code error;
  const auto type = std::filesystem::symlink_status(real, error).type();
  if (error) return {};
  return type == std::filesystem::file_type::symlink ? real_path(real) : real;
}

const std::string& PathFinder::real_folder(const std::string& folder) {
  const auto [found, added] = real_folders_.try_emplace(folder);
  if (added) found->second = real_path(folder);
  return found->second;
}

}  // namespace modelstore::catalog
