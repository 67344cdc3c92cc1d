/// Changes that `Store::repair` makes to the catalogue. Within a transaction of the caller, under the writer
/// lock; each may be run again.
#pragma once

#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Removes rows that refer to a row which is not there; an optional reference is emptied instead. Ends when
/// none is left.
void remove_dangling_rows(const sqlite::Connection& database);

/// Sets every counter above the numbers that are in use.
void raise_counters(const sqlite::Connection& database);

/// Makes the search texts from the records, and the index from the texts, whatever state they are in.
void rebuild_search(const sqlite::Connection& database);

}  // namespace modelstore::catalog
