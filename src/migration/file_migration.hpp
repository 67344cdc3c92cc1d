/// One call of ReactiveMigrator::hash: hashes a file and does at once what its hash makes possible.
#pragma once

#include <filesystem>

#include "catalog/store_core.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "runtime/executor.hpp"

namespace modelstore::migration {

/// On the calling thread. Errors: as ReactiveMigrator::hash.
[[nodiscard]] MigrateHashResult migrate_file(detail::StoreCore& core, const runtime::JobControl& control,
                                             const std::filesystem::path& path,
                                             const MigrateHashOptions& options);

}  // namespace modelstore::migration
