#include "catalog/list_indexes.hpp"

#include <array>
#include <string>
#include <string_view>

namespace modelstore::catalog {
namespace {

struct ListIndex {
  std::string_view name;
  std::string_view definition;
};

constexpr std::array kListIndexes = {
    ListIndex{"models_by_name", "models(name COLLATE NOCASE) WHERE trashed_at IS NULL"},
    ListIndex{"models_by_size", "models(size_bytes) WHERE trashed_at IS NULL"},
    ListIndex{"models_by_created", "models(created_at) WHERE trashed_at IS NULL"},
    ListIndex{"models_by_type", "models(type, name COLLATE NOCASE) WHERE trashed_at IS NULL"},
    ListIndex{"models_of_tag", "model_tags(tag_id)"},
    ListIndex{"pending_by_name", "pending_import(name COLLATE NOCASE) WHERE trashed_at IS NULL"},
    ListIndex{"pending_by_size", "pending_import(size_bytes) WHERE trashed_at IS NULL"},
    ListIndex{"pending_by_created", "pending_import(created_at) WHERE trashed_at IS NULL"},
    ListIndex{"pending_by_type", "pending_import(type, name COLLATE NOCASE) WHERE trashed_at IS NULL"},
    ListIndex{"pending_of_tag", "pending_model_tags(tag_id)"},
};

}  // namespace

void create_list_index(const sqlite::Connection& database, std::size_t number) {
  const ListIndex& index = kListIndexes.at(number);
  database.execute("CREATE INDEX IF NOT EXISTS " + std::string(index.name) + " ON " +
                   std::string(index.definition));
}

void create_list_indexes(const sqlite::Connection& database) {
  for (std::size_t number = 0; number < kListIndexes.size(); ++number) create_list_index(database, number);
}

void defer_list_indexes(const sqlite::Connection& database) {
  const bool has_records = database
                               .integer(
                                   "SELECT EXISTS (SELECT 1 FROM models) OR EXISTS (SELECT 1 FROM "
                                   "pending_import)")
                               .value_or(0) != 0;
  if (has_records) return;
  for (const ListIndex& index : kListIndexes)
    database.execute("DROP INDEX IF EXISTS " + std::string(index.name));
}

std::optional<std::size_t> missing_list_index(const sqlite::Connection& database) {
  sqlite::Statement query =
      database.statement("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?");
  for (std::size_t number = 0; number < kListIndexes.size(); ++number) {
    query.reset();
    if (!query.bind(kListIndexes[number].name).step()) return number;
  }
  return std::nullopt;
}

}  // namespace modelstore::catalog
