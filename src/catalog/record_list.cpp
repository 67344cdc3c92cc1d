#include "catalog/record_list.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "catalog/list_cursor.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/record_filter.hpp"
#include "catalog/tag_rows.hpp"
#include "modelstore/error.hpp"

namespace modelstore::catalog {
namespace {

constexpr std::int64_t kMaxPage = 10'000;

/// The columns that an order goes by.
struct SortColumns {
  const char* type = nullptr;  // first key of SortKey::Type
  const char* text = nullptr;
  const char* number = nullptr;
};

SortColumns columns_of(SortKey sort) {
  switch (sort) {
    case SortKey::Name:
      return {nullptr, "r.name COLLATE NOCASE", nullptr};
    case SortKey::Size:
      return {nullptr, nullptr, "r.size_bytes"};
    case SortKey::Created:
      return {nullptr, nullptr, "r.created_at"};
    case SortKey::Type:
      return {"r.type", "r.name COLLATE NOCASE", nullptr};
  }
  throw Error(ErrorCode::InvalidArgument, "unknown sort key " + std::to_string(static_cast<int>(sort)));
}

/// Adds " AND <behind the cursor>" for one table. Ties go on by table, then by id.
void add_continuation(SqlText& sql, const SortColumns& columns, const ListCursor& cursor, RecordTable table,
                      bool ascending) {
  const int number = table == RecordTable::Models ? 0 : 1;
  const std::string beyond = ascending ? " > ?" : " < ?";
  const auto add_key = [&](const char* column, const SqlText::Parameter& key, const auto& add_rest) {
    // The first, redundant condition is the one that an index serves.
    sql.add(std::string("(") + column + (ascending ? " >= ?" : " <= ?"), key);
    sql.add(std::string(" AND (") + column + beyond, key);
    sql.add(std::string(" OR (") + column + " = ?", key).add(" AND ");
    add_rest();
    sql.add(")))");
  };
  const auto add_id = [&] {
    if (number == cursor.table)
      sql.add("r.id" + beyond, cursor.id);
    else
      sql.add((number > cursor.table) == ascending ? "true" : "false");
  };
  const auto add_second = [&] {
    if (columns.number != nullptr)
      add_key(columns.number, cursor.number_key, add_id);
    else
      add_key(columns.text, cursor.text_key, add_id);
  };
  sql.add(" AND ");
  if (columns.type != nullptr)
    add_key(columns.type, cursor.type_key, add_second);
  else
    add_second();
}

struct Found {
  RecordTable table;
  std::int64_t id;
};

std::vector<Found> find_page(const sqlite::Connection& database, const RecordQuery& query,
                             const std::vector<FilteredTable>& tables,
                             const std::optional<ListCursor>& cursor) {
  const SortColumns columns = columns_of(query.sort);
  const bool ascending = query.order == SortOrder::Ascending;
  const std::string direction = ascending ? "" : " DESC";
  SqlText sql;
  for (const FilteredTable& table : tables) {
    sql.add(&table == tables.data() ? "SELECT * FROM (" : " UNION ALL SELECT * FROM (");
    sql.add(std::string("SELECT ") + (table.table() == RecordTable::Models ? "0" : "1") +
            " AS n, r.id AS id, " + (columns.type != nullptr ? "r.type" : "0") + " AS k1, " +
            (columns.text != nullptr ? "r.name" : columns.number) + " AS k2");
    sql.add(table.from_where());
    if (cursor) add_continuation(sql, columns, *cursor, table.table(), ascending);
    sql.add(" ORDER BY ");
    if (columns.type != nullptr) sql.add(columns.type + direction + ", ");
    sql.add((columns.text != nullptr ? columns.text : columns.number) + direction + ", r.id" + direction);
    sql.add(" LIMIT ?)", query.limit + 1);
  }
  if (tables.size() > 1) {
    sql.add(" ORDER BY k1" + direction + ", k2" + (columns.text != nullptr ? " COLLATE NOCASE" : "") +
            direction + ", n" + direction + ", id" + direction);
    sql.add(" LIMIT ?", query.limit + 1);
  }
  std::vector<Found> found;
  sqlite::Statement statement = sql.prepare(database);
  while (statement.step())
    found.push_back(
        {statement.integer(0) == 0 ? RecordTable::Models : RecordTable::Pending, statement.integer(1)});
  return found;
}

RecordSummary summarise_model(const sqlite::Connection& database, TagReader& tags, std::int64_t id) {
  const auto row = find_model(database, id);
  if (!row) throw Error(ErrorCode::Internal, "a listed model has no row");
  RecordSummary summary{RecordId(row->sha256),
                        row->sha256,
                        row->name,
                        row->type,
                        {},
                        row->size_bytes,
                        row->created_at,
                        row->verified,
                        row->trashed,
                        0,
                        {},
                        {},
                        {}};
  summary.path = first_path(database, id);
  summary.tags = tags.of_model(id);
  const FirstImage first = first_image_of_model(database, id, row->sha256);
  summary.images_count = first.count;
  summary.first_image = first.file_name;
  return summary;
}

RecordSummary summarise_pending(const sqlite::Connection& database, TagReader& tags, std::int64_t id) {
  const auto row = find_pending(database, id);
  if (!row) throw Error(ErrorCode::Internal, "a listed pending record has no row");
  RecordSummary summary{
      RecordId::pending(id), row->sha256, row->name,    row->type, row->path, row->size_bytes,
      row->created_at,       false,       row->trashed, 0,         {},        {},
      row->last_error};
  summary.tags = tags.of_pending(id);
  const FirstImage first = first_image_of_pending(database, id);
  summary.images_count = first.count;
  summary.first_image = first.file_name;
  return summary;
}

ListCursor cursor_behind(const RecordSummary& record, const Found& found, SortKey sort) {
  ListCursor cursor;
  cursor.table = found.table == RecordTable::Models ? 0 : 1;
  cursor.id = found.id;
  if (sort == SortKey::Type) cursor.type_key = record.type;
  if (sort == SortKey::Name || sort == SortKey::Type) cursor.text_key = record.name;
  if (sort == SortKey::Size) cursor.number_key = record.size_bytes;
  if (sort == SortKey::Created) cursor.number_key = record.created_at;
  return cursor;
}

std::vector<FilteredTable> filtered_tables(const sqlite::Connection& database, const RecordFilter& filter) {
  std::vector<FilteredTable> tables;
  for (const RecordTable table : tables_of(filter.state)) {
    FilteredTable filtered(database, filter, table);
    if (filtered.possible()) tables.push_back(std::move(filtered));
  }
  return tables;
}

std::int64_t count_records(const sqlite::Connection& database, const std::vector<FilteredTable>& tables) {
  std::int64_t total = 0;
  for (const FilteredTable& table : tables) {
    SqlText sql;
    sql.add("SELECT count(*)").add(table.from_where());
    sqlite::Statement query = sql.prepare(database);
    if (query.step()) total += query.integer(0);
  }
  return total;
}

template <class Count, class Name>
void sort_by_count(std::vector<Count>& counts, const Name& name) {
  std::sort(counts.begin(), counts.end(), [&](const Count& a, const Count& b) {
    return a.count != b.count ? a.count > b.count : name(a) < name(b);
  });
}

}  // namespace

RecordPage list_records(const sqlite::Connection& database, const RecordQuery& query) {
  if (query.limit < 1 || query.limit > kMaxPage)
    throw Error(ErrorCode::InvalidArgument, "a page has 1 to " + std::to_string(kMaxPage) + " records, not " +
                                                std::to_string(query.limit));
  std::optional<ListCursor> cursor;
  if (!query.cursor.empty()) cursor = decode_cursor(query.cursor, query.sort, query.order);
  const std::vector<FilteredTable> tables = filtered_tables(database, query.filter);
  RecordPage page;
  if (tables.empty()) return page;
  page.total = count_records(database, tables);
  std::vector<Found> found = find_page(database, query, tables, cursor);
  const bool more = std::ssize(found) > query.limit;
  if (more) found.pop_back();
  page.records.reserve(found.size());
  TagReader tags(database);
  for (const Found& record : found)
    page.records.push_back(record.table == RecordTable::Models
                               ? summarise_model(database, tags, record.id)
                               : summarise_pending(database, tags, record.id));
  if (more)
    page.next_cursor =
        encode_cursor(cursor_behind(page.records.back(), found.back(), query.sort), query.sort, query.order);
  return page;
}

std::vector<std::string> list_types(const sqlite::Connection& database) {
  // Each step leaps over the index to the next type, however many records have the one before.
  sqlite::Statement query = database.statement(
      "WITH RECURSIVE m(t) AS (SELECT min(type) FROM models WHERE trashed_at IS NULL AND type > '' UNION ALL "
      "SELECT (SELECT min(type) FROM models WHERE trashed_at IS NULL AND type > t) FROM m WHERE t IS NOT "
      "NULL), "
      "p(t) AS (SELECT min(type) FROM pending_import WHERE trashed_at IS NULL AND type > '' UNION ALL "
      "SELECT (SELECT min(type) FROM pending_import WHERE trashed_at IS NULL AND type > t) FROM p WHERE t IS "
      "NOT "
      "NULL) SELECT t FROM m WHERE t IS NOT NULL UNION SELECT t FROM p WHERE t IS NOT NULL ORDER BY 1");
  std::vector<std::string> types;
  while (query.step()) types.push_back(query.text(0));
  return types;
}

Facets count_facets(const sqlite::Connection& database, const RecordFilter& filter) {
  std::map<std::string, std::int64_t> types;
  std::map<std::int64_t, std::int64_t> tags;
  Facets facets;
  for (const FilteredTable& table : filtered_tables(database, filter)) {
    SqlText by_type;
    by_type.add("SELECT r.type, count(*)").add(table.from_where()).add(" GROUP BY r.type");
    sqlite::Statement type = by_type.prepare(database);
    while (type.step()) {
      types[type.text(0)] += type.integer(1);
      facets.total += type.integer(1);
    }
    const bool models = table.table() == RecordTable::Models;
    SqlText by_tag;
    by_tag.add(models ? "SELECT tag_id, count(*) FROM model_tags WHERE model_id IN (SELECT r.id"
                      : "SELECT tag_id, count(*) FROM pending_model_tags WHERE pending_id IN (SELECT r.id");
    by_tag.add(table.from_where()).add(") GROUP BY tag_id");
    sqlite::Statement tag = by_tag.prepare(database);
    while (tag.step()) tags[tag.integer(0)] += tag.integer(1);
  }
  for (const auto& [type, count] : types) facets.types.push_back({type, count});
  for (const auto& [id, count] : tags)
    if (auto tag = find_tag(database, id)) facets.tags.push_back({std::move(*tag), count});
  sort_by_count(facets.types, [](const TypeCount& count) { return count.type; });
  sort_by_count(facets.tags, [](const TagCount& count) { return count.tag.name; });
  return facets;
}

}  // namespace modelstore::catalog
