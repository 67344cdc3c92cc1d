#include "migration/file_migration.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catalog/migration_rows.hpp"
#include "catalog/path_lookup.hpp"
#include "hashing/file_digest.hpp"
#include "hashing/hash_memory.hpp"
#include "journal/operation.hpp"
#include "migration/claim_settlement.hpp"
#include "migration/promotion.hpp"
#include "platform/file.hpp"

namespace modelstore::migration {
namespace {

/// The record that a file belongs to, if any.
struct Target {
  std::optional<catalog::PendingRow> pending;
  std::optional<catalog::LocationRow> location;
};

Target find_target(detail::StoreCore& core, const std::vector<std::string>& forms) {
  const auto reader = core.reader();
  const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
  Target target;
  if (const auto id = catalog::find_pending_by_forms(*reader, forms)) {
    target.pending = catalog::find_pending(*reader, *id);
    // What is in the trash is not brought back by hashing its file.
    if (target.pending && target.pending->trashed) target.pending.reset();
  }
  if (!target.pending) target.location = catalog::find_location_by_forms(*reader, forms);
  return target;
}

void note(detail::StoreCore& core, const Target& target, const Error& error) {
  if (!target.pending || !is_about_record(error.code()) || core.options().read_only) return;
  core.write([&](catalog::WriteTransaction& transaction) {
    note_failure(transaction, target.pending->id, target.pending->path, {error.code(), error.what()});
  });
}

void remember(detail::StoreCore& core, const runtime::JobControl& control,
              const hashing::Digested& digested) {
  const auto memory = hashing::HashMemory::make(&core);
  memory->add(digested);
  memory->finish(control);
}

/// Promotes the record or settles the claim. Errors: as ReactiveMigrator::hash; OutOfDate.
void settle(detail::StoreCore& core, const runtime::JobControl& control, const Target& target,
            const hashing::Digested& digested, ConflictPolicy policy, MigrateHashResult& result) {
  if (target.pending) {
    Promotion promotion(core, control, target.pending->id, target.pending->path, digested, policy);
    journal::perform_one(core, promotion.draft());
    result.migrated = promotion.outcome() == Promotion::Outcome::Created ||
                      promotion.outcome() == Promotion::Outcome::Joined;
    result.conflict = promotion.conflict();
    result.mismatch = promotion.mismatch();
  } else {
    ClaimSettlement settlement(core, target.location->id, target.location->location.path, digested, policy);
    journal::perform_one(core, settlement.draft());
    result.conflict = settlement.conflict();
    result.mismatch = settlement.mismatch();
  }
}

}  // namespace

MigrateHashResult migrate_file(detail::StoreCore& core, const runtime::JobControl& control,
                               const std::filesystem::path& given, const std::filesystem::path& path,
                               const MigrateHashOptions& options) {
  std::vector<std::string> forms = catalog::path_forms(path);
  if (given != path) forms.insert(forms.begin(), given.string());
  Progress progress{0, 0, ProgressUnit::Bytes};
  hashing::Digested digested;
  try {
    if (const auto stat = platform::stat_path(path))
      progress.total = static_cast<std::uint64_t>(stat->size_bytes);
    control.set_progress(progress);
    digested =
        hashing::digest_file(&core, core.executor(), control, path, options.reread, [&](std::uint64_t bytes) {
          progress.done += bytes;
          control.set_progress(progress);
        });
  } catch (const Error& error) {
    if (options.migrate) note(core, find_target(core, forms), error);
    throw;
  }
  progress.done = progress.total = static_cast<std::uint64_t>(digested.stat.size_bytes);
  control.set_progress(progress);

  MigrateHashResult result;
  result.sha256 = digested.sha256;
  result.size_bytes = digested.stat.size_bytes;
  result.cached = digested.cached;
  for (int attempt = 1;; ++attempt) {
    const Target target = options.migrate ? find_target(core, forms) : Target{};
    if (!target.pending && !target.location) {
      remember(core, control, digested);
      return result;
    }
    try {
      settle(core, control, target, digested, options.policy, result);
      return result;
    } catch (const OutOfDate&) {
      if (attempt == kAttempts) throw;
    } catch (const Error& error) {
      if (is_about_record(error.code())) {
        remember(core, control, digested);
        note(core, target, error);
      }
      throw;
    }
  }
}

}  // namespace modelstore::migration
