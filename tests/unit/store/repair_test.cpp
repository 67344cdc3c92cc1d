#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "modelstore/error.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"
#include "support/errors.hpp"
#include "support/folder_snapshot.hpp"
#include "support/temp_dir.hpp"
#include "unit/store/checked_store.hpp"

using modelstore::Database;
using modelstore::ErrorCode;
using modelstore::ImageProcessor;
using modelstore::ProblemKind;
using modelstore::RepairReport;
using modelstore::Store;
using test::CheckedStore;

namespace {

RepairReport repair(const CheckedStore& store) {
  return store.store.repair({.dry_run = false}).get();
}

/// Names of the files in the quarantine, relative to it.
std::vector<std::string> quarantined(const RepairReport& report) {
  std::vector<std::string> names;
  if (report.quarantine.empty()) return names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(report.quarantine))
    if (!entry.is_directory()) names.push_back(std::filesystem::relative(entry.path(), report.quarantine));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_SUITE("Store::repair") {
  TEST_CASE("a sound store needs no repair") {
    const CheckedStore f;
    const test::FolderSnapshot before(f.store.root() / "images");
    const RepairReport report = repair(f);
    CHECK(report.ok());
    CHECK(report.repairs.empty());
    CHECK(report.quarantine.empty());
    CHECK_FALSE(std::filesystem::exists(f.store.root() / "quarantine"));
    CHECK(test::FolderSnapshot(f.store.root() / "images") == before);
  }

  TEST_CASE("a dry run, which is the default, says what would be done and changes nothing") {
    const CheckedStore f;
    std::filesystem::remove(f.tier());
    test::write_file(f.store.root() / "images/cat.png", "x");
    f.run("DELETE FROM preview_counters");
    const std::string before = f.kinds();
    const RepairReport report = f.store.repair().get();
    CHECK(report.repairs.size() == 3);
    CHECK_FALSE(report.ok());
    for (const auto& entry : report.repairs) {
      CHECK_FALSE(entry.action.empty());
      CHECK_FALSE(entry.done);
    }
    CHECK(report.quarantine.empty());
    CHECK(f.kinds() == before);
    CHECK(std::filesystem::exists(f.store.root() / "images/cat.png"));
  }

  TEST_CASE("a preview that lost a file goes, and its other files are kept in the quarantine") {
    const CheckedStore f;
    ImageProcessor images(f.store);
    const auto lost = images.previews(f.model)[0];
    const auto kept = images.previews(f.model)[1];
    const auto revision = Database(f.store).statistics().revision;
    SUBCASE("gone") {
      std::filesystem::remove(f.tier());
    }
    SUBCASE("another content") {
      test::write_file(f.tier(), "x");
    }
    SUBCASE("a folder in its place") {
      std::filesystem::remove(f.tier());
      std::filesystem::create_directory(f.tier());
    }
    const RepairReport report = repair(f);
    CHECK(report.ok());
    CHECK(f.kinds().empty());
    REQUIRE(images.previews(f.model).size() == 1);
    CHECK(images.previews(f.model)[0].id == kept.id);
    CHECK(images.previews(f.model)[0].position == 0);
    CHECK_FALSE(quarantined(report).empty());
    CHECK(quarantined(report).front() == "images/" + lost.files[0].name);
    const auto changes = Database(f.store).changes(revision).changes;
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].id == modelstore::RecordId(f.model));
  }

  TEST_CASE("a pending picture whose file is gone or has another content goes") {
    const CheckedStore f;
    const std::string name = f.original().filename();
    SUBCASE("gone") {
      std::filesystem::remove(f.original());
      CHECK(quarantined(repair(f)).empty());
    }
    SUBCASE("another content") {
      test::write_file(f.original(), "x");
      CHECK(quarantined(repair(f)) == std::vector{"images/pending/" + name});
    }
    CHECK(f.kinds().empty());
    CHECK(ImageProcessor(f.store).pending_pictures(f.pending).size() == 1);
  }

  TEST_CASE("files and folders that nothing names are moved to the quarantine with their content") {
    const CheckedStore f;
    const std::string stray = std::string(64, '9') + "_0_low.webp";
    test::write_file(f.store.root() / "images" / stray, "stray");
    test::write_file(f.store.root() / "images/folder/inside.txt", "inside");
    test::write_file(f.store.root() / "images/pending/77.png", "x");
    test::write_file(f.store.root() / "staging/note.txt", "x");
    const RepairReport report = repair(f);
    CHECK(report.ok());
    CHECK(quarantined(report) == std::vector<std::string>{"images/" + stray, "images/folder/inside.txt",
                                                          "images/pending/77.png", "staging/note.txt"});
    CHECK(test::read_file(std::filesystem::path(report.quarantine) / "images" / stray) == "stray");
    CHECK(f.kinds().empty());
    CHECK(repair(f).repairs.empty());
  }

  TEST_CASE("each repair has a quarantine of its own") {
    const CheckedStore f;
    test::write_file(f.store.root() / "images/cat.png", "first");
    const RepairReport first = repair(f);
    test::write_file(f.store.root() / "images/cat.png", "second");
    const RepairReport second = repair(f);
    CHECK(test::read_file(std::filesystem::path(first.quarantine) / "images/cat.png") == "first");
    CHECK(test::read_file(std::filesystem::path(second.quarantine) / "images/cat.png") == "second");
  }

  TEST_CASE("counters are raised, so that no name comes twice") {
    const CheckedStore f;
    f.run("DELETE FROM preview_counters; UPDATE sqlite_sequence SET seq = 0 WHERE name = 'pending_images'");
    CHECK(repair(f).ok());
    CHECK(f.kinds().empty());
    ImageProcessor images(f.store);
    const auto picture = test::encode(test::photo(30, 20, 9), test::Kind::Png);
    (void)images.add(f.model, picture);
    (void)images.add(modelstore::RecordId::pending(f.pending), picture);
    CHECK(f.kinds().empty());
    f.run("DELETE FROM sqlite_sequence WHERE name = 'pending_images'");
    CHECK(repair(f).ok());
    CHECK(f.kinds().empty());
  }

  TEST_CASE("the search finds what it should again") {
    const CheckedStore f;
    SUBCASE("texts that are not their records'") {
      f.run("UPDATE search_text SET text = 'nonsense'");
    }
    SUBCASE("no texts") {
      f.run("DELETE FROM search_text");
    }
    SUBCASE("an index that knows nothing") {
      f.run("INSERT INTO search_index(search_index) VALUES ('delete-all')");
    }
    SUBCASE("a text without a record") {
      f.run("INSERT INTO search_text VALUES (4711, 'of nobody', 1)");
    }
    CHECK(f.kinds().find("SearchOutOfDate") == 0);
    CHECK(repair(f).ok());
    CHECK(f.kinds().empty());
    modelstore::RecordQuery query;
    query.filter.text = "what it is";
    CHECK(Database(f.store).list(query).total == 1);
  }

  TEST_CASE("rows that refer to nothing go, and optional references are emptied") {
    const CheckedStore f;
    f.run(
        "PRAGMA foreign_keys = OFF;"
        "INSERT INTO model_tags VALUES (1, 99), (98, 99);"
        "INSERT INTO locations(model_id, path, real_path, state, verified) VALUES (97, '/x', '', 0, 0);"
        "INSERT INTO imports VALUES (1, 'somewhere', 0);"
        "INSERT INTO import_rows VALUES (1, 5, 96, NULL, randomblob(32)), (2, 6, 1, NULL, randomblob(32));"
        "PRAGMA foreign_keys = ON");
    CHECK(f.kinds().find("DanglingReference") == 0);
    CHECK(repair(f).ok());
    CHECK(f.kinds().empty());
    f.store.core()->with_writer_lock([](const modelstore::sqlite::Connection& database) {
      CHECK(database.integer("SELECT count(*) FROM import_rows WHERE model_id IS NULL") == 1);
      CHECK(database.integer("SELECT count(*) FROM import_rows") == 1);
      CHECK(database.integer("SELECT count(*) FROM locations") == 1);
    });
  }

  TEST_CASE("what a dead process left is finished or undone, and its claims are given back") {
    const CheckedStore f;
    const std::string dead = "0f0e0d0c-0b0a-4908-8706-050403020100";
    f.run("INSERT INTO operations(owner, kind, done) VALUES ('" + dead + "', 'test', 0)");
    f.run("UPDATE pending_import SET operation_id = 999");
    test::write_file(f.store.root() / "staging" / dead / "0/0", "x");
    CHECK(repair(f).ok());
    CHECK(f.kinds().empty());
    CHECK_FALSE(std::filesystem::exists(f.store.root() / "staging" / dead));
  }

  TEST_CASE("a damaged database is left as it is") {
    CheckedStore f;
    f.run("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto root = f.store.root();
    f.store.close();
    {
      const auto database = modelstore::sqlite::Connection::open(root / "modelstore.db",
                                                                 modelstore::sqlite::OpenMode::ReadWrite);
      database.execute("PRAGMA writable_schema = ON");
      database.execute(
          "UPDATE sqlite_schema SET sql = replace(sql, 'size_bytes', 'created_at') WHERE name = "
          "'models_by_size'");
    }
    test::write_file(root / "images/cat.png", "x");
    const Store again = Store::open(root);
    const RepairReport report = again.repair({.dry_run = false}).get();
    CHECK_FALSE(report.ok());
    for (const auto& entry : report.repairs) CHECK_FALSE(entry.done);
    CHECK(report.quarantine.empty());
    CHECK(std::filesystem::exists(root / "images/cat.png"));
  }

  TEST_CASE("a store that is read-only says what it would take, and repairs nothing") {
    const CheckedStore f;
    test::write_file(f.store.root() / "images/cat.png", "x");
    const Store reader = Store::open(f.store.root(), {.read_only = true});
    CHECK(reader.repair().get().repairs.size() == 1);
    CHECK(test::error_of([&] { return reader.repair({.dry_run = false}).get(); }) == ErrorCode::ReadOnly);
    CHECK(std::filesystem::exists(f.store.root() / "images/cat.png"));
  }

  TEST_CASE("what is no owner's in the folders of owners goes to the quarantine") {
    CheckedStore f;
    test::write_file(f.store.root() / "staging/not-an-owner/file", "x");
    test::write_file(f.store.root() / "owners/note.txt", "x");
    std::filesystem::create_directory(f.store.root() / "owners/folder.lock");
    CHECK(f.kinds() == "UnknownFile UnknownFile UnknownFile");
    const RepairReport report = f.store.repair({.dry_run = false}).get();
    CHECK(report.repairs.size() == 3);
    CHECK(f.kinds().empty());
    const std::filesystem::path quarantine = report.quarantine;
    CHECK(test::read_file(quarantine / "staging/not-an-owner/file") == "x");
    CHECK(test::read_file(quarantine / "owners/note.txt") == "x");
    CHECK(std::filesystem::is_directory(quarantine / "owners/folder.lock"));
  }
}
