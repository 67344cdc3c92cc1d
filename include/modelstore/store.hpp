/// A model store: one folder with its catalogue and its pictures.
///
/// A Store opens the folder, finishes or undoes what a crash left there, and owns the threads on which
/// all work runs. Database, ImageProcessor, FileHasher, Scanner, LegacyImporter and ReactiveMigrator
/// are constructed from it and share it. All of them, and a Store, can be moved but not copied; one that was
/// moved from fails with Closed.
///
/// Threads: a Store and the services made from it may be used from any thread at once. Processes:
/// several may open one folder; writers take turns. After `fork` a child's use of its parent's Store
/// fails with Forked.
///
/// On disk: `modelstore.db` (SQLite in WAL mode) with its `-wal` and `-shm`, `modelstore.lock`,
/// `owners/`, `images/` (published previews, whose files never change), `images/pending/` (originals of
/// pending records), `staging/`, and `quarantine/` once something was repaired. Nothing outside the folder is
/// ever written.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "modelstore/error.hpp"
#include "modelstore/job.hpp"
#include "modelstore/record_id.hpp"

namespace modelstore {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

/// The encoding of one preview tier.
struct TierOptions {
  double scale = 1.0;  ///< of the high tier's width and height; 1 for the high tier itself
  int quality = 80;    ///< WebP quality, 1 to 100
  int effort = 2;      ///< WebP effort, 0 (fast) to 6 (small)
};

/// How previews are made. The defaults were chosen by measuring size, similarity and time.
struct PreviewOptions {
  std::int64_t max_pixels = 2'000'000;  ///< of the high tier; larger pictures are scaled down to it
  TierOptions high = {1.0, 80, 2};
  TierOptions medium = {0.66, 60, 2};
  TierOptions low = {0.33, 45, 4};
  std::int64_t max_source_bytes = 256LL << 20;   ///< of a picture file; larger ones are refused
  std::int64_t max_source_pixels = 100'000'000;  ///< announced by its header, all frames together;
                                                 ///< besides, no side may be above 65,500
  bool accept_more_formats = false;  ///< also AVIF, HEIF, TIFF and JPEG XL, where libvips can read them

  /// A store keeps the file of a picture beside its tiers, as it came.
  bool keep_originals = false;

  /// Pictures are decoded by a program of their own, one process for each picture: one that brings the
  /// decoder down, or makes it take too much memory or time, costs that picture (DecoderCrashed) and not the
  /// program. A store remembers such a picture by its content; one that did so twice is not tried again.
  bool isolated = false;
  std::filesystem::path decoder = {};  ///< the program: `modelstore-decode` of this very version; empty: the
                                       ///< one that was installed with the library
  std::int64_t decoder_memory_bytes = 2LL << 30;      ///< address space that it may use; 0: no limit
  std::chrono::milliseconds decoder_timeout{60'000};  ///< for one picture, from the start of its process
};

struct StoreOptions {
  bool create = false;     ///< make a new store if the folder is absent or empty
  bool read_only = false;  ///< change nothing, not even by recovery; works in a folder without write access

  unsigned threads = 0;  ///< workers for background work, at most 1,024; 0: one for each processor. A few
                         ///< more serve interactive calls, so that those never wait for a batch

  std::chrono::milliseconds busy_timeout{5000};  ///< how long a writer waits for others before Busy;
                                                 ///< a job that is cancelled meanwhile stops waiting

  PreviewOptions previews = {};

  /// Where the callbacks of jobs run: called from any thread with a function to run on the program's own
  /// loop. Empty: they run on the library's threads, and so does one that this function throws for.
  std::function<void(std::function<void()>)> post = {};

