/// Whether models still have the content that they are known by.
#pragma once

#include "catalog/store_core.hpp"
#include "modelstore/store.hpp"
#include "runtime/executor.hpp"

namespace modelstore::store {

/// Hashes the files of all models that are not in the trash, and adds what it finds to `report`. Called on an
/// operation's thread; hashes on the workers. Errors: Cancelled, those of SQLite.
void check_models(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report);

}  // namespace modelstore::store
