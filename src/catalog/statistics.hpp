/// Counts over the whole catalogue.
#pragma once

#include "modelstore/database.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// On the caller's connection, within one transaction if the figures are to agree.
[[nodiscard]] Statistics count_everything(const sqlite::Connection& database);

}  // namespace modelstore::catalog
