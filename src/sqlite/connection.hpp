/// SQLite as RAII types. A connection and its statements are used by one thread at a time.
///
/// Errors of SQLite become the library's: Busy, Corrupt, NotAStore (no database), ReadOnly, NoSpace, Io,
/// OutOfMemory, Conflict (a constraint), LimitExceeded, FileUnreadable (cannot be opened), Cancelled
/// (interrupted), else Internal.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "modelstore/sha256.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace modelstore::sqlite {

enum class ValueType : std::uint8_t { Integer, Real, Text, Blob, Null };

class Connection;

/// A prepared statement, borrowed from its connection and reset when it goes out of scope. Texts and blobs
/// of a column are valid until the next step.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Binds from the first parameter on. Texts and blobs must outlive the steps.
  template <class... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (bind_at(++index, values), ...);
    return *this;
  }

  void bind_at(int index, std::integral auto value) { bind_integer(index, static_cast<std::int64_t>(value)); }
  void bind_at(int index, double value);
  void bind_at(int index, std::string_view value);
  void bind_at(int index, const char* value) { bind_at(index, std::string_view(value)); }
  void bind_at(int index, const std::string& value) { bind_at(index, std::string_view(value)); }
  void bind_at(int index, std::span<const std::byte> value);
  void bind_at(int index, const Sha256& value);
  void bind_at(int index, std::nullptr_t);
  template <class T>
  void bind_at(int index, const std::optional<T>& value) {
    if (value)
      bind_at(index, *value);
    else
      bind_at(index, nullptr);
  }

  /// True if there is a row.
  bool step();

  /// Steps a statement that answers no rows, and resets it for the next binding.
  void run();

  /// Ready to be bound and stepped again.
  void reset() noexcept;

  [[nodiscard]] ValueType type(int column) const noexcept;
  [[nodiscard]] bool is_null(int column) const noexcept { return type(column) == ValueType::Null; }
  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] double real(int column) const noexcept;
  [[nodiscard]] std::string_view text_view(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(text_view(column)); }
  [[nodiscard]] std::span<const std::byte> blob(int column) const;
  /// Errors: Corrupt if the column has not 32 bytes.
  [[nodiscard]] Sha256 sha256(int column) const;
  [[nodiscard]] int column_count() const noexcept;
  [[nodiscard]] std::string column_name(int column) const;

 private:
  friend class Connection;
  Statement(const Connection& connection, sqlite3_stmt* statement, std::vector<sqlite3_stmt*>& home) noexcept
      : connection_(&connection), statement_(statement), home_(&home) {}
  void bind_integer(int index, std::int64_t value);
  void check_bind(int result) const;

  const Connection* connection_;
  sqlite3_stmt* statement_;
  std::vector<sqlite3_stmt*>* home_;  // where it waits for its next use
};

enum class OpenMode : std::uint8_t { ReadOnly, ReadWrite, Create };

class Connection {
 public:
  /// Opens the file at `path`, which is made absolute: no URI is ever read from it. Automatic checkpoints,
  /// checkpoint on close, extension loading and schema functions are off, foreign keys are on.
  [[nodiscard]] static Connection open(const std::filesystem::path& path, OpenMode mode);

  /// A private database in memory.
  [[nodiscard]] static Connection in_memory();

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Runs one or more statements that answer nothing.
  void execute(const std::string& sql) const;

  /// Borrows the statement for `sql`, which is prepared once and kept. Borrowing the same text again while
  /// the first is still in scope prepares another one.
  [[nodiscard]] Statement statement(std::string_view sql) const;

  /// The first column of the first row. Nothing if there is none.
  template <class... Values>
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view sql, const Values&... values) const {
    Statement query = statement(sql);
    query.bind(values...);
    if (!query.step() || query.is_null(0)) return std::nullopt;
    return query.integer(0);
  }

  /// Runs `sql` with these parameters.
  template <class... Values>
  void run(std::string_view sql, const Values&... values) const {
    Statement query = statement(sql);
    query.bind(values...);
    while (query.step()) {
    }
  }

  [[nodiscard]] std::int64_t last_insert_id() const noexcept;

  /// Rows that the last statement inserted, updated or deleted.
  [[nodiscard]] std::int64_t changed_rows() const noexcept;

  /// Whether a transaction is open.
  [[nodiscard]] bool in_transaction() const noexcept;

  /// How long a statement waits for SQLite's own locks.
  void set_busy_timeout(std::chrono::milliseconds timeout) const;

  /// Keeps the write-ahead log on close, so that a read-only open in an unwritable folder finds it.
  void keep_wal_file() const;

  /// Nothing in the schema can run code or write to shadow tables: for databases of others.
  void distrust_schema() const;

  /// Moves committed pages from the write-ahead log into the database as far as readers allow, and returns
  /// how many pages the log held.
  int checkpoint() const;

  /// Pages in the write-ahead log after the last commit of this connection.
  [[nodiscard]] int wal_pages() const noexcept;

  /// Makes a running statement of another thread fail with Cancelled.
  void interrupt() const noexcept;
  /// What fails from now on does not fail because of an `interrupt`.
  void forget_interrupt() const noexcept;

  /// Copies the whole content of `source`, as it is at one moment, into this connection's database. `between` is
  /// called between pieces of a few MiB and may throw.
  void copy_from(const Connection& source, const std::function<void()>& between) const;

  /// Throws the library's error for `result`, with SQLite's words for the last failure.
  [[noreturn]] void throw_error(int result, std::string_view action) const;

 private:
  friend class Statement;
  struct State;
  explicit Connection(std::unique_ptr<State> state) noexcept;
  static Connection open_file(const std::string& name, int flags);

  std::unique_ptr<State> state_;
};

/// A transaction on a connection: rolled back unless committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { Deferred, Immediate };

  Transaction(const Connection& connection, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void commit();

 private:
  const Connection& connection_;
  bool open_ = true;
};

/// SQLite's version, for instance "3.40.1".
[[nodiscard]] std::string_view library_version() noexcept;

}  // namespace modelstore::sqlite
