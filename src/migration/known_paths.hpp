/// Which paths the catalogue surely does not hold, so that an import into an empty or a large one need not ask for
/// each row. Used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "sqlite/connection.hpp"

namespace modelstore::migration {

class KnownPaths {
 public:
  /// At the beginning of each transaction: reads all paths again if another writer committed since the last.
  void begin(const sqlite::Connection& database);

  /// False: no record has this path. True: some record may have it.
  [[nodiscard]] bool may_hold(std::string_view path) const;

  void add(std::string_view path);

 private:
  std::unordered_set<std::size_t> hashes_;
  std::int64_t next_revision_ = -1;  // of a commit that no other came before
};

}  // namespace modelstore::migration
