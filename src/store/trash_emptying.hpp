/// Removing for ever what is in the trash.
#pragma once

#include <cstdint>

#include "catalog/store_core.hpp"

namespace modelstore::store {

/// See Database::empty_trash: rows and files go in journalled operations.
std::int64_t empty_trash(detail::StoreCore& core);

}  // namespace modelstore::store
