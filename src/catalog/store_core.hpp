/// What a Store and all services made from it share: the folder, the connections, the writer lock, the
/// threads. Owned by shared pointers; every function may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "base/timed_mutex.hpp"
#include "modelstore/database.hpp"
#include "modelstore/store.hpp"
#include "platform/file.hpp"
#include "platform/temporary_folder.hpp"
#include "runtime/executor.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// One transaction that changes the catalogue, under the writer lock. Made by `StoreCore::write`.
///
/// Whoever changes a record says so by `model_changed` or `pending_changed`: that feeds the list of changes
/// and the search index.
class WriteTransaction {
 public:
  explicit WriteTransaction(const sqlite::Connection& database) noexcept : database_(database) {}
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;

  [[nodiscard]] const sqlite::Connection& db() const noexcept { return database_; }

  /// The model with this internal id was created or changed; its text is read again for the search.
  void model_changed(std::int64_t model_id, const Sha256& sha256, ChangeKind kind = ChangeKind::Changed);
  void pending_changed(std::int64_t pending_id, ChangeKind kind = ChangeKind::Changed);

  /// The record is new, and this is its text for the search (see search_document): in a bulk, making it is
  /// much faster than reading the record again.
  void model_created(std::int64_t model_id, const Sha256& sha256, std::string_view text);
  void pending_created(std::int64_t pending_id, std::string_view text);

  /// The model took another digest: whoever follows the changes sees the old id go and the new one come.
  void model_rekeyed(std::int64_t model_id, const Sha256& before, const Sha256& now);

  /// The row goes: called before it is deleted, so that its text leaves the search index.
  void model_deleted(std::int64_t model_id, const Sha256& sha256);
  void pending_deleted(std::int64_t pending_id);

  /// Runs `work` within this transaction; if it throws, what it changed and noted is taken back, alone. After
  /// an error that ended the whole transaction `db().in_transaction()` is false.
  void nested(const std::function<void()>& work);

  /// Writes what was noted; called once, before the commit.
  void finish();

 private:
  struct Noted {
    ChangeKind kind;
    std::optional<Sha256> sha256;
    bool text_is_current = false;
  };
  void note(std::int64_t document, ChangeKind kind, const std::optional<Sha256>& sha256);

  const sqlite::Connection& database_;
  std::unordered_map<std::int64_t, Noted> noted_;  // by search document
  std::vector<std::int64_t> order_;
  std::vector<Sha256> former_ids_;  // of models that live on under another
};

}  // namespace modelstore::catalog

namespace modelstore::detail {

class StoreCore : public std::enable_shared_from_this<StoreCore> {
 public:
  /// A connection for reading, taken from the pool for as long as this object lives. It sees one state of
  /// the catalogue only within a transaction of its own.
  class Reader {
   public:
    Reader(StoreCore& core, sqlite::Connection connection)
        : core_(&core), connection_(std::move(connection)) {}
    Reader(Reader&& other) noexcept
        : core_(std::exchange(other.core_, nullptr)), connection_(std::move(other.connection_)) {}
    Reader& operator=(Reader&&) = delete;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();
    [[nodiscard]] const sqlite::Connection& operator*() const noexcept { return connection_; }
    [[nodiscard]] const sqlite::Connection* operator->() const noexcept { return &connection_; }

   private:
    StoreCore* core_;
    sqlite::Connection connection_;
  };

  /// Opens or makes the folder and the catalogue; recovery is up to the caller (Store).
  /// Errors: as Store::open.
  [[nodiscard]] static std::shared_ptr<StoreCore> open(const std::filesystem::path& root,
                                                       const StoreOptions& options);

  StoreCore(const StoreCore&) = delete;
  StoreCore& operator=(const StoreCore&) = delete;
  ~StoreCore();

