/// The end of operations, from what their journal says: unlinking what is to go, and forgetting them. Shared
/// by the process that ran them and by recovery.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "catalog/store_core.hpp"
#include "journal/operation_rows.hpp"
#include "platform/file.hpp"

namespace modelstore::journal {

[[nodiscard]] const platform::Directory& folder_of(const detail::StoreCore& core, Folder folder);

/// Digests of published files, computed before the writer lock is taken so that it is held briefly. One whose
/// file has changed since is computed again. Used by one thread.
class KnownDigests {
 public:
  /// Reads the file, if it has the size that the journal says. Never fails: what cannot be read is left out.
  void look(const detail::StoreCore& core, const Removal& file) noexcept;

  /// Whether the file is a regular one with the journal's size and digest. Errors: Io, FileUnreadable.
  [[nodiscard]] bool match(const detail::StoreCore& core, const Removal& file,
                           const platform::FileStat& now) const;

 private:
  std::map<std::pair<Folder, std::string>, std::pair<platform::FileStat, Sha256>> known_;
};

/// Within a transaction under the writer lock, which the caller commits: finishes those of `operations` that
/// are done, undoes the others, and drops them; ids that the journal does not know are passed over. A file
/// is unlinked only if no row names it and it is what the journal says; else it stays and the log tells.
/// The unlinking is durable on return. May be cut off anywhere and run again.
/// Errors: ReadOnly, Io, FileUnreadable; the store is poisoned if the folders could not be synced.
void settle(detail::StoreCore& core, const sqlite::Connection& database,
            std::span<const std::int64_t> operations, const KnownDigests& known = {});

/// Tries again what this store has left. Never fails: what cannot be settled stays left.
void settle_left(detail::StoreCore& core) noexcept;

}  // namespace modelstore::journal
