#include "sqlite/connection.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <utility>

#include <sqlite3.h>

#include "base/utf8.hpp"
#include "modelstore/error.hpp"

namespace modelstore::sqlite {

namespace {

/// Lets a statement be found by its text without a copy of that.
struct TextHash {
  using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard library's name
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace

struct Connection::State {
  sqlite3* handle = nullptr;
  std::string name;
  int wal_pages = 0;
  std::atomic<bool> interrupted = false;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, TextHash, std::equal_to<>>
      idle;  // by their text

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (const auto& [sql, statements] : idle)
      for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
    sqlite3_close_v2(handle);
  }
};

namespace {

ErrorCode code_for(int extended) noexcept {
  switch (extended) {
    case SQLITE_IOERR_NOMEM:
      return ErrorCode::OutOfMemory;
    default:
      break;
  }
  switch (extended & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorCode::Busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::Corrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::ReadOnly;
    case SQLITE_FULL:
      return ErrorCode::NoSpace;
    case SQLITE_IOERR:
      return ErrorCode::Io;
    case SQLITE_NOMEM:
      return ErrorCode::OutOfMemory;
    case SQLITE_CONSTRAINT:
      return ErrorCode::Conflict;
    case SQLITE_TOOBIG:
      return ErrorCode::LimitExceeded;
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return ErrorCode::FileUnreadable;
    case SQLITE_INTERRUPT:
      return ErrorCode::Cancelled;
    default:
      return ErrorCode::Internal;
  }
}

int checked_size(std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Error(ErrorCode::LimitExceeded,
                "a value of " + std::to_string(size) + " bytes is too large for the database");
  return static_cast<int>(size);
}

int count_wal_pages(void* counter, sqlite3*, const char*, int pages) {
  *static_cast<int*>(counter) = pages;
  return SQLITE_OK;
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      home_(other.home_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  reset();
  sqlite3_clear_bindings(statement_);
  try {
    home_->push_back(statement_);
  } catch (...) {
    sqlite3_finalize(statement_);
  }
}

void Statement::check_bind(int result) const {
  if (result != SQLITE_OK) connection_->throw_error(result, "bind a value");
}

void Statement::bind_integer(int index, std::int64_t value) {
  check_bind(sqlite3_bind_int64(statement_, index, value));
}

void Statement::bind_at(int index, double value) {
  check_bind(sqlite3_bind_double(statement_, index, value));
}

void Statement::bind_at(int index, std::string_view value) {
  // A null pointer would bind NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  check_bind(sqlite3_bind_text(statement_, index, data, checked_size(value.size()), SQLITE_STATIC));
}

void Statement::bind_at(int index, std::span<const std::byte> value) {
  const void* data = value.data() == nullptr ? static_cast<const void*>("") : value.data();
  check_bind(sqlite3_bind_blob(statement_, index, data, checked_size(value.size()), SQLITE_STATIC));
}

void Statement::bind_at(int index, const Sha256& value) {
  check_bind(sqlite3_bind_blob(statement_, index, value.bytes().data(), Sha256::kBytes, SQLITE_TRANSIENT));
}

void Statement::bind_at(int index, std::nullptr_t) {
  check_bind(sqlite3_bind_null(statement_, index));
}

bool Statement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  connection_->throw_error(result, "run a statement");
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() noexcept {
  (void)sqlite3_reset(statement_);
}

ValueType Statement::type(int column) const noexcept {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return ValueType::Integer;
    case SQLITE_FLOAT:
      return ValueType::Real;
    case SQLITE_TEXT:
      return ValueType::Text;
    case SQLITE_BLOB:
      return ValueType::Blob;
    default:
      return ValueType::Null;
  }
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const noexcept {
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text_view(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Sha256 Statement::sha256(int column) const {
  const auto bytes = blob(column);
  if (bytes.size() != Sha256::kBytes)
    throw Error(ErrorCode::Corrupt,
                connection_->state_->name + " holds a digest of " + std::to_string(bytes.size()) + " bytes");
  Sha256::Bytes digest;
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return Sha256(digest);
}

int Statement::column_count() const noexcept {
  return sqlite3_column_count(statement_);
}

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_, column);
  return name == nullptr ? std::string() : std::string(name);
}

Connection::Connection(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::open_file(const std::string& name, int flags) {
  auto state = std::make_unique<State>();
  state->name = name;
  const int result = sqlite3_open_v2(name.c_str(), &state->handle,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Connection connection(std::move(state));
  if (result != SQLITE_OK) connection.throw_error(result, "open the database");
  sqlite3* handle = connection.state_->handle;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // The hook takes the place of automatic checkpoints.
  sqlite3_wal_hook(handle, count_wal_pages, &connection.state_->wal_pages);
  return connection;
}

Connection Connection::open(const std::filesystem::path& path, OpenMode mode) {
  const int flags = mode == OpenMode::ReadOnly    ? SQLITE_OPEN_READONLY
                    : mode == OpenMode::ReadWrite ? SQLITE_OPEN_READWRITE
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  // Absolute, for SQLite takes some names for something else than a file.
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) throw Error(ErrorCode::Io, "cannot find " + path.string() + ": " + error.message());
  return open_file(absolute.string(), flags | SQLITE_OPEN_NOFOLLOW);
}

Connection Connection::in_memory() {
  return open_file(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
}

void Connection::execute(const std::string& sql) const {
  const int result = sqlite3_exec(state_->handle, sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) throw_error(result, "run a statement");
}

Statement Connection::statement(std::string_view sql) const {
  auto found = state_->idle.find(sql);
  if (found == state_->idle.end()) found = state_->idle.try_emplace(std::string(sql)).first;
  std::vector<sqlite3_stmt*>& home = found->second;
  if (!home.empty()) {
    sqlite3_stmt* statement = home.back();
    home.pop_back();
    return {*this, statement, home};
  }
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v3(state_->handle, found->first.c_str(), checked_size(found->first.size() + 1),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) throw_error(result, "prepare a statement");
  return {*this, statement, home};
}

std::int64_t Connection::last_insert_id() const noexcept {
  return sqlite3_last_insert_rowid(state_->handle);
}
std::int64_t Connection::changed_rows() const noexcept {
  return sqlite3_changes64(state_->handle);
}
bool Connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(state_->handle) == 0;
}

void Connection::set_busy_timeout(std::chrono::milliseconds timeout) const {
  constexpr std::int64_t kLongest = std::numeric_limits<int>::max();
  sqlite3_busy_timeout(state_->handle,
                       static_cast<int>(std::clamp<std::int64_t>(timeout.count(), 0, kLongest)));
}

void Connection::keep_wal_file() const {
  int on = 1;
  sqlite3_file_control(state_->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

void Connection::distrust_schema() const {
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

int Connection::checkpoint() const {
  int pages = 0;
  int moved = 0;
  const int result =
      sqlite3_wal_checkpoint_v2(state_->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  // A reader in the way is no failure: the pages are moved by a later checkpoint.
  if (result != SQLITE_OK && result != SQLITE_BUSY) throw_error(result, "checkpoint the database");
  return pages;
}

int Connection::wal_pages() const noexcept {
  return state_->wal_pages;
}

void Connection::interrupt() const noexcept {
  state_->interrupted = true;
  sqlite3_interrupt(state_->handle);
}

void Connection::forget_interrupt() const noexcept {
  state_->interrupted = false;
}

void Connection::copy_from(const Connection& source, const std::function<void()>& between) const {
  constexpr int kPages = 1024;
  // Without a snapshot every commit of another connection would make the copy begin anew.
  const Transaction snapshot(source, Transaction::Kind::Deferred);
  (void)source.integer("PRAGMA schema_version");
  const auto finish = [](sqlite3_backup* backup) { sqlite3_backup_finish(backup); };
  std::unique_ptr<sqlite3_backup, decltype(finish)> backup(
      sqlite3_backup_init(state_->handle, "main", source.state_->handle, "main"), finish);
  if (!backup) throw_error(sqlite3_extended_errcode(state_->handle), "copy the database");
  int result = SQLITE_OK;
  while (result == SQLITE_OK) {
    between();
    result = sqlite3_backup_step(backup.get(), kPages);
  }
  const int end = sqlite3_backup_finish(backup.release());
  if (result != SQLITE_DONE || end != SQLITE_OK)
    throw_error(end != SQLITE_OK ? end : result, "copy the database");
}

void Connection::throw_error(int result, std::string_view action) const {
  const std::string_view words = state_->handle == nullptr ? std::string_view("out of memory")
                                                           : std::string_view(sqlite3_errmsg(state_->handle));
  ErrorCode code = code_for(result);
  // A virtual table that is interrupted while it opens says only that it has failed.
  if (code == ErrorCode::Internal && state_->interrupted) code = ErrorCode::Cancelled;
  throw Error(code, "cannot " + std::string(action) + " in " + base::printable(state_->name) + ": " +
                        base::printable(words));
}

Transaction::Transaction(const Connection& connection, Kind kind) : connection_(connection) {
  connection_.execute(kind == Kind::Immediate ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!open_ || !connection_.in_transaction()) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (...) {  // SQLite rolls back by itself when the connection is closed.
  }
}

void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

std::string_view library_version() noexcept {
  return sqlite3_libversion();
}

}  // namespace modelstore::sqlite
