#include "support/legacy_connection.hpp"

#include <stdexcept>

namespace test {
namespace {

[[noreturn]] void fail(sqlite3* database, std::string_view what) {
  throw std::runtime_error("legacy store: " + std::string(what) + ": " +
                           (database != nullptr ? sqlite3_errmsg(database) : "out of memory"));
}

}  // namespace

LegacyStatement::LegacyStatement(sqlite3* database, std::string_view sql) : database_(database) {
  if (sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) !=
      SQLITE_OK) {
    fail(database, sql);
  }
}

LegacyStatement::~LegacyStatement() {
  sqlite3_finalize(statement_);
}

void LegacyStatement::check(int result) const {
  if (result != SQLITE_OK) fail(database_, sqlite3_sql(statement_));
}

void LegacyStatement::bind(int index, const LegacyValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    bind(index, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    check(sqlite3_bind_double(statement_, index, *real));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    bind(index, std::string_view(*text));
  } else if (const auto* blob = std::get_if<LegacyBlob>(&value)) {
    check(sqlite3_bind_blob64(statement_, index, blob->bytes.data(), blob->bytes.size(), SQLITE_TRANSIENT));
  } else {
    bind_null(index);
  }
}

void LegacyStatement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, index, value));
}

void LegacyStatement::bind(int index, std::string_view text) {
  // An empty view may have no data, which SQLite would take for NULL.
  const char* data = text.empty() ? "" : text.data();
  check(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void LegacyStatement::bind_null(int index) {
  check(sqlite3_bind_null(statement_, index));
}

bool LegacyStatement::step() {
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) fail(database_, sqlite3_sql(statement_));
  return result == SQLITE_ROW;
}

void LegacyStatement::run() {
  while (step()) {
  }
  check(sqlite3_reset(statement_));
}

std::int64_t LegacyStatement::column_int(int index) const {
  return sqlite3_column_int64(statement_, index);
}

LegacyConnection::LegacyConnection(const std::filesystem::path& file) {
  try {
    if (sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
        SQLITE_OK) {
      fail(database_, file.string());
    }
    execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=0; PRAGMA "
        "foreign_keys=ON;");
  } catch (...) {
    sqlite3_close(database_);
    throw;
  }
}

LegacyConnection::~LegacyConnection() {
  sqlite3_close(database_);
}

void LegacyConnection::execute(std::string_view sql) {
  if (sqlite3_exec(database_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(database_, sql.substr(0, 200));
  }
}

void LegacyConnection::keep_log() {
  if (sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr) != SQLITE_OK) {
    fail(database_, "cannot keep the log");
  }
}

WithoutForeignKeys::WithoutForeignKeys(LegacyConnection& connection) : connection_(connection) {
  connection_.execute("PRAGMA foreign_keys=OFF");
}

WithoutForeignKeys::~WithoutForeignKeys() {
  sqlite3_exec(connection_.handle(), "PRAGMA foreign_keys=ON", nullptr, nullptr, nullptr);
}

}  // namespace test
