#include "modelstore/scanner.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "base/paths.hpp"
#include "base/search_fold.hpp"
#include "catalog/index_completion.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/path_lookup.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/scan_rows.hpp"
#include "catalog/store_core.hpp"
#include "catalog/tag_rows.hpp"
#include "platform/system.hpp"
#include "scan/file_walk.hpp"

namespace modelstore {
namespace {

/// Files whose records one transaction adds: the first are listed while the walk goes on.
constexpr std::size_t kFilesInBatch = 2'000;

constexpr std::int64_t kNanosecondsInMillisecond = 1'000'000;

/// One run over some roots, on the thread of its operation.
class ScanRun {
 public:
  ScanRun(detail::StoreCore& core, const runtime::JobControl& control, const ScanOptions& options)
      : core_(core), control_(control) {
    for (const std::string& extension : options.extensions)
      extensions_.push_back(base::lower_case(extension));
  }

  ScanReport run(const std::vector<std::filesystem::path>& roots) {
    const auto start = std::chrono::steady_clock::now();
    if (roots.empty()) throw Error(ErrorCode::InvalidArgument, "a scan needs a folder");
    std::vector<std::filesystem::path> present;
    std::vector<std::filesystem::path> absent;
    for (const std::filesystem::path& root : roots) {
      const std::filesystem::path absolute = normal_folder(root);
      const auto info = platform::stat_path(absolute);
      if (info && info->kind != platform::FileKind::Directory)
        throw Error(ErrorCode::InvalidArgument, absolute.string() + " is not a folder");
      (info ? present : absent).push_back(absolute);
    }
    for (const std::filesystem::path& root : absent) {
      report_.skipped.push_back({root.string(), "no such folder"});
      mark_offline(root);
    }
    if (present.empty()) throw Error(ErrorCode::FileMissing, "no folder at " + absent.front().string());
    scan::FileWalk walk(
        extensions_, [&](scan::WalkedFile file) { found(std::move(file)); },
        [&](scan::WalkedSkip skip) { skipped(std::move(skip)); });
    for (const std::filesystem::path& root : present) walk.walk(root);
    flush();
    for (const std::filesystem::path& root : present) compare_with_catalogue(root);
    catalog::complete_indexes(core_, control_);
    report_.elapsed_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start)
            .count();
    return std::move(report_);
  }

 private:
  static std::filesystem::path normal_folder(const std::filesystem::path& root) {
    std::filesystem::path normal = std::filesystem::absolute(root).lexically_normal();
    return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
  }

  void found(scan::WalkedFile file) {
    control_.throw_if_cancelled();
    if (!seen_.insert(file.real_path).second) return;  // by another link
    ++report_.files_seen;
    batch_.push_back(std::move(file));
    control_.set_progress({static_cast<std::uint64_t>(report_.files_seen), 0, ProgressUnit::Files});
    if (batch_.size() == kFilesInBatch) flush();
  }

  void skipped(scan::WalkedSkip skip) {
    control_.throw_if_cancelled();
    if (skip.is_folder) unreadable_.push_back(skip.path + '/');
    report_.skipped.push_back({std::move(skip.path), std::move(skip.reason)});
  }

  void flush() {
    if (batch_.empty()) return;
    std::int64_t known = 0;
    std::vector<std::int64_t> added;
    core_.write([&](catalog::WriteTransaction& transaction) {
      for (const scan::WalkedFile& file : batch_) {
        if (const auto id = add_if_new(transaction, file))
          added.push_back(*id);
        else
          ++known;
      }
    });
    report_.known += known;
    report_.added += std::ssize(added);
    report_.pending_ids.insert(report_.pending_ids.end(), added.begin(), added.end());
    batch_.clear();
  }

  static std::optional<std::int64_t> add_if_new(catalog::WriteTransaction& transaction,
                                                const scan::WalkedFile& file) {
    const sqlite::Connection& db = transaction.db();
    if (catalog::find_record_by_path(db, file.path)) return std::nullopt;
    if (file.real_path != file.path && catalog::find_record_by_path(db, file.real_path)) return std::nullopt;
    catalog::PendingRow row;
    row.path = file.path;
    row.real_path = file.real_path;
    row.name = base::last_component(file.path);
    row.type = base::lower_case(file.folder);
    row.size_bytes = file.size_bytes;
    row.created_at = file.mtime_ns / kNanosecondsInMillisecond;
    const std::int64_t id = catalog::insert_pending(db, row);
    if (!row.type.empty()) catalog::link_pending_tag(db, id, catalog::resolve_tag(db, row.type));
    transaction.pending_changed(id, ChangeKind::Created);
    return id;
  }

  /// Nothing is known of files below a folder that could not be read.
  [[nodiscard]] bool below_unreadable(const std::string& path) const {
    return std::any_of(unreadable_.begin(), unreadable_.end(),
                       [&](const std::string& folder) { return path.starts_with(folder); });
  }

  void compare_with_catalogue(const std::filesystem::path& root) {
    core_.write([&](catalog::WriteTransaction& transaction) {
      catalog::register_root(transaction.db(), root.string(), platform::now_ms());
      for (const catalog::StoredPath& stored : paths_below(transaction.db(), root)) {
        const std::string real =
            stored.real_path.empty() ? catalog::real_path(stored.path) : stored.real_path;
        const bool present = seen_.contains(real) || platform::stat_path(stored.path).has_value();
        if (!present && below_unreadable(stored.path)) continue;
        if (!present) ++report_.missing;
        set_state(transaction, stored, present ? LocationState::Present : LocationState::Missing);
      }
    });
  }

  void mark_offline(const std::filesystem::path& root) {
    core_.write([&](catalog::WriteTransaction& transaction) {
      for (const catalog::StoredPath& stored : paths_below(transaction.db(), root))
        set_state(transaction, stored, LocationState::Offline);
    });
  }

  static std::vector<catalog::StoredPath> paths_below(const sqlite::Connection& database,
                                                      const std::filesystem::path& root) {
    std::vector<catalog::StoredPath> paths = catalog::paths_below(database, root.string());
    const std::string real = catalog::real_path(root);
    if (real.empty() || real == root) return paths;
    for (catalog::StoredPath& stored : catalog::paths_below(database, real)) {
      const bool known = std::any_of(paths.begin(), paths.end(), [&](const catalog::StoredPath& other) {
        return other.record == stored.record && other.location_id == stored.location_id;
      });
      if (!known) paths.push_back(std::move(stored));
    }
    return paths;
  }

  static void set_state(catalog::WriteTransaction& transaction, const catalog::StoredPath& stored,
                        LocationState state) {
    if (stored.record.pending || stored.state == state) return;
    catalog::set_location_state(transaction.db(), stored.location_id, state);
    if (const auto model = catalog::find_model(transaction.db(), stored.record.id))
      transaction.model_changed(model->id, model->sha256);
  }

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  std::vector<std::string> extensions_;
  std::vector<scan::WalkedFile> batch_;
  std::unordered_set<std::string> seen_;  // real paths
  std::vector<std::string> unreadable_;   // folders, each with a slash at its end
  ScanReport report_;
};

}  // namespace

Scanner::Scanner(const Store& store) : core_(store.core()) {}

Job<ScanReport> Scanner::scan(std::vector<std::filesystem::path> roots, ScanOptions options) const {
  core_->check_writable();
  return core_->executor().operation<ScanReport>(
      [core = core_, roots = std::move(roots), options = std::move(options)](
          const runtime::JobControl& control) { return ScanRun(*core, control, options).run(roots); });
}

}  // namespace modelstore
