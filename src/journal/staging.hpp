/// Files on their way into the store: written and synced in a folder of their own below `staging/`, which
/// nobody but their operation looks at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "catalog/store_core.hpp"
#include "modelstore/sha256.hpp"
#include "platform/file.hpp"

namespace modelstore::journal {

/// A file below `staging/`, written and synced, not yet published.
struct StagedFile {
  std::string name;  ///< in the staging folder
  std::int64_t size_bytes = 0;
  Sha256 sha256;
};

/// A staging folder of this store's owner. It goes, with what is left in it, when this object does. Used by
/// one thread at a time.
class Staging {
 public:
  /// Errors: as StoreCore::check_writable; NoSpace, Io.
  explicit Staging(detail::StoreCore& core);
  Staging(Staging&&) noexcept;
  Staging& operator=(Staging&&) = delete;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();

  /// Writes and syncs one file. Errors: NoSpace, Io.
  [[nodiscard]] StagedFile add(std::span<const std::byte> content);

  [[nodiscard]] const platform::Directory& folder() const noexcept { return folder_; }
  [[nodiscard]] detail::StoreCore& core() const noexcept { return *core_; }

 private:
  detail::StoreCore* core_;  // null once moved from
  std::string number_;
  platform::Directory folder_;
  std::int64_t files_ = 0;
};

}  // namespace modelstore::journal
