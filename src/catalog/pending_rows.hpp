/// Rows of `pending_import`. As for models: the caller's connection, and the caller tells of the change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "modelstore/records.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

struct PendingRow {
  std::int64_t id = 0;
  std::string path;
  std::string real_path;  ///< empty if the file was never seen
  std::string name;
  std::string type;
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;
  HashState hash_state = HashState::Unknown;
  std::optional<Sha256> sha256;
  bool trashed = false;
  std::string metadata = "{}";
  std::optional<Failure> last_error;
  std::optional<std::int64_t> operation_id;  ///< the journalled promotion that has claimed the record
};

[[nodiscard]] std::optional<PendingRow> find_pending(const sqlite::Connection& database, std::int64_t id);

/// The record with exactly this path.
[[nodiscard]] std::optional<PendingRow> find_pending(const sqlite::Connection& database,
                                                     std::string_view path);

/// The largest id that a record has or had; 0 if there was none.
[[nodiscard]] std::int64_t largest_pending_id(const sqlite::Connection& database);

[[nodiscard]] bool has_pending(const sqlite::Connection& database, std::int64_t id);

/// Errors: NotFound.
[[nodiscard]] PendingRow require_pending(const sqlite::Connection& database, std::int64_t id);

/// Under `row.id` if that is not 0 and free, else under a new id, which is returned. `row.trashed` and
/// `row.operation_id` are not used.
std::int64_t insert_pending(const sqlite::Connection& database, const PendingRow& row);

/// Writes everything but the trash and the operation.
void update_pending(const sqlite::Connection& database, const PendingRow& row);

void set_pending_trashed(const sqlite::Connection& database, std::int64_t id, bool trashed);

/// Notes which journalled operation has claimed the record, or that none has.
void set_pending_operation(const sqlite::Connection& database, std::int64_t id,
                           std::optional<std::int64_t> operation);

/// Removes the row and its links to tags. Its pictures must be gone.
void delete_pending(const sqlite::Connection& database, std::int64_t id);

/// Numbers above this are not taken over from other catalogues: an AUTOINCREMENT table whose sequence has
/// reached the largest integer accepts no more rows, and search documents are twice the number.
inline constexpr std::int64_t kLargestAdoptedId = 1LL << 53;

}  // namespace modelstore::catalog
