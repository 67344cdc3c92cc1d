/// Bringing the search index up to date after a bulk change or a crash.
#pragma once

#include "catalog/store_core.hpp"
#include "runtime/executor.hpp"

namespace modelstore::catalog {

/// Adds all texts that are not in the index yet, in transactions that are short enough for other writers and
/// for a cancellation. What was added before an error stays. Errors: Cancelled; those of StoreCore::write.
void complete_search_index(detail::StoreCore& core, const runtime::JobControl& control);

}  // namespace modelstore::catalog
