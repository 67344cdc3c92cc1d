#include "modelstore/reactive_migrator.hpp"

#include <atomic>
#include <functional>
#include <utility>

#include "catalog/store_core.hpp"
#include "migration/file_migration.hpp"
#include "migration/migration_batch.hpp"
#include "runtime/executor.hpp"

namespace modelstore {

class ReactiveMigrator::Impl : public std::enable_shared_from_this<ReactiveMigrator::Impl> {
 public:
  explicit Impl(std::shared_ptr<detail::StoreCore> core) : core_(std::move(core)) {}

  [[nodiscard]] Job<MigrateHashResult> hash(std::filesystem::path path, const MigrateHashOptions& options) {
    core_->check_usable();
    // The folder that a relative path starts from may be another one by the time the job runs.
    std::error_code unknown;
    std::filesystem::path absolute = std::filesystem::absolute(path, unknown);
    if (unknown) absolute = path;
    return core_->executor().interactive<MigrateHashResult>(
        [self = shared_from_this(), given = std::move(path), path = std::move(absolute),
         options](const runtime::JobControl& control) {
          return migration::migrate_file(*self->core_, control, given, path, options);
        });
  }

  using Work = std::function<MigrationReport(migration::MigrationBatch&)>;

  [[nodiscard]] Job<MigrationReport> batch(MigrateOptions options, Work work) {
    core_->check_usable();
    // Freed by the end of the work, or with a job that was cancelled before it began.
    const auto turn = std::make_shared<Turn>(shared_from_this());
    return core_->executor().operation<MigrationReport>(
        [turn, options = std::move(options), work = std::move(work)](const runtime::JobControl& control) {
          struct End {
            Turn& turn;
            ~End() { turn.end(); }
          };
          const End end{*turn};
          if (!turn->taken()) throw Error(ErrorCode::Busy, "this migrator is running a batch already");
          detail::StoreCore& core = *turn->impl().core_;
          core.check_writable();
          migration::MigrationBatch batch(core, control, options);
          return work(batch);
        });
  }

 private:
  /// The right to run a batch.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<Impl> impl)
        : impl_(std::move(impl)), taken_(!impl_->running_.exchange(true)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { end(); }
    [[nodiscard]] bool taken() const noexcept { return taken_; }
    [[nodiscard]] Impl& impl() const noexcept { return *impl_; }
    void end() noexcept {
      if (taken_.exchange(false)) impl_->running_ = false;
    }

   private:
    std::shared_ptr<Impl> impl_;
    std::atomic<bool> taken_;
  };

  std::shared_ptr<detail::StoreCore> core_;
  std::atomic<bool> running_ = false;
};

ReactiveMigrator::ReactiveMigrator(const Store& store) : impl_(std::make_shared<Impl>(store.core())) {}
ReactiveMigrator::~ReactiveMigrator() = default;
ReactiveMigrator::ReactiveMigrator(ReactiveMigrator&&) noexcept = default;
ReactiveMigrator& ReactiveMigrator::operator=(ReactiveMigrator&&) noexcept = default;

ReactiveMigrator::Impl& ReactiveMigrator::impl() const {
  if (!impl_) throw Error(ErrorCode::Closed, "the migrator was moved from");
  return *impl_;
}

Job<MigrateHashResult> ReactiveMigrator::hash(std::filesystem::path path, const MigrateHashOptions& options) {
  return impl().hash(std::move(path), options);
}

Job<MigrationReport> ReactiveMigrator::migrate(std::vector<RecordId> ids, MigrateOptions options) {
  return impl().batch(std::move(options),
                      [ids = std::move(ids)](migration::MigrationBatch& batch) { return batch.run(ids); });
}

Job<MigrationReport> ReactiveMigrator::migrate_all(MigrateOptions options) {
  return impl().batch(std::move(options), [](migration::MigrationBatch& batch) { return batch.run_all(); });
}

Job<MigrationReport> ReactiveMigrator::verify_claims(MigrateOptions options) {
  return impl().batch(std::move(options),
                      [](migration::MigrationBatch& batch) { return batch.run_unverified(); });
}

}  // namespace modelstore
