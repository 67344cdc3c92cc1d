#include "migration/known_paths.hpp"

#include <functional>

#include "catalog/change_list.hpp"
#include "catalog/path_lookup.hpp"

namespace modelstore::migration {
namespace {

std::size_t hash_of(std::string_view path) noexcept {
  return std::hash<std::string_view>{}(path);
}

}  // namespace

void KnownPaths::begin(const sqlite::Connection& database) {
  const std::int64_t revision = catalog::current_revision(database);
  if (revision != next_revision_) {
    hashes_.clear();
    catalog::for_each_path(database, [&](std::string_view path) { add(path); });
  }
  next_revision_ = revision + 1;
}

bool KnownPaths::may_hold(std::string_view path) const {
  return hashes_.contains(hash_of(path));
}

void KnownPaths::add(std::string_view path) {
  hashes_.insert(hash_of(path));
}

}  // namespace modelstore::migration
