/// Whether the files below `images/` are those that rows name. Other work may go on meanwhile: whatever looks
/// wrong is looked at again under the writer lock before it is reported.
#pragma once

#include <vector>

#include "catalog/store_core.hpp"
#include "modelstore/store.hpp"
#include "runtime/executor.hpp"

namespace modelstore::store {

/// Adds what it finds to `report`. Called on an operation's thread; hashes on the workers.
/// Errors: Cancelled, Busy, Io.
void check_files(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report);

}  // namespace modelstore::store
