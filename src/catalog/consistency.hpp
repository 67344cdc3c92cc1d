/// Questions that `Store::verify` asks the catalogue. All functions read only, on the caller's connection;
/// what several of them say belongs together within one transaction of the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/preview_rows.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// What SQLite's integrity check finds, at most 100 lines; nothing in a sound database.
[[nodiscard]] std::vector<std::string> integrity_problems(const sqlite::Connection& database);

/// Rows that refer to rows which are not there, as lines.
[[nodiscard]] std::vector<std::string> dangling_references(const sqlite::Connection& database);

/// Models and pending records, trashed ones included.
[[nodiscard]] std::int64_t count_records(const sqlite::Connection& database);

/// All files that belong into `images/pending/`.
[[nodiscard]] std::vector<NamedFacts> expected_pending_files(const sqlite::Connection& database);

/// What a row says about this file of `images/pending/`. Nothing if none names it.
[[nodiscard]] std::optional<FileFacts> expected_pending_file(const sqlite::Connection& database,
                                                             std::string_view name);

/// Counters from which a name could be given twice, as lines.
struct LowCounter {
  std::string subject;
  std::string message;
};
[[nodiscard]] std::vector<LowCounter> low_counters(const sqlite::Connection& database);

/// A model that is not in the trash, with the paths of its locations.
struct LocatedModel {
  Sha256 sha256;
  std::int64_t size_bytes = 0;
  std::vector<std::string> paths;
};

/// All of them that have a location.
[[nodiscard]] std::vector<LocatedModel> located_models(const sqlite::Connection& database);

/// The outside id of the record that a search document belongs to, or "document N" if there is none.
[[nodiscard]] std::string document_subject(const sqlite::Connection& database, std::int64_t document);

}  // namespace modelstore::catalog
