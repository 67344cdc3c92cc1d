#include "migration/claim_settlement.hpp"

#include <algorithm>
#include <utility>

#include "catalog/import_rows.hpp"
#include "catalog/migration_rows.hpp"
#include "platform/system.hpp"
#include "preview/preview_writer.hpp"

namespace modelstore::migration {
namespace {

bool same_image(const catalog::ImageRow& a, const catalog::ImageRow& b) {
  return a.id == b.id && a.seq == b.seq && a.files == b.files && a.original == b.original;
}

}  // namespace

ClaimSettlement::ClaimSettlement(detail::StoreCore& core, std::int64_t location_id, std::string path,
                                 hashing::Digested digested, ConflictPolicy policy)
    : core_(core),
      location_id_(location_id),
      path_(std::move(path)),
      digested_(std::move(digested)),
      policy_(policy) {
  const auto reader = core.reader();
  const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
  const State state = look(*reader);
  model_ = state.model;
  location_path_ = state.location.location.path;
  if (moves_images(state.plan)) images_to_move_ = state.images.size();
}

ClaimSettlement::State ClaimSettlement::look(const sqlite::Connection& database) const {
  State state;
  const auto location = catalog::find_location(database, location_id_);
  const auto model = location ? catalog::find_model(database, location->model_id) : std::nullopt;
  if (!model) throw OutOfDate("the model at " + path_ + " was changed meanwhile");
  state.model = *model;
  state.location = *location;
  state.target = catalog::find_model(database, digested_.sha256);
  state.images = catalog::images_of(database, model->id);
  state.plan = plan(database, state);
  return state;
}

ClaimSettlement::Plan ClaimSettlement::plan(const sqlite::Connection& database, const State& state) const {
  if (state.model.sha256 == digested_.sha256) return Plan::Confirm;
  if (state.model.trashed) return Plan::Stay;
  if (state.location.was_verified) return Plan::FileChanged;
  if (state.model.verified || catalog::locations_of(database, state.model.id).size() > 1)
    return Plan::MoveLocation;
  if (!state.target) return Plan::Rekey;
  if (!has_user_data(joining_model(database, state.model, path_))) return Plan::JoinAsLocation;
  switch (policy_) {
    case ConflictPolicy::Merge:
    case ConflictPolicy::Replace:
      return Plan::Unite;
    case ConflictPolicy::Discard:
      return Plan::Discard;
    case ConflictPolicy::Report:
    case ConflictPolicy::Keep:
      break;
  }
  return Plan::Stay;
}

journal::Draft ClaimSettlement::draft() {
  journal::Draft draft;
  draft.kind = "settling a claim";
  if (images_to_move_ > 0)
    draft.prepare = [this](catalog::WriteTransaction& transaction, std::int64_t) {
      return prepare(transaction);
    };
  draft.commit = [this](catalog::WriteTransaction& transaction) { return commit(transaction); };
  return draft;
}

std::vector<journal::Publication> ClaimSettlement::prepare(catalog::WriteTransaction& transaction) {
  const State state = look(transaction.db());
  if (!moves_images(state.plan)) throw OutOfDate("the model at " + path_ + " was changed meanwhile");
  // A model's numbers are unique, and while its rows are renumbered one by one both kinds are in use.
  std::int64_t highest = -1;
  for (const catalog::ImageRow& image : state.images) highest = std::max(highest, image.seq);
  (void)catalog::take_seq(transaction.db(), digested_.sha256, highest);
  moved_images_ = state.images;
  new_seqs_.assign(state.images.size(), 0);
  std::vector<journal::Publication> result;
  for (std::size_t i = 0; i < moved_images_.size(); ++i)
    for (journal::Publication& publication : preview::publications_of_moved(
             transaction, core_, moved_images_[i], state.model.sha256, digested_.sha256, new_seqs_[i]))
      result.push_back(std::move(publication));
  return result;
}

std::vector<journal::Removal> ClaimSettlement::commit(catalog::WriteTransaction& transaction) {
  const sqlite::Connection& db = transaction.db();
  const State state = look(db);
  if (state.model.id != model_.id || state.model.sha256 != model_.sha256 ||
      state.location.location.path != location_path_)
    throw OutOfDate("the model at " + path_ + " was changed meanwhile");
  const auto& expected = moves_images(state.plan) ? state.images : std::vector<catalog::ImageRow>{};
  if (!std::equal(expected.begin(), expected.end(), moved_images_.begin(), moved_images_.end(), same_image))
    throw OutOfDate("the pictures of the model at " + path_ + " were changed meanwhile");

  newly_verified_ = false;
  mismatch_.reset();
  conflict_.reset();
  hashing::remember(db, digested_);
  if (state.plan == Plan::Confirm) {
    confirm(transaction, state);
    return {};
  }
  mismatch_ = ClaimMismatch{state.model.sha256,        path_,
                            state.model.sha256,        digested_.sha256,
                            state.plan == Plan::Rekey, state.plan == Plan::FileChanged};
  switch (state.plan) {
    case Plan::FileChanged:
    case Plan::MoveLocation:
      move_location(transaction, state);
      return {};
    case Plan::Rekey:
      return rekey(transaction, state);
    case Plan::JoinAsLocation:
      return dissolve(transaction, state);
    case Plan::Unite:
    case Plan::Discard:
    case Plan::Stay:
      if (state.target && !state.model.trashed)
        conflict_ =
            MigrationConflict{0, path_, digested_.sha256, catalog::first_path(db, state.target->id), policy_};
      if (state.plan == Plan::Stay) return {};
      return dissolve(transaction, state);
    case Plan::Confirm:
      break;
  }
  return {};
}

void ClaimSettlement::confirm(catalog::WriteTransaction& transaction, const State& state) {
  const sqlite::Connection& db = transaction.db();
  const Location confirmed{path_, digested_.real_path, LocationState::Present, true};
  newly_verified_ = !state.model.verified;
  if (state.location.location == confirmed && state.model.verified &&
      state.model.size_bytes == digested_.stat.size_bytes)
    return;
  if (state.location.location.path != path_) catalog::delete_location(db, location_id_);
  put_verified_location(transaction, state.model.id, path_, digested_);
  set_verified(db, state.model.id, digested_);
  transaction.model_changed(state.model.id, state.model.sha256);
}

void ClaimSettlement::move_location(catalog::WriteTransaction& transaction, const State& state) {
  const sqlite::Connection& db = transaction.db();
  std::int64_t target_id = 0;
  if (state.target) {
    target_id = state.target->id;
    set_verified(db, target_id, digested_);
  } else {
    catalog::ModelRow fresh;
    fresh.sha256 = digested_.sha256;
    fresh.name = state.model.name;
    fresh.type = state.model.type;
    fresh.size_bytes = digested_.stat.size_bytes;
    fresh.created_at = state.plan == Plan::FileChanged ? platform::now_ms() : state.model.created_at;
    fresh.verified = true;
    target_id = catalog::insert_model(db, fresh);
  }
  if (state.plan == Plan::FileChanged)
    catalog::set_location_state(db, location_id_, LocationState::Missing);
  else
    catalog::delete_location(db, location_id_);
  put_verified_location(transaction, target_id, path_, digested_);
  transaction.model_changed(state.model.id, state.model.sha256);
  transaction.model_changed(target_id, digested_.sha256,
                            state.target ? ChangeKind::Changed : ChangeKind::Created);
}

std::vector<journal::Removal> ClaimSettlement::rekey(catalog::WriteTransaction& transaction,
                                                     const State& state) {
  const sqlite::Connection& db = transaction.db();
  std::vector<journal::Removal> removals;
  catalog::set_model_sha256(db, state.model.id, digested_.sha256);
  for (std::size_t i = 0; i < moved_images_.size(); ++i) {
    const catalog::ImageRow& image = state.images[i];
    for (journal::Removal& removal : preview::removals_of_preview(state.model.sha256, image))
      removals.push_back(std::move(removal));
    catalog::move_image(db, image.id, state.model.id, new_seqs_[i], image.position);
  }
  if (state.location.location.path != path_) catalog::delete_location(db, location_id_);
  set_verified(db, state.model.id, digested_);
  put_verified_location(transaction, state.model.id, path_, digested_);
  transaction.model_rekeyed(state.model.id, state.model.sha256, digested_.sha256);
  return removals;
}

std::vector<journal::Removal> ClaimSettlement::dissolve(catalog::WriteTransaction& transaction,
                                                        const State& state) {
  const sqlite::Connection& db = transaction.db();
  const catalog::ModelRow& target = *state.target;
  std::vector<journal::Removal> removals;
  if (state.plan == Plan::Unite)
    removals = join(transaction, target, joining_model(db, state.model, path_), policy_);
  const std::int64_t first_position = catalog::next_picture_position(db, {false, target.id});
  for (std::size_t i = 0; i < state.images.size(); ++i) {
    const catalog::ImageRow& image = state.images[i];
    for (journal::Removal& removal : preview::removals_of_preview(state.model.sha256, image))
      removals.push_back(std::move(removal));
    if (state.plan == Plan::Unite)
      catalog::move_image(db, image.id, target.id, new_seqs_[i], first_position + image.position);
    else
      catalog::delete_image(db, image.id);
  }
  if (state.plan != Plan::Discard)
    catalog::redirect_import_images(db, {false, state.model.id}, target.id, first_position);
  transaction.model_deleted(state.model.id, state.model.sha256);
  catalog::delete_model(db, state.model.id);
  set_verified(db, target.id, digested_);
  put_verified_location(transaction, target.id, path_, digested_);
  transaction.model_changed(target.id, target.sha256);
  return removals;
}

}  // namespace modelstore::migration
