/// What was committed since a revision.
#pragma once

#include <cstdint>

#include "modelstore/database.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// A change's id is its commit's revision times this, plus its number within the commit.
inline constexpr std::int64_t kChangesInRevision = 1 << 20;

[[nodiscard]] std::int64_t current_revision(const sqlite::Connection& database);

/// See Database::changes. Within one transaction. Errors: NotFound, InvalidArgument.
[[nodiscard]] ChangeList changes_since(const sqlite::Connection& database, std::int64_t since,
                                       std::int64_t limit);

}  // namespace modelstore::catalog