  /// Called from any thread with one line, with no lock held: it may use the store. Empty: nothing is
  /// reported. Must not throw.
  std::function<void(LogLevel, std::string_view)> log = {};
};

/// What `Store::verify` can find. The names are part of the reports' format.
enum class ProblemKind : std::uint8_t {
  DatabaseDamaged,     ///< SQLite's integrity check reports it
  DanglingReference,   ///< a row refers to a row that does not exist
  PreviewFileMissing,  ///< a tier file that a row names is not there, or is no regular file
  PreviewFileDiffers,  ///< a tier file has another size or digest than its row says
  PendingFileMissing,
  PendingFileDiffers,
  UnknownFile,      ///< a file in the store that no row names
  BadFileName,      ///< a file in `images/` whose name is not of the documented form
  CounterTooLow,    ///< a name could be given twice
  SearchOutOfDate,  ///< the search index and the records disagree
  OperationLeft,    ///< an operation or its staged files without a live owner
  ModelMissing,     ///< (deep) no location of a model can be read
  ModelDiffers,     ///< (deep) the file at a location has another content
};

/// "PreviewFileMissing" and so on. Valid for the life of the program; never fails.
[[nodiscard]] std::string_view problem_kind_name(ProblemKind kind) noexcept;

struct Problem {
  ProblemKind kind = ProblemKind::DatabaseDamaged;
  std::string subject;  ///< the path or the id
  std::string message;  ///< one line
};

struct VerifyOptions {
  bool deep = false;  ///< also hash every model's file again
};

struct VerifyReport {
  std::vector<Problem> problems;
  std::int64_t records_checked = 0;
  std::int64_t files_checked = 0;
  std::int64_t bytes_hashed = 0;

  [[nodiscard]] bool ok() const noexcept { return problems.empty(); }
};

struct RepairOptions {
  bool dry_run = true;  ///< only say what would be done
};

/// A problem and what mends it.
struct Repair {
  Problem problem;
  std::string action;  ///< one line; empty if the library cannot mend it
  bool done = false;   ///< false in a dry run, or if it had gone by itself
};

struct RepairReport {
  std::vector<Repair> repairs;
  std::string quarantine;  ///< the folder that files were moved to, below the root; empty if none were

  /// Whether nothing is left to be done.
  [[nodiscard]] bool ok() const noexcept {
    for (const Repair& repair : repairs)
      if (!repair.done) return false;
    return true;
  }
};

namespace detail {
class StoreCore;
}

class Store {
 public:
  /// Opens the store in `root`. What a dead process left half-done is finished or undone first, and an
  /// older catalogue is brought up to date, both under the writer lock.
  /// Errors: NotAStore (no store there and `create` not set, or a folder with other content), Corrupt,
  /// SchemaTooNew, ReadOnly, Busy, NoSpace, Io, FileUnreadable, InvalidArgument, OutOfMemory (or no thread).
  [[nodiscard]] static Store open(const std::filesystem::path& root, const StoreOptions& options = {});

  /// As `close`.
  ~Store();
  Store(Store&& other) noexcept;
  Store& operator=(Store&& other) noexcept;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Cancels all jobs, waits for them, and closes the files. Services made from this store, and the
  /// store itself, then fail with Closed. Closing twice does nothing. Must not be called from a job's
  /// callback, which the closing waits for: there it only begins, goes on by itself and says so to the log.
  /// Never fails: what could not be undone is undone when the store is opened again.
  void close() noexcept;

  /// The folder, absolute and without links. Errors: Closed.
  [[nodiscard]] const std::filesystem::path& root() const;

  /// Whether it was opened with `read_only`. Errors: Closed.
  [[nodiscard]] bool read_only() const;

  /// Checks that the database, the files in the store and the search index agree, and with `deep` that
  /// models still have the content that they are known by. Changes nothing; other work may go on.
  /// Progress counts files, then bytes. Job errors: Cancelled, Busy, Io, Closed, Forked.
  [[nodiscard]] Job<VerifyReport> verify(const VerifyOptions& options = {}) const;

  /// Mends what `verify` without `deep` finds; without `dry_run = false` it only says how. Previews and
  /// pictures whose files are gone or have another content lose their rows; files that no row names are moved
  /// to `quarantine/`, and none is ever deleted; rows that refer to nothing go; counters are raised, the
  /// search index is made again, and what a dead process left is finished or undone. A damaged database is
  /// reported and left as it is: take it from a backup. The writer lock is held while anything is changed.
  /// May be cut off anywhere and run again. Progress counts files.
  /// Job errors: Cancelled, Busy, NoSpace, Io, Closed, Forked, and ReadOnly unless it is a dry run.
  [[nodiscard]] Job<RepairReport> repair(const RepairOptions& options = {}) const;

  /// Used by the services. Errors: Closed.
  [[nodiscard]] const std::shared_ptr<detail::StoreCore>& core() const;

 private:
  explicit Store(std::shared_ptr<detail::StoreCore> core) noexcept;

  std::shared_ptr<detail::StoreCore> core_;
};

}  // namespace modelstore
