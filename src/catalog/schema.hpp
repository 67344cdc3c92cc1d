/// The tables of the catalogue, and how an older catalogue is brought up to date.
#pragma once

#include <cstdint>
#include <string_view>

#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// The newest schema, stored in the database as `user_version`.
inline constexpr std::int64_t kSchemaVersion = 1;

/// Tells a catalogue from other SQLite files: "MDST" in ASCII.
inline constexpr std::int64_t kApplicationId = 0x4D445354;

enum class SchemaState : std::uint8_t { Empty, Older, Current };

/// What the database holds. `name` stands in messages.
/// Errors: NotAStore (a database of another program), SchemaTooNew, Corrupt.
[[nodiscard]] SchemaState schema_state(const sqlite::Connection& database, std::string_view name);

/// Runs the migrations that are missing. Called within a transaction.
void migrate_schema(const sqlite::Connection& database);

}  // namespace modelstore::catalog
