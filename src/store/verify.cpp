#include <string>
#include <utility>

#include "catalog/consistency.hpp"
#include "catalog/interrupt_on_cancel.hpp"
#include "catalog/search_text.hpp"
#include "catalog/store_core.hpp"
#include "journal/recovery.hpp"
#include "modelstore/store.hpp"
#include "store/file_check.hpp"
#include "store/model_check.hpp"
#include "store/verification.hpp"

namespace modelstore {
namespace {

class Verification {
 public:
  Verification(detail::StoreCore& core, const runtime::JobControl& control, const VerifyOptions& options)
      : core_(core), control_(control), options_(options) {}

  VerifyReport run() {
    // A damaged database can stop any of the others, which is then no surprise.
    guarded([&] { check_database(); });
    guarded([&] { check_rows(); });
    guarded([&] { store::check_files(core_, control_, report_); });
    if (!core_.options().read_only) guarded([&] { check_with_writer(); });
    if (options_.deep) guarded([&] { store::check_models(core_, control_, report_); });
    return std::move(report_);
  }

 private:
  template <class Check>
  void guarded(Check check) {
    control_.throw_if_cancelled();
    try {
      check();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::Corrupt) throw;
      add(ProblemKind::DatabaseDamaged, "modelstore.db", error.what());
    }
  }

  void add(ProblemKind kind, std::string subject, std::string message) {
    report_.problems.push_back({kind, std::move(subject), std::move(message)});
  }

  void check_database() {
    const auto reader = core_.reader();
    const catalog::InterruptOnCancel interrupt(control_, *reader);
    for (std::string& line : catalog::integrity_problems(*reader))
      add(ProblemKind::DatabaseDamaged, "modelstore.db", std::move(line));
  }

  void check_rows() {
    const auto reader = core_.reader();
    const catalog::InterruptOnCancel interrupt(control_, *reader);
    const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
    report_.records_checked = catalog::count_records(*reader);
    for (std::string& line : catalog::dangling_references(*reader))
      add(ProblemKind::DanglingReference, "modelstore.db", std::move(line));
    for (catalog::LowCounter& counter : catalog::low_counters(*reader))
      add(ProblemKind::CounterTooLow, std::move(counter.subject), std::move(counter.message));
    for (const std::int64_t document : catalog::stale_documents(*reader))
      add(ProblemKind::SearchOutOfDate, catalog::document_subject(*reader, document),
          "its search text is not what its record says");
  }

  void check_with_writer() {
    for (journal::Leftover& left : journal::leftovers(core_))
      add(ProblemKind::OperationLeft, std::move(left.subject), std::move(left.message));
    bool sound = false;
    // SQLite checks the index by a statement that writes as far as its locks go, and in one piece.
    core_.with_writer_lock([&](const sqlite::Connection& database) {
      const catalog::InterruptOnCancel interrupt(control_, database);
      const sqlite::Transaction rolled_back(database, sqlite::Transaction::Kind::Deferred);
      sound = catalog::index_is_sound(database);
    });
    if (!sound)
      add(ProblemKind::SearchOutOfDate, "modelstore.db", "the search index does not hold the search texts");
  }

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  const VerifyOptions options_;
  VerifyReport report_;
};

}  // namespace

std::string_view problem_kind_name(ProblemKind kind) noexcept {
  switch (kind) {
    case ProblemKind::DatabaseDamaged:
      return "DatabaseDamaged";
    case ProblemKind::DanglingReference:
      return "DanglingReference";
    case ProblemKind::PreviewFileMissing:
      return "PreviewFileMissing";
    case ProblemKind::PreviewFileDiffers:
      return "PreviewFileDiffers";
    case ProblemKind::PendingFileMissing:
      return "PendingFileMissing";
    case ProblemKind::PendingFileDiffers:
      return "PendingFileDiffers";
    case ProblemKind::UnknownFile:
      return "UnknownFile";
    case ProblemKind::BadFileName:
      return "BadFileName";
    case ProblemKind::CounterTooLow:
      return "CounterTooLow";
    case ProblemKind::SearchOutOfDate:
      return "SearchOutOfDate";
    case ProblemKind::OperationLeft:
      return "OperationLeft";
    case ProblemKind::ModelMissing:
      return "ModelMissing";
    case ProblemKind::ModelDiffers:
      return "ModelDiffers";
  }
  return "Unknown";
}

VerifyReport store::run_verification(detail::StoreCore& core, const runtime::JobControl& control,
                                     const VerifyOptions& options) {
  return Verification(core, control, options).run();
}

Job<VerifyReport> Store::verify(const VerifyOptions& options) const {
  detail::StoreCore* core = this->core().get();
  return core->executor().operation<VerifyReport>([core, options](const runtime::JobControl& control) {
    return store::run_verification(*core, control, options);
  });
}

}  // namespace modelstore
