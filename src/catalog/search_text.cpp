#include "catalog/search_text.hpp"

#include <optional>

#include "base/search_fold.hpp"
#include "base/utf8.hpp"
#include "catalog/text_limits.hpp"
#include "json/metadata.hpp"
#include "modelstore/error.hpp"

namespace modelstore::catalog {
namespace {

/// Trigrams are the index's unit: shorter terms are looked for in the texts themselves.
constexpr std::size_t kIndexedTerm = 3;

/// Of one term in a query to the index; the texts that it finds are compared with the whole term anyway.
constexpr std::size_t kMaxTrigrams = 32;

std::vector<std::string> texts(const sqlite::Connection& database, std::string_view sql, std::int64_t id) {
  std::vector<std::string> result;
  sqlite::Statement query = database.statement(sql);
  query.bind(id);
  while (query.step()) result.push_back(query.text(0));
  return result;
}

/// What the record says now. Nothing if there is no such record.
std::optional<std::string> current_text(const sqlite::Connection& database, std::int64_t document) {
  const bool pending = (document & 1) != 0;
  const std::int64_t id = document / 2;
  sqlite::Statement record =
      database.statement(pending ? "SELECT name, metadata, path FROM pending_import WHERE id = ?"
                                 : "SELECT name, metadata FROM models WHERE id = ?");
  record.bind(id);
  if (!record.step()) return std::nullopt;
  std::vector<std::string> paths;
  if (pending)
    paths.push_back(record.text(2));
  else
    paths = texts(database, "SELECT path FROM locations WHERE model_id = ? ORDER BY id", id);
  const auto tags =
      texts(database,
            pending ? "SELECT name FROM pending_model_tags JOIN tags ON tags.id = tag_id WHERE "
                      "pending_id = ? ORDER BY name"
                    : "SELECT name FROM model_tags JOIN tags ON tags.id = tag_id WHERE model_id = ? "
                      "ORDER BY name",
            id);
  return search_document(record.text_view(0), paths, json::description_of(record.text_view(1)), tags);
}

void unindex(const sqlite::Connection& database, std::int64_t document) {
  // The index has to be told the text that it holds.
  database.run(
      "INSERT INTO search_index(search_index, rowid, text) SELECT 'delete', docid, text FROM search_text "
      "WHERE docid = ? AND indexed = 1",
      document);
}

std::string trigram_query(const std::string& term) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < term.size(); (void)base::next_code_point(term, at)) starts.push_back(at);
  starts.push_back(term.size());
  std::string query;
  for (std::size_t i = 0; i + kIndexedTerm < starts.size() && i < kMaxTrigrams; ++i) {
    if (!query.empty()) query += " AND ";
    query += '"';
    for (const char c : term.substr(starts[i], starts[i + kIndexedTerm] - starts[i])) {
      if (c == '"') query += '"';
      query += c;
    }
    query += '"';
  }
  return query;
}

}  // namespace

std::string search_document(std::string_view name, const std::vector<std::string>& paths,
                            std::string_view description, const std::vector<std::string>& tags) {
  // Terms hold no line break, so that none matches across two parts.
  std::string text(name);
  for (const std::string& path : paths) (text += '\n') += path;
  (text += '\n') += description;
  for (const std::string& tag : tags) (text += '\n') += tag;
  return base::fold_for_search(text);
}

void add_document(const sqlite::Connection& database, std::int64_t document, std::string_view text) {
  database.run("INSERT INTO search_text(docid, text, indexed) VALUES (?, ?, 0)", document, text);
}

void refresh_document(const sqlite::Connection& database, std::int64_t document) {
  const auto text = current_text(database, document);
  if (!text) return remove_document(database, document);
  sqlite::Statement stored = database.statement("SELECT text FROM search_text WHERE docid = ?");
  stored.bind(document);
  if (!stored.step()) return add_document(database, document, *text);
  if (stored.text_view(0) == *text) return;
  unindex(database, document);
  database.run("UPDATE search_text SET text = ?2, indexed = 0 WHERE docid = ?1", document, *text);
}

void remove_document(const sqlite::Connection& database, std::int64_t document) {
  unindex(database, document);
  database.run("DELETE FROM search_text WHERE docid = ?", document);
}

std::int64_t index_documents(const sqlite::Connection& database, std::int64_t limit) {
  const auto last = database.integer(
      "SELECT max(docid) FROM (SELECT docid FROM search_text WHERE indexed = 0 ORDER BY docid LIMIT ?)",
      limit);
  if (!last) return 0;
  // In one statement: FTS5 writes out what it has collected at the end of each that reads from a table.
  database.run(
      "INSERT INTO search_index(rowid, text) SELECT docid, text FROM search_text WHERE indexed = 0 AND docid "
      "<= ?",
      *last);
  database.run("UPDATE search_text SET indexed = 1 WHERE indexed = 0 AND docid <= ?", *last);
  return database.changed_rows();
}

bool has_documents_to_index(const sqlite::Connection& database) {
  return database.integer("SELECT 1 FROM search_text WHERE indexed = 0 LIMIT 1").has_value();
}

std::vector<std::int64_t> stale_documents(const sqlite::Connection& database) {
  std::vector<std::int64_t> stale;
  sqlite::Statement missing = database.statement(
      "SELECT 2 * id FROM models WHERE 2 * id NOT IN (SELECT docid FROM search_text) UNION ALL "
      "SELECT 2 * id + 1 FROM pending_import WHERE 2 * id + 1 NOT IN (SELECT docid FROM search_text)");
  while (missing.step()) stale.push_back(missing.integer(0));
  sqlite::Statement all = database.statement("SELECT docid, text FROM search_text");
  while (all.step()) {
    const auto text = current_text(database, all.integer(0));
    if (!text || *text != all.text_view(1)) stale.push_back(all.integer(0));
  }
  return stale;
}

bool index_is_sound(const sqlite::Connection& database) {
  try {
    // With a rank of 1 the index is compared with the texts, not only with itself.
    database.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)");
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Corrupt) return false;
    throw;
  }
}

DocumentQuery document_query(std::string_view text) {
  const std::vector<std::string> terms = base::search_terms(text);
  if (terms.empty()) return {};
  check_terms("words", terms.size());
  std::string contains_all;
  std::string trigrams;
  for (const std::string& term : terms) {
    contains_all += " AND instr(text, ?) > 0";
    if (base::code_point_count(term) < kIndexedTerm) continue;
    if (!trigrams.empty()) trigrams += " AND ";
    trigrams += trigram_query(term);
  }
  DocumentQuery query;
  if (trigrams.empty()) {
    query.sql = "SELECT docid FROM search_text WHERE true" + contains_all;
    query.parameters = terms;
    return query;
  }
  query.sql =
      "SELECT docid FROM search_text WHERE docid IN (SELECT rowid FROM search_index WHERE search_index MATCH "
      "?)" +
      contains_all + " UNION ALL SELECT docid FROM search_text WHERE indexed = 0" + contains_all;
  query.parameters.push_back(trigrams);
  query.parameters.insert(query.parameters.end(), terms.begin(), terms.end());
  query.parameters.insert(query.parameters.end(), terms.begin(), terms.end());
  return query;
}

}  // namespace modelstore::catalog
