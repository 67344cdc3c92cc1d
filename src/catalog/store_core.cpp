#include "catalog/store_core.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "base/paths.hpp"
#include "catalog/change_list.hpp"
#include "catalog/schema.hpp"
#include "catalog/search_text.hpp"
#include "platform/errors.hpp"
#include "platform/system.hpp"
#include "platform/temporary_folder.hpp"
#include "sqlite/private_copy.hpp"

namespace modelstore {
namespace {

constexpr const char* kDatabaseName = "modelstore.db";
constexpr const char* kLockName = "modelstore.lock";

/// Pages in the write-ahead log from which a commit is followed by a checkpoint: SQLite's own default.
constexpr int kCheckpointPages = 1000;

/// Documents that a commit adds to the search index itself; what a bulk leaves is added in the background.
constexpr std::int64_t kIndexAtOnce = 64;

/// As long as any timeout needs to be.
constexpr std::chrono::milliseconds kForEver = std::chrono::hours(24 * 365);

/// The innermost one of this thread.
thread_local detail::LogHold* log_hold = nullptr;

constexpr std::int64_t kChangesKept = 1'000'000;
/// Idle connections that are kept for the next reader.
constexpr std::size_t kIdleReaders = 8;

std::filesystem::path real_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::path real = std::filesystem::canonical(folder, error);
  if (error) platform::throw_errno(error.value(), platform::Intent::Read, "look at", folder.native());
  return real;
}

bool belongs_to_store(const std::string& name) {
  return name == kLockName || name == "owners" || name == "images" || name == "staging" ||
         name == "quarantine" || name.starts_with(kDatabaseName);
}

}  // namespace

namespace catalog {

void WriteTransaction::note(std::int64_t document, ChangeKind kind, const std::optional<Sha256>& sha256) {
  const auto [found, added] = noted_.try_emplace(document, Noted{kind, sha256, false});
  if (added)
    order_.push_back(document);
  else if (kind == ChangeKind::Deleted || found->second.kind != ChangeKind::Created)
    found->second.kind = kind;
  found->second.sha256 = sha256;
  found->second.text_is_current = false;
}

void WriteTransaction::model_created(std::int64_t model_id, const Sha256& sha256, std::string_view text) {
  note(model_document(model_id), ChangeKind::Created, sha256);
  add_document(database_, model_document(model_id), text);
  noted_.at(model_document(model_id)).text_is_current = true;
}

void WriteTransaction::pending_created(std::int64_t pending_id, std::string_view text) {
  note(pending_document(pending_id), ChangeKind::Created, std::nullopt);
  add_document(database_, pending_document(pending_id), text);
  noted_.at(pending_document(pending_id)).text_is_current = true;
}

void WriteTransaction::model_changed(std::int64_t model_id, const Sha256& sha256, ChangeKind kind) {
  note(model_document(model_id), kind, sha256);
}

void WriteTransaction::pending_changed(std::int64_t pending_id, ChangeKind kind) {
  note(pending_document(pending_id), kind, std::nullopt);
}

void WriteTransaction::model_rekeyed(std::int64_t model_id, const Sha256& before, const Sha256& now) {
  former_ids_.push_back(before);
  note(model_document(model_id), ChangeKind::Created, now);
}

void WriteTransaction::model_deleted(std::int64_t model_id, const Sha256& sha256) {
  remove_document(database_, model_document(model_id));
  note(model_document(model_id), ChangeKind::Deleted, sha256);
}

void WriteTransaction::pending_deleted(std::int64_t pending_id) {
  remove_document(database_, pending_document(pending_id));
  note(pending_document(pending_id), ChangeKind::Deleted, std::nullopt);
}

void WriteTransaction::nested(const std::function<void()>& work) {
  std::unordered_map<std::int64_t, Noted> noted_before = std::exchange(noted_, {});
  std::vector<std::int64_t> order_before = std::exchange(order_, {});
  const std::size_t former_ids_before = former_ids_.size();
  database_.execute("SAVEPOINT nested");
  try {
    work();
    database_.execute("RELEASE nested");
  } catch (...) {
    noted_ = std::move(noted_before);
    order_ = std::move(order_before);
    former_ids_.resize(former_ids_before);
    // A full disk may have ended the whole transaction, and the savepoint with it.
    if (database_.in_transaction()) database_.execute("ROLLBACK TO nested; RELEASE nested");
    throw;
  }
  noted_before.swap(noted_);
  order_before.swap(order_);
  for (const std::int64_t document : order_before) {
    const Noted& noted = noted_before.at(document);
    note(document, noted.kind, noted.sha256);
  }
}

void WriteTransaction::finish() {
  std::int64_t revision =
      database_.integer("SELECT value FROM store_state WHERE key = 'revision'").value_or(0);
  ++revision;
  std::int64_t number = 0;
  sqlite::Statement insert =
      database_.statement("INSERT INTO changes(id, kind, sha256, pending_id) VALUES (?, ?, ?, ?)");
  const auto write = [&](ChangeKind kind, const std::optional<Sha256>& sha256,
                         std::optional<std::int64_t> pending) {
    if (number == kChangesInRevision) {
      ++revision;
      number = 0;
    }
    insert.bind(revision * kChangesInRevision + number++, static_cast<int>(kind), sha256, pending).run();
  };
  for (const Sha256& former : former_ids_) write(ChangeKind::Deleted, former, std::nullopt);
  for (const std::int64_t document : order_) {
    const Noted& noted = noted_.at(document);
    if (noted.kind != ChangeKind::Deleted && !noted.text_is_current) refresh_document(database_, document);
    write(noted.kind, noted.sha256, noted.sha256 ? std::nullopt : std::optional<std::int64_t>(document / 2));
  }
  database_.run("UPDATE store_state SET value = ? WHERE key = 'revision'", revision);
  const auto kept = static_cast<std::int64_t>(order_.size());
  if (kept > 0 && kept <= kIndexAtOnce) (void)index_documents(database_, kIndexAtOnce);
  if (revision % 256 != 0 && kept < kIndexAtOnce) return;
  const auto oldest =
      database_.integer("SELECT id FROM changes ORDER BY id DESC LIMIT 1 OFFSET ?", kChangesKept);
  if (!oldest) return;
  database_.run("DELETE FROM changes WHERE id <= ?", *oldest);
  database_.run("UPDATE store_state SET value = ? WHERE key = 'oldest_change'", *oldest / kChangesInRevision);
}

}  // namespace catalog

