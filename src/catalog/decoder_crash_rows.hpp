/// Rows of `decoder_crashes`: pictures that brought the isolated decoder down. A connection is used by one
/// thread at a time; those that write are called in a WriteTransaction.
#pragma once

#include <cstdint>

#include "modelstore/sha256.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Whether there is any such picture: most stores have none. Errors: those of SQLite.
[[nodiscard]] bool has_decoder_crashes(const sqlite::Connection& database);

/// How often this picture did so. Errors: those of SQLite.
[[nodiscard]] std::int64_t decoder_crashes(const sqlite::Connection& database, const Sha256& picture);

/// Counts one more. Errors: those of SQLite.
void add_decoder_crash(const sqlite::Connection& database, const Sha256& picture);

/// Forgets what was counted for this picture. Errors: those of SQLite.
void forget_decoder_crashes(const sqlite::Connection& database, const Sha256& picture);

}  // namespace modelstore::catalog
