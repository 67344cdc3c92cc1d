/// The promotion of one pending record whose file was hashed: it becomes a model, joins the one with that
/// hash, or stays because the policy says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/pending_rows.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/store_core.hpp"
#include "hashing/file_digest.hpp"
#include "journal/operation.hpp"
#include "migration/candidate.hpp"
#include "migration/model_union.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "preview/preview_writer.hpp"
#include "runtime/executor.hpp"

namespace modelstore::migration {

class Promotion final : public Candidate {
 public:
  enum class Outcome : std::uint8_t { Created, Joined, Discarded, Stayed };

  /// Reads the record and, unless the policy will not need them, makes and stages the previews of its
  /// pictures. `path` is where the file was found, which may be another one than the record's.
  /// Errors: Conflict (the record is gone, in the trash, or being promoted elsewhere), those of a picture
  /// (naming it), FileMissing, NoSpace, Io, Cancelled.
  Promotion(detail::StoreCore& core, const runtime::JobControl& control, std::int64_t pending_id,
            std::string path, hashing::Digested digested, ConflictPolicy policy);

  /// Its failures: Conflict, OutOfDate, LimitExceeded (texts).
  [[nodiscard]] journal::Draft draft() override;
  [[nodiscard]] std::size_t picture_count() const noexcept override { return previews_.size(); }

  [[nodiscard]] std::int64_t pending_id() const noexcept { return record_.id; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// What was done, once the operation has succeeded.
  [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
  [[nodiscard]] const std::optional<MigrationConflict>& conflict() const noexcept { return conflict_; }
  /// The claim of the record, if it was wrong.
  [[nodiscard]] std::optional<ClaimMismatch> mismatch() const;

 private:
  enum class Plan : std::uint8_t { Create, JoinAsLocation, Unite, Discard, Stay };

  [[nodiscard]] Plan plan(const Joining& joining, const std::optional<catalog::ModelRow>& existing) const;
  [[nodiscard]] static bool needs_previews(Plan plan) noexcept {
    return plan == Plan::Create || plan == Plan::Unite;
  }
  void stage_previews(const runtime::JobControl& control);
  [[nodiscard]] catalog::PendingRow check_record(const sqlite::Connection& database,
                                                 std::optional<std::int64_t> operation) const;
  [[nodiscard]] std::vector<journal::Publication> prepare(catalog::WriteTransaction& transaction,
                                                          std::int64_t operation);
  [[nodiscard]] std::vector<journal::Removal> commit(catalog::WriteTransaction& transaction);
  [[nodiscard]] std::int64_t create_model(catalog::WriteTransaction& transaction,
                                          const catalog::PendingRow& record, const Joining& joining);
  void stay(catalog::WriteTransaction& transaction, catalog::PendingRow record);
  [[nodiscard]] std::vector<journal::Removal> remove_record(catalog::WriteTransaction& transaction);

  detail::StoreCore& core_;
  const std::string path_;
  const hashing::Digested digested_;
  const ConflictPolicy policy_;

  catalog::PendingRow record_;                      // as it was when the previews were made
  std::vector<catalog::PendingImageRow> pictures_;  // likewise
  std::optional<journal::Staging> staging_;
  std::vector<preview::StagedPreview> previews_;  // one for each picture, or none
  std::optional<std::int64_t> operation_;         // that has claimed the record

  Outcome outcome_ = Outcome::Stayed;
  std::optional<MigrationConflict> conflict_;
};

/// Stores why a record could not be promoted, and the path at which its file was found, if that is another one
/// and free. A record that is gone is none.
void note_failure(catalog::WriteTransaction& transaction, std::int64_t pending_id, const std::string& path,
                  const Failure& failure);

/// Whether a failure says something about the record itself, and not about the moment.
[[nodiscard]] bool is_about_record(ErrorCode code) noexcept;

}  // namespace modelstore::migration
