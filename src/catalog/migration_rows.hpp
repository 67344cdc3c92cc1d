/// What the migrator looks up: the records that wait, and those that a path belongs to. All functions work on
/// the caller's connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/model_rows.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

struct WaitingRecord {
  std::int64_t id = 0;
  std::string path;
};

/// All pending records that are not in the trash, by id.
[[nodiscard]] std::vector<WaitingRecord> waiting_records(const sqlite::Connection& database);

/// All models whose hash was only claimed, or that have a location with another file than the one that was
/// verified there, and that are not in the trash, by age.
[[nodiscard]] std::vector<Sha256> unverified_models(const sqlite::Connection& database);

/// The pending record that one of the forms of a path (see `path_forms`) belongs to, by its stored or its real
/// path; the first form that does decides, and one that is in the trash comes last.
[[nodiscard]] std::optional<std::int64_t> find_pending_by_forms(const sqlite::Connection& database,
                                                                const std::vector<std::string>& forms);

/// As above, for locations; one that is missing comes last.
[[nodiscard]] std::optional<LocationRow> find_location_by_forms(const sqlite::Connection& database,
                                                                const std::vector<std::string>& forms);

[[nodiscard]] std::optional<LocationRow> find_location(const sqlite::Connection& database,
                                                       std::int64_t location_id);

}  // namespace modelstore::catalog
