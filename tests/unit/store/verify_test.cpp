#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "journal/operation_rows.hpp"
#include "modelstore/database.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"
#include "support/temp_dir.hpp"
#include "unit/store/checked_store.hpp"

using modelstore::Database;
using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::ImageProcessor;
using modelstore::problem_kind_name;
using modelstore::ProblemKind;
using modelstore::RecordId;
using modelstore::Sha256;
using modelstore::Store;
using modelstore::VerifyReport;
using test::CheckedStore;

namespace {

const std::string kDead = "0f0e0d0c-0b0a-4908-8706-050403020100";
}  // namespace

TEST_SUITE("Store::verify") {
  TEST_CASE("a sound store has no problems, and everything in it is looked at") {
    const CheckedStore f;
    const VerifyReport report = f.verify(true);
    CHECK(report.ok());
    CHECK(report.records_checked == 2);
    CHECK(report.files_checked == 2 * 3 + 2);
    CHECK(report.bytes_hashed > static_cast<std::int64_t>(CheckedStore::content().size()));
    const Store reader = Store::open(f.store.root(), {.read_only = true});
    CHECK(reader.verify({.deep = true}).get().ok());
  }

  TEST_CASE("a damaged database is reported") {
    CheckedStore f;
    f.run("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto root = f.store.root();
    f.store.close();
    // An index without the entry of a row: found by SQLite's check alone.
    {
      const auto database = modelstore::sqlite::Connection::open(root / "modelstore.db",
                                                                 modelstore::sqlite::OpenMode::ReadWrite);
      database.execute("PRAGMA writable_schema = ON");
      database.execute(
          "UPDATE sqlite_schema SET sql = replace(sql, 'size_bytes', 'created_at') WHERE name = "
          "'models_by_size'");
    }
    const Store again = Store::open(root);
    const auto report = again.verify().get();
    REQUIRE_FALSE(report.ok());
    CHECK(report.problems[0].kind == ProblemKind::DatabaseDamaged);
  }

  TEST_CASE("a row that refers to nothing is reported") {
    const CheckedStore f;
    f.run("PRAGMA foreign_keys = OFF; INSERT INTO model_tags VALUES (1, 99); PRAGMA foreign_keys = ON");
    CHECK(f.kinds() == "DanglingReference");
  }

  TEST_CASE("a tier file that is gone, or that is no regular file, is reported") {
    const CheckedStore f;
    std::filesystem::rename(f.tier(), f.dir / "elsewhere");
    CHECK(f.kinds() == "PreviewFileMissing");
    std::filesystem::create_symlink(f.dir / "elsewhere", f.tier());
    CHECK(f.kinds() == "PreviewFileMissing");
    std::filesystem::remove(f.tier());
    std::filesystem::create_directory(f.tier());
    CHECK(f.kinds() == "PreviewFileMissing");
  }

  TEST_CASE("a tier file with another size or content is reported") {
    const CheckedStore f;
    std::string bytes = test::read_file(f.tier());
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    test::write_file(f.tier(), bytes);
    CHECK(f.kinds() == "PreviewFileDiffers");
    test::write_file(f.tier(), bytes + "x");
    CHECK(f.kinds() == "PreviewFileDiffers");
  }

  TEST_CASE("an original that is gone is reported") {
    const CheckedStore f;
    std::filesystem::remove(f.original());
    CHECK(f.kinds() == "PendingFileMissing");
  }

  TEST_CASE("an original with another content is reported") {
    const CheckedStore f;
    test::write_file(f.original(), "x");
    CHECK(f.kinds() == "PendingFileDiffers");
  }

  TEST_CASE("a file that no row names is reported, and stays") {
    const CheckedStore f;
    const auto stray =
        test::write_file(f.store.root() / "images" / (std::string(64, '9') + "_0_low.webp"), "x");
    test::write_file(f.store.root() / "images/pending/77.png", "x");
    test::write_file(f.store.root() / "staging/note.txt", "x");
    CHECK(f.kinds() == "UnknownFile UnknownFile UnknownFile");
    CHECK(std::filesystem::exists(stray));
  }

  TEST_CASE("names that the store never gives are reported") {
    const CheckedStore f;
    const std::string hex = f.model.hex();
    std::string upper = hex;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const std::string& name :
         {std::string("cat.png"), hex + "_01_low.webp", hex + "_0_tiny.webp", hex + "_0_low.png",
          hex + "_-1_low.webp", hex.substr(1) + "_0_low.webp", upper + "_7_low.webp",
          std::string("pending/01.png"), std::string("pending/1"), std::string("pending/1.PNG"),
          std::string("pending/0.png")}) {
      CAPTURE(name);
      const auto path = test::write_file(f.store.root() / "images" / name, "x");
      CHECK(f.kinds() == "BadFileName");
      std::filesystem::remove(path);
    }
    CHECK(f.kinds().empty());
  }

  TEST_CASE("a counter from which a name could come twice is reported") {
    const CheckedStore f;
    f.run("UPDATE preview_counters SET next_seq = 1");
    CHECK(f.kinds() == "CounterTooLow");
    f.run("DELETE FROM preview_counters");
    CHECK(f.kinds() == "CounterTooLow");
    f.run("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'pending_images'");
    CHECK(f.kinds() == "CounterTooLow CounterTooLow");
  }

  TEST_CASE("search texts and an index that are out of date are reported") {
    SUBCASE("a text that is not its record's") {
      const CheckedStore f;
      f.run("UPDATE models SET name = 'another'");
      CHECK(f.kinds() == "SearchOutOfDate");
    }
    SUBCASE("a record without a text") {
      const CheckedStore f;
      f.run("DELETE FROM search_text WHERE docid = 3");
      CHECK(f.kinds().find("SearchOutOfDate") == 0);
    }
    SUBCASE("an index without a text that is marked as indexed") {
      const CheckedStore f;
      f.run(
          "UPDATE search_text SET indexed = 0; INSERT INTO search_index(search_index) VALUES ('rebuild'); "
          "UPDATE search_text SET indexed = 1");
      CHECK(f.kinds() == "SearchOutOfDate");
    }
  }

  TEST_CASE("what a dead process left is reported, and what a live one does is not") {
    const CheckedStore f;
    const auto journal = [&](const std::string& owner) {
      f.run("INSERT INTO operations(owner, kind, done) VALUES ('" + owner + "', 'test', 0)");
    };
    journal(f.store.core()->owner());
    test::write_file(f.store.root() / "staging" / f.store.core()->owner() / "0/0", "x");
    CHECK(f.kinds().empty());
    journal(kDead);
    CHECK(f.kinds() == "OperationLeft");
    test::write_file(f.store.root() / "staging" / kDead / "0/0", "x");
    CHECK(f.kinds() == "OperationLeft OperationLeft");
    f.run("UPDATE pending_import SET operation_id = 999");
    CHECK(f.kinds() == "OperationLeft OperationLeft OperationLeft");
  }

  TEST_CASE("a deep check finds models that are gone or have another content") {
    const CheckedStore f;
    test::write_file(f.file, "other weights of a mode");
    CHECK(f.kinds().empty());
    CHECK(f.kinds(true) == "ModelDiffers");
    std::filesystem::remove(f.file);
    CHECK(f.kinds(true) == "ModelMissing");
    std::filesystem::create_directory(f.file);
    CHECK(f.kinds(true) == "ModelMissing");
    Database(f.store).trash(std::vector{RecordId(f.model)});
    CHECK(f.kinds(true).empty());
  }

  TEST_CASE("a read-only store is checked as far as it can be") {
    const CheckedStore f;
    std::filesystem::remove(f.tier());
    test::write_file(f.store.root() / "images/pending/77.png", "x");
    const Store reader = Store::open(f.store.root(), {.read_only = true});
    const auto report = reader.verify().get();
    REQUIRE(report.problems.size() == 2);
    CHECK(report.problems[0].kind == ProblemKind::PreviewFileMissing);
    CHECK(report.problems[1].kind == ProblemKind::UnknownFile);
  }

  TEST_CASE("a check changes nothing") {
    const CheckedStore f;
    const auto revision = Database(f.store).statistics().revision;
    test::write_file(f.store.root() / "images/cat.png", "x");
    (void)f.verify(true);
    CHECK(Database(f.store).statistics().revision == revision);
    CHECK(test::read_file(f.store.root() / "images/cat.png") == "x");
  }

  TEST_CASE("work that goes on meanwhile is never taken for a problem") {
    const CheckedStore f;
    const Store other = Store::open(f.store.root());
    std::atomic<bool> stop = false;
    std::atomic<int> failures = 0;
    const auto picture = test::encode(test::photo(40, 30), test::Kind::Png);
    const auto work = [&](const Store& store, const RecordId& record) {
      try {
        ImageProcessor images(store);
        while (!stop) {
          const std::int64_t id = images.add(record, picture);
          record.is_model() ? images.remove(record.sha256(), id) : images.remove_pending(record.number(), id);
        }
      } catch (...) {
        ++failures;
      }
    };
    std::thread first([&] { work(f.store, f.model); });
    std::thread second([&] { work(other, RecordId::pending(f.pending)); });
    std::string found;
    for (int i = 0; i < 15; ++i) found += f.kinds();
    stop = true;
    first.join();
    second.join();
    CHECK(found.empty());
    CHECK(failures == 0);
    CHECK(f.kinds().empty());
  }

  TEST_CASE("a check can be cancelled, and ends with the store") {
    CheckedStore f;
    std::filesystem::resize_file(f.file, 1LL << 36);
    const auto job = f.store.verify({.deep = true});
    job.cancel();
    try {
      (void)job.get();
      CHECK_MESSAGE(false, "the job should have been cancelled");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::Cancelled);
    }
    const auto second = f.store.verify({.deep = true});
    f.store.close();
    CHECK_THROWS_AS((void)second.get(), Error);
  }
}
