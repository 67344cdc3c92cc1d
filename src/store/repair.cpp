#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "catalog/model_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/repair_rows.hpp"
#include "catalog/store_core.hpp"
#include "journal/operation_rows.hpp"
#include "journal/recovery.hpp"
#include "journal/settlement.hpp"
#include "modelstore/store.hpp"
#include "platform/file.hpp"
#include "platform/system.hpp"
#include "store/file_check.hpp"
#include "store/verification.hpp"

namespace modelstore {
namespace {

using catalog::WriteTransaction;
using journal::Folder;

/// Whether a problem with a file of a preview is one with its original: the tiers are as good without it.
bool is_about_original(const Problem& problem) {
  const auto file = catalog::parse_preview_file_name(problem.subject.substr(problem.subject.rfind('/') + 1));
  return file && file->original;
}

std::string_view action_for(const Problem& problem) {
  switch (problem.kind) {
    case ProblemKind::DanglingReference:
      return "remove the row, or empty the reference if it is optional";
    case ProblemKind::PreviewFileMissing:
    case ProblemKind::PreviewFileDiffers:
      if (is_about_original(problem))
        return "forget the original and move what is left of it to the quarantine";
      return "remove the preview's row and move what is left of its files to the quarantine";
    case ProblemKind::PendingFileMissing:
    case ProblemKind::PendingFileDiffers:
      return "remove the picture's row and move what is left of its file to the quarantine";
    case ProblemKind::UnknownFile:
    case ProblemKind::BadFileName:
      return "move it to the quarantine";
    case ProblemKind::CounterTooLow:
      return "raise the counter";
    case ProblemKind::SearchOutOfDate:
      return "make the search texts and the index again";
    case ProblemKind::OperationLeft:
      return "finish or undo it";
    case ProblemKind::DatabaseDamaged:
    case ProblemKind::ModelMissing:
    case ProblemKind::ModelDiffers:
      break;
  }
  return {};
}

/// A place below the root where files are that may have to go.
enum class Place : std::uint8_t { Images, PendingImages, Staging, Owners };

struct PlacedFile {
  Place place = Place::Images;
  std::string name;

