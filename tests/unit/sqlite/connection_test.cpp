#include "sqlite/connection.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "support/errors.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using sqlite::Connection;
using sqlite::OpenMode;
using test::error_of;

TEST_SUITE("sqlite::Connection") {
  TEST_CASE("values of every type survive being bound and read") {
    const Connection db = Connection::in_memory();
    db.execute("CREATE TABLE t(a, b, c, d, e)");
    const Sha256 digest = Sha256::from_hex(std::string(64, '7'));
    db.run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", std::int64_t{-5}, std::string("a\0b", 3), digest, nullptr,
           1.5);
    sqlite::Statement query = db.statement("SELECT a, b, c, d, e FROM t");
    REQUIRE(query.step());
    CHECK(query.integer(0) == -5);
    CHECK(query.text(1) == std::string("a\0b", 3));
    CHECK(query.sha256(2) == digest);
    CHECK(query.is_null(3));
    CHECK(query.real(4) == 1.5);
    CHECK(query.column_name(2) == "c");
    CHECK(error_of([&] { return query.sha256(1); }) == ErrorCode::Corrupt);
    CHECK_FALSE(query.step());
  }

  TEST_CASE("empty texts and blobs are not NULL") {
    const Connection db = Connection::in_memory();
    CHECK(db.integer("SELECT typeof(?) = 'text'", std::string_view{}) == 1);
    CHECK(db.integer("SELECT typeof(?) = 'blob'", std::span<const std::byte>{}) == 1);
    CHECK_FALSE(db.integer("SELECT ?", std::optional<std::int64_t>{}));
  }

  TEST_CASE("a statement that is in use twice is prepared twice") {
    const Connection db = Connection::in_memory();
    sqlite::Statement one = db.statement("SELECT 1 UNION SELECT 2");
    sqlite::Statement two = db.statement("SELECT 1 UNION SELECT 2");
    CHECK(one.step());
    CHECK(two.step());
    CHECK(one.step());
    CHECK(one.integer(0) == 2);
    CHECK(two.integer(0) == 1);
  }

  TEST_CASE("a transaction that is not committed is rolled back") {
    const Connection db = Connection::in_memory();
    db.execute("CREATE TABLE t(a)");
    {
      const sqlite::Transaction transaction(db, sqlite::Transaction::Kind::Immediate);
      db.run("INSERT INTO t VALUES (1)");
    }
    CHECK(db.integer("SELECT count(*) FROM t") == 0);
    sqlite::Transaction transaction(db, sqlite::Transaction::Kind::Deferred);
    db.run("INSERT INTO t VALUES (1)");
    transaction.commit();
    CHECK(db.integer("SELECT count(*) FROM t") == 1);
  }

  TEST_CASE("no path is taken for a URI") {
    const test::TempDir dir;
    for (const char* name : {"a?mode=memory", "b#c", "d%41", "file:e", "sp ace'\""}) {
      CAPTURE(name);
      const Connection db = Connection::open(dir / name, OpenMode::Create);
      db.execute("CREATE TABLE t(a)");
      CHECK(std::filesystem::exists(dir / name));
    }
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(dir.path());
    Connection::open("file:relative?mode=memory", OpenMode::Create).execute("CREATE TABLE t(a)");
    std::filesystem::current_path(before);
    CHECK(std::filesystem::exists(dir / "file:relative?mode=memory"));
  }

  TEST_CASE("failures have codes of the library") {
    const test::TempDir dir;
    CHECK(error_of([&] { return Connection::open(dir / "absent", OpenMode::ReadOnly); }) ==
          ErrorCode::FileUnreadable);
    test::write_file(dir / "junk", std::string(4096, 'j'));
    const Connection junk = Connection::open(dir / "junk", OpenMode::ReadOnly);
    CHECK(error_of([&] { return junk.integer("SELECT count(*) FROM sqlite_schema"); }) == ErrorCode::Corrupt);
    const Connection db = Connection::open(dir / "db", OpenMode::Create);
    db.execute("CREATE TABLE t(a UNIQUE)");
    db.run("INSERT INTO t VALUES (1)");
    CHECK(error_of([&] {
            db.run("INSERT INTO t VALUES (1)");
            return 0;
          }) == ErrorCode::Conflict);
    const Connection reader = Connection::open(dir / "db", OpenMode::ReadOnly);
    CHECK(error_of([&] {
            reader.execute("DELETE FROM t");
            return 0;
          }) == ErrorCode::ReadOnly);
    const Connection other = Connection::open(dir / "db", OpenMode::ReadWrite);
    const sqlite::Transaction holding(other, sqlite::Transaction::Kind::Immediate);
    CHECK(error_of([&] {
            db.run("INSERT INTO t VALUES (2)");
            return 0;
          }) == ErrorCode::Busy);
    CHECK(error_of([&] {
            db.execute("SELEC");
            return 0;
          }) == ErrorCode::Internal);
  }

  TEST_CASE("commits leave their pages in the log until a checkpoint is asked for") {
    const test::TempDir dir;
    {
      const Connection db = Connection::open(dir / "db", OpenMode::Create);
      db.execute("PRAGMA journal_mode = WAL");
      db.keep_wal_file();
      db.execute("CREATE TABLE t(a)");
      for (int i = 0; i < 2000; ++i) db.run("INSERT INTO t VALUES (randomblob(3000))");
      CHECK(db.wal_pages() > 2000);
    }
    CHECK(std::filesystem::file_size(dir / "db-wal") > 6'000'000);
    CHECK(std::filesystem::file_size(dir / "db") < 10'000);
    const Connection db = Connection::open(dir / "db", OpenMode::ReadWrite);
    CHECK(db.integer("SELECT count(*) FROM t") == 2000);
    CHECK(db.checkpoint() > 2000);
    CHECK(std::filesystem::file_size(dir / "db") > 6'000'000);
  }

  TEST_CASE("in a schema that is not trusted neither views nor triggers run") {
    const Connection db = Connection::in_memory();
    db.execute(
        "CREATE TABLE t(a); CREATE TABLE log(x); CREATE VIEW v AS SELECT a FROM t;"
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END");
    db.distrust_schema();
    db.run("INSERT INTO t VALUES (1)");
    CHECK(db.integer("SELECT count(*) FROM log") == 0);
    CHECK(error_of([&] { return db.integer("SELECT count(*) FROM v"); }).has_value());
  }

  TEST_CASE("what fails without a reason behind an interruption was cancelled, until that is forgotten") {
    const Connection db = Connection::in_memory();
    const auto fail = [&] { db.execute("SELECT no_such_function()"); };
    const auto fail_with_reason = [&] {
      db.execute("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1), (1)");
    };
    CHECK(error_of(fail) == ErrorCode::Internal);
    db.interrupt();
    CHECK(error_of(fail) == ErrorCode::Cancelled);
    CHECK(error_of(fail_with_reason) == ErrorCode::Conflict);
    db.forget_interrupt();
    CHECK(error_of(fail) == ErrorCode::Internal);
  }

  TEST_CASE("a database is copied whole") {
    const Connection source = Connection::in_memory();
    source.execute("CREATE TABLE t(a); INSERT INTO t VALUES (42)");
    const Connection copy = Connection::in_memory();
    int pieces = 0;
    copy.copy_from(source, [&] { ++pieces; });
    CHECK(pieces > 0);
    CHECK(copy.integer("SELECT a FROM t") == 42);
  }
}
