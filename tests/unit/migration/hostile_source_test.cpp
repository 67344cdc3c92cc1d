// Sources that are damaged, foreign, locked or made to do harm.

#include <sys/stat.h>
#include <unistd.h>

#include <random>

#include <doctest/doctest.h>

#include "import_fixture.hpp"

using modelstore::ErrorCode;
using modelstore::ImportReport;
using test::ImportFixture;
using test::plain_model;

namespace {

/// Imports a file and returns the error; none if it could be imported.
ErrorCode error_of(const std::filesystem::path& database, ImportReport* report = nullptr) {
  const test::TempDir dir;
  const modelstore::Store store = test::new_store(dir / "root");
  modelstore::LegacyImportOptions options;
  options.database = database;
  try {
    const ImportReport done = modelstore::LegacyImporter(store).import(options).get();
    CHECK(test::adds_up(done));
    if (report != nullptr) *report = done;
    return ErrorCode{};
  } catch (const modelstore::Error& error) {
    const std::string message = error.what();
    CAPTURE(message);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.find("staging") == std::string::npos);
    // No half: a source that is refused leaves nothing.
    if (error.code() == ErrorCode::UnsupportedFormat)
      CHECK(modelstore::Database(store).statistics().models == 0);
    return error.code();
  }
}

constexpr ErrorCode kNone{};

/// A catalogue of two sound rows.
struct Source {
  test::TempDir dir;
  test::LegacyStore legacy{dir / "old"};
  Source() {
    legacy.add_model(plain_model("/m/a", test::hash_of('a')));
    legacy.add_model(plain_model("/m/b"));
  }
  ErrorCode import(ImportReport* report = nullptr) {
    legacy.close();
    return error_of(legacy.database(), report);
  }
};

}  // namespace

