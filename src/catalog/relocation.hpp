/// Moving whole folders of stored paths, in the caller's transaction.
#pragma once

#include <string_view>

#include "catalog/store_core.hpp"
#include "modelstore/database.hpp"

namespace modelstore::catalog {

/// See Database::relocate. Errors: InvalidArgument.
[[nodiscard]] RelocateReport relocate_paths(WriteTransaction& transaction, std::string_view from,
                                            std::string_view to);

/// The same report from a connection that only reads.
[[nodiscard]] RelocateReport preview_relocation(const sqlite::Connection& database, std::string_view from,
                                                std::string_view to);

}  // namespace modelstore::catalog
