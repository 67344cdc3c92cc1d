/// What handles stand for.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "callbacks.hpp"
#include "handle_table.hpp"
#include "modelstore/modelstore.hpp"
#include "status.hpp"

namespace modelstore::capi {

struct StoreObject final : Object {
  static constexpr Kind kKind = Kind::Store;
  StoreObject(std::shared_ptr<CallbackScope> callbacks, Store opened) noexcept
      : scope(std::move(callbacks)), store(std::move(opened)) {}

  std::shared_ptr<CallbackScope> scope;
  Store store;
};

/// A service of a store; its jobs' callbacks end with the store.
template <class Service, Kind Number>
struct ServiceObject final : Object {
  static constexpr Kind kKind = Number;
  explicit ServiceObject(const StoreObject& owner) : scope(owner.scope), service(owner.store) {}

  std::shared_ptr<CallbackScope> scope;
  Service service;
};

using DatabaseObject = ServiceObject<Database, Kind::Database>;
using ImageProcessorObject = ServiceObject<ImageProcessor, Kind::ImageProcessor>;
using ScannerObject = ServiceObject<Scanner, Kind::Scanner>;
using LegacyImporterObject = ServiceObject<LegacyImporter, Kind::LegacyImporter>;
using ReactiveMigratorObject = ServiceObject<ReactiveMigrator, Kind::ReactiveMigrator>;

/// A hasher of a store, or one of its own, which ends in the call that destroys it and not with its last use.
class FileHasherObject final : public Object {
 public:
  static constexpr Kind kKind = Kind::FileHasher;
  explicit FileHasherObject(const StoreObject& owner)
      : scope(owner.scope), alone(false), hasher_(std::in_place, owner.store) {}
  explicit FileHasherObject(unsigned threads)
      : scope(std::make_shared<CallbackScope>()), alone(true), hasher_(std::in_place, threads) {}

  /// Errors: Closed.
  template <class Work>
  auto with_hasher(const Work& work) const {
    const std::shared_lock lock(mutex_);
    if (!hasher_) throw Error(ErrorCode::Closed, "the hasher was destroyed");
    return work(*hasher_);
  }

  /// Cancels the jobs of a hasher of its own, and waits for them and for their callbacks.
  void close() {
    std::unique_lock lock(mutex_);
    std::optional<FileHasher> last = std::move(hasher_);
    hasher_.reset();
    lock.unlock();  // callbacks may still ask for it
    last.reset();
    scope->close();
  }

  const std::shared_ptr<CallbackScope> scope;
  const bool alone;

 private:
  mutable std::shared_mutex mutex_;
  std::optional<FileHasher> hasher_;
};

using AnyJob =
    std::variant<Job<VerifyReport>, Job<RepairReport>, Job<std::int64_t>, Job<FileHash>, Job<HashBatch>,
                 Job<ScanReport>, Job<ImportReport>, Job<MigrateHashResult>, Job<MigrationReport>>;

struct JobObject final : Object {
  static constexpr Kind kKind = Kind::Job;
  JobObject(std::shared_ptr<CallbackScope> callbacks, AnyJob any) noexcept
      : scope(std::move(callbacks)), job(std::move(any)) {}

  std::shared_ptr<CallbackScope> scope;
  AnyJob job;
};

/// Errors: InvalidArgument, Closed (the handle was destroyed), Forked.
template <class T>
[[nodiscard]] Used<T> use_any(std::uint64_t handle) {
  return Used<T>(table::begin_use(handle, T::kKind));
}

/// As `use_any`, and Closed if its store was destroyed.
template <class T>
[[nodiscard]] Used<T> use(std::uint64_t handle) {
  Used<T> used = use_any<T>(handle);
  if (used->scope->closed()) throw Error(ErrorCode::Closed, "the store was destroyed");
  return used;
}

template <class T, class... Arguments>
[[nodiscard]] std::uint64_t make_handle(Arguments&&... arguments) {
  return table::add(T::kKind, std::make_unique<T>(std::forward<Arguments>(arguments)...));
}

/// Destroying no handle does nothing.
template <class T>
modelstore_status destroy_handle(std::uint64_t handle, modelstore_error** error) noexcept {
  return answer(error, [&] {
    if (handle != 0) const Used<T> last(table::retire(handle, T::kKind));
  });
}

/// A handle to a service of `store`.
template <class T, class Handle>
modelstore_status create_service(modelstore_store store, Handle* handle, modelstore_error** error) noexcept {
  return answer(error, Out(handle), [&] { handle->value = make_handle<T>(*use<StoreObject>(store.value)); });
}

/// A handle to a job that was started.
template <class T>
[[nodiscard]] modelstore_job job_handle(const std::shared_ptr<CallbackScope>& scope, const Job<T>& job) {
  try {
    return {make_handle<JobObject>(scope, job)};
  } catch (...) {
    job.cancel();
    throw;
  }
}

/// Waits for a job's result and hands it to `read`. Errors: InvalidArgument (another kind of job), and what
/// the job failed with.
template <class T, class Read>
void read_result(modelstore_job handle, const Read& read) {
  const auto used = use_any<JobObject>(handle.value);
  const auto* const job = std::get_if<Job<T>>(&used->job);
  if (!job) refuse("the job is of another kind");
  read(job->result());
}

}  // namespace modelstore::capi
