#include "catalog/schema.hpp"

#include <array>
#include <string>

#include "catalog/list_indexes.hpp"
#include "modelstore/error.hpp"

namespace modelstore::catalog {
namespace {

// States of locations and kinds of changes are stored as the values of their enumerations, which are
// therefore frozen: LocationState, ChangeKind. Digests are blobs of 32 bytes, times milliseconds.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE store_state(
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO store_state VALUES ('revision', 0), ('oldest_change', 0);

CREATE TABLE models(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  verified INTEGER NOT NULL,
  trashed_at INTEGER,
  metadata TEXT NOT NULL
) STRICT;
CREATE INDEX models_in_trash ON models(trashed_at) WHERE trashed_at IS NOT NULL;

-- verified: 0 never, 1 the model's hash was computed from this file, 2 so it was, but another file is there now.
CREATE TABLE locations(
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  real_path TEXT NOT NULL,
  state INTEGER NOT NULL,
  verified INTEGER NOT NULL,
  UNIQUE (path, model_id)
) STRICT;
-- One content at a path. A model whose file now holds another content keeps the path as missing (1).
CREATE UNIQUE INDEX locations_by_path ON locations(path) WHERE state <> 1;
CREATE INDEX locations_of_model ON locations(model_id);
CREATE INDEX locations_by_real_path ON locations(real_path) WHERE real_path <> '';

CREATE TABLE pending_import(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  real_path TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  hash_state INTEGER NOT NULL,
  sha256 BLOB CHECK (length(sha256) = 32),
  trashed_at INTEGER,
  metadata TEXT NOT NULL,
  error_code INTEGER,
  error_message TEXT,
  operation_id INTEGER
) STRICT;
CREATE INDEX pending_in_trash ON pending_import(trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX pending_claimed ON pending_import(operation_id) WHERE operation_id IS NOT NULL;
CREATE INDEX pending_by_real_path ON pending_import(real_path) WHERE real_path <> '';

CREATE TABLE tags(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  color TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE model_tags(
  model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
  PRIMARY KEY (model_id, tag_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_model_tags(
  pending_id INTEGER NOT NULL REFERENCES pending_import(id) ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
  PRIMARY KEY (pending_id, tag_id)
) STRICT, WITHOUT ROWID;

-- The name of a tier file is <sha256 of the model>_<seq>_<tier>.webp, that of an original which was kept
-- <sha256 of the model>_<seq>_original.<extension of its format>; positions order, with gaps.
CREATE TABLE images(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id INTEGER NOT NULL REFERENCES models(id),
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  high_size INTEGER NOT NULL,
  high_sha256 BLOB NOT NULL CHECK (length(high_sha256) = 32),
  medium_size INTEGER NOT NULL,
  medium_sha256 BLOB NOT NULL CHECK (length(medium_sha256) = 32),
  low_size INTEGER NOT NULL,
  low_sha256 BLOB NOT NULL CHECK (length(low_sha256) = 32),
  source_format TEXT NOT NULL,
  source_text TEXT NOT NULL,
  original_size INTEGER,
  original_sha256 BLOB CHECK (length(original_sha256) = 32),
  UNIQUE (model_id, seq),
  CHECK ((original_size IS NULL) = (original_sha256 IS NULL))
) STRICT;
CREATE INDEX images_in_order ON images(model_id, position);

-- The name of the file is <id>.<extension>.
CREATE TABLE pending_images(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pending_id INTEGER NOT NULL REFERENCES pending_import(id),
  position INTEGER NOT NULL,
  extension TEXT NOT NULL,
  format TEXT NOT NULL,
  original_name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;
CREATE INDEX pending_images_in_order ON pending_images(pending_id, position);

-- Outlives the model, so that no name is given twice.
CREATE TABLE preview_counters(
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  next_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE file_hashes(
  path TEXT PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  inode INTEGER,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT, WITHOUT ROWID;

-- Pictures, by their content, that brought the isolated decoder down.
CREATE TABLE decoder_crashes(
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  crashes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal. An operation that is not done is undone: its published files go. One that is done is
-- finished: the files that it replaced go.
CREATE TABLE operations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  done INTEGER NOT NULL
) STRICT;
CREATE INDEX operations_of_owner ON operations(owner);

CREATE TABLE operation_files(
  operation_id INTEGER NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  folder INTEGER NOT NULL,
  name TEXT NOT NULL,
  role INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  PRIMARY KEY (operation_id, folder, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports(
  id INTEGER PRIMARY KEY,
  source_id TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL
) STRICT;

-- What an import has taken over, for ever: a row in here is not imported again, whatever became of it.
CREATE TABLE import_rows(
  import_id INTEGER NOT NULL REFERENCES imports(id),
  legacy_id INTEGER NOT NULL,
  model_id INTEGER REFERENCES models(id) ON DELETE SET NULL,
  pending_id INTEGER REFERENCES pending_import(id) ON DELETE SET NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  PRIMARY KEY (import_id, legacy_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_rows_of_model ON import_rows(model_id) WHERE model_id IS NOT NULL;
CREATE INDEX import_rows_of_pending ON import_rows(pending_id) WHERE pending_id IS NOT NULL;

CREATE TABLE import_tags(
  import_id INTEGER NOT NULL REFERENCES imports(id),
  legacy_id INTEGER NOT NULL,
  tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
  PRIMARY KEY (import_id, legacy_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_tags_of_tag ON import_tags(tag_id);

-- The pictures of imported rows. They go with their record; a promotion hands them on.
CREATE TABLE import_images(
  id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES imports(id),
  legacy_id INTEGER NOT NULL,
  reference TEXT NOT NULL,
  position INTEGER NOT NULL,
  state INTEGER NOT NULL,
  model_id INTEGER REFERENCES models(id) ON DELETE CASCADE,
  pending_id INTEGER REFERENCES pending_import(id) ON DELETE CASCADE,
  source_sha256 BLOB CHECK (length(source_sha256) = 32)
) STRICT;
CREATE INDEX import_images_to_do ON import_images(import_id, id) WHERE state <> 1;
CREATE INDEX import_images_of_model ON import_images(model_id) WHERE model_id IS NOT NULL;
CREATE INDEX import_images_of_pending ON import_images(pending_id) WHERE pending_id IS NOT NULL;

CREATE TABLE roots(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  scanned_at INTEGER NOT NULL
) STRICT;

-- id = revision * 2^20 + number within the commit.
CREATE TABLE changes(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  sha256 BLOB,
  pending_id INTEGER
) STRICT;

-- docid = 2 * model or 2 * pending record + 1.
CREATE TABLE search_text(
  docid INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  indexed INTEGER NOT NULL
) STRICT;
CREATE INDEX search_to_do ON search_text(docid) WHERE indexed = 0;
CREATE VIEW search_indexed AS SELECT docid, text FROM search_text WHERE indexed = 1;
CREATE VIRTUAL TABLE search_index USING fts5(
  text, content = 'search_indexed', content_rowid = 'docid', tokenize = 'trigram case_sensitive 1',
  detail = 'none', columnsize = 0);
)sql";

constexpr std::array kMigrations = {kVersion1};
static_assert(kMigrations.size() == kSchemaVersion);

}  // namespace

SchemaState schema_state(const sqlite::Connection& database, std::string_view name) {
  const std::int64_t version = database.integer("PRAGMA user_version").value_or(0);
  const std::int64_t application = database.integer("PRAGMA application_id").value_or(0);
  const bool has_tables = database.integer("SELECT count(*) FROM sqlite_schema").value_or(0) > 0;
  if (version == 0 && application == 0 && !has_tables) return SchemaState::Empty;
  if (application != kApplicationId)
    throw Error(ErrorCode::NotAStore, std::string(name) + " is a database of another program");
  if (version > kSchemaVersion)
    throw Error(ErrorCode::SchemaTooNew, std::string(name) + " has schema version " +
                                             std::to_string(version) + ", newer than " +
                                             std::to_string(kSchemaVersion) + ", which this library knows");
  if (version < 1) throw Error(ErrorCode::Corrupt, std::string(name) + " has no schema version");
  return version == kSchemaVersion ? SchemaState::Current : SchemaState::Older;
}

void migrate_schema(const sqlite::Connection& database) {
  const std::int64_t version = database.integer("PRAGMA user_version").value_or(0);
  for (std::int64_t next = version; next < kSchemaVersion; ++next)
    database.execute(kMigrations[static_cast<std::size_t>(next)]);
  create_list_indexes(database);
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
}

}  // namespace modelstore::catalog
