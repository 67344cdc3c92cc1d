/// Bringing indexes up to date after a bulk change or a crash: the text search, and those of lists.
#pragma once

#include <memory>

#include "catalog/store_core.hpp"
#include "runtime/executor.hpp"

namespace modelstore::catalog {

/// Makes the list indexes that are missing and adds all texts that the search index lacks, in transactions that
/// are short enough for other writers and for a cancellation. What was done before an error stays.
/// Errors: Cancelled; those of StoreCore::write.
void complete_indexes(detail::StoreCore& core, const runtime::JobControl& control);

/// The same in the background, where there is anything to do and the store can be written.
void complete_indexes_later(const std::shared_ptr<detail::StoreCore>& core);

}  // namespace modelstore::catalog
