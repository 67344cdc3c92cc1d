#include "modelstore/scanner.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/paths.hpp"
#include "base/search_fold.hpp"
#include "base/utf8.hpp"
#include "catalog/index_completion.hpp"
#include "catalog/path_lookup.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/scan_rows.hpp"
#include "catalog/store_core.hpp"
#include "catalog/tag_rows.hpp"
#include "catalog/text_limits.hpp"
#include "platform/errors.hpp"
#include "platform/system.hpp"
#include "scan/catalogue_comparison.hpp"
#include "scan/file_walk.hpp"
#include "scan/known_content.hpp"

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
    for (const std::filesystem::path& root : roots) base::check_path(root, "a folder to scan");
    const std::vector<std::filesystem::path> present = present_roots(roots);
    for (const std::filesystem::path& root : present) comparison_.find_real_paths(root);
    scan::FileWalk walk(
        extensions_, [&](scan::WalkedFile file) { found(std::move(file)); },
        [&](scan::WalkedSkip skip) { skipped(std::move(skip)); },
        [&](const scan::WalkedGap& gap) { unreadable(gap); });
    for (const std::filesystem::path& root : present) walk.walk(root);
    flush();
    for (const std::filesystem::path& root : present) comparison_.compare(root);
    catalog::complete_indexes(core_, control_);
    report_.elapsed_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start)
            .count();
    return std::move(report_);
  }

 private:
  static std::filesystem::path normal_folder(const std::filesystem::path& root) {
    std::error_code error;
    std::filesystem::path normal = std::filesystem::absolute(root, error).lexically_normal();
    if (error) platform::throw_errno(error.value(), platform::Intent::Read, "find", root.native());
    return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
  }

  /// Sorts out the roots that are not there, or that cannot be looked at.
  std::vector<std::filesystem::path> present_roots(const std::vector<std::filesystem::path>& roots) {
    std::vector<std::filesystem::path> present;
    std::optional<Error> failure;
    for (const std::filesystem::path& root : roots) {
      const std::filesystem::path absolute = normal_folder(root);
      try {
        const auto info = platform::stat_path(absolute);
        if (!info) throw Error(ErrorCode::FileMissing, "no folder at " + absolute.string());
        if (info->kind == platform::FileKind::Directory) {
          present.push_back(absolute);
          continue;
        }
      } catch (const Error& error) {
        if (!failure) failure = error;
        const bool absent = error.code() == ErrorCode::FileMissing;
        skipped({absolute.string(), absent ? "no such folder" : error.what()});
        if (absent) comparison_.mark_offline(absolute);
        continue;
      }
      throw Error(ErrorCode::InvalidArgument, absolute.string() + " is not a folder");
    }
    if (present.empty()) throw Error(*failure);
    return present;
  }

  void found(scan::WalkedFile file) {
    control_.throw_if_cancelled();
    if (!comparison_.add_seen(file.real_path, file.stat)) return;  // by another link
    ++report_.files_seen;
    batch_.push_back(std::move(file));
    control_.set_progress({static_cast<std::uint64_t>(report_.files_seen), 0, ProgressUnit::Files});
    if (batch_.size() == kFilesInBatch) flush();
  }

  void skipped(scan::WalkedSkip skip) {
    control_.throw_if_cancelled();
    report_.skipped.push_back({std::move(skip.path), std::move(skip.reason)});
  }

  void unreadable(const scan::WalkedGap& gap) {
    skipped({base::printable(gap.path, catalog::kMaxPath), gap.reason});
    comparison_.add_unreadable(gap.path);
    comparison_.add_unreadable(gap.real_path);
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

  /// Where a model only misses its content, another file is new.
  static bool is_known(const sqlite::Connection& database, const scan::WalkedFile& file) {
    if (catalog::is_path_of_other(database, file.path, true, 0)) return true;
    if (file.real_path != file.path && catalog::is_path_of_other(database, file.real_path, true, 0))
      return true;
    const auto missing = catalog::missing_locations(database, file.path, file.real_path);
    return std::any_of(missing.begin(), missing.end(), [&](const catalog::StoredPath& location) {
      return scan::has_come_back(database, location, file.real_path, file.stat);
    });
  }

  static std::optional<std::int64_t> add_if_new(catalog::WriteTransaction& transaction,
                                                const scan::WalkedFile& file) {
    const sqlite::Connection& db = transaction.db();
    if (is_known(db, file)) return std::nullopt;
    catalog::PendingRow row;
    row.path = file.path;
    row.real_path = file.real_path;
    row.name = base::last_component(file.path);
    row.type = base::lower_case(file.folder);
    row.size_bytes = file.stat.size_bytes;
    row.created_at = file.stat.mtime_ns / kNanosecondsInMillisecond;
    const std::int64_t id = catalog::insert_pending(db, row);
    if (!row.type.empty()) catalog::link_pending_tag(db, id, catalog::resolve_tag(db, row.type));
    transaction.pending_changed(id, ChangeKind::Created);
    return id;
  }

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  std::vector<std::string> extensions_;
  std::vector<scan::WalkedFile> batch_;
  ScanReport report_;
  scan::CatalogueComparison comparison_{core_, control_, report_};
};

}  // namespace

Scanner::Scanner(const Store& store) : core_(store.core()) {}

detail::StoreCore& Scanner::core() const {
  return detail::core_of(core_, "scanner");
}

Job<ScanReport> Scanner::scan(std::vector<std::filesystem::path> roots, ScanOptions options) const {
  core().check_writable();
  return core().executor().operation<ScanReport>(
      [core = core_, roots = std::move(roots), options = std::move(options)](
          const runtime::JobControl& control) { return ScanRun(*core, control, options).run(roots); });
}

}  // namespace modelstore
