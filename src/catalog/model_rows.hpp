/// Rows of `models` and `locations`. All functions work on the caller's connection; those that write are
/// called in a WriteTransaction, which the caller tells of the change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modelstore/records.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

struct ModelRow {
  std::int64_t id = 0;  ///< internal; not known outside the library
  Sha256 sha256;
  std::string name;
  std::string type;
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;
  bool verified = false;
  bool trashed = false;
  std::string metadata = "{}";
};

[[nodiscard]] std::optional<ModelRow> find_model(const sqlite::Connection& database, const Sha256& sha256);
[[nodiscard]] std::optional<ModelRow> find_model(const sqlite::Connection& database, std::int64_t model_id);

/// The digests, at most `limit`, that begin with these hexadecimal digits of either case. Nothing if there is
/// anything else in `digits`, or more of them than a digest has.
[[nodiscard]] std::optional<std::vector<Sha256>> find_models_by_prefix(const sqlite::Connection& database,
                                                                       std::string_view digits, int limit);

/// Errors: NotFound.
[[nodiscard]] ModelRow require_model(const sqlite::Connection& database, const Sha256& sha256);

/// Returns the new internal id; `row.id` and `row.trashed` are not used.
std::int64_t insert_model(const sqlite::Connection& database, const ModelRow& row);

/// Writes everything but the digest and the trash.
void update_model(const sqlite::Connection& database, const ModelRow& row);

/// Changes the identity of a model. Its previews have to follow.
void set_model_sha256(const sqlite::Connection& database, std::int64_t model_id, const Sha256& sha256);

void set_model_trashed(const sqlite::Connection& database, std::int64_t model_id, bool trashed);

/// Removes the row, its locations and its links to tags. Its previews must be gone.
void delete_model(const sqlite::Connection& database, std::int64_t model_id);

struct LocationRow {
  std::int64_t id = 0;
  std::int64_t model_id = 0;
  Location location;
  bool was_verified = false;  ///< it is verified, or was until another file was seen there
};

/// In the order in which they are shown: present ones first.
[[nodiscard]] std::vector<LocationRow> locations_of(const sqlite::Connection& database,
                                                    std::int64_t model_id);

/// The location with exactly this path; one whose content was last seen there goes before a missing one.
[[nodiscard]] std::optional<LocationRow> find_location(const sqlite::Connection& database,
                                                       std::string_view path);

/// Adds a location whose path no model has.
void insert_location(const sqlite::Connection& database, std::int64_t model_id, const Location& location);

/// Adds or updates the model's location with this path. Another model that has it there loses it, unless
/// that one is missing its content at this path: then it stays so.
void put_location(const sqlite::Connection& database, std::int64_t model_id, const Location& location);

/// A location stays missing as long as its path is another model's: then false, and nothing is written.
bool set_location_state(const sqlite::Connection& database, std::int64_t location_id, LocationState state);

/// A verified location holds another file than the one that was hashed there: until that is hashed, it is not
/// verified any more. The model was, and still counts as verified.
void set_location_changed(const sqlite::Connection& database, std::int64_t location_id);

void delete_location(const sqlite::Connection& database, std::int64_t location_id);

/// The path of the first location; empty if there is none.
[[nodiscard]] std::string first_path(const sqlite::Connection& database, std::int64_t model_id);

}  // namespace modelstore::catalog
