/// The indexes that only lists, searches and facets use. Without them those are slow but right, so a bulk import
/// into an empty catalogue goes without and makes them afterwards, in order, which is much faster than row by
/// row. All functions run on the caller's connection.
#pragma once

#include <cstddef>
#include <optional>

#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Makes those that are missing.
void create_list_indexes(const sqlite::Connection& database);

/// Drops them if there are no records yet.
void defer_list_indexes(const sqlite::Connection& database);

/// The number of one that is missing. Nothing if none is.
[[nodiscard]] std::optional<std::size_t> missing_list_index(const sqlite::Connection& database);

/// Makes the one with this number, if it is missing.
void create_list_index(const sqlite::Connection& database, std::size_t number);

}  // namespace modelstore::catalog
