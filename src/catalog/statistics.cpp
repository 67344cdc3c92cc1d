#include "catalog/statistics.hpp"

#include "catalog/change_list.hpp"

namespace modelstore::catalog {

Statistics count_everything(const sqlite::Connection& database) {
  const auto count = [&](const char* sql) { return database.integer(sql).value_or(0); };
  Statistics result;
  result.models = count("SELECT count(*) FROM models WHERE trashed_at IS NULL");
  result.models_unverified = count("SELECT count(*) FROM models WHERE trashed_at IS NULL AND verified = 0");
  result.pending = count("SELECT count(*) FROM pending_import WHERE trashed_at IS NULL");
  result.trashed = count("SELECT count(*) FROM models WHERE trashed_at IS NOT NULL") +
                   count("SELECT count(*) FROM pending_import WHERE trashed_at IS NOT NULL");
  result.locations = count("SELECT count(*) FROM locations");
  result.tags = count("SELECT count(*) FROM tags");
  result.previews = count("SELECT count(*) FROM images");
  result.pending_pictures = count("SELECT count(*) FROM pending_images");
  result.model_bytes = count("SELECT sum(size_bytes) FROM models WHERE trashed_at IS NULL");
  result.pending_bytes = count("SELECT sum(size_bytes) FROM pending_import WHERE trashed_at IS NULL");
  result.preview_bytes =
      count("SELECT sum(high_size + medium_size + low_size + coalesce(original_size, 0)) FROM images");
  result.database_bytes = count("PRAGMA page_count") * count("PRAGMA page_size");
  result.revision = current_revision(database);
  result.schema_version = count("PRAGMA user_version");
  return result;
}

}  // namespace modelstore::catalog
