#include "migration/migration_batch.hpp"

#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>

#include "migration_support.hpp"
#include "platform/file.hpp"

using namespace modelstore;
using namespace std::chrono_literals;
using test::digest_of;
using test::MigrationStore;
using test::small_picture;

TEST_SUITE("MigrationBatch") {
  TEST_CASE("five hundred small files become models in few transactions") {
    MigrationStore s;
    std::vector<NewPending> records;
    for (int i = 0; i < 500; ++i)
      s.pending(s.file(std::to_string(i), "content " + std::to_string(i)), R"({"description":"d"})",
                {"lora"});
    const std::int64_t before = s.database.statistics().revision;
    const auto job = ReactiveMigrator(s.store).migrate_all();
    const MigrationReport report = job.get();
    CHECK(report.promoted_ids.size() == 500);
    CHECK(std::is_sorted(report.promoted_ids.begin(), report.promoted_ids.end()));
    CHECK(report.failed.empty());
    CHECK(report.bytes_hashed == 10 * 9 + 90 * 10 + 400 * 11);
    CHECK(job.progress() == Progress{5390, 5390, ProgressUnit::Bytes});
    const Statistics statistics = s.database.statistics();
    CHECK(statistics.models == 500);
    CHECK(statistics.pending == 0);
    CHECK(statistics.models_unverified == 0);
    CHECK(statistics.revision - before < 100);
    CHECK(s.database.model(digest_of("content 77")).verified);
    CHECK(s.problems().empty());
  }

  TEST_CASE("records that fail are items with their reason, and the others go on") {
    MigrationStore s;
    const auto good = s.pending(s.file("good", "x"));
    const auto missing = s.pending((s.folder() / "models/missing").string());
    std::filesystem::create_directories(s.folder() / "models/folder");
    const auto folder = s.pending((s.folder() / "models/folder").string());
    const auto broken = s.pending(s.file("broken", "y"));
    test::Bytes cut = small_picture(1);
    cut.resize(cut.size() / 2);
    s.add_picture(broken, cut, "cut.png");
    const auto report = ReactiveMigrator(s.store).migrate_all().get();
    CHECK(report.promoted_ids == std::vector{good});
    REQUIRE(report.failed.size() == 3);
    CHECK(report.failed[0].id == RecordId::pending(missing));
    CHECK(report.failed[0].code == ErrorCode::FileMissing);
    CHECK(report.failed[0].path == (s.folder() / "models/missing").string());
    CHECK(report.failed[1].code == ErrorCode::NotRegularFile);
    CHECK(report.failed[2].code == ErrorCode::BadImage);
    for (const auto& [id, code] :
         {std::pair{missing, ErrorCode::FileMissing}, std::pair{folder, ErrorCode::NotRegularFile},
          std::pair{broken, ErrorCode::BadImage}}) {
      REQUIRE(s.database.pending(id).last_error);
      CHECK(s.database.pending(id).last_error->code == code);
    }
    CHECK(s.problems().empty());

    // The file appears: the reason goes with the record.
    s.file("missing", "z");
    CHECK(s.migrate({RecordId::pending(missing)}).promoted_ids == std::vector{missing});
  }

  TEST_CASE("a reason is taken back when the record is kept for another one") {
    MigrationStore s;
    s.pending(s.file("first", "x"));
    (void)ReactiveMigrator(s.store).migrate_all().get();
    const std::string path = (s.folder() / "models/late").string();
    const auto id = s.pending(path, R"({"description":"d"})");
    (void)s.migrate({RecordId::pending(id)});
    CHECK(s.database.pending(id).last_error);
    s.file("late", "x");
    const auto report = s.migrate({RecordId::pending(id)});
    REQUIRE(report.conflicts.size() == 1);
    CHECK(report.conflicts[0].resolution == ConflictPolicy::Report);
    CHECK_FALSE(s.database.pending(id).last_error);
    CHECK(s.database.pending(id).hash_state == HashState::Computed);
  }

  TEST_CASE("an unreadable file is a failure of its record") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const auto id = s.pending(path);
    std::filesystem::permissions(path, std::filesystem::perms::none);
    if (std::ifstream(path).good()) return;  // root reads everything
    const auto report = s.migrate({RecordId::pending(id)});
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].code == ErrorCode::FileUnreadable);
    CHECK(s.has_pending(id));
  }

  TEST_CASE("a record is migrated once however often it is listed, and unknown ids are failures") {
    MigrationStore s;
    const auto id = s.pending(s.file("a", "x"));
    const auto in_trash = s.pending(s.file("b", "y"));
    s.database.trash(std::vector<RecordId>{RecordId::pending(in_trash)});
    const auto report = s.migrate({RecordId::pending(id), RecordId::pending(id), RecordId::pending(9999),
                                   digest_of("none"), RecordId::pending(in_trash)});
    CHECK(report.promoted_ids == std::vector{id});
    REQUIRE(report.failed.size() == 3);
    for (const MigrationFailure& failure : report.failed)
      CHECK(failure.code ==
            (failure.id == RecordId::pending(in_trash) ? ErrorCode::Conflict : ErrorCode::NotFound));
    CHECK(ReactiveMigrator(s.store).migrate_all().get().promoted_ids.empty());
    CHECK(s.has_pending(in_trash));
  }

  TEST_CASE("pending records and models are migrated side by side") {
    MigrationStore s;
    const auto id = s.pending(s.file("a", "x"));
    s.claim(digest_of("y"), s.file("b", "y"));
    const auto report = s.migrate({RecordId::pending(id), digest_of("y")});
    CHECK(report.promoted_ids == std::vector{id});
    CHECK(report.verified == std::vector{digest_of("y")});
  }

  TEST_CASE("records of one content in one batch become one model, and the second a conflict") {
    for (const ConflictPolicy policy : {ConflictPolicy::Report, ConflictPolicy::Merge}) {
      MigrationStore s;
      std::vector<RecordId> ids;
      for (int i = 0; i < 8; ++i) {
        const auto id = s.pending(s.file(std::to_string(i), "the same"), R"({"description":"d"})");
        s.add_picture(id, small_picture(static_cast<unsigned>(i)));
        ids.push_back(RecordId::pending(id));
      }
      const auto report = s.migrate(ids, policy);
      CHECK(report.promoted_ids.size() == 1);
      CHECK(report.conflicts.size() == 7);
      CHECK(report.failed.empty());
      const Model model = s.database.model(digest_of("the same"));
      if (policy == ConflictPolicy::Merge) {
        CHECK(report.merged_ids.size() == 7);
        CHECK(model.previews.size() == 8);
        CHECK(model.locations.size() == 8);
      } else {
        CHECK(report.merged_ids.empty());
        CHECK(model.previews.size() == 1);
        CHECK(s.database.statistics().pending == 7);
      }
      CHECK(s.problems().empty());
    }
  }

  TEST_CASE("while another program writes, records wait for their turn, and no file is read twice") {
    MigrationStore s;
    for (int i = 0; i < 10; ++i) s.pending(s.file(std::to_string(i), "content"));
    const Store store = Store::open(s.root(), {.busy_timeout = 1s});
    platform::LockFile other = platform::LockFile::open(s.root() / "modelstore.lock");
    REQUIRE(other.try_lock());
    const auto job = ReactiveMigrator(store).migrate_all();
    CHECK_FALSE(job.wait_for(1500ms));
    other.unlock();
    const MigrationReport report = job.get();
    CHECK(report.failed.empty());
    CHECK(report.promoted_ids.size() + report.merged_ids.size() == 10);
    CHECK(report.bytes_hashed == 70);
    CHECK(s.problems().empty());
  }

  TEST_CASE("records whose turn does not come are busy, and stay") {
    MigrationStore s;
    const auto id = s.pending(s.file("a", "x"));
    const Store store = Store::open(s.root(), {.busy_timeout = 10ms});
    platform::LockFile other = platform::LockFile::open(s.root() / "modelstore.lock");
    REQUIRE(other.try_lock());
    const MigrationReport report = ReactiveMigrator(store).migrate_all().get();
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].id == RecordId::pending(id));
    CHECK(report.failed[0].code == ErrorCode::Busy);
    other.unlock();
    CHECK(ReactiveMigrator(store).migrate_all().get().promoted_ids == std::vector{id});
    CHECK(s.problems().empty());
  }

  TEST_CASE("a path map finds files of another machine, and what is found is stored") {
    MigrationStore s;
    const std::string path = s.file("loras/a.bin", "x");
    const auto id = s.pending(R"(C:\ai\loras\a.bin)");
    const auto lost = s.pending(R"(C:\ai\loras\b.bin)");
    const auto kept = s.pending(R"(C:\ai\loras\c.bin)", R"({"description":"d"})");
    s.file("loras/c.bin", "x");
    const auto report = ReactiveMigrator(s.store)
                            .migrate_all({.path_map = {{R"(c:\ai)", (s.folder() / "models").string()}}})
                            .get();
    CHECK(report.promoted_ids == std::vector{id});
    CHECK(s.database.model(digest_of("x")).locations.at(0).path == path);
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].id == RecordId::pending(lost));
    CHECK(s.database.pending(lost).path == R"(C:\ai\loras\b.bin)");
    CHECK(s.database.pending(kept).path == (s.folder() / "models/loras/c.bin").string());
  }

  TEST_CASE("a file that was hashed is not read again when its record could not be promoted") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    std::filesystem::last_write_time(path,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const auto id = s.pending(path);
    test::Bytes cut = small_picture(1);
    cut.resize(cut.size() / 2);
    s.add_picture(id, cut);
    CHECK(s.migrate({RecordId::pending(id)}).bytes_hashed == 1);
    const auto again = s.migrate({RecordId::pending(id)});
    CHECK(again.bytes_hashed == 0);
    CHECK(again.failed.size() == 1);
  }

  TEST_CASE("nothing to do is a report of nothing") {
    MigrationStore s;
    const auto report = ReactiveMigrator(s.store).migrate_all().get();
    CHECK(report.promoted_ids.empty());
    CHECK(report.failed.empty());
    CHECK(s.migrate({}).failed.empty());
  }
}
