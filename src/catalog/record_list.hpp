/// Lists of records: pages in an order, and how records are spread over types and tags. All functions work on
/// the caller's connection, within one transaction if page and total are to agree.
#pragma once

#include "modelstore/record_query.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Errors: InvalidArgument (limit, cursor).
[[nodiscard]] RecordPage list_records(const sqlite::Connection& database, const RecordQuery& query);

/// The types that records outside the trash have, in order, without the empty one.
[[nodiscard]] std::vector<std::string> list_types(const sqlite::Connection& database);

[[nodiscard]] Facets count_facets(const sqlite::Connection& database, const RecordFilter& filter);

}  // namespace modelstore::catalog
