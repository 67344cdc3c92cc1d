/// What a computed hash says about a model at one of its locations: the claim is confirmed, or the file is
/// another model's, or the model has to take the computed hash as its identity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/model_rows.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/store_core.hpp"
#include "hashing/file_digest.hpp"
#include "journal/operation.hpp"
#include "migration/candidate.hpp"
#include "migration/model_union.hpp"
#include "modelstore/reactive_migrator.hpp"

namespace modelstore::migration {

class ClaimSettlement final : public Candidate {
 public:
  /// Looks at what stands. `path` is where the file was found, which may be another one than the location's.
  /// Errors: Conflict (the location is gone).
  ClaimSettlement(detail::StoreCore& core, std::int64_t location_id, std::string path,
                  hashing::Digested digested, ConflictPolicy policy);

  /// Its failures: OutOfDate, LimitExceeded (texts).
  [[nodiscard]] journal::Draft draft() override;
  [[nodiscard]] std::size_t picture_count() const noexcept override { return images_to_move_; }

  /// The model that was said to be there.
  [[nodiscard]] const Sha256& claimed() const noexcept { return model_.sha256; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const Sha256& computed() const noexcept { return digested_.sha256; }

  /// What was done, once the operation has succeeded.
  [[nodiscard]] bool newly_verified() const noexcept { return newly_verified_; }
  [[nodiscard]] const std::optional<ClaimMismatch>& mismatch() const noexcept { return mismatch_; }
  /// A model whose claim was wrong met the one that has the content. Its `pending_id` is 0.
  [[nodiscard]] const std::optional<MigrationConflict>& conflict() const noexcept { return conflict_; }

 private:
  enum class Plan : std::uint8_t {
    Confirm,
    FileChanged,   ///< the model was verified here: it misses its content now
    MoveLocation,  ///< the model is known elsewhere, or by its own computed hash
    Rekey,
    JoinAsLocation,  ///< the model has nothing of its own and goes
    Unite,           ///< the model goes into the other one
    Discard,
    Stay,
  };

  struct State {
    catalog::ModelRow model;
    catalog::LocationRow location;
    std::optional<catalog::ModelRow> target;  ///< the model that has the computed hash
    std::vector<catalog::ImageRow> images;
    Plan plan = Plan::Stay;
  };

  /// Errors: OutOfDate.
  [[nodiscard]] State look(const sqlite::Connection& database) const;
  [[nodiscard]] Plan plan(const sqlite::Connection& database, const State& state) const;
  [[nodiscard]] static bool moves_images(Plan plan) noexcept {
    return plan == Plan::Rekey || plan == Plan::Unite;
  }

  [[nodiscard]] std::vector<journal::Publication> prepare(catalog::WriteTransaction& transaction);
  [[nodiscard]] std::vector<journal::Removal> commit(catalog::WriteTransaction& transaction);
  void confirm(catalog::WriteTransaction& transaction, const State& state);
  void move_location(catalog::WriteTransaction& transaction, const State& state);
  [[nodiscard]] std::vector<journal::Removal> rekey(catalog::WriteTransaction& transaction,
                                                    const State& state);
  [[nodiscard]] std::vector<journal::Removal> dissolve(catalog::WriteTransaction& transaction,
                                                       const State& state);

  detail::StoreCore& core_;
  const std::int64_t location_id_;
  const std::string path_;
  const hashing::Digested digested_;
  const ConflictPolicy policy_;

  catalog::ModelRow model_;    // as it was when this was made
  std::string location_path_;  // likewise: ids of locations are used again
  std::size_t images_to_move_ = 0;
  std::vector<catalog::ImageRow> moved_images_;  // as they were when their files were published
  std::vector<std::int64_t> new_seqs_;

  bool newly_verified_ = false;
  std::optional<ClaimMismatch> mismatch_;
  std::optional<MigrationConflict> conflict_;
};

}  // namespace modelstore::migration