  [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
  /// The database below the root, even if a copy of it is open.
  [[nodiscard]] std::filesystem::path catalogue_path() const;
  [[nodiscard]] const StoreOptions& options() const noexcept { return options_; }
  [[nodiscard]] runtime::Executor& executor() noexcept { return *executor_; }

  /// Whether the calling thread is one of this store's, where `close` would wait for itself.
  [[nodiscard]] bool on_own_thread() const noexcept { return executor_ && executor_->on_own_thread(); }

  /// The name of this opening of the store, by which its operations are known as live. Empty if read-only.
  [[nodiscard]] const std::string& owner() const noexcept { return owner_; }

  [[nodiscard]] const platform::Directory& root_folder() const { return *root_folder_; }
  [[nodiscard]] const platform::Directory& images() const { return *images_; }
  [[nodiscard]] const platform::Directory& pending_images() const { return *pending_images_; }
  [[nodiscard]] const platform::Directory& owners() const { return *owners_; }
  [[nodiscard]] const platform::Directory& staging() const { return *staging_; }

  /// Errors: Closed, Forked.
  void check_usable() const;
  /// As `check_usable`, and ReadOnly, Poisoned.
  void check_writable() const;

  /// Whether `close` was called: what takes long should end.
  [[nodiscard]] bool is_closing() const noexcept { return closing_; }

  /// A connection to read with. Errors: as `check_usable`, and those of SQLite.
  [[nodiscard]] Reader reader();

  /// Runs `work(WriteTransaction&)` in one durable transaction and returns its result: takes the writer
  /// lock, begins, commits, checkpoints if the log has grown, releases the lock. If `work` throws, nothing
  /// was changed. Not to be nested. Errors: as `check_writable`; Busy after `busy_timeout`; Cancelled if the
  /// calling thread's job is cancelled while it waits for the lock, Closed if the store is; those of SQLite.
  template <class Work>
  auto write(Work&& work) {
    using Result = std::invoke_result_t<Work, catalog::WriteTransaction&>;
    if constexpr (std::is_void_v<Result>) {
      write_erased([&](catalog::WriteTransaction& transaction) { work(transaction); });
    } else {
      std::optional<Result> result;
      write_erased([&](catalog::WriteTransaction& transaction) { result.emplace(work(transaction)); });
      return std::move(*result);
    }
  }

  /// Runs `work` under the writer lock without a transaction: for unlinking files that no row names. The
  /// connection is the writer's; `work` may run its own transactions on it.
  void with_writer_lock(const std::function<void(const sqlite::Connection&)>& work);

  /// Commits a transaction that such `work` has begun, as `write` does: a failure that leaves open what is on the
  /// disk poisons the store.
  void commit(const sqlite::Connection& writer);

  /// Held by whoever performs a journalled operation, from before its intent until it is done or undone: the
  /// store stays open, and its owner alive, for as long. Errors: Closed if the store is being closed.
  [[nodiscard]] std::shared_lock<std::shared_mutex> begin_operation();

  /// Remembers an operation that could be neither finished nor undone, for instance for want of space.
  void leave_operation(std::int64_t operation);
  /// What was left so far; the caller takes care of it.
  [[nodiscard]] std::vector<std::int64_t> take_left_operations();

  /// After a failed fsync or commit nothing more may be written: reopening recovers.
  void poison(std::string_view reason) noexcept;

  /// Tells the program, or the LogHold of this thread.
  void log(LogLevel level, std::string_view line) const noexcept;

  /// Refuses new work, ends what runs, closes the files. May be called again.
  void close() noexcept;

 private:
  friend class Reader;
  struct ReadOnlyCopy;
  explicit StoreCore(const StoreOptions& options);

  void open_folders(const std::filesystem::path& root);
  void make_root(const std::filesystem::path& wanted) const;
  void check_catalogue() const;
  [[nodiscard]] sqlite::Connection open_reader() const;
  void open_catalogue();
  void open_read_only_copy();
  void write_erased(const std::function<void(catalog::WriteTransaction&)>& work);
  void lock_for_writing(const std::function<void()>& work);
  void check_worth_waiting(std::chrono::steady_clock::time_point since) const;
  [[nodiscard]] bool in_child() const noexcept;

  std::filesystem::path root_;
  std::filesystem::path database_path_;  // elsewhere for a read-only copy
  std::unique_ptr<ReadOnlyCopy> copy_;   // that is open instead
  StoreOptions options_;
  std::int64_t process_;
  std::atomic<bool> closed_ = false;
  std::atomic<bool> poisoned_ = false;
  std::string owner_;

  std::optional<platform::Directory> root_folder_;
  std::optional<platform::Directory> images_;
  std::optional<platform::Directory> pending_images_;
  std::optional<platform::Directory> owners_;
  std::optional<platform::Directory> staging_;
  std::optional<platform::LockFile> owner_lock_;

  std::shared_mutex operations_mutex_;
  std::atomic<bool> closing_ = false;
  std::mutex left_mutex_;
  std::vector<std::int64_t> left_operations_;

  base::TimedMutex writer_mutex_;  // flock is taken after it, so that threads do not poll each other
  std::optional<platform::LockFile> writer_lock_;
  std::optional<sqlite::Connection> writer_;

  std::mutex readers_mutex_;
  std::vector<sqlite::Connection> idle_readers_;

  std::unique_ptr<runtime::Executor> executor_;
};

/// For as long as it lives, what its thread logs waits, and is told behind it: the program may call the store
/// from its log. Made before a lock of the store is taken. Within another one it does nothing.
class LogHold {
 public:
  explicit LogHold(const StoreCore& core) noexcept;
  LogHold(const LogHold&) = delete;
  LogHold& operator=(const LogHold&) = delete;
  ~LogHold();

 private:
  friend class StoreCore;
  struct Line {
    LogLevel level;
    std::string text;
  };
  const StoreCore& core_;
  LogHold* const outer_;
  std::vector<Line> lines_;
};

/// The core of a service, which one that was moved from has lost. Errors: Closed.
[[nodiscard]] StoreCore& core_of(const std::shared_ptr<StoreCore>& core, std::string_view service);

}  // namespace modelstore::detail
