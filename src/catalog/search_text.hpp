/// The texts that a search looks through, and their index.
///
/// Each record has one document: its folded name, paths, description and tags. The texts are always up to
/// date; a trigram index (SQLite FTS5) over them is brought up to date in steps, and a search scans the
/// documents that are not in it yet. All functions work on the caller's connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/connection.hpp"

namespace modelstore::catalog {

[[nodiscard]] constexpr std::int64_t model_document(std::int64_t model_id) noexcept {
  return 2 * model_id;
}
[[nodiscard]] constexpr std::int64_t pending_document(std::int64_t pending_id) noexcept {
  return 2 * pending_id + 1;
}

/// The text of a document, from its parts.
[[nodiscard]] std::string search_document(std::string_view name, const std::vector<std::string>& paths,
                                          std::string_view description, const std::vector<std::string>& tags);

/// Stores the text of a new document. It is not in the index yet.
void add_document(const sqlite::Connection& database, std::int64_t document, std::string_view text);

/// Reads the record's texts again and stores them. A record that is gone has no document.
void refresh_document(const sqlite::Connection& database, std::int64_t document);

void remove_document(const sqlite::Connection& database, std::int64_t document);

/// Adds at most `limit` documents to the index and returns how many there were. Called in a transaction.
std::int64_t index_documents(const sqlite::Connection& database, std::int64_t limit);

[[nodiscard]] bool has_documents_to_index(const sqlite::Connection& database);

/// Documents whose text is not what the record says, or that lack a record or the record a document.
[[nodiscard]] std::vector<std::int64_t> stale_documents(const sqlite::Connection& database);

/// Whether the index holds exactly the texts that are marked as indexed, by FTS5's own check, which needs a
/// connection that may write and changes nothing.
[[nodiscard]] bool index_is_sound(const sqlite::Connection& database);

/// A query that answers the documents (`docid`) which hold all terms of a text, with its parameters. Empty if
/// the text has no terms. Errors: LimitExceeded (kMaxTerms).
struct DocumentQuery {
  std::string sql;
  std::vector<std::string> parameters;
};
[[nodiscard]] DocumentQuery document_query(std::string_view text);

}  // namespace modelstore::catalog
