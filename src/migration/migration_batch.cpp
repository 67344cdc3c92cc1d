#include "migration/migration_batch.hpp"

#include <algorithm>
#include <new>
#include <numeric>
#include <set>
#include <utility>

#include "base/paths.hpp"
#include "catalog/migration_rows.hpp"
#include "hashing/file_digest.hpp"
#include "migration/claim_settlement.hpp"
#include "migration/promotion.hpp"
#include "platform/file.hpp"
#include "platform/system.hpp"

namespace modelstore::migration {
namespace {

/// Whether a failure of one item means that the others would fail alike.
bool ends_batch(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::Cancelled:
    case ErrorCode::Closed:
    case ErrorCode::Forked:
    case ErrorCode::Poisoned:
    case ErrorCode::ReadOnly:
    case ErrorCode::OutOfMemory:
    case ErrorCode::Corrupt:
      return true;
    default:
      return false;
  }
}

/// Whether another attempt may succeed.
bool is_passing(const Error& error) noexcept {
  return error.code() == ErrorCode::Busy || dynamic_cast<const OutOfDate*>(&error) != nullptr;
}

std::optional<platform::FileStat> look_at(const std::string& path) noexcept {
  try {
    return platform::stat_path(path);
  } catch (const std::exception&) {
    return std::nullopt;  // Hashing it will say why.
  }
}

}  // namespace

MigrationBatch::MigrationBatch(detail::StoreCore& core, const runtime::JobControl& control,
                               const MigrateOptions& options)
    : core_(core), control_(control), options_(options) {
  base::check_path_map(options_.path_map);
  progress_.unit = ProgressUnit::Bytes;
}

MigrationReport MigrationBatch::run(const std::vector<RecordId>& ids) {
  {
    const auto reader = core_.reader();
    std::set<RecordId> seen;
    for (const RecordId& id : ids) {
      control_.throw_if_cancelled();
      if (!seen.insert(id).second) continue;
      if (id.is_model()) {
        add_model(*reader, id.sha256());
        continue;
      }
      const auto record = catalog::find_pending(*reader, id.number());
      if (!record)
        fail(id, {}, Error(ErrorCode::NotFound, "no pending record " + std::to_string(id.number())));
      else if (record->trashed)
        fail(id, record->path, Error(ErrorCode::Conflict, id.to_string() + " is in the trash"));
      else
        add_pending(record->id, record->path);
    }
  }
  return work();
}

MigrationReport MigrationBatch::run_all() {
  for (const catalog::WaitingRecord& record : catalog::waiting_records(*core_.reader())) {
    control_.throw_if_cancelled();
    add_pending(record.id, record.path);
  }
  return work();
}

MigrationReport MigrationBatch::run_unverified() {
  {
    const auto reader = core_.reader();
    for (const Sha256& sha256 : catalog::unverified_models(*reader)) {
      control_.throw_if_cancelled();
      add_model(*reader, sha256);
    }
  }
  return work();
}

MigrationBatch::Item MigrationBatch::found(RecordId id, std::int64_t location_id, const std::string& path) {
  Item item{id, location_id, path};
  auto stat = look_at(path);
  if (!stat) {
    if (const auto mapped = map_path(options_.path_map, path)) {
      stat = look_at(*mapped);
      if (stat) item.path = *mapped;
    }
  }
  if (stat) {
    item.size_bytes = stat->size_bytes;
    if (!first_device_) first_device_ = stat->device;
  }
  return item;
}

void MigrationBatch::add_pending(std::int64_t id, const std::string& path) {
  items_.push_back(found(RecordId::pending(id), 0, path));
}

void MigrationBatch::add_model(const sqlite::Connection& database, const Sha256& sha256) {
  const auto model = catalog::find_model(database, sha256);
  if (!model) return fail(sha256, {}, Error(ErrorCode::NotFound, "no model " + sha256.hex()));
  const auto locations = catalog::locations_of(database, model->id);
  const std::string first = locations.empty() ? std::string() : locations.front().location.path;
  if (model->trashed)
    return fail(sha256, first, Error(ErrorCode::Conflict, "model " + sha256.hex() + " is in the trash"));
  bool reachable = false;
  for (const catalog::LocationRow& location : locations) {
    Item item = found(sha256, location.id, location.location.path);
    if (!look_at(item.path)) continue;
    items_.push_back(std::move(item));
    reachable = true;
  }
  if (!reachable)
    fail(sha256, first,
         Error(ErrorCode::FileMissing, "model " + sha256.hex() + " has no file that can be reached" +
                                           (first.empty() ? "" : ", such as " + first)));
}

unsigned MigrationBatch::width() const {
  if (options_.parallel != 0) return options_.parallel;
  return first_device_ && platform::is_rotational(*first_device_) ? 1 : 0;
}

MigrationReport MigrationBatch::work() {
  for (const Item& item : items_) progress_.total += static_cast<std::uint64_t>(item.size_bytes);
  control_.set_progress(progress_);
  commits_.emplace(core_, control_,
                   [this](const std::vector<GroupCommit::Entry>& entries) { settle(entries); });
  std::vector<std::size_t> round(items_.size());
  std::iota(round.begin(), round.end(), std::size_t{0});
  while (!round.empty()) {
    core_.executor().step_each(control_, round.size(), width(),
                               [&](std::size_t index) { return work_on(round[index]); });
    commits_->flush();
    round = std::exchange(again_, {});
  }
  commits_.reset();
  std::sort(report_.promoted_ids.begin(), report_.promoted_ids.end());
  std::sort(report_.merged_ids.begin(), report_.merged_ids.end());
  std::sort(report_.conflicts.begin(), report_.conflicts.end(),
            [](const auto& a, const auto& b) { return a.pending_id < b.pending_id; });
  std::sort(report_.failed.begin(), report_.failed.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  report_.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_)
          .count();
  return std::move(report_);
}

