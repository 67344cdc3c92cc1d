#include "catalog/scan_rows.hpp"

namespace modelstore::catalog {

void register_root(const sqlite::Connection& database, std::string_view path, std::int64_t now_ms) {
  database.run(
      "INSERT INTO roots(path, scanned_at) VALUES (?, ?) ON CONFLICT(path) DO UPDATE SET scanned_at = "
      "excluded.scanned_at",
      path, now_ms);
}

std::vector<StoredPath> paths_below(const sqlite::Connection& database, std::string_view folder) {
  // What lies below "/a" are the texts from "/a/" on, before "/a0": '0' follows '/' in ASCII.
  std::string first(folder);
  if (!first.ends_with('/')) first += '/';
  std::string end = first;
  end.back() = '/' + 1;
  std::vector<StoredPath> paths;
  const auto add = [&](std::string_view sql, bool pending) {
    sqlite::Statement query = database.statement(sql);
    query.bind(first, end);
    while (query.step())
      paths.push_back({{pending, query.integer(0)},
                       query.integer(1),
                       query.text(2),
                       query.text(3),
                       static_cast<LocationState>(query.integer(4))});
  };
  add("SELECT model_id, id, path, real_path, state FROM locations WHERE id IN (SELECT id FROM locations "
      "WHERE path >= "
      "?1 AND path < ?2 UNION SELECT id FROM locations WHERE real_path <> '' AND real_path >= ?1 AND "
      "real_path < ?2)",
      false);
  add("SELECT id, 0, path, real_path, 3 FROM pending_import WHERE id IN (SELECT id FROM pending_import WHERE "
      "path >= ?1 "
      "AND path < ?2 UNION SELECT id FROM pending_import WHERE real_path <> '' AND real_path >= ?1 AND "
      "real_path < ?2)",
      true);
  return paths;
}

}  // namespace modelstore::catalog