namespace detail {

StoreCore::Reader::~Reader() {
  if (core_ == nullptr || core_->closed_ || core_->in_child()) return;
  try {
    const std::lock_guard lock(core_->readers_mutex_);
    if (core_->idle_readers_.size() < kIdleReaders) core_->idle_readers_.push_back(std::move(connection_));
  } catch (...) {  // Not kept: the connection closes.
  }
}

/// A copy of the catalogue in a folder of its own.
struct StoreCore::ReadOnlyCopy {
  platform::TemporaryFolder folder;
  sqlite::PrivateCopy database;

  explicit ReadOnlyCopy(const std::filesystem::path& source) : database(source, folder.path(), [] {}) {}
};

StoreCore::StoreCore(const StoreOptions& options) : options_(options), process_(platform::process_id()) {}

StoreCore::~StoreCore() {
  close();
}

std::shared_ptr<StoreCore> StoreCore::open(const std::filesystem::path& root, const StoreOptions& options) {
  std::shared_ptr<StoreCore> core(new StoreCore(options));
  core->open_folders(root);
  core->executor_ = std::make_unique<runtime::Executor>(options.threads, options.post);
  core->open_catalogue();
  return core;
}

void StoreCore::open_folders(const std::filesystem::path& root) {
  base::check_path(root, "a store");
  std::error_code error;
  const std::filesystem::path wanted = std::filesystem::absolute(root, error);
  if (error) platform::throw_errno(error.value(), platform::Intent::Read, "find", root.native());
  const auto status = std::filesystem::status(wanted, error);
  if (status.type() == std::filesystem::file_type::none)
    throw Error(ErrorCode::FileUnreadable, "cannot look at " + wanted.string() + ": " + error.message());
  const bool there = std::filesystem::exists(status);
  if (there && !std::filesystem::is_directory(status))
    throw Error(ErrorCode::NotAStore, wanted.string() + " is not a folder");
  const bool has_catalogue = there && std::filesystem::exists(wanted / kDatabaseName, error);
  if (!has_catalogue) {
    if (!options_.create || options_.read_only)
      throw Error(ErrorCode::NotAStore, wanted.string() + " holds no model store");
    make_root(wanted);
    for (const auto& entry : platform::Directory::open(real_folder(wanted)).entries())
      if (!belongs_to_store(entry.name))
        throw Error(ErrorCode::NotAStore,
                    wanted.string() + " holds no model store but other files, such as " + entry.name);
  }
  root_ = real_folder(wanted);
  database_path_ = root_ / kDatabaseName;
  if (has_catalogue) check_catalogue();
  root_folder_ = platform::Directory::open(root_);
  const bool create = !options_.read_only;
  images_ = root_folder_->subdirectory("images", create);
  pending_images_ = images_->subdirectory("pending", create);
  if (!create) return;
  owners_ = root_folder_->subdirectory("owners", true);
  staging_ = root_folder_->subdirectory("staging", true);
  writer_lock_ = platform::LockFile::open(root_ / kLockName);
  owner_ = platform::random_uuid();
}

void StoreCore::make_root(const std::filesystem::path& wanted) const {
  std::vector<std::filesystem::path> made;
  std::error_code error;
  for (std::filesystem::path folder = wanted;
       !std::filesystem::exists(folder, error) && folder.has_relative_path(); folder = folder.parent_path())
    made.push_back(folder);
  std::filesystem::create_directories(wanted, error);
  if (error)
    throw Error(error == std::errc::no_space_on_device ? ErrorCode::NoSpace : ErrorCode::ReadOnly,
                "cannot make the folder " + wanted.string() + ": " + error.message());
  // Or a power failure could take the folder, with everything that was acknowledged in it.
  for (const std::filesystem::path& folder : made) {
    const std::filesystem::path parent = std::filesystem::canonical(folder.parent_path(), error);
    if (!error) platform::Directory::open(parent).sync();
  }
}

/// Before anything is made beside it: the database may be another program's.
void StoreCore::check_catalogue() const {
  try {
    (void)catalog::schema_state(open_reader(), database_path_.string());
  } catch (const Error& error) {
    // In a folder that is not writable it may have to be copied first.
    if (error.code() != ErrorCode::FileUnreadable && error.code() != ErrorCode::ReadOnly) throw;
  }
}

void StoreCore::open_catalogue() {
  if (options_.read_only) {
    try {
      idle_readers_.push_back(open_reader());
      if (catalog::schema_state(idle_readers_.front(), database_path_.string()) !=
          catalog::SchemaState::Current)
        throw Error(ErrorCode::ReadOnly,
                    database_path_.string() + " has to be brought up to date by opening it for writing");
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::FileUnreadable && error.code() != ErrorCode::ReadOnly) throw;
      idle_readers_.clear();
    }
    return open_read_only_copy();
  }
  lock_for_writing([&] {
    // Under the lock, so that nobody takes the operations of this owner for those of a dead one.
    owner_lock_ = platform::LockFile::open(owners_->path() / (owner_ + ".lock"));
    if (!owner_lock_->try_lock()) throw Error(ErrorCode::Internal, "the lock of a new owner is taken");
    writer_ = sqlite::Connection::open(database_path_, sqlite::OpenMode::Create);
    writer_->set_busy_timeout(options_.busy_timeout);
    const auto state = catalog::schema_state(*writer_, database_path_.string());
    writer_->execute("PRAGMA journal_mode = WAL");
    writer_->execute("PRAGMA synchronous = FULL");
    writer_->execute("PRAGMA cache_size = -65536");
    writer_->keep_wal_file();
    if (state == catalog::SchemaState::Current) return;
    // A catalogue never stands in a folder whose subfolders could vanish by a power failure.
    images_->sync();
    root_folder_->sync();
    sqlite::Transaction transaction(*writer_, sqlite::Transaction::Kind::Immediate);
    catalog::migrate_schema(*writer_);
    transaction.commit();
    (void)writer_->checkpoint();
    root_folder_->sync();
  });
}

