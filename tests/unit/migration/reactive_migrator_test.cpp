#include "modelstore/reactive_migrator.hpp"

#include <chrono>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>

#include "catalog/pending_rows.hpp"
#include "catalog/store_core.hpp"
#include "migration_support.hpp"

using namespace modelstore;
using test::digest_of;
using test::MigrationStore;
using test::small_picture;
using Clock = std::chrono::steady_clock;

namespace {

template <class T>
ErrorCode code_of(const Job<T>& job) {
  try {
    (void)job.get();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("the job should have failed");
  return ErrorCode::Internal;
}

/// A file without blocks, which takes long to hash.
std::string large_file(const MigrationStore& s, const std::string& name) {
  std::string path = s.file(name, "x");
  std::filesystem::resize_file(path, std::uintmax_t{8} << 30U);
  return path;
}

}  // namespace

TEST_SUITE("ReactiveMigrator") {
  TEST_CASE("the names of policies are read as they are written") {
    for (const auto policy : {ConflictPolicy::Merge, ConflictPolicy::Report, ConflictPolicy::Replace,
                              ConflictPolicy::Keep, ConflictPolicy::Discard})
      CHECK(parse_conflict_policy(conflict_policy_name(policy)) == policy);
    CHECK_FALSE(parse_conflict_policy("Merge"));
    CHECK_FALSE(parse_conflict_policy(""));
  }

  TEST_CASE("without migration a hash is remembered and nothing else changes") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    std::filesystem::last_write_time(path,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const auto id = s.pending(path);
    const ReactiveMigrator migrator(s.store);
    const auto result = ReactiveMigrator(s.store).hash(path, {.migrate = false}).get();
    CHECK(result.sha256 == digest_of("x"));
    CHECK_FALSE(result.cached);
    CHECK_FALSE(result.migrated);
    CHECK(s.has_pending(id));
    CHECK(ReactiveMigrator(s.store).hash(path, {.migrate = false}).get().cached);
    CHECK_FALSE(ReactiveMigrator(s.store).hash(path, {.migrate = false, .reread = true}).get().cached);
    CHECK(s.hash(path).migrated);
  }

  TEST_CASE("a file that no record knows is only hashed") {
    MigrationStore s;
    const auto result = s.hash(s.file("a", "x"));
    CHECK(result.sha256 == digest_of("x"));
    CHECK_FALSE(result.migrated);
    CHECK(s.database.statistics().models == 0);
  }

  TEST_CASE("a record is found by other forms of its path") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const auto by_dots = s.pending(path);
    CHECK(s.hash(s.folder().string() + "/models/../models/./a").migrated);
    CHECK_FALSE(s.has_pending(by_dots));

    const std::string target = s.file("real", "y");
    std::filesystem::create_symlink(target, s.folder() / "models/link");
    const auto by_link = s.pending(target);
    CHECK(s.hash((s.folder() / "models/link").string()).migrated);
    CHECK_FALSE(s.has_pending(by_link));
    CHECK(s.database.model(digest_of("y")).locations.at(0).path == target);
  }

