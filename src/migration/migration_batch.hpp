/// A batch of promotions and of claims to settle: hashed on the workers of a store, committed in groups.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catalog/store_core.hpp"
#include "hashing/file_digest.hpp"
#include "migration/group_commit.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "runtime/executor.hpp"

namespace modelstore::migration {

/// Runs once, on an operation's thread.
class MigrationBatch {
 public:
  /// Errors: InvalidArgument (the path map).
  MigrationBatch(detail::StoreCore& core, const runtime::JobControl& control, const MigrateOptions& options);

  /// Each record once, however often it is listed. Errors: Cancelled, and those of a change to the store.
  [[nodiscard]] MigrationReport run(const std::vector<RecordId>& ids);
  [[nodiscard]] MigrationReport run_all();
  [[nodiscard]] MigrationReport run_unverified();

 private:
  /// One file to hash: of a pending record, or one location of a model.
  struct Item {
    RecordId id;
    std::int64_t location_id = 0;  ///< 0: a pending record
    std::string path;              ///< where the file is, as far as it was found
    std::int64_t size_bytes = 0;
    std::uint64_t counted = 0;  ///< of the progress
    int attempts = 0;
    std::unique_ptr<hashing::FileDigest> computing = {};  ///< while the file is read
    std::unique_ptr<hashing::Digested> digested = {};     ///< until it is remembered
  };

  void add_pending(std::int64_t id, const std::string& path);
  void add_model(const sqlite::Connection& database, const Sha256& sha256);
  [[nodiscard]] Item found(RecordId id, std::int64_t location_id, const std::string& path);
  [[nodiscard]] MigrationReport work();
  [[nodiscard]] bool work_on(std::size_t index);
  [[nodiscard]] std::optional<hashing::Digested> hash(Item& item);
  void settle(const std::vector<GroupCommit::Entry>& entries);
  void report(const Candidate& candidate);
  void fail(const RecordId& id, const std::string& path, const Error& error);
  void count(Item& item, std::uint64_t bytes);
  void end_count(Item& item);
  [[nodiscard]] unsigned width() const;

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  const MigrateOptions& options_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  std::vector<Item> items_;
  std::optional<std::uint64_t> first_device_;
  std::mutex mutex_;  // of what follows
  Progress progress_;
  MigrationReport report_;
  std::vector<std::size_t> again_;

  std::optional<GroupCommit> commits_;  // last, for its thread uses all of the above
};

}  // namespace modelstore::migration
