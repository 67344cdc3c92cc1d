#include "migration/promotion.hpp"

#include <memory>
#include <utility>

#include "catalog/import_rows.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/tag_rows.hpp"
#include "digest/sha256_engine.hpp"
#include "journal/recovery.hpp"
#include "journal/settlement.hpp"
#include "preview/interruptible_tiers.hpp"

namespace modelstore::migration {
namespace {

std::string name_of(std::int64_t pending_id) {
  return "pending record " + std::to_string(pending_id);
}

/// Uses the found path for the record unless another one has it.
void adopt_path(const sqlite::Connection& database, catalog::PendingRow& record, const std::string& path) {
  if (path != record.path && !catalog::find_pending(database, std::string_view(path))) record.path = path;
}

bool same_picture(const catalog::PendingImageRow& a, const catalog::PendingImageRow& b) {
  return a.id == b.id && a.position == b.position && a.file == b.file;
}

}  // namespace

Promotion::Promotion(detail::StoreCore& core, const runtime::JobControl& control, std::int64_t pending_id,
                     std::string path, hashing::Digested digested, ConflictPolicy policy)
    : core_(core), path_(std::move(path)), digested_(std::move(digested)), policy_(policy) {
  record_.id = pending_id;
  bool needed = false;
  for (const bool recovered : {false, true}) {
    const auto reader = core.reader();
    sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
    const auto found = catalog::find_pending(*reader, pending_id);
    if (found && found->operation_id && !recovered) {
      // Perhaps the claim of an operation that could not be undone, or of a process that died meanwhile.
      snapshot.commit();
      journal::settle_left(core);
      (void)journal::recover(core);
      continue;
    }
    record_ = check_record(*reader, std::nullopt);
    pictures_ = catalog::pending_images_of(*reader, pending_id);
    needed = needs_previews(
        plan(joining_record(*reader, record_), catalog::find_model(*reader, digested_.sha256)));
    break;
  }
  if (needed && !pictures_.empty()) stage_previews(control);
}

void Promotion::stage_previews(const runtime::JobControl& control) {
  const std::int64_t max_bytes = core_.options().previews.max_source_bytes;
  staging_.emplace(core_);
  for (const catalog::PendingImageRow& picture : pictures_) {
    control.throw_if_cancelled();
    const std::string file = catalog::pending_file_name(picture.id, picture.extension);
    const auto fail = [&](ErrorCode code, const std::string& reason) {
      const std::string& name = picture.original_name.empty() ? file : picture.original_name;
      throw Error(code, name_of(record_.id) + ": picture " + std::to_string(picture.id) + " (" + name +
                            "): " + reason);
    };
    try {
      const auto bytes =
          std::make_shared<const std::vector<std::byte>>(core_.pending_images().read(file, max_bytes));
      if (digest::sha256_of(*bytes) != picture.file.sha256)
        fail(ErrorCode::BadImage, "its file is not what was stored");
      const TierSet tiers = preview::make_tiers_interruptibly(core_, control, bytes);
      previews_.push_back(preview::stage_preview(*staging_, tiers, *bytes));
    } catch (const Error& error) {
      if (!is_about_record(error.code()) || std::string_view(error.what()).starts_with(name_of(record_.id)))
        throw;
      fail(error.code(), error.what());
    }
  }
}

journal::Draft Promotion::draft() {
  journal::Draft draft;
  draft.kind = "promotion";
  if (!previews_.empty())
    draft.prepare = [this](catalog::WriteTransaction& transaction, std::int64_t operation) {
      return prepare(transaction, operation);
    };
  draft.commit = [this](catalog::WriteTransaction& transaction) { return commit(transaction); };
  return draft;
}

std::optional<ClaimMismatch> Promotion::mismatch() const {
  if (record_.hash_state != HashState::Claimed || !record_.sha256 || *record_.sha256 == digested_.sha256)
    return std::nullopt;
  return ClaimMismatch{RecordId::pending(record_.id), path_, *record_.sha256, digested_.sha256, false, false};
}

Promotion::Plan Promotion::plan(const Joining& joining,
                                const std::optional<catalog::ModelRow>& existing) const {
  if (!existing) return Plan::Create;
  if (!has_user_data(joining)) return Plan::JoinAsLocation;
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

catalog::PendingRow Promotion::check_record(const sqlite::Connection& database,
                                            std::optional<std::int64_t> operation) const {
  auto record = catalog::find_pending(database, record_.id);
  if (!record) throw Error(ErrorCode::Conflict, name_of(record_.id) + " was promoted or deleted meanwhile");
  if (record->trashed) throw Error(ErrorCode::Conflict, name_of(record_.id) + " is in the trash");
  if (record->operation_id != operation)
    throw Error(ErrorCode::Conflict, name_of(record_.id) + " is being promoted elsewhere");
  return std::move(*record);
}

std::vector<journal::Publication> Promotion::prepare(catalog::WriteTransaction& transaction,
                                                     std::int64_t operation) {
  const sqlite::Connection& db = transaction.db();
  const catalog::PendingRow record = check_record(db, std::nullopt);
  if (!needs_previews(plan(joining_record(db, record), catalog::find_model(db, digested_.sha256))))
    throw OutOfDate(name_of(record_.id) + " met a model that appeared meanwhile");
  catalog::set_pending_operation(db, record_.id, operation);
  operation_ = operation;
  std::vector<journal::Publication> result;
  for (preview::StagedPreview& preview : previews_)
    for (journal::Publication& publication : preview::publications(transaction, preview, digested_.sha256))
      result.push_back(std::move(publication));
  return result;
}

std::vector<journal::Removal> Promotion::commit(catalog::WriteTransaction& transaction) {
  const sqlite::Connection& db = transaction.db();
  catalog::PendingRow record = check_record(db, previews_.empty() ? std::nullopt : operation_);
  const auto pictures = catalog::pending_images_of(db, record_.id);
  if (record.path != record_.path ||
      !std::equal(pictures.begin(), pictures.end(), pictures_.begin(), pictures_.end(), same_picture))
    throw OutOfDate(name_of(record_.id) + " was changed meanwhile");
  const Joining joining = joining_record(db, record);
  const auto existing = catalog::find_model(db, digested_.sha256);
  const Plan decided = plan(joining, existing);
  if (needs_previews(decided) ? previews_.size() != pictures.size() : !previews_.empty())
    throw OutOfDate("the model with the content of " + name_of(record_.id) + " came or went meanwhile");

  conflict_.reset();
  if (existing && decided != Plan::JoinAsLocation)
    conflict_ = MigrationConflict{record.id, record.path, digested_.sha256,
                                  catalog::first_path(db, existing->id), policy_};
  hashing::remember(db, digested_);
  if (decided == Plan::Stay) {
    stay(transaction, std::move(record));
    return {};
  }

  std::vector<journal::Removal> removals;
  const std::int64_t model_id = existing ? existing->id : create_model(transaction, record, joining);
  if (decided == Plan::Unite) removals = join(transaction, *existing, joining, policy_);
  const std::int64_t first_position = catalog::next_picture_position(db, catalog::RecordRef{false, model_id});
  for (std::size_t i = 0; i < previews_.size(); ++i)
    (void)preview::insert_preview_row(db, model_id, first_position + pictures[i].position, previews_[i]);
  if (decided != Plan::Discard)
    catalog::redirect_import_images(db, {true, record.id}, model_id, first_position);
  set_verified(db, model_id, digested_);
  put_verified_location(transaction, model_id, path_, digested_);
  for (journal::Removal& removal : remove_record(transaction)) removals.push_back(std::move(removal));
  transaction.model_changed(model_id, digested_.sha256, existing ? ChangeKind::Changed : ChangeKind::Created);
  outcome_ = decided == Plan::Create    ? Outcome::Created
             : decided == Plan::Discard ? Outcome::Discarded
                                        : Outcome::Joined;
  return removals;
}

std::int64_t Promotion::create_model(catalog::WriteTransaction& transaction,
                                     const catalog::PendingRow& record, const Joining& joining) {
  catalog::ModelRow model;
  model.sha256 = digested_.sha256;
  model.name = record.name;
  model.type = record.type;
  model.size_bytes = digested_.stat.size_bytes;
  model.created_at = record.created_at;
  model.verified = true;
  model.metadata = record.metadata;
  const std::int64_t id = catalog::insert_model(transaction.db(), model);
  for (const Tag& tag : joining.tags) (void)catalog::link_model_tag(transaction.db(), id, tag.id);
  return id;
}

void Promotion::stay(catalog::WriteTransaction& transaction, catalog::PendingRow record) {
  adopt_path(transaction.db(), record, path_);
  record.real_path = digested_.real_path;
  record.hash_state = HashState::Computed;
  record.sha256 = digested_.sha256;
  record.last_error.reset();
  catalog::update_pending(transaction.db(), record);
  transaction.pending_changed(record.id);
  outcome_ = Outcome::Stayed;
}

std::vector<journal::Removal> Promotion::remove_record(catalog::WriteTransaction& transaction) {
  std::vector<journal::Removal> removals;
  for (const catalog::PendingImageRow& picture : pictures_) {
    removals.push_back(preview::removal_of_original(picture));
    catalog::delete_pending_image(transaction.db(), picture.id);
  }
  transaction.pending_deleted(record_.id);
  catalog::delete_pending(transaction.db(), record_.id);
  return removals;
}

void note_failure(catalog::WriteTransaction& transaction, std::int64_t pending_id, const std::string& path,
                  const Failure& failure) {
  auto record = catalog::find_pending(transaction.db(), pending_id);
  if (!record) return;
  const catalog::PendingRow before = *record;
  adopt_path(transaction.db(), *record, path);
  record->last_error = failure;
  if (record->path == before.path && before.last_error == failure) return;
  catalog::update_pending(transaction.db(), *record);
  transaction.pending_changed(pending_id);
}

bool is_about_record(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::FileMissing:
    case ErrorCode::FileUnreadable:
    case ErrorCode::FileChanged:
    case ErrorCode::NotRegularFile:
    case ErrorCode::UnsupportedFormat:
    case ErrorCode::BadImage:
    case ErrorCode::LimitExceeded:
    case ErrorCode::InvalidArgument:
    case ErrorCode::Io:
    case ErrorCode::DecoderCrashed:
    case ErrorCode::Internal:
      return true;
    default:
      return false;
  }
}

}  // namespace modelstore::migration