  TEST_CASE("a record in the trash is not promoted by hashing its file") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const auto id = s.pending(path);
    s.database.trash(std::vector<RecordId>{RecordId::pending(id)});
    CHECK_FALSE(s.hash(path).migrated);
    CHECK(s.database.pending(id).trashed);
    CHECK_FALSE(s.has_model(digest_of("x")));
  }

  TEST_CASE("hashing a missing file fails, and its record keeps the reason") {
    MigrationStore s;
    const std::string path = (s.folder() / "models/none").string();
    const auto id = s.pending(path);
    CHECK(code_of(ReactiveMigrator(s.store).hash(path)) == ErrorCode::FileMissing);
    REQUIRE(s.database.pending(id).last_error);
    CHECK(s.database.pending(id).last_error->code == ErrorCode::FileMissing);
    CHECK(code_of(ReactiveMigrator(s.store).hash(s.folder())) == ErrorCode::NotRegularFile);
  }

  TEST_CASE("a record that another promotion has claimed is a conflict") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const auto id = s.pending(path);
    s.store.core()->write([&](catalog::WriteTransaction& transaction) {
      catalog::set_pending_operation(transaction.db(), id, 4711);
    });
    CHECK(code_of(ReactiveMigrator(s.store).hash(path)) == ErrorCode::Conflict);
    CHECK(s.has_pending(id));
    const auto report = s.migrate({RecordId::pending(id)});
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].code == ErrorCode::Conflict);
    CHECK_FALSE(s.database.pending(id).last_error);
  }

  TEST_CASE(
      "hashing one path many times at once promotes once, and who comes too late finds the model or a "
      "conflict") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.add_picture(s.pending(path), small_picture(1));
    ReactiveMigrator migrator(s.store);
    std::vector<Job<MigrateHashResult>> jobs;
    for (int i = 0; i < 16; ++i) jobs.push_back(migrator.hash(path));
    int migrated = 0;
    for (const auto& job : jobs) {
      try {
        migrated += job.get().migrated ? 1 : 0;
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::Conflict);
      }
    }
    CHECK(migrated == 1);
    CHECK(s.database.model(digest_of("x")).previews.size() == 1);
    CHECK(s.problems().empty());
  }

  TEST_CASE("stores of one folder share the records: each is promoted once") {
    MigrationStore s;
    for (int i = 0; i < 60; ++i) {
      const auto id = s.pending(s.file(std::to_string(i), "c" + std::to_string(i)));
      if (i % 3 == 0) s.add_picture(id, small_picture(static_cast<unsigned>(i)));
    }
    const Store other = Store::open(s.root());
    ReactiveMigrator one(s.store);
    ReactiveMigrator two(other);
    const auto first = one.migrate_all();
    const auto second = two.migrate_all();
    const MigrationReport a = first.get();
    const MigrationReport b = second.get();
    CHECK(a.promoted_ids.size() + b.promoted_ids.size() == 60);
    for (const auto& failures : {a.failed, b.failed})
      for (const MigrationFailure& failure : failures) CHECK(failure.code == ErrorCode::Conflict);
    CHECK(s.database.statistics().models == 60);
    CHECK(s.database.statistics().previews == 20);
    CHECK(s.problems().empty());
  }

  TEST_CASE("a batch is refused while another one runs, and a single hash is not") {
    MigrationStore s;
    s.pending(large_file(s, "large"));
    const std::string small = s.file("small", "x");
    s.pending(small);
    ReactiveMigrator migrator(s.store);
    const auto batch = migrator.migrate_all();
    CHECK(code_of(migrator.migrate({})) == ErrorCode::Busy);
    CHECK(code_of(migrator.verify_claims()) == ErrorCode::Busy);
    CHECK_FALSE(batch.done());
    const auto begin = Clock::now();
    CHECK(migrator.hash(small, {.migrate = false}).get().sha256 == digest_of("x"));
    CHECK(Clock::now() - begin < std::chrono::seconds(5));
    batch.cancel();
    CHECK(code_of(batch) == ErrorCode::Cancelled);
    CHECK(migrator.migrate({}).get().failed.empty());
  }

  TEST_CASE("a cancelled batch ends soon, and what was committed stays") {
    MigrationStore s;
    for (int i = 0; i < 100; ++i) s.pending(s.file(std::to_string(i), "c" + std::to_string(i)));
    s.pending(large_file(s, "large"));
    ReactiveMigrator migrator(s.store);
    const auto job = migrator.migrate_all();
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    while (s.database.statistics().models < 64 && Clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto begin = Clock::now();
    job.cancel();
    CHECK(code_of(job) == ErrorCode::Cancelled);
    const auto took = Clock::now() - begin;
    CHECK(took < std::chrono::seconds(2));  // 100 ms, measured where nothing else runs
    MESSAGE("cancelled after " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                               << " ms");
    CHECK(s.database.statistics().models >= 64);
    CHECK(s.database.statistics().models + s.database.statistics().pending == 101);
    CHECK(s.problems().empty());
  }

  TEST_CASE("a batch is cancelled without waiting for its pictures to be decoded") {
    MigrationStore s;
    const test::Bytes slow = test::encode(test::photo(5000, 4000), test::Kind::Jpeg);
    for (int i = 0; i < 8; ++i) {
      const auto id = s.pending(s.file(std::to_string(i), "c" + std::to_string(i)));
      for (int picture = 0; picture < 4; ++picture) s.add_picture(id, slow);
    }
    ReactiveMigrator migrator(s.store);
    const auto job = migrator.migrate_all();
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    while (job.progress().done < 4 && Clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto begin = Clock::now();
    job.cancel();
    CHECK(code_of(job) == ErrorCode::Cancelled);
    const auto took = Clock::now() - begin;
    CHECK(took < std::chrono::seconds(2));
    MESSAGE("cancelled after " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                               << " ms");
    CHECK(s.database.statistics().models + s.database.statistics().pending == 8);
    CHECK(s.problems().empty());
  }

  TEST_CASE("a store may be closed in the middle of a batch") {
    MigrationStore s;
    for (int i = 0; i < 100; ++i) {
      const auto id = s.pending(s.file(std::to_string(i), "c" + std::to_string(i)));
      s.add_picture(id, small_picture(static_cast<unsigned>(i)));
    }
    std::optional<Store> other = Store::open(s.root());
    ReactiveMigrator migrator(*other);
    const auto job = migrator.migrate_all();
    while (job.progress().done == 0 && !job.done()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    other.reset();
    CHECK(job.done());
    CHECK(code_of(job) == ErrorCode::Cancelled);
    CHECK_THROWS_AS((void)migrator.migrate_all(), Error);
    CHECK(s.problems().empty());
    CHECK(ReactiveMigrator(s.store).migrate_all().get().failed.empty());
    CHECK(s.database.statistics().models == 100);
    CHECK(s.problems().empty());
  }

  TEST_CASE("a store that is read-only hashes and changes nothing") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const std::string unknown = s.file("b", "y");
    const auto id = s.pending(path);
    const Store reader = Store::open(s.root(), {.read_only = true});
    CHECK(ReactiveMigrator(reader).hash(unknown).get().sha256 == digest_of("y"));
    CHECK(ReactiveMigrator(reader).hash(path, {.migrate = false}).get().sha256 == digest_of("x"));
    CHECK(code_of(ReactiveMigrator(reader).hash(path)) == ErrorCode::ReadOnly);
    CHECK(code_of(ReactiveMigrator(reader).migrate_all()) == ErrorCode::ReadOnly);
    CHECK(s.has_pending(id));
  }

  TEST_CASE("a path map to a relative path is refused") {
    MigrationStore s;
    const auto id = s.pending(R"(C:\ai\a.bin)");
    ReactiveMigrator migrator(s.store);
    CHECK(code_of(migrator.migrate_all({.path_map = {{R"(c:\ai)", "models"}}})) ==
          ErrorCode::InvalidArgument);
    CHECK(code_of(migrator.verify_claims({.path_map = {{R"(c:\ai)", ""}}})) == ErrorCode::InvalidArgument);
    CHECK(s.has_pending(id));
  }

  TEST_CASE("a relative path starts from where the program was when it called") {
    MigrationStore s;
    s.file("one/a", "one");
    s.file("two/a", "two");
    struct Return {
      std::filesystem::path folder = std::filesystem::current_path();
      ~Return() { std::filesystem::current_path(folder); }
    } const back;
    std::filesystem::current_path(s.folder() / "models/one");
    std::vector<Job<MigrateHashResult>> jobs;
    ReactiveMigrator migrator(s.store);
    for (int i = 0; i < 100; ++i) jobs.push_back(migrator.hash("a", {.reread = true}));
    std::filesystem::current_path(s.folder() / "models/two");
    for (const auto& job : jobs) CHECK(job.get().sha256 == digest_of("one"));
    CHECK(code_of(migrator.hash("")) == ErrorCode::InvalidArgument);
    const std::int64_t id = s.pending("a");
    CHECK(migrator.hash("a").get().migrated);
    CHECK_FALSE(s.has_pending(id));
  }
}