TEST_SUITE("hostile sources") {
  TEST_CASE("rows that are only in a hot log come over, deleted ones do not, and no byte changes") {
    const test::TempDir dir;
    test::LegacyStore legacy(dir / "old");
    const std::int64_t deleted = legacy.add_model(plain_model("/m/deleted"));
    legacy.checkpoint();
    legacy.remove_model(deleted);
    legacy.add_model(plain_model("/m/recent"));
    legacy.leave_hot_wal();
    const test::FolderSnapshot before = legacy.snapshot();
    ImportReport report;
    CHECK(error_of(legacy.database(), &report) == kNone);
    CHECK(report.models_read == 1);
    CHECK(report.pending == 1);
    CHECK(legacy.snapshot().changes_since(before) == std::vector<std::string>());
  }

  TEST_CASE("a source in a folder without write permission is read") {
    Source source;
    source.legacy.leave_hot_wal();
    const auto folder = source.legacy.folder();
    REQUIRE(::chmod(folder.c_str(), 0500) == 0);
    const test::FolderSnapshot before = source.legacy.snapshot();
    CHECK(error_of(source.legacy.database()) == kNone);
    CHECK(source.legacy.snapshot() == before);
    REQUIRE(::chmod(folder.c_str(), 0700) == 0);
  }

  TEST_CASE("a source that the old program has open and locked is read") {
    Source source;
    source.legacy.execute("BEGIN EXCLUSIVE");
    source.legacy.execute("INSERT INTO tags(name) VALUES ('uncommitted')");
    ImportReport report;
    CHECK(error_of(source.legacy.database(), &report) == kNone);
    CHECK(report.models_read == 2);
    CHECK(report.tags == 7);
    source.legacy.execute("ROLLBACK");
  }

  TEST_CASE("what is no SQLite file, no regular file, or not there is refused at once") {
    const test::TempDir dir;
    CHECK(error_of(dir / "absent") == ErrorCode::FileMissing);
    CHECK(error_of("") == ErrorCode::InvalidArgument);
    CHECK(error_of(dir.path()) == ErrorCode::NotRegularFile);
    CHECK(error_of("/dev/zero") == ErrorCode::NotRegularFile);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    CHECK(error_of(dir / "fifo") == ErrorCode::NotRegularFile);
    CHECK(error_of(test::write_file(dir / "empty", "")) == ErrorCode::UnsupportedFormat);
    CHECK(error_of(test::write_file(dir / "text", "SQLite format 3")) == ErrorCode::UnsupportedFormat);
    CHECK(error_of(test::write_file(dir / "junk", std::string(10'000, 'x'))) == ErrorCode::UnsupportedFormat);
    CHECK(error_of(test::write_file(dir / "head", std::string("SQLite format 3\0", 16) +
                                                      std::string(5000, 'x'))) == ErrorCode::Corrupt);
    Source source;
    source.legacy.close();
    REQUIRE(::mkfifo((source.legacy.database().string() + "-wal").c_str(), 0600) == 0);
    CHECK(error_of(source.legacy.database()) == ErrorCode::NotRegularFile);
  }

  TEST_CASE("a database of another program is refused, one that lacks tables of tags is not") {
    Source other;
    other.legacy.execute("ALTER TABLE models RENAME TO things");
    CHECK(other.import() == ErrorCode::UnsupportedFormat);
    Source columns;
    columns.legacy.execute("ALTER TABLE models RENAME COLUMN path TO file");
    CHECK(columns.import() == ErrorCode::UnsupportedFormat);
    Source newer;
    newer.legacy.execute("UPDATE schema_version SET version = 3");
    CHECK(newer.import() == ErrorCode::UnsupportedFormat);
    Source bare;
    bare.legacy.execute(
        "DROP TABLE model_tags; DROP TABLE tags; DROP TABLE schema_version; DROP TABLE directories");
    ImportReport report;
    CHECK(bare.import(&report) == kNone);
    CHECK(report.active == 1);
    CHECK(report.pending == 1);
    Source fewer;
    fewer.legacy.execute(
        "DROP INDEX idx_models_hash; DROP INDEX idx_models_type; ALTER TABLE models DROP COLUMN "
        "hash_hex; ALTER TABLE models DROP COLUMN name; ALTER TABLE models DROP COLUMN extra_json");
    CHECK(fewer.import(&report) == kNone);
    CHECK(report.pending == 2);
  }

  TEST_CASE("the earlier version of the program, and any further columns, are read") {
    const test::TempDir dir;
    test::LegacyStore legacy(dir / "old", test::LegacyStore::Schema::Version1);
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json =
        R"({"civitai_url":"https://example.org","hf_repo":"x/y","usage":["a"],"params":{"cfg":7.0},"images":[{"url":"http://h/a.png"}]})";
    legacy.add_model(model);
    legacy.execute("ALTER TABLE models ADD COLUMN \"odd \"\" name\" BLOB DEFAULT x'00'");
    legacy.close();
    ImportReport report;
    CHECK(error_of(legacy.database(), &report) == kNone);
    CHECK(report.active == 1);
    CHECK(report.images_missing == 1);
  }

  TEST_CASE("views, virtual tables and triggers never run") {
    for (const char* sql : {
             "DROP TABLE models; CREATE VIEW models AS SELECT 1 AS id, '/m/x' AS path",
             "DROP TABLE models; CREATE VIEW models AS WITH RECURSIVE n(id, path) AS (SELECT 1, 'x' UNION "
             "ALL "
             "SELECT id + 1, path FROM n) SELECT * FROM n",
             "DROP TABLE models; CREATE VIRTUAL TABLE models USING fts5(id, path)",
             "DROP TABLE models; CREATE VIRTUAL TABLE models USING rtree(id, path, b)",
             "DROP TABLE tags; CREATE VIEW tags AS SELECT 1 AS id, 'x' AS name",
             "DROP TABLE model_tags; CREATE VIEW model_tags AS SELECT 1 AS model_id, 1 AS tag_id",
             "DROP TABLE schema_version; CREATE VIEW schema_version AS SELECT 2 AS version",
             "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE models USING "
             "fts5(id, path)' WHERE name = 'models'",
         }) {
      CAPTURE(sql);
      Source source;
      source.legacy.execute("PRAGMA foreign_keys = OFF");
      source.legacy.execute(sql);
      const ErrorCode error = source.import();
      CHECK((error == ErrorCode::UnsupportedFormat || error == ErrorCode::Corrupt));
    }
    Source triggers;
    triggers.legacy.execute(
        "CREATE TRIGGER t AFTER INSERT ON models BEGIN DELETE FROM tags; END; CREATE VIEW other AS SELECT * "
        "FROM "
        "models; CREATE VIRTUAL TABLE more USING fts5(text)");
    ImportReport report;
    CHECK(triggers.import(&report) == kNone);
    CHECK(report.models_read == 2);
  }

  TEST_CASE("generated columns are not read") {
    Source source;
    source.legacy.execute(
        "ALTER TABLE models ADD COLUMN updated_at INTEGER GENERATED ALWAYS AS (abs(-9223372036854775807 - id "
        "+ id - "
        "1)) VIRTUAL");
    ImportReport report;
    CHECK(source.import(&report) == kNone);
    CHECK(report.models_read == 2);
    Source path;
    path.legacy.execute(
        "PRAGMA foreign_keys = OFF; DROP TABLE models; CREATE TABLE models(id INTEGER PRIMARY KEY, path TEXT "
        "AS "
        "(hex(zeroblob(100000000))))");
    CHECK(path.import() == ErrorCode::UnsupportedFormat);
  }

  TEST_CASE("rules of the schema that break when they are checked do not matter") {
    Source source;
    source.legacy.execute(
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; CREATE TABLE new(id INTEGER "
        "PRIMARY KEY, "
        "path TEXT NOT NULL CHECK (abs(-9223372036854775807 - 1) > 0)); INSERT INTO new SELECT id, path FROM "
        "models; "
        "DROP TABLE models; ALTER TABLE new RENAME TO models");
    ImportReport report;
    CHECK(source.import(&report) == kNone);
    CHECK(report.pending == 2);
  }

  TEST_CASE("names with the special characters of URIs open the file that they name, and no other") {
    for (const char* name : {"a.db?mode=rwc", "file:a.db", "a#b.db", "a%20b.db", "a?vfs=unix-none.db",
                             "file:a?mode=memory&cache=shared", "%00.db", "sp ace.db"}) {
      CAPTURE(name);
      const test::TempDir dir;
      test::LegacyStore legacy(dir / "o?l#d%41", name);
      legacy.add_model(plain_model("/m/a"));
      legacy.leave_hot_wal();
      const test::FolderSnapshot before(dir.path());
      ImportReport report;
      CHECK(error_of(legacy.database(), &report) == kNone);
      CHECK(report.models_read == 1);
      CHECK(test::FolderSnapshot(dir.path()) == before);
    }
  }

  TEST_CASE("one odd row is skipped with its reason, and the rest comes over") {
    using test::LegacyBlob;
    using test::LegacyValue;
    const std::string nul("a\0b", 3);
    const std::vector<std::pair<std::string, LegacyValue>> odd = {
        {"path", std::string()},
        {"path", std::string("/m/\xff")},
        {"path", "/m/" + nul},
        {"path", "/" + std::string(4096, 'p')},
        {"path", LegacyBlob{"/m/blob"}},
        {"path", LegacyBlob{std::string("\xff\x00", 2)}},
        {"name", std::string("\xc3\x28")},
        {"name", nul},
        {"name", std::string(1'000'000, 'n')},
        {"type", std::string("\xff")},
        {"type", std::string(1025, 't')},
        {"size_bytes", std::int64_t{-1}},
        {"size_bytes", INT64_MIN},
        {"extra_json", std::string("{\"a\":\"\xff\"}")},
        {"extra_json", std::string(1000, '[') + std::string(1000, ']')},
        {"extra_json", "{\"a\":" + std::string(101, '[') + std::string(101, ']') + "}"},
        {"extra_json", "\"" + std::string(17'000'000, 'j') + "\""},
    };
    Source source;
    std::int64_t number = 0;
    for (const auto& [column, value] : odd) {
      std::vector<std::pair<std::string, LegacyValue>> row = {
          {"type", std::string("t")}, {"hash_hex", std::string()}, {"created_at", std::int64_t{1}}};
      if (column != "path") row.emplace_back("path", "/odd/" + std::to_string(number));
      std::erase_if(row, [&, name = column](const auto& entry) { return entry.first == name; });
      row.emplace_back(column, value);
      ++number;
      source.legacy.insert("models", row);
    }
    ImportReport report;
    CHECK(source.import(&report) == kNone);
    CHECK(report.skipped == number);
    CHECK(report.active == 1);
    CHECK(report.pending == 1);
    for (const auto& row : report.skipped_rows) {
      CAPTURE(row.legacy_id);
      CHECK(row.legacy_id >= 3);
      CHECK_FALSE(row.reason.empty());
      CHECK(row.reason.size() < 1000);
      CHECK(row.reason.find('\n') == std::string::npos);
    }
  }

  TEST_CASE("odd values that do no harm are taken as well as can be") {
    using test::LegacyBlob;
    using test::LegacyValue;
    const std::vector<std::vector<std::pair<std::string, LegacyValue>>> rows = {
        {{"name", nullptr}, {"size_bytes", nullptr}, {"created_at", std::int64_t{-5}}},
        {{"name", std::int64_t{5}},
         {"size_bytes", std::string("many")},
         {"created_at", std::string("today")}},
        {{"name", 1.5}, {"size_bytes", 1e300}, {"created_at", 1e300}},
        {{"name", LegacyBlob{"blob"}}, {"size_bytes", LegacyBlob{"x"}}, {"created_at", INT64_MAX}},
        {{"hash_hex", std::int64_t{7}}},
        {{"hash_hex", LegacyBlob{std::string(32, 'h')}}},
        {{"extra_json", std::int64_t{7}}},
        {{"extra_json", LegacyBlob{"{\"description\":\"d\"}"}}},
        {{"meta_json", std::string("\xff")}},
    };
    Source source;
    std::int64_t number = 0;
    for (auto row : rows) {
      row.emplace_back("path", "/odd/" + std::to_string(number++));
      for (const auto& [column, value] : std::vector<std::pair<std::string, LegacyValue>>{
               {"type", std::string("t")}, {"hash_hex", std::string()}, {"created_at", std::int64_t{1}}})
        if (std::none_of(row.begin(), row.end(),
                         [&, name = column](const auto& entry) { return entry.first == name; }))
          row.emplace_back(column, value);
      source.legacy.insert("models", row);
    }
    ImportReport report;
    CHECK(source.import(&report) == kNone);
    CHECK(report.skipped == 0);
    CHECK(report.pending == number + 1);
    std::vector<std::string> dates;
    for (const auto& note : report.conflicts)
      if (note.field == "created_at") dates.push_back(note.lost);
    REQUIRE(dates.size() == 3);
    CHECK(dates[0] == "-5");
    CHECK(dates[1] == "today");
  }

  TEST_CASE("rows without a number, or with another row's, are skipped") {
    Source source;
    source.legacy.execute(
        "PRAGMA foreign_keys = OFF; DROP TABLE models; CREATE TABLE models(id, path TEXT, hash_hex TEXT); "
        "INSERT INTO "
        "models VALUES (NULL, '/a', ''), ('x', '/b', ''), (1.5, '/c', ''), (x'00', '/d', ''), (7, '/e', ''), "
        "(7, '/f', "
        "''), (8, '/g', '')");
    const std::string hash = test::hash_of('a');
    source.legacy.execute("INSERT INTO models VALUES (9, '/h', '" + hash + "'), (9, '/i', '" + hash +
                          "'), (10, '/j', '" + hash + "')");
    ImportReport report;
    CHECK(source.import(&report) == kNone);
    CHECK(report.models_read == 10);
    CHECK(report.skipped == 6);
    CHECK(report.pending == 2);
    CHECK(report.active == 1);
    CHECK(report.merged == 1);
  }

  TEST_CASE("a rollback journal that names another file deletes nothing") {
    Source source;
    source.legacy.close();
    const auto victim = test::write_file(source.dir / "victim", "precious");
    std::string journal("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    journal.resize(512, '\0');
    journal += std::string(4, '\0') + victim.string();
    const auto length = static_cast<char>(victim.string().size());
    journal += std::string{0, 0, 0, length};
    unsigned sum = 0;
    for (const char c : victim.string()) sum += static_cast<unsigned char>(c);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) journal += static_cast<char>(sum >> shift & 255U);
    journal += std::string("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    test::write_file(source.legacy.database().string() + "-journal", journal);
    CHECK(error_of(source.legacy.database()) == ErrorCode::UnsupportedFormat);
    CHECK(test::read_file(victim) == "precious");
  }

  TEST_CASE("a damaged source is an error or skipped rows, never a crash") {
    Source source;
    for (int i = 0; i < 60; ++i) {
      auto model = plain_model("/m/models/file" + std::to_string(i), i % 3 == 0 ? test::hash_of('c') : "");
      model.tags = {"one", "two"};
      model.extra_json = R"({"description":"some words","images":["a.png"]})";
      source.legacy.add_model(model);
    }
    source.legacy.close();
    const std::string good = test::read_file(source.legacy.database());
    const test::TempDir dir;
    const modelstore::Store store = test::new_store(dir / "root");
    modelstore::LegacyImporter importer(store);
    std::mt19937 random(1);
    int imported = 0;
    for (int flip = 0; flip < 200; ++flip) {
      std::string bad = good;
      const std::size_t range = flip % 4 == 0 ? 4096 : bad.size();
      for (int bits = 0; bits <= flip % 5; ++bits)
        bad[random() % range] ^= static_cast<char>(1U << (random() % 8));
      modelstore::LegacyImportOptions options;
      options.database = test::write_file(dir / "bad.sqlite3", bad);
      options.source_id = "flip " + std::to_string(flip);
      options.dry_run = true;
      try {
        const ImportReport report = importer.import(options).get();
        CHECK(test::adds_up(report));
        ++imported;
      } catch (const modelstore::Error& error) {
        CAPTURE(error.what());
        CHECK((error.code() == ErrorCode::Corrupt || error.code() == ErrorCode::UnsupportedFormat ||
               error.code() == ErrorCode::OutOfMemory || error.code() == ErrorCode::LimitExceeded));
      }
    }
    CHECK(imported > 20);
    CHECK(imported < 200);
  }

  TEST_CASE("the store's own catalogue is no legacy store, by whatever name") {
    ImportFixture f;
    auto options = f.options();
    std::filesystem::create_symlink(f.dir / "root/modelstore.db", f.dir / "link");
    std::filesystem::create_hard_link(f.dir / "root/modelstore.db", f.dir / "hard");
    for (const char* name : {"root/modelstore.db", "link", "hard"}) {
      CAPTURE(name);
      options.database = f.dir / name;
      for (const bool dry_run : {true, false}) {
        options.dry_run = dry_run;
        CHECK(f.error_of_import(options) == ErrorCode::InvalidArgument);
      }
    }
    CHECK(f.store.verify().get().ok());
  }
}
