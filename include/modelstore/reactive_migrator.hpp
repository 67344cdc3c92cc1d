/// Stage 2 of a migration: a pending record becomes a model as soon as its hash is known.
///
/// Promotion is all or nothing, whatever happens meanwhile: the record's texts and tags move, its pictures
/// become previews, and the record goes; or it stays as it was. Of two promotions of one record exactly
/// one takes place. A record whose file is missing, unreadable or changing stays, with the reason.
///
/// Where a model with that content exists already, a ConflictPolicy decides. A record that carries no
/// user data (texts, pictures, tags other than its type) just joins that model as a location and is never
/// a conflict. A model in the trash is brought back by Merge and Replace, and stays there otherwise. What is
/// in the trash itself is not promoted.
///
/// A merge loses nothing: where both have a value, the model's stays, and the record's is kept in the
/// model's metadata, in the array `merged_from`: one object for each record, with its `path` and the values
/// that did not prevail under their keys (`description`, `prompts.positive`, `name`, …).
///
/// A hash that a catalogue claimed and that turns out wrong is reported as ClaimMismatch: the location
/// moves to the model of the computed hash, and a model that was never verified and has no other location
/// takes the computed hash as its identity, previews included. If a model with that hash exists, the policy
/// decides about that of the wrong claim as about a record. A file that was verified and has another content
/// now is a new model, named and typed as the old one, which stays and misses its file.
///
/// A migrator runs one batch at a time (another is refused as Busy); single hashes may run beside it. It
/// may be used and cancelled from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "modelstore/error.hpp"
#include "modelstore/job.hpp"
#include "modelstore/path_map.hpp"
#include "modelstore/record_id.hpp"
#include "modelstore/sha256.hpp"
#include "modelstore/store.hpp"

namespace modelstore {

/// What happens to a record whose content is a model already.
enum class ConflictPolicy : std::uint8_t {
  Merge,    ///< fill the model's empty fields, unite tags, append pictures, add the location
  Report,   ///< change nothing and say so
  Replace,  ///< what the record has of texts, tags and pictures takes the place of what the model has of
            ///< each; add the location
  Keep,     ///< leave the record pending, with its hash
  Discard,  ///< remove the record; the model gets the location and nothing else
};

/// "merge", "report", "replace", "keep", "discard".
[[nodiscard]] std::string_view conflict_policy_name(ConflictPolicy policy) noexcept;
[[nodiscard]] std::optional<ConflictPolicy> parse_conflict_policy(std::string_view name) noexcept;

/// A record whose content is a model already.
struct MigrationConflict {
  std::int64_t pending_id = 0;  ///< 0: a model whose claimed hash was wrong, see `mismatches`
  std::string pending_path;
  Sha256 sha256;
  std::string existing_path;                           ///< the model's first location
  ConflictPolicy resolution = ConflictPolicy::Report;  ///< what was done about it
};

/// A claimed hash that turned out wrong, or a model's verified file that has another content now.
struct ClaimMismatch {
  RecordId record;  ///< the record or model as it was known
  std::string path;
  Sha256 claimed;
  Sha256 computed;
  bool rekeyed = false;  ///< the model took the computed hash as its identity
  bool changed = false;  ///< the file was verified to have the hash, and was changed since
};

struct MigrateHashOptions {
  bool migrate = true;  ///< promote the record that waits for this file; false: only hash
  bool reread = false;  ///< as HashOptions::reread
  ConflictPolicy policy = ConflictPolicy::Merge;
};

struct MigrateHashResult {
  Sha256 sha256;
  std::int64_t size_bytes = 0;
  bool cached = false;    ///< remembered: the file was not read
  bool migrated = false;  ///< a pending record was promoted, or joined a model
  std::optional<MigrationConflict> conflict;
  std::optional<ClaimMismatch> mismatch;
};

struct MigrateOptions {
  ConflictPolicy policy = ConflictPolicy::Report;
  PathMap path_map = {};  ///< tried for a record whose own path leads nowhere; what is found is stored
  unsigned parallel = 0;  ///< as HashBatchOptions::parallel
};

struct MigrationFailure {
  RecordId id;
  std::string path;
  ErrorCode code = ErrorCode::Internal;
  std::string error;  ///< one line
};

struct MigrationReport {
  std::vector<std::int64_t> promoted_ids;  ///< records that became models
  std::vector<std::int64_t> merged_ids;    ///< records that joined a model
  std::vector<Sha256> verified;            ///< models whose claimed hash was confirmed for the first time
  std::vector<MigrationConflict> conflicts;
  std::vector<ClaimMismatch> mismatches;
  std::vector<MigrationFailure> failed;
  std::int64_t bytes_hashed = 0;  ///< read and hashed, without remembered files
  std::int64_t elapsed_ms = 0;
};

class ReactiveMigrator {
 public:
  /// A migrator in `store`. Errors: Closed.
  explicit ReactiveMigrator(const Store& store);
  ~ReactiveMigrator();
  ReactiveMigrator(ReactiveMigrator&&) noexcept;
  ReactiveMigrator& operator=(ReactiveMigrator&&) noexcept;

  /// Hashes one file ahead of all batches, remembers the hash, and promotes the record that waits for it,
  /// or settles the claim of the model that is said to be there. Progress counts bytes.
  /// Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, BadImage (a picture of the
  /// record; it stays), Conflict (the record is being promoted elsewhere), Io, Cancelled, and those of a
  /// change to the store.
  [[nodiscard]] Job<MigrateHashResult> hash(std::filesystem::path path,
                                            const MigrateHashOptions& options = {});

  /// Hashes and promotes these records. For a model, hashes its reachable locations and settles their
  /// claims. One that fails is an item of the report (a record keeps the reason as its `last_error`); the
  /// others go on. Those in the trash fail as Conflict, unknown ones as NotFound, and those that another program
  /// kept from being committed, after some attempts, as Busy. Progress counts bytes.
  /// What was committed before a cancellation stays. Job errors: Busy (another batch), InvalidArgument (a rule of the path map
  /// leads to a relative path), Cancelled, and those of a change to the store.
  [[nodiscard]] Job<MigrationReport> migrate(std::vector<RecordId> ids, MigrateOptions options = {});

  /// As `migrate`, for all pending records that are not in the trash.
  [[nodiscard]] Job<MigrationReport> migrate_all(MigrateOptions options = {});

  /// As `migrate`, for all models whose hash was only claimed, or with a file that a scan saw to have changed since
  /// it was verified, and that are not in the trash.
  [[nodiscard]] Job<MigrationReport> verify_claims(MigrateOptions options = {});

 private:
  class Impl;
  [[nodiscard]] Impl& impl() const;

  std::shared_ptr<Impl> impl_;
};

}  // namespace modelstore