  friend auto operator<=>(const PlacedFile&, const PlacedFile&) = default;
};

/// The file that a problem is about, which its subject names relative to the root.
std::optional<PlacedFile> file_of(const Problem& problem) {
  constexpr std::pair<std::string_view, Place> kFolders[] = {{"images/pending/", Place::PendingImages},
                                                             {"images/", Place::Images},
                                                             {"staging/", Place::Staging},
                                                             {"owners/", Place::Owners}};
  switch (problem.kind) {
    case ProblemKind::PreviewFileMissing:
    case ProblemKind::PreviewFileDiffers:
    case ProblemKind::PendingFileMissing:
    case ProblemKind::PendingFileDiffers:
    case ProblemKind::UnknownFile:
    case ProblemKind::BadFileName:
      for (const auto& [folder, place] : kFolders)
        if (problem.subject.starts_with(folder))
          return PlacedFile{place, problem.subject.substr(folder.size())};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// The folder that files are moved to, made when the first one comes.
class Quarantine {
 public:
  explicit Quarantine(detail::StoreCore& core) : core_(core) {}

  void take(const platform::Directory& from, Place place, const std::string& name) {
    if (!from.stat(name)) return;
    if (!folder_) {
      const platform::Directory all = core_.root_folder().subdirectory("quarantine", true);
      folder_ = all.subdirectory(platform::random_uuid(), true);
      all.sync();
      core_.root_folder().sync();
    }
    const platform::Directory target = subfolder(place);
    if (!from.move_into(name, target, name))
      throw Error(ErrorCode::AlreadyExists, (target.path() / name).string() + " exists already");
    target.sync();
    from.sync();
    folder_->sync();
  }

  /// Empty if nothing was taken.
  [[nodiscard]] std::string path() const { return folder_ ? folder_->path().string() : std::string(); }

 private:
  platform::Directory subfolder(Place place) const {
    if (place == Place::Staging) return folder_->subdirectory("staging", true);
    if (place == Place::Owners) return folder_->subdirectory("owners", true);
    platform::Directory images = folder_->subdirectory("images", true);
    return place == Place::Images ? std::move(images) : images.subdirectory("pending", true);
  }

  detail::StoreCore& core_;
  std::optional<platform::Directory> folder_;
};

class RepairRun {
 public:
  RepairRun(detail::StoreCore& core, const runtime::JobControl& control, const RepairOptions& options)
      : core_(core), control_(control), options_(options), quarantine_(core) {}

  RepairReport run() {
    if (!options_.dry_run) core_.check_writable();
    for (Problem& problem : store::run_verification(core_, control_, {}).problems) {
      Repair repair{std::move(problem), {}, false};
      repair.action = action_for(repair.problem);
      report_.repairs.push_back(std::move(repair));
    }
    if (!options_.dry_run && !report_.repairs.empty()) mend();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool found(ProblemKind kind) const {
    for (const Repair& repair : report_.repairs)
      if (repair.problem.kind == kind) return true;
    return false;
  }

  void mend() {
    if (found(ProblemKind::DatabaseDamaged)) {
      // What a damaged database says about files is no reason to move them.
      for (Repair& repair : report_.repairs) repair.action.clear();
      return;
    }
    if (found(ProblemKind::OperationLeft)) (void)journal::recover(core_);
    core_.with_writer_lock([&](const sqlite::Connection& database) {
      {
        sqlite::Transaction transaction(database, sqlite::Transaction::Kind::Immediate);
        WriteTransaction write(database);
        mend_rows(write);
        write.finish();
        transaction.commit();
      }
      // Rows first: a file goes only when nothing names it, and one that is cut off from its row by a crash
      // here is found by the next repair.
      for (const PlacedFile& file : files_) move_away(database, file);
    });
    report_.quarantine = quarantine_.path();
    for (Repair& repair : report_.repairs) repair.done = !repair.action.empty();
  }

  void mend_rows(WriteTransaction& transaction) {
    const sqlite::Connection& database = transaction.db();
    if (found(ProblemKind::OperationLeft)) journal::drop_claims_without_operation(database);
    if (found(ProblemKind::DanglingReference)) catalog::remove_dangling_rows(database);
    for (const Repair& repair : report_.repairs)
      if (const auto file = file_of(repair.problem)) note_file(transaction, *file);
    if (found(ProblemKind::CounterTooLow)) catalog::raise_counters(database);
    if (found(ProblemKind::SearchOutOfDate)) catalog::rebuild_search(database);
  }

  /// Notes that a file is to go, and removes the row that names it if the file is still not what that says.
  void note_file(WriteTransaction& transaction, const PlacedFile& file) {
    files_.insert(file);
    if (file.place == Place::Staging) return;
    const Folder folder = file.place == Place::Images ? Folder::Images : Folder::PendingImages;
    if (!store::problem_with_file(core_, transaction.db(), folder, file.name)) return;
    folder == Folder::Images ? remove_preview_row(transaction, file.name)
                             : remove_picture_row(transaction, file.name);
  }

  /// Of an original that is damaged only what names it goes.
  void remove_preview_row(WriteTransaction& transaction, const std::string& name) {
    const auto parsed = catalog::parse_preview_file_name(name);
    const auto model = parsed ? catalog::find_model(transaction.db(), parsed->model) : std::nullopt;
    if (!model) return;
    for (const catalog::ImageRow& row : catalog::images_of(transaction.db(), model->id)) {
      if (row.seq != parsed->seq) continue;
      transaction.model_changed(model->id, model->sha256);
      if (parsed->original) {
        catalog::forget_original(transaction.db(), row.id);
        continue;
      }
      catalog::delete_image(transaction.db(), row.id);
      for (catalog::NamedFacts& file : catalog::files_of(row, model->sha256, row.seq))
        files_.insert({Place::Images, std::move(file.name)});
    }
  }

  static void remove_picture_row(WriteTransaction& transaction, const std::string& name) {
    const auto parsed = catalog::parse_pending_file_name(name);
    const auto row = parsed ? catalog::find_pending_image(transaction.db(), parsed->id) : std::nullopt;
    if (!row || row->extension != parsed->extension) return;
    catalog::delete_pending_image(transaction.db(), row->id);
    transaction.pending_changed(row->pending_id);
  }

  void move_away(const sqlite::Connection& database, const PlacedFile& file) {
    if (file.place == Place::Staging) return quarantine_.take(core_.staging(), file.place, file.name);
    if (file.place == Place::Owners) return quarantine_.take(core_.owners(), file.place, file.name);
    const Folder folder = file.place == Place::Images ? Folder::Images : Folder::PendingImages;
    if (store::problem_with_file(core_, database, folder, file.name))
      quarantine_.take(journal::folder_of(core_, folder), file.place, file.name);
  }

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  const RepairOptions options_;
  Quarantine quarantine_;
  RepairReport report_;
  std::set<PlacedFile> files_;
};

}  // namespace

Job<RepairReport> Store::repair(const RepairOptions& options) const {
  detail::StoreCore* core = this->core().get();
  return core->executor().operation<RepairReport>([core, options](const runtime::JobControl& control) {
    return RepairRun(*core, control, options).run();
  });
}

}  // namespace modelstore
