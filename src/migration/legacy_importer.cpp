#include "modelstore/legacy_importer.hpp"

#include <atomic>
#include <exception>
#include <utility>

#include "catalog/index_completion.hpp"
#include "catalog/store_core.hpp"
#include "migration/import_run.hpp"
#include "modelstore/error.hpp"

namespace modelstore {

class LegacyImporter::Impl {
 public:
  explicit Impl(std::shared_ptr<detail::StoreCore> core) : core_(std::move(core)) {}

  [[nodiscard]] detail::StoreCore& core() const noexcept { return *core_; }

  ImportReport import(const LegacyImportOptions& options, const runtime::JobControl& control) {
    if (running_.exchange(true)) throw Error(ErrorCode::Busy, "this importer is running already");
    struct End {
      std::atomic<bool>& running;
      ~End() { running = false; }
    };
    const End end{running_};
    try {
      return migration::ImportRun(*core_, options, control).run();
    } catch (...) {
      complete_indexes_later();
      throw;
    }
  }

 private:
  /// What an import that ended early has put off.
  void complete_indexes_later() const noexcept {
    try {
      catalog::complete_indexes_later(core_);
    } catch (const std::exception&) {  // The store is being closed: the next opening does it.
    }
  }

  std::shared_ptr<detail::StoreCore> core_;
  std::atomic<bool> running_ = false;
};

LegacyImporter::LegacyImporter(const Store& store) : impl_(std::make_shared<Impl>(store.core())) {}
LegacyImporter::~LegacyImporter() = default;
LegacyImporter::LegacyImporter(LegacyImporter&&) noexcept = default;
LegacyImporter& LegacyImporter::operator=(LegacyImporter&&) noexcept = default;

Job<ImportReport> LegacyImporter::import(LegacyImportOptions options) {
  if (!impl_) throw Error(ErrorCode::Closed, "the importer was moved from");
  impl_->core().check_usable();
  return impl_->core().executor().operation<ImportReport>(
      [impl = impl_, options = std::move(options)](const runtime::JobControl& control) {
        return impl->import(options, control);
      });
}

}  // namespace modelstore
