#include "catalog/repair_rows.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/search_text.hpp"

namespace modelstore::catalog {
namespace {

struct Reference {
  std::string table;
  std::string column;
  std::string parent;
  bool optional = false;

  friend auto operator<=>(const Reference&, const Reference&) = default;
};

/// The foreign keys that `foreign_key_check` finds violated.
std::set<Reference> dangling(const sqlite::Connection& database) {
  std::set<std::pair<std::string, std::int64_t>> violated;
  sqlite::Statement check = database.statement("PRAGMA foreign_key_check");
  while (check.step()) violated.emplace(check.text(0), check.integer(3));
  std::set<Reference> references;
  for (const auto& [table, number] : violated) {
    sqlite::Statement keys = database.statement(
        "SELECT \"from\", \"table\", on_delete FROM pragma_foreign_key_list(?) WHERE id = ?");
    keys.bind(table, number);
    while (keys.step())
      references.insert({table, keys.text(0), keys.text(1), keys.text_view(2) == "SET NULL"});
  }
  return references;
}

}  // namespace

void remove_dangling_rows(const sqlite::Connection& database) {
  // A row that goes can leave others behind, so it is asked again. The names are those of our own schema.
  for (std::set<Reference> left = dangling(database); !left.empty(); left = dangling(database)) {
    for (const Reference& reference : left) {
      const std::string where = " WHERE " + reference.column + " IS NOT NULL AND " + reference.column +
                                " NOT IN (SELECT id FROM " + reference.parent + ")";
      if (reference.optional)
        database.execute("UPDATE " + reference.table + " SET " + reference.column + " = NULL" + where);
      else
        database.execute("DELETE FROM " + reference.table + where);
    }
  }
}

void raise_counters(const sqlite::Connection& database) {
  database.execute(
      "INSERT INTO preview_counters(sha256, next_seq) SELECT m.sha256, max(i.seq) + 1 FROM images i JOIN "
      "models m ON m.id = i.model_id GROUP BY m.id ON CONFLICT(sha256) DO UPDATE SET next_seq = "
      "max(next_seq, excluded.next_seq)");
  database.execute(
      "UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(id), 0) FROM pending_images)) WHERE "
      "name = 'pending_images'");
  database.execute(
      "INSERT INTO sqlite_sequence(name, seq) SELECT 'pending_images', max(id) FROM pending_images WHERE NOT "
      "EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'pending_images') HAVING count(*) > 0");
}

void rebuild_search(const sqlite::Connection& database) {
  database.execute("INSERT INTO search_index(search_index) VALUES ('delete-all')");
  database.execute("UPDATE search_text SET indexed = 0 WHERE indexed <> 0");
  for (const std::int64_t document : stale_documents(database)) refresh_document(database, document);
  (void)index_documents(database, std::numeric_limits<std::int64_t>::max());
}

}  // namespace modelstore::catalog
