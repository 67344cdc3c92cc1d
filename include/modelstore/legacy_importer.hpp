/// Stage 1 of a migration: takes over the catalogue and the pictures of an older model manager.
///
/// The source is the SQLite file of Hikaze Model Manager, schema version 2 or the version before, and the
/// folder of its pictures. It is read from a private copy, with its write-ahead log, and not changed by a
/// byte; its views and triggers never run.
///
/// A row with a valid SHA-256 becomes an active model, unverified until its file is hashed. Any other row
/// becomes a pending record under its own id. Rows with one hash become one model with several locations:
/// the newer row's texts win, empty ones are filled from the older, and every text that lost is in the
/// report. Tags keep id, name and colour where those are free. All pictures that a row refers to are
/// looked up by the last component of the reference in the pictures folder, and nowhere else: an active
/// model's become previews, a pending record's are kept unchanged until its promotion.
///
/// Every row is imported once: a second run adds nothing, brings nothing back and overwrites nothing,
/// whatever happened to its records since. An import that was interrupted is continued by running it
/// again.
///
/// An importer runs one operation at a time (another is refused as Busy) and may be used and cancelled
/// from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "modelstore/job.hpp"
#include "modelstore/path_map.hpp"
#include "modelstore/store.hpp"

namespace modelstore {

struct LegacyImportOptions {
  std::filesystem::path database = {};  ///< the SQLite file
  std::filesystem::path pictures =
      {};                 ///< its pictures folder; empty: `images` beside the file, if it exists
  PathMap path_map = {};  ///< for paths of another machine
  bool dry_run = false;   ///< report what would happen and write nothing

  /// The name under which rows are remembered as imported. Empty: the real path of the file.
  std::string source_id = {};
};

/// A row that was not imported.
struct SkippedRow {
  std::int64_t legacy_id = 0;
  std::string reason;
};

/// Something about a row that the user may want to know, although it was imported.
struct ImportConflict {
  std::int64_t legacy_id = 0;
  std::string field;   ///< "id", "hash", "path", "name", "created_at", "images", …
  std::string reason;  ///< one line
  std::string kept;    ///< the value that stands in the catalogue now
  std::string lost;    ///< the value that does not
};

/// Always: models_read = active + pending + merged + unchanged + skipped.
struct ImportReport {
  std::int64_t models_read = 0;
  std::int64_t active = 0;     ///< rows that became models
  std::int64_t pending = 0;    ///< rows that became pending records
  std::int64_t merged = 0;     ///< rows that joined a model or a record that was there
  std::int64_t unchanged = 0;  ///< rows that an earlier run had imported
  std::int64_t skipped = 0;    ///< rows that cannot be imported
  std::int64_t tags = 0;       ///< tags created
  std::int64_t links = 0;      ///< links between records and tags created
  std::int64_t images_imported = 0;
  std::int64_t images_missing = 0;  ///< no such file in the pictures folder
  std::int64_t images_failed = 0;   ///< not a picture that can be decoded, or a reference that is refused
  std::vector<SkippedRow> skipped_rows;
  std::vector<ImportConflict> conflicts;
  std::int64_t elapsed_ms = 0;
};

class LegacyImporter {
 public:
  /// An importer into `store`. Errors: Closed.
  explicit LegacyImporter(const Store& store);
  ~LegacyImporter();
  LegacyImporter(LegacyImporter&&) noexcept;
  LegacyImporter& operator=(LegacyImporter&&) noexcept;

  /// Imports, or continues an import. Progress counts rows, then pictures. What was committed before a
  /// cancellation stays.
  /// Job errors: FileMissing, FileUnreadable, NotRegularFile, UnsupportedFormat (not SQLite, or not a
  /// catalogue of that program), Corrupt, Busy (another import runs, or the file changes all the time),
  /// InvalidArgument (a rule of the path map leads to a relative path), Cancelled, and those of a change to the
  /// store.
  [[nodiscard]] Job<ImportReport> import(LegacyImportOptions options);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace modelstore
