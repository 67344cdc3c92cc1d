/// The old program's connection to its catalogue. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "support/legacy_store.hpp"

namespace test {

/// A statement that is finalised at the end of its scope. Parameters count from 1.
class LegacyStatement {
 public:
  LegacyStatement(sqlite3* database, std::string_view sql);
  LegacyStatement(const LegacyStatement&) = delete;
  LegacyStatement& operator=(const LegacyStatement&) = delete;
  ~LegacyStatement();

  void bind(int index, const LegacyValue& value);
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view text);
  void bind_null(int index);
  /// Whether there is a row.
  bool step();
  /// Runs to the end and is ready for other values, which stay bound until replaced.
  void run();
  [[nodiscard]] std::int64_t column_int(int index) const;

 private:
  void check(int result) const;

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

class LegacyConnection {
 public:
  /// Opens the file, or creates it, in WAL mode without automatic checkpoints.
  explicit LegacyConnection(const std::filesystem::path& file);
  LegacyConnection(const LegacyConnection&) = delete;
  LegacyConnection& operator=(const LegacyConnection&) = delete;
  ~LegacyConnection();

  [[nodiscard]] sqlite3* handle() const { return database_; }
  [[nodiscard]] std::int64_t last_id() const { return sqlite3_last_insert_rowid(database_); }
  void execute(std::string_view sql);
  /// The last close then leaves the log as it is.
  void keep_log();

 private:
  sqlite3* database_ = nullptr;
};

/// Foreign keys are not enforced while it lives.
class WithoutForeignKeys {
 public:
  explicit WithoutForeignKeys(LegacyConnection& connection);
  WithoutForeignKeys(const WithoutForeignKeys&) = delete;
  WithoutForeignKeys& operator=(const WithoutForeignKeys&) = delete;
  ~WithoutForeignKeys();

 private:
  LegacyConnection& connection_;
};

}  // namespace test
