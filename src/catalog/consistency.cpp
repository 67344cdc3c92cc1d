#include "catalog/consistency.hpp"

#include "base/utf8.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/search_text.hpp"

namespace modelstore::catalog {

std::vector<std::string> integrity_problems(const sqlite::Connection& database) {
  std::vector<std::string> lines;
  sqlite::Statement query = database.statement("PRAGMA integrity_check(100)");
  while (query.step())
    if (query.text_view(0) != "ok") lines.push_back(base::printable(query.text_view(0)));
  return lines;
}

std::vector<std::string> dangling_references(const sqlite::Connection& database) {
  std::vector<std::string> lines;
  sqlite::Statement query = database.statement("PRAGMA foreign_key_check");
  while (query.step())
    lines.push_back("a row of " + query.text(0) +
                    (query.is_null(1) ? std::string() : " (" + std::to_string(query.integer(1)) + ")") +
                    " refers to a row of " + query.text(2) + " that is not there");
  return lines;
}

std::int64_t count_records(const sqlite::Connection& database) {
  return database.integer("SELECT (SELECT count(*) FROM models) + (SELECT count(*) FROM pending_import)")
      .value_or(0);
}

std::vector<NamedFacts> expected_pending_files(const sqlite::Connection& database) {
  std::vector<NamedFacts> files;
  sqlite::Statement query =
      database.statement("SELECT id, extension, size_bytes, sha256 FROM pending_images");
  while (query.step())
    files.push_back(
        {pending_file_name(query.integer(0), query.text_view(1)), {query.integer(2), query.sha256(3)}});
  return files;
}

std::optional<FileFacts> expected_pending_file(const sqlite::Connection& database, std::string_view name) {
  const auto parsed = parse_pending_file_name(name);
  if (!parsed) return std::nullopt;
  sqlite::Statement query =
      database.statement("SELECT size_bytes, sha256 FROM pending_images WHERE id = ? AND extension = ?");
  query.bind(parsed->id, parsed->extension);
  if (!query.step()) return std::nullopt;
  return FileFacts{query.integer(0), query.sha256(1)};
}

std::vector<LowCounter> low_counters(const sqlite::Connection& database) {
  std::vector<LowCounter> counters;
  sqlite::Statement models = database.statement(
      "SELECT m.sha256, max(i.seq), c.next_seq FROM images i JOIN models m ON m.id = i.model_id LEFT JOIN "
      "preview_counters c ON c.sha256 = m.sha256 GROUP BY m.id HAVING c.next_seq IS NULL OR c.next_seq <= "
      "max(i.seq)");
  while (models.step())
    counters.push_back({models.sha256(0).hex(), "has a preview with number " +
                                                    std::to_string(models.integer(1)) +
                                                    ", which its counter would give again"});
  const auto largest = database.integer("SELECT max(id) FROM pending_images");
  const std::int64_t counter =
      database.integer("SELECT seq FROM sqlite_sequence WHERE name = 'pending_images'").value_or(0);
  if (largest && *largest > counter)
    counters.push_back({"pending_images", "has a picture with number " + std::to_string(*largest) +
                                              ", which its counter would give again"});
  return counters;
}

std::vector<LocatedModel> located_models(const sqlite::Connection& database) {
  std::vector<LocatedModel> models;
  sqlite::Statement query = database.statement(
      "SELECT m.sha256, m.size_bytes, l.path FROM models m JOIN locations l ON l.model_id = m.id WHERE "
      "m.trashed_at IS NULL ORDER BY m.id, l.state, l.id");
  while (query.step()) {
    const Sha256 sha256 = query.sha256(0);
    if (models.empty() || models.back().sha256 != sha256) models.push_back({sha256, query.integer(1), {}});
    models.back().paths.push_back(query.text(2));
  }
  return models;
}

std::string document_subject(const sqlite::Connection& database, std::int64_t document) {
  const std::int64_t id = document / 2;
  if (document == pending_document(id) && find_pending(database, id)) return "pending:" + std::to_string(id);
  if (const auto model = document == model_document(id) ? find_model(database, id) : std::nullopt)
    return model->sha256.hex();
  return "document " + std::to_string(document);
}

}  // namespace modelstore::catalog
