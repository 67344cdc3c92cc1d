#include "catalog/path_lookup.hpp"

#include <algorithm>
#include <initializer_list>

namespace modelstore::catalog {

std::vector<std::string> path_forms(const std::filesystem::path& path) {
  std::vector<std::string> forms{path.string()};
  const auto add = [&](std::string form) {
    if (!form.empty() && std::find(forms.begin(), forms.end(), form) == forms.end())
      forms.push_back(std::move(form));
  };
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (!error) add(absolute.lexically_normal().string());
  add(real_path(path));
  return forms;
}

std::string real_path(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(path, error);
  return error ? std::string() : resolved.string();
}

std::optional<RecordRef> find_record_by_path(const sqlite::Connection& database,
                                             const std::vector<std::string>& forms) {
  for (const std::string& form : forms)
    if (const auto found = find_record_by_path(database, form)) return found;
  return std::nullopt;
}

std::optional<RecordRef> find_record_by_path(const sqlite::Connection& database, const std::string& path) {
  if (path.empty()) return std::nullopt;
  const auto find = [&](bool pending,
                        std::initializer_list<const char*> queries) -> std::optional<RecordRef> {
    for (const char* sql : queries)
      if (const auto id = database.integer(sql, path)) return RecordRef{pending, *id};
    return std::nullopt;
  };
  if (const auto model =
          find(false, {"SELECT model_id FROM locations WHERE path = ? AND state <> 1",
                       "SELECT model_id FROM locations WHERE real_path = ? AND real_path <> '' "
                       "AND state <> 1 ORDER BY id LIMIT 1"}))
    return model;
  if (const auto record = find(true, {"SELECT id FROM pending_import WHERE path = ?",
                                      "SELECT id FROM pending_import WHERE real_path = ? AND real_path <> '' "
                                      "LIMIT 1"}))
    return record;
  return find(false,
              {"SELECT model_id FROM locations WHERE path = ? ORDER BY id LIMIT 1",
               "SELECT model_id FROM locations WHERE real_path = ? AND real_path <> '' ORDER BY id LIMIT "
               "1"});
}

bool is_path_of_other(const sqlite::Connection& database, const std::string& path, bool pending,
                      std::int64_t row) {
  if (path.empty()) return false;
  for (const char* sql :
       {"SELECT 1 FROM locations WHERE path = ? AND state <> 1 AND id <> ?",
        "SELECT 1 FROM locations WHERE real_path = ? AND real_path <> '' AND state <> 1 AND "
        "id <> ?"})
    if (database.integer(sql, path, pending ? 0 : row)) return true;
  for (const char* sql : {"SELECT 1 FROM pending_import WHERE path = ? AND id <> ?",
                          "SELECT 1 FROM pending_import WHERE real_path = ? AND real_path <> '' AND id <> ?"})
    if (database.integer(sql, path, pending ? row : 0)) return true;
  return false;
}

void for_each_path(const sqlite::Connection& database, const std::function<void(std::string_view)>& visit) {
  for (const char* sql :
       {"SELECT path, real_path FROM locations", "SELECT path, real_path FROM pending_import"}) {
    sqlite::Statement query = database.statement(sql);
    while (query.step()) {
      visit(query.text_view(0));
      if (!query.text_view(1).empty()) visit(query.text_view(1));
    }
  }
}

}  // namespace modelstore::catalog
