/// Finishes or undoes what dead processes left.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/store_core.hpp"

namespace modelstore::journal {

/// Whether a name is of the form that owners have: nothing else is ever made into a path.
[[nodiscard]] bool is_owner_name(std::string_view name) noexcept;

/// Whether a name in `owners/` is of the form that the locks of owners have.
[[nodiscard]] bool is_owner_lock_name(std::string_view name) noexcept;

struct RecoveryReport {
  std::int64_t finished = 0;
  std::int64_t undone = 0;
  std::int64_t staging_folders = 0;  ///< removed
};

/// Under the writer lock: finishes or undoes every operation whose owner is dead (its lock can be taken), and
/// removes the staging folders and locks of dead owners. Operations of live owners are left alone.
/// Errors: those of StoreCore::with_writer_lock; Io.
RecoveryReport recover(detail::StoreCore& core);

/// Something that a dead process left.
struct Leftover {
  std::string subject;  ///< a path or an id
  std::string message;  ///< one line
};

/// Operations, claims and staging folders without a live owner. Changes nothing.
/// Errors: those of StoreCore::with_writer_lock; Io.
[[nodiscard]] std::vector<Leftover> leftovers(detail::StoreCore& core);

}  // namespace modelstore::journal
