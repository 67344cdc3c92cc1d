/// One call of ReactiveMigrator::hash: hashes a file and does at once what its hash makes possible.
#pragma once

#include <filesystem>

#include "catalog/store_core.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "runtime/executor.hpp"

namespace modelstore::migration {

/// On the calling thread. `path` is the file's, from which work may go on wherever the program's current folder
/// is; `given` is how the caller named it, as which a record may be stored.
/// Errors: as ReactiveMigrator::hash.
[[nodiscard]] MigrateHashResult migrate_file(detail::StoreCore& core, const runtime::JobControl& control,
                                             const std::filesystem::path& given,
                                             const std::filesystem::path& path,
                                             const MigrateHashOptions& options);

}  // namespace modelstore::migration