void StoreCore::open_read_only_copy() {
  // Without a `-shm` file, and without the right to make one, SQLite cannot read a log in place.
  copy_ = std::make_unique<ReadOnlyCopy>(database_path_);
  database_path_ = copy_->database.path();
  const sqlite::Connection probe = sqlite::Connection::open(database_path_, sqlite::OpenMode::ReadWrite);
  if (catalog::schema_state(probe, root_.string()) != catalog::SchemaState::Current)
    throw Error(ErrorCode::ReadOnly,
                root_.string() + " has to be brought up to date by opening it for writing");
}

std::filesystem::path StoreCore::catalogue_path() const {
  return root_ / kDatabaseName;
}

bool StoreCore::in_child() const noexcept {
  return platform::process_id() != process_;
}

void StoreCore::check_usable() const {
  if (in_child())
    throw Error(ErrorCode::Forked,
                "the store " + root_.string() + " was opened by the parent of this process");
  if (closed_) throw Error(ErrorCode::Closed, "the store " + root_.string() + " was closed");
}

void StoreCore::check_writable() const {
  check_usable();
  if (options_.read_only)
    throw Error(ErrorCode::ReadOnly, "the store " + root_.string() + " was opened for reading only");
  if (poisoned_)
    throw Error(ErrorCode::Poisoned,
                "an earlier write to " + root_.string() + " failed: open the store again");
}

