#include "modelstore/reactive_migrator.hpp"

#include <optional>

#include "enums.hpp"
#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "one_line.hpp"
#include "options.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

MigrateOptions migrate_options_of(const modelstore_migrate_options* options) {
  const auto given = read_options(options);
  MigrateOptions result;
  result.policy = policy_or(given.policy, result.policy);
  result.path_map = path_map_of(given.path_map, given.path_map_count);
  result.parallel = given.parallel;
  return result;
}

modelstore_sha256 write_sha256(Block&, const Sha256& sha256) {
  return to_c(sha256);
}

modelstore_migration_conflict write_conflict(Block& block, const MigrationConflict& conflict) {
  return {.pending_id = conflict.pending_id,
          .pending_path = block.text(conflict.pending_path),
          .sha256 = to_c(conflict.sha256),
          .existing_path = block.text(conflict.existing_path),
          .resolution = to_c(conflict.resolution),
          .reserved = 0};
}

modelstore_claim_mismatch write_mismatch(Block& block, const ClaimMismatch& mismatch) {
  return {.record = to_c(mismatch.record),
          .path = block.text(mismatch.path),
          .claimed = to_c(mismatch.claimed),
          .computed = to_c(mismatch.computed),
          .rekeyed = mismatch.rekeyed,
          .changed = mismatch.changed};
}

modelstore_migration_failure write_failure(Block& block, const MigrationFailure& failure) {
  return {.id = to_c(failure.id),
          .path = block.text(failure.path),
          .message = block.text(one_line(failure.error)),
          .status = to_c(failure.code),
          .reserved = 0};
}

/// An array of one, or null.
template <class T, class Write>
auto write_if(Block& block, const std::optional<T>& value, const Write& write) {
  return block.array(std::span<const T>(value ? &*value : nullptr, value ? 1 : 0), write);
}

/// Starts one of the three batches.
template <class Start>
modelstore_status start_batch(modelstore_reactive_migrator migrator,
                              const modelstore_migrate_options* options, modelstore_job* job,
                              modelstore_error** error, const Start& start) noexcept {
  return answer(error, Out(job), [&] {
    MigrateOptions given = migrate_options_of(options);
    const auto used = use<ReactiveMigratorObject>(migrator.value);
    *job = job_handle(used->scope, start(used->service, std::move(given)));
  });
}

}  // namespace

modelstore_status modelstore_reactive_migrator_create(modelstore_store store,
                                                      modelstore_reactive_migrator* migrator,
                                                      modelstore_error** error) {
  return create_service<ReactiveMigratorObject>(store, migrator, error);
}

modelstore_status modelstore_reactive_migrator_destroy(modelstore_reactive_migrator migrator,
                                                       modelstore_error** error) {
  return destroy_handle<ReactiveMigratorObject>(migrator.value, error);
}

modelstore_status modelstore_reactive_migrator_hash(modelstore_reactive_migrator migrator,
                                                    modelstore_text path,
                                                    const modelstore_migrate_hash_options* options,
                                                    modelstore_job* job, modelstore_error** error) {
  return answer(error, Out(job), [&] {
    const auto given = read_options(options);
    MigrateHashOptions hash_options;
    hash_options.migrate = given.only_hash == 0;
    hash_options.reread = given.reread != 0;
    hash_options.policy = policy_or(given.policy, hash_options.policy);
    const auto used = use<ReactiveMigratorObject>(migrator.value);
    *job = job_handle(used->scope, used->service.hash(path_of(path), hash_options));
  });
}

modelstore_status modelstore_reactive_migrator_hash_result(modelstore_job job,
                                                           modelstore_migrate_hash_result** result,
                                                           modelstore_error** error) {
  return answer(error, Out(result), [&] {
    read_result<MigrateHashResult>(job, [&](const MigrateHashResult& hashed) {
      *result = make_block<modelstore_migrate_hash_result>([&](Block& block) {
        return modelstore_migrate_hash_result{.block_size = 0,
                                              .sha256 = to_c(hashed.sha256),
                                              .size_bytes = hashed.size_bytes,
                                              .cached = hashed.cached,
                                              .migrated = hashed.migrated,
                                              .conflict = write_if(block, hashed.conflict, write_conflict),
                                              .mismatch = write_if(block, hashed.mismatch, write_mismatch)};
      });
    });
  });
}

modelstore_status modelstore_reactive_migrator_migrate(modelstore_reactive_migrator migrator,
                                                       const modelstore_record_id* ids, uint64_t ids_count,
                                                       const modelstore_migrate_options* options,
                                                       modelstore_job* job, modelstore_error** error) {
  return start_batch(migrator, options, job, error, [&](ReactiveMigrator& own, MigrateOptions given) {
    return own.migrate(record_ids_of(ids, ids_count), std::move(given));
  });
}

modelstore_status modelstore_reactive_migrator_migrate_all(modelstore_reactive_migrator migrator,
                                                           const modelstore_migrate_options* options,
                                                           modelstore_job* job, modelstore_error** error) {
  return start_batch(migrator, options, job, error, [](ReactiveMigrator& own, MigrateOptions given) {
    return own.migrate_all(std::move(given));
  });
}

modelstore_status modelstore_reactive_migrator_verify_claims(modelstore_reactive_migrator migrator,
                                                             const modelstore_migrate_options* options,
                                                             modelstore_job* job, modelstore_error** error) {
  return start_batch(migrator, options, job, error, [](ReactiveMigrator& own, MigrateOptions given) {
    return own.verify_claims(std::move(given));
  });
}

modelstore_status modelstore_reactive_migrator_migrate_result(modelstore_job job,
                                                              modelstore_migration_report** report,
                                                              modelstore_error** error) {
  return answer(error, Out(report), [&] {
    read_result<MigrationReport>(job, [&](const MigrationReport& result) {
      *report = make_block<modelstore_migration_report>([&](Block& block) {
        return modelstore_migration_report{.block_size = 0,
                                           .promoted_ids = block.array(result.promoted_ids, write_number),
                                           .promoted_ids_count = result.promoted_ids.size(),
                                           .merged_ids = block.array(result.merged_ids, write_number),
                                           .merged_ids_count = result.merged_ids.size(),
                                           .verified = block.array(result.verified, write_sha256),
                                           .verified_count = result.verified.size(),
                                           .conflicts = block.array(result.conflicts, write_conflict),
                                           .conflicts_count = result.conflicts.size(),
                                           .mismatches = block.array(result.mismatches, write_mismatch),
                                           .mismatches_count = result.mismatches.size(),
                                           .failed = block.array(result.failed, write_failure),
                                           .failed_count = result.failed.size(),
                                           .bytes_hashed = result.bytes_hashed,
                                           .elapsed_ms = result.elapsed_ms};
      });
    });
  });
}
