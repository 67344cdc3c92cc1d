#include "catalog/record_filter.hpp"

#include "catalog/search_text.hpp"
#include "catalog/tag_rows.hpp"
#include "catalog/text_limits.hpp"

namespace modelstore::catalog {
namespace {

/// A tag on at most this many records leads the query; a more frequent one is checked row by row, so that the
/// index of the sort order can lead and the first page is found early.
constexpr std::int64_t kRareTag = 20'000;

struct LinkTable {
  const char* name;
  const char* record;
};

LinkTable links_of(RecordTable table) {
  return table == RecordTable::Models ? LinkTable{"model_tags", "model_id"}
                                      : LinkTable{"pending_model_tags", "pending_id"};
}

std::int64_t count_up_to(const sqlite::Connection& database, const LinkTable& links, std::int64_t tag) {
  return database
      .integer(
          "SELECT count(*) FROM (SELECT 1 FROM " + std::string(links.name) + " WHERE tag_id = ? LIMIT ?)",
          tag, kRareTag + 1)
      .value_or(0);
}

}  // namespace

SqlText& SqlText::add(const SqlText& other) {
  sql_ += other.sql_;
  parameters_.insert(parameters_.end(), other.parameters_.begin(), other.parameters_.end());
  return *this;
}

sqlite::Statement SqlText::prepare(const sqlite::Connection& database) const {
  sqlite::Statement statement = database.statement(sql_);
  int index = 0;
  for (const Parameter& parameter : parameters_)
    std::visit([&](const auto& value) { statement.bind_at(++index, value); }, parameter);
  return statement;
}

std::vector<RecordTable> tables_of(StateFilter state) {
  switch (state) {
    case StateFilter::Active:
      return {RecordTable::Models};
    case StateFilter::Pending:
      return {RecordTable::Pending};
    case StateFilter::All:
    case StateFilter::Trash:
      break;
  }
  return {RecordTable::Models, RecordTable::Pending};
}

FilteredTable::FilteredTable(const sqlite::Connection& database, const RecordFilter& filter,
                             RecordTable table)
    : table_(table) {
  check_terms("tags", filter.tags.size());
  check_terms("tags to leave out", filter.not_tags.size());
  const bool models = table == RecordTable::Models;
  const LinkTable links = links_of(table);
  const std::string name = models ? "models" : "pending_import";

  std::vector<std::int64_t> tags;
  std::optional<std::int64_t> leader;
  std::int64_t fewest = kRareTag + 1;
  for (const std::string& tag_name : filter.tags) {
    const auto tag = find_tag(database, std::string_view(tag_name));
    if (!tag) {
      possible_ = false;
      return;
    }
    tags.push_back(tag->id);
    if (const std::int64_t count = count_up_to(database, links, tag->id); count < fewest) {
      fewest = count;
      leader = tag->id;
    }
  }

  // CROSS JOIN keeps the order of the tables: what stands first leads.
  const DocumentQuery documents = document_query(filter.text);
  if (!documents.sql.empty()) {
    from_where_.add(" FROM (");
    from_where_.add(documents.sql);
    for (const std::string& parameter : documents.parameters) from_where_.add("", parameter);
    from_where_.add(") d CROSS JOIN " + name + " r ON d.docid = 2 * r.id + " + (models ? "0" : "1") +
                    " AND r.id = d.docid / 2 WHERE ");
  } else if (leader) {
    from_where_.add(" FROM " + std::string(links.name) + " l CROSS JOIN " + name + " r ON r.id = l." +
                        links.record + " WHERE l.tag_id = ? AND ",
                    *leader);
  } else {
    from_where_.add(" FROM " + name + " r WHERE ");
  }
  from_where_.add(filter.state == StateFilter::Trash ? "r.trashed_at IS NOT NULL" : "r.trashed_at IS NULL");
  if (filter.type) from_where_.add(" AND r.type = ?", *filter.type);
  const std::string has_tag = "EXISTS (SELECT 1 FROM " + std::string(links.name) + " t WHERE t." +
                              links.record + " = r.id AND t.tag_id = ?)";
  for (const std::int64_t tag : tags)
    if (tag != leader || !documents.sql.empty()) from_where_.add(" AND " + has_tag, tag);
  for (const std::string& tag_name : filter.not_tags)
    if (const auto tag = find_tag(database, std::string_view(tag_name)))
      from_where_.add(" AND NOT " + has_tag, tag->id);
}

std::vector<RecordRef> select_records(const sqlite::Connection& database, const RecordFilter& filter,
                                      std::int64_t limit) {
  std::vector<RecordRef> records;
  for (const RecordTable table : tables_of(filter.state)) {
    const FilteredTable filtered(database, filter, table);
    if (!filtered.possible()) continue;
    SqlText sql;
    sql.add("SELECT r.id").add(filtered.from_where());
    if (limit >= 0) sql.add(" LIMIT ?", limit - std::ssize(records));
    sqlite::Statement query = sql.prepare(database);
    while (query.step()) records.push_back({table == RecordTable::Pending, query.integer(0)});
  }
  return records;
}

}  // namespace modelstore::catalog