/// Nothing if the file is not read to its end yet.
std::optional<hashing::Digested> MigrationBatch::hash(Item& item) {
  if (!item.computing) {
    ++item.attempts;
    if (item.digested) return *item.digested;
    hashing::BegunDigest begun = hashing::begin_digest(&core_, core_.executor(), item.path, false);
    if (begun.remembered) return std::move(begun.remembered);
    item.computing = std::move(begun.computed);
  }
  auto digested = item.computing->advance(
      control_, nullptr, [&](std::uint64_t bytes) { count(item, bytes); },
      std::chrono::steady_clock::now() + runtime::kTurn);
  if (digested) item.computing.reset();
  return digested;
}

/// False if the item needs another turn.
bool MigrationBatch::work_on(std::size_t index) {
  Item& item = items_[index];
  try {
    const bool known = item.digested != nullptr;
    auto hashed = hash(item);
    if (!hashed) return false;
    hashing::Digested digested = *std::move(hashed);
    if (!digested.cached && !known) {
      const std::lock_guard lock(mutex_);
      report_.bytes_hashed += digested.stat.size_bytes;
    }
    end_count(item);
    item.digested = std::make_unique<hashing::Digested>(digested);
    std::unique_ptr<Candidate> candidate;
    if (item.location_id == 0)
      candidate = std::make_unique<Promotion>(core_, control_, item.id.number(), item.path,
                                              std::move(digested), options_.policy);
    else
      candidate = std::make_unique<ClaimSettlement>(core_, item.location_id, item.path, std::move(digested),
                                                    options_.policy);
    commits_->add(index, std::move(candidate));
  } catch (const Error& error) {
    if (ends_batch(error.code())) throw;
    item.computing.reset();
    end_count(item);
    commits_->add_failure(index, std::current_exception());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, "memory ran out while " + item.path + " was migrated");
  }
  return true;
}

void MigrationBatch::settle(const std::vector<GroupCommit::Entry>& entries) {
  std::vector<std::pair<Item*, std::optional<Failure>>> to_note;
  for (const GroupCommit::Entry& entry : entries) {
    Item& item = items_[entry.item];
    if (!entry.failure) {
      report(*entry.candidate);
      item.digested.reset();
      continue;
    }
    auto& note = to_note.emplace_back(&item, std::nullopt).second;
    try {
      std::rethrow_exception(entry.failure);
    } catch (const Error& error) {
      if (ends_batch(error.code())) throw;
      if (is_passing(error) && item.attempts < kAttempts) {
        const std::lock_guard lock(mutex_);
        again_.push_back(entry.item);
        // With its digest, whose keeping would have to wait as well.
        if (error.code() == ErrorCode::Busy) to_note.pop_back();
        continue;
      }
      fail(item.id, item.path, error);
      if (is_about_record(error.code())) note = Failure{error.code(), error.what()};
    } catch (const std::exception& error) {
      fail(item.id, item.path, Error(ErrorCode::Internal, error.what()));
    }
  }
  std::erase_if(to_note, [](const auto& noted) { return !noted.first->digested && !noted.second; });
  if (to_note.empty()) return;
  try {
    core_.write([&](catalog::WriteTransaction& transaction) {
      for (const auto& [item, failure] : to_note) {
        // What it cost to hash the file is not to be paid again.
        if (item->digested) hashing::remember(transaction.db(), *item->digested);
        if (failure && item->location_id == 0)
          note_failure(transaction, item->id.number(), item->path, *failure);
      }
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Busy) throw;
    core_.log(LogLevel::Warning, error.what());
  }
  for (const auto& [item, failure] : to_note) item->digested.reset();
}

void MigrationBatch::report(const Candidate& candidate) {
  if (const auto* promotion = dynamic_cast<const Promotion*>(&candidate)) {
    if (promotion->outcome() == Promotion::Outcome::Created)
      report_.promoted_ids.push_back(promotion->pending_id());
    if (promotion->outcome() == Promotion::Outcome::Joined)
      report_.merged_ids.push_back(promotion->pending_id());
    if (promotion->conflict()) report_.conflicts.push_back(*promotion->conflict());
    if (const auto mismatch = promotion->mismatch()) report_.mismatches.push_back(*mismatch);
  } else if (const auto* settlement = dynamic_cast<const ClaimSettlement*>(&candidate)) {
    if (settlement->newly_verified()) report_.verified.push_back(settlement->claimed());
    if (settlement->conflict()) report_.conflicts.push_back(*settlement->conflict());
    if (settlement->mismatch()) report_.mismatches.push_back(*settlement->mismatch());
  }
}

void MigrationBatch::fail(const RecordId& id, const std::string& path, const Error& error) {
  report_.failed.push_back({id, path, error.code(), error.what()});
}

void MigrationBatch::count(Item& item, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t counted = std::min(bytes, static_cast<std::uint64_t>(item.size_bytes) - item.counted);
  item.counted += counted;
  progress_.done += counted;
  control_.set_progress(progress_);
}

void MigrationBatch::end_count(Item& item) {
  // A remembered file, one that failed, one that shrank: all end as they were planned.
  const std::lock_guard lock(mutex_);
  const auto planned = static_cast<std::uint64_t>(item.size_bytes);
  progress_.done += planned - item.counted;
  item.counted = planned;
  control_.set_progress(progress_);
}

}  // namespace modelstore::migration
