/// Turns a RecordFilter into SQL over one of the two tables of records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/path_lookup.hpp"
#include "modelstore/record_query.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// SQL that is put together with the parameters for its placeholders.
class SqlText {
 public:
  using Parameter = std::variant<std::int64_t, std::string>;

  SqlText& add(std::string_view sql) {
    sql_ += sql;
    return *this;
  }
  SqlText& add(std::string_view sql, Parameter parameter) {
    sql_ += sql;
    parameters_.push_back(std::move(parameter));
    return *this;
  }
  SqlText& add(const SqlText& other);

  /// The statement with its parameters bound. This object must outlive it.
  [[nodiscard]] sqlite::Statement prepare(const sqlite::Connection& database) const;

 private:
  std::string sql_;
  std::vector<Parameter> parameters_;
};

enum class RecordTable : std::uint8_t { Models, Pending };

/// The tables that a state filter covers.
[[nodiscard]] std::vector<RecordTable> tables_of(StateFilter state);

/// " FROM … WHERE …" for the records of one table, called `r`, that a filter lets pass.
class FilteredTable {
 public:
  /// Looks up tags and how frequent they are, to let the rarest condition lead.
  FilteredTable(const sqlite::Connection& database, const RecordFilter& filter, RecordTable table);

  [[nodiscard]] RecordTable table() const noexcept { return table_; }

  /// False if no record can pass, for instance because a tag does not exist.
  [[nodiscard]] bool possible() const noexcept { return possible_; }

  [[nodiscard]] const SqlText& from_where() const noexcept { return from_where_; }

 private:
  RecordTable table_;
  bool possible_ = true;
  SqlText from_where_;
};

/// The records that a filter lets pass, at most `limit` of them (-1: all), in no order.
[[nodiscard]] std::vector<RecordRef> select_records(const sqlite::Connection& database,
                                                    const RecordFilter& filter, std::int64_t limit = -1);

}  // namespace modelstore::catalog
