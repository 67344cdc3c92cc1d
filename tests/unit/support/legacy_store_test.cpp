#include "support/legacy_store.hpp"

#include <cstdint>
#include <filesystem>

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "support/temp_dir.hpp"

using test::LegacyStore;
namespace fs = std::filesystem;

namespace {

/// Reads without the builder. `immutable` ignores the log, as a reader of the main file alone would.
class Reader {
 public:
  explicit Reader(const fs::path& file, bool immutable = false) {
    const std::string uri = "file:" + file.string() + (immutable ? "?immutable=1" : "");
    REQUIRE(sqlite3_open_v2(uri.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, nullptr) ==
            SQLITE_OK);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { sqlite3_close(database_); }

  std::string text(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE_MESSAGE(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK,
                    sqlite3_errmsg(database_));
    std::string result = "no row";
    if (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, 0));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, 0));
      result = sqlite3_column_type(statement, 0) == SQLITE_NULL ? "NULL"
               : size == 0                                      ? ""
                                                                : std::string(data, size);
    }
    sqlite3_finalize(statement);
    return result;
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace

TEST_SUITE("LegacyStore") {
  TEST_CASE("a new store has version 2, seven tags, WAL and a folder for pictures") {
    const test::TempDir folder;
    LegacyStore store(folder / "legacy");
    store.close();
    CHECK(fs::is_directory(store.pictures()));
    CHECK_FALSE(fs::exists(store.database().string() + "-wal"));
    Reader reader(store.database());
    CHECK(reader.text("PRAGMA journal_mode") == "wal");
    CHECK(reader.text("SELECT group_concat(version) FROM schema_version") == "2");
    CHECK(reader.text("SELECT group_concat(name) FROM (SELECT name FROM tags ORDER BY id)") ==
          "checkpoint,lora,embedding,vae,upscale,ultralytics,other");
    CHECK(reader.text("SELECT group_concat(name) FROM pragma_table_info('models')") ==
          "id,path,name,type,size_bytes,hash_hex,created_at,meta_json,extra_json");
  }

  TEST_CASE("a model gets its name from its path, its type as a tag, and the tags it names") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    const auto posix =
        store.add_model({.path = "/m/loras/a.pt", .type = "loras", .tags = {"sea side", "vae"}});
    const auto windows = store.add_model({.path = "D:\\m\\b.ckpt", .type_tag = false});
    store.close();
    Reader reader(store.database());
    CHECK(reader.text("SELECT name FROM models WHERE id = " + std::to_string(posix)) == "a.pt");
    CHECK(reader.text("SELECT name FROM models WHERE id = " + std::to_string(windows)) == "b.ckpt");
    const std::string tags_of =
        "SELECT group_concat(name) FROM (SELECT name FROM tags JOIN model_tags ON id = tag_id "
        "WHERE model_id = ";
    CHECK(reader.text(tags_of + std::to_string(posix) + " ORDER BY name)") == "loras,sea side,vae");
    CHECK(reader.text(tags_of + std::to_string(windows) + ")") == "NULL");
    CHECK(reader.text("SELECT count(*) FROM tags") == "9");
  }

  TEST_CASE("a hot log holds rows and deletions that the main file lacks") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    const auto removed = store.add_model({.path = "/m/removed"});
    store.checkpoint();
    store.add_model({.path = "/m/recent"});
    store.remove_model(removed);
    store.leave_hot_wal();
    CHECK(fs::file_size(store.database().string() + "-wal") > 0);

    const auto before = store.snapshot();
    CHECK(Reader(store.database(), true).text("SELECT group_concat(path) FROM models") == "/m/removed");
    CHECK(store.snapshot() == before);
    CHECK(Reader(store.database()).text("SELECT group_concat(path) FROM models") == "/m/recent");
    CHECK(Reader(store.database()).text("SELECT count(*) FROM model_tags") == "1");
  }

  TEST_CASE("a store that was closed can be changed again") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    store.leave_hot_wal();
    const auto id = store.add_model({.path = "/m/later"});
    store.close();
    CHECK_FALSE(fs::exists(store.database().string() + "-wal"));
    CHECK(store.query_int("SELECT id FROM models") == id);
  }

  TEST_CASE("hostile bytes are written as they are") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    const std::string nul("/m/a\0b", 6);
    store.add_model({.path = "/m/\xff\xfe", .type = ""});
    store.insert("models", {{"path", test::LegacyBlob{"blob"}},
                            {"type", std::string("x")},
                            {"hash_hex", std::string("../..")},
                            {"size_bytes", 1.5},
                            {"created_at", std::string("yesterday")}});
    store.add_model({.path = nul, .size_bytes = -5, .id = INT64_MAX});
    store.close();
    Reader reader(store.database());
    CHECK(reader.text("SELECT path FROM models WHERE id = 1") == "/m/\xff\xfe");
    CHECK(reader.text("SELECT path FROM models WHERE size_bytes = -5") == nul);
    CHECK(reader.text("SELECT typeof(path) || typeof(size_bytes) || typeof(created_at) FROM models "
                      "WHERE hash_hex = '../..'") == "blobrealtext");
  }

  TEST_CASE("links may dangle, and only what the test runs itself obeys foreign keys") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    store.link(4711, 1);
    store.link(4711, 815);
    CHECK(store.query_int("SELECT count(*) FROM model_tags") == 2);
    CHECK_THROWS_AS(store.execute("INSERT INTO model_tags VALUES (1, 1)"), std::runtime_error);
    CHECK_THROWS_AS(store.execute("no such statement"), std::runtime_error);
  }

  TEST_CASE("the earlier schema has its further columns, and they are filled") {
    const test::TempDir folder;
    LegacyStore store(folder.path(), LegacyStore::Schema::Version1);
    store.add_model({.path = "/m/loras/a.pt", .created_at = 5});
    store.fill({.models = 3});
    store.close();
    Reader reader(store.database());
    CHECK(reader.text(
              "SELECT dir_path || ' ' || mtime_ns || ' ' || hash_algo || ' ' || updated_at FROM models") ==
          "/m/loras 5000000 sha256 5");
    CHECK(reader.text("SELECT count(*) FROM models WHERE hash_algo = 'sha256'") == "4");
  }

  TEST_CASE("a picture lies under its name and is referred to as the old program does") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    CHECK(store.add_picture("model_1_5_a.png", "bytes") == "/media/model_1_5_a.png");
    CHECK(test::read_file(store.pictures() / "model_1_5_a.png") == "bytes");
  }

  TEST_CASE("filling writes the number of rows and links that was asked for, the same for the same seed") {
    const test::TempDir folder;
    LegacyStore one(folder / "one");
    LegacyStore two(folder / "two");
    LegacyStore other(folder / "other");
    one.fill({.models = 400, .links_per_model = 5});
    two.fill({.models = 400, .links_per_model = 5});
    other.fill({.models = 400, .links_per_model = 5, .seed = 2});
    CHECK(one.query_int("SELECT count(*) FROM models") == 400);
    CHECK(one.query_int("SELECT count(*) FROM model_tags") == 2000);
    CHECK(one.query_int("SELECT count(*) FROM models JOIN model_tags ON models.id = model_id JOIN tags "
                        "ON tags.id = tag_id WHERE tags.name = type") == 400);
    CHECK(one.query_int(
              "SELECT count(*) FROM models WHERE extra_json IS NOT NULL AND NOT json_valid(extra_json)") ==
          0);
    const auto hashed = one.query_int("SELECT count(*) FROM models WHERE length(hash_hex) = 64");
    CHECK(hashed > 120);
    CHECK(hashed < 280);
    CHECK(one.query_int("SELECT count(*) FROM models WHERE length(hash_hex) = 64 OR hash_hex = ''") == 400);
    CHECK(one.query_int("SELECT count(*) FROM models WHERE extra_json IS NOT NULL") > 60);
    const std::string sum = "SELECT sum(size_bytes) FROM models";
    CHECK(one.query_int(sum) == two.query_int(sum));
    CHECK(one.query_int(sum) != other.query_int(sum));
    CHECK_THROWS_AS(one.fill({.models = 1, .links_per_model = 201}), std::runtime_error);
  }

  TEST_CASE("a store is never made over another") {
    const test::TempDir folder;
    LegacyStore store(folder.path());
    store.close();
    CHECK_THROWS_AS(LegacyStore(folder.path()), std::runtime_error);
  }
}
