/// The second half of a scan: what the catalogue says about the files below a folder is compared with what was
/// found there. The file system is looked at without the writer lock; the catalogue is changed a batch of rows at
/// a time. Used by one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/scan_rows.hpp"
#include "catalog/store_core.hpp"
#include "modelstore/scanner.hpp"
#include "platform/file.hpp"
#include "runtime/executor.hpp"

namespace modelstore::scan {

class CatalogueComparison {
 public:
  /// Counts into `report`. All outlive the object.
  CatalogueComparison(detail::StoreCore& core, const runtime::JobControl& control, ScanReport& report)
      : core_(core), control_(control), report_(report) {}

  /// Notes a file that the walk has found; false if it was noted before.
  bool add_seen(const std::string& real_path, const platform::FileStat& stat);

  /// Nothing is known of what lies below this folder, which the walk could not read.
  void add_unreadable(const std::string& folder);

  /// Stores the real path of each record below `root` that was recorded while its file could not be reached, so
  /// that the file is known by whatever path it is found.
  void find_real_paths(const std::filesystem::path& root);

  /// Remembers the root, and marks locations below it as present, missing, or no longer verified. One that cannot
  /// be looked at stays as it is.
  void compare(const std::filesystem::path& root);

  /// Marks all locations below `root`, which is not there.
  void mark_offline(const std::filesystem::path& root);

 private:
  /// A file as it stands at a stored path now.
  struct Found {
    std::string real_path;
    platform::FileStat stat;
  };
  /// What is to be written about a location.
  struct Change {
    catalog::StoredPath location;
    LocationState state = LocationState::Unknown;
    std::optional<Found> changed;  ///< the file, which is not the one that was verified
  };

  [[nodiscard]] std::vector<catalog::StoredPath> paths_below(const std::filesystem::path& root);
  [[nodiscard]] bool below_unreadable(const catalog::StoredPath& stored) const;
  /// Nothing if there is no such file. Errors: those of platform::stat_path.
  [[nodiscard]] std::optional<Found> find(const catalog::StoredPath& stored) const;
  [[nodiscard]] std::optional<Change> look_at(const sqlite::Connection& database,
                                              const catalog::StoredPath& stored);
  void write(catalog::WriteTransaction& transaction, const Change& change);

  /// Calls `work(transaction, i)` for all of `count` rows, so many in one transaction.
  void write_in_batches(std::size_t count,
                        const std::function<void(catalog::WriteTransaction&, std::size_t)>& work);

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  ScanReport& report_;
  std::unordered_map<std::string, platform::FileStat> seen_;  // by real path
  std::vector<std::string> unreadable_;                       // folders, each with a slash at its end
};

}  // namespace modelstore::scan