StoreCore::Reader StoreCore::reader() {
  check_usable();
  {
    const std::lock_guard lock(readers_mutex_);
    if (!idle_readers_.empty()) {
      Reader reader(*this, std::move(idle_readers_.back()));
      idle_readers_.pop_back();
      return reader;
    }
  }
  return {*this, open_reader()};
}

sqlite::Connection StoreCore::open_reader() const {
  sqlite::Connection connection = sqlite::Connection::open(database_path_, sqlite::OpenMode::ReadOnly);
  connection.set_busy_timeout(options_.busy_timeout);
  return connection;
}

void StoreCore::lock_for_writing(const std::function<void()>& work) {
  const LogHold hold(*this);
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kLongestNap{20};
  const auto start = Clock::now();
  // Bounded, so that "for ever" does not overflow the clock.
  const auto deadline = start + std::min(options_.busy_timeout, kForEver);
  std::unique_lock in_process(writer_mutex_, std::defer_lock);
  while (!in_process.try_lock_until(std::min(deadline, Clock::now() + kLongestNap)) &&
         Clock::now() < deadline)
    check_worth_waiting(start);
  std::chrono::milliseconds nap{1};
  bool locked = in_process.owns_lock();
  if (locked) check_usable();  // It may have been closed while this thread waited.
  while (locked && !writer_lock_->try_lock()) {
    check_worth_waiting(start);
    if (Clock::now() >= deadline) {
      locked = false;
      break;
    }
    std::this_thread::sleep_for(nap);
    nap = std::min(nap * 2, kLongestNap);
  }
  if (!locked)
    throw Error(ErrorCode::Busy, "another writer has kept " + root_.string() + " locked for " +
                                     std::to_string(options_.busy_timeout.count()) + " ms");
  struct Unlock {
    platform::LockFile& lock;
    ~Unlock() { lock.unlock(); }
  };
  const Unlock unlock{*writer_lock_};
  work();
}

/// What a cancelled job has begun is undone in a transaction, for which others that are at work are worth a
/// little patience.
void StoreCore::check_worth_waiting(std::chrono::steady_clock::time_point since) const {
  constexpr std::chrono::milliseconds kPatience{50};
  if (std::chrono::steady_clock::now() - since < kPatience) return;
  if (runtime::current_job_cancelled())
    throw Error(ErrorCode::Cancelled,
                "the job was cancelled while another writer kept " + root_.string() + " locked");
  if (closing_) throw Error(ErrorCode::Closed, "the store " + root_.string() + " was closed");
}

