/// Rows of `operations` and `operation_files`. As for the catalogue's rows: the caller's connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modelstore/sha256.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::journal {

/// Stored in the journal: the values are frozen.
enum class Folder : std::uint8_t { Images = 0, PendingImages = 1 };

/// What the journal says about a file. Stored: the values are frozen.
enum class Role : std::uint8_t {
  Published = 0,  ///< goes if the operation is undone
  Removed = 1,    ///< goes once the operation is done
};

/// A published file that no row names any more once the commit is done.
struct Removal {
  Folder folder = Folder::Images;
  std::string name;
  std::int64_t size_bytes = 0;
  Sha256 sha256;
};

struct OperationRow {
  std::int64_t id = 0;
  std::string owner;
  std::string kind;
  bool done = false;
};

/// Returns the new operation's id.
std::int64_t insert_operation(const sqlite::Connection& database, std::string_view owner,
                              std::string_view kind, bool done);

[[nodiscard]] std::optional<OperationRow> find_operation(const sqlite::Connection& database, std::int64_t id);

/// All operations by id.
[[nodiscard]] std::vector<OperationRow> operations(const sqlite::Connection& database);

/// From now on the operation is finished, not undone: its published files are no longer the journal's.
void mark_done(const sqlite::Connection& database, std::int64_t id);

/// Removes the operation with its files, and gives back the record that it has claimed, if any.
void drop_operation(const sqlite::Connection& database, std::int64_t id);

void insert_file(const sqlite::Connection& database, std::int64_t operation, Role role, const Removal& file);

[[nodiscard]] std::vector<Removal> files_of(const sqlite::Connection& database, std::int64_t operation,
                                            Role role);

/// Whether any operation names this file.
[[nodiscard]] bool names_file(const sqlite::Connection& database, Folder folder, std::string_view name);

/// Pending records that are claimed by operations which are not there.
[[nodiscard]] std::vector<std::int64_t> claims_without_operation(const sqlite::Connection& database);

/// Gives those records back.
void drop_claims_without_operation(const sqlite::Connection& database);

}  // namespace modelstore::journal
