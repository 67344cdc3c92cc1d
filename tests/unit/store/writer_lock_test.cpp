// What becomes of calls and jobs while another process holds the writer lock of a store.

#include <sys/file.h>

#include <chrono>
#include <future>
#include <thread>

#include <doctest/doctest.h>

#include "modelstore/modelstore.hpp"
#include "platform/file.hpp"
#include "support/errors.hpp"
#include "support/legacy_store.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using namespace std::chrono_literals;
using test::error_of;
using Clock = std::chrono::steady_clock;

namespace {

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 2, .busy_timeout = 1h});
  platform::LockFile other = platform::LockFile::open(dir / "store/modelstore.lock");

  template <class T>
  void check_cancellable(const Job<T>& job) {
    CHECK_FALSE(job.wait_for(200ms));
    job.cancel();
    // Far below the time for which it would wait, and far above what it takes.
    REQUIRE(job.wait_for(30s));
    CHECK(error_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
  }
};

}  // namespace

TEST_SUITE("writer lock") {
  TEST_CASE_FIXTURE(Fixture, "jobs that wait for the lock can be cancelled") {
    test::write_file(dir / "models/loras/a.safetensors", "a");
    (void)Scanner(store).scan({dir / "models"}).get();
    test::LegacyStore legacy(dir / "legacy");
    (void)legacy.add_model({.path = "/m/b.safetensors"});
    REQUIRE(other.try_lock());
    check_cancellable(Scanner(store).scan({dir / "models"}));
    LegacyImporter importer(store);
    check_cancellable(importer.import({.database = legacy.database()}));
    ReactiveMigrator migrator(store);
    check_cancellable(migrator.hash(dir / "models/loras/a.safetensors"));
    check_cancellable(migrator.migrate_all());
    check_cancellable(store.verify());
    other.unlock();
    CHECK(store.verify().get().ok());
    CHECK(migrator.migrate_all().get().promoted_ids.size() == 1);
  }

  TEST_CASE_FIXTURE(Fixture, "a store whose work waits for the lock closes at once") {
    const auto job = Scanner(store).scan({dir / "store/images"});
    (void)job.wait_for(30s);
    REQUIRE(other.try_lock());
    Database database(store);
    auto write =
        std::async(std::launch::async, [&] { return error_of([&] { (void)database.add_tags({"a"}); }); });
    const auto scan = Scanner(store).scan({dir / "store/images"});
    CHECK_FALSE(scan.wait_for(200ms));
    const auto start = Clock::now();
    store.close();
    CHECK(Clock::now() - start < 30s);
    CHECK(write.get() == ErrorCode::Closed);
    CHECK(scan.done());
  }

  TEST_CASE_FIXTURE(Fixture, "a timeout without an end is none, and one below nothing is none to speak of") {
    Store patient = Store::open(dir / "store", {.busy_timeout = std::chrono::milliseconds::max()});
    Store hasty = Store::open(dir / "store", {.busy_timeout = -5ms});
    REQUIRE(other.try_lock());
    CHECK(error_of([&] { (void)Database(hasty).add_tags({"a"}); }) == ErrorCode::Busy);
    auto write = std::async(std::launch::async,
                            [&] { return error_of([&] { (void)Database(patient).add_tags({"b"}); }); });
    CHECK(write.wait_for(300ms) == std::future_status::timeout);
    other.unlock();
    CHECK_FALSE(write.get());
    CHECK(Database(store).tags().size() == 1);
  }
}