void StoreCore::commit(const sqlite::Connection& writer) {
  try {
    writer.execute("COMMIT");
  } catch (const Error& error) {
    // What SQLite could not write or sync may be there or not: only a new open can tell.
    if (error.code() == ErrorCode::Io) poison(error.what());
    throw;
  }
  if (writer.wal_pages() < kCheckpointPages) return;
  try {
    (void)writer.checkpoint();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Io) poison(error.what());
    log(LogLevel::Warning, error.what());  // The commit itself is durable in the log.
  }
}

void StoreCore::write_erased(const std::function<void(catalog::WriteTransaction&)>& work) {
  check_writable();
  lock_for_writing([&] {
    check_writable();
    sqlite::Transaction transaction(*writer_, sqlite::Transaction::Kind::Immediate);
    catalog::WriteTransaction write(*writer_);
    work(write);
    write.finish();
    commit(*writer_);
  });
}

void StoreCore::with_writer_lock(const std::function<void(const sqlite::Connection&)>& work) {
  check_writable();
  lock_for_writing([&] {
    check_writable();
    work(*writer_);
  });
}

std::shared_lock<std::shared_mutex> StoreCore::begin_operation() {
  std::shared_lock lock(operations_mutex_);
  if (closing_) throw Error(ErrorCode::Closed, "the store " + root_.string() + " was closed");
  return lock;
}

void StoreCore::leave_operation(std::int64_t operation) {
  const std::lock_guard lock(left_mutex_);
  left_operations_.push_back(operation);
}

std::vector<std::int64_t> StoreCore::take_left_operations() {
  const std::lock_guard lock(left_mutex_);
  return std::exchange(left_operations_, {});
}

void StoreCore::poison(std::string_view reason) noexcept {
  poisoned_ = true;
  log(LogLevel::Error, reason);
}

void StoreCore::log(LogLevel level, std::string_view line) const noexcept {
  if (!options_.log) return;
  try {
    if (log_hold != nullptr)
      log_hold->lines_.push_back({level, std::string(line)});
    else
      options_.log(level, line);
  } catch (...) {  // A program's log must not change what the library does.
  }
}

LogHold::LogHold(const StoreCore& core) noexcept : core_(core), outer_(log_hold) {
  if (outer_ == nullptr) log_hold = this;
}

LogHold::~LogHold() {
  if (outer_ != nullptr) return;
  log_hold = nullptr;
  for (const Line& line : lines_) core_.log(line.level, line.text);
}

void StoreCore::close() noexcept {
  if (in_child()) {
    // SQLite's connections and the threads belong to the parent: the child leaves all of it alone.
    if (executor_) executor_->abandon();
    (void)executor_.release();  // NOLINT(bugprone-unused-return-value)
    if (writer_) new (std::nothrow) sqlite::Connection(std::move(*writer_));
    for (auto& connection : idle_readers_) new (std::nothrow) sqlite::Connection(std::move(connection));
    idle_readers_.clear();
    (void)copy_.release();  // NOLINT(bugprone-unused-return-value): nor its files
    closed_ = true;
    return;
  }
  if (closing_.exchange(true)) return;
  if (executor_) executor_->stop();
  const LogHold hold(*this);
  const std::lock_guard no_operation(operations_mutex_);
  closed_ = true;
  {
    const std::lock_guard lock(readers_mutex_);
    idle_readers_.clear();
  }
  const std::lock_guard lock(writer_mutex_);
  writer_.reset();
  if (owner_lock_) {
    try {
      (void)staging_->remove_directory(owner_);
    } catch (const Error&) {  // Somebody still has files in it: the next opening removes them.
    }
    try {
      (void)owners_->remove_file(owner_ + ".lock");
    } catch (const Error& error) {
      log(LogLevel::Warning, error.what());
    }
    owner_lock_.reset();
  }
  writer_lock_.reset();
}

StoreCore& core_of(const std::shared_ptr<StoreCore>& core, std::string_view service) {
  if (!core) throw Error(ErrorCode::Closed, "the " + std::string(service) + " was moved from");
  return *core;
}

}  // namespace detail
}  // namespace modelstore
