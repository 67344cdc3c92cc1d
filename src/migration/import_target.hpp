/// Where an import writes to: the store's catalogue or, for a dry run, a copy of it that is thrown away.
/// Used by one thread at a time.
#pragma once

#include <functional>
#include <optional>

#include "catalog/store_core.hpp"
#include "platform/temporary_folder.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::migration {

class ImportTarget {
 public:
  /// `core` outlives the object. `between` is called while the catalogue is copied and may throw.
  ImportTarget(detail::StoreCore& core, bool dry_run, const std::function<void()>& between);

  [[nodiscard]] bool is_dry_run() const noexcept { return scratch_.has_value(); }

  /// Runs `work` in one transaction. Errors: as StoreCore::write.
  void write(const std::function<void(catalog::WriteTransaction&)>& work);

  /// Runs `work` with a connection to read with.
  void read(const std::function<void(const sqlite::Connection&)>& work);

 private:
  struct Scratch {
    platform::TemporaryFolder folder;
    sqlite::Connection database;
    Scratch();
  };

  detail::StoreCore& core_;
  std::optional<Scratch> scratch_;
};

}  // namespace modelstore::migration
