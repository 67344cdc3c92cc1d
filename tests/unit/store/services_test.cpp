// What all services of a store have in common: how they are moved, and which paths they refuse.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include "modelstore/modelstore.hpp"
#include "support/errors.hpp"
#include "support/legacy_store.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using namespace std::chrono_literals;
using namespace std::string_literals;
using test::error_of;
namespace fs = std::filesystem;

namespace {

template <class Service>
constexpr bool kMoveOnly =
    std::is_nothrow_move_constructible_v<Service>&& std::is_nothrow_move_assignable_v<Service> &&
    !std::is_copy_constructible_v<Service> && !std::is_copy_assignable_v<Service>;

static_assert(kMoveOnly<Store> && kMoveOnly<Database> && kMoveOnly<ImageProcessor> && kMoveOnly<FileHasher> &&
              kMoveOnly<Scanner> && kMoveOnly<LegacyImporter> && kMoveOnly<ReactiveMigrator>);

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 2});
  Database database{store};
};

/// A file that takes minutes to hash and no room.
fs::path huge_file(const fs::path& path) {
  test::write_file(path, "");
  fs::resize_file(path, 100'000'000'000);
  fs::last_write_time(path, fs::file_time_type::clock::now() - 1h);
  return path;
}

void wait_until(const std::atomic<bool>& condition) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
  REQUIRE(condition);
}

}  // namespace

TEST_SUITE("services") {
  // NOLINTBEGIN(bugprone-use-after-move): that is the test
  TEST_CASE_FIXTURE(Fixture, "a service that was moved from is closed, and the target works") {
    const RecordId id = RecordId::pending(database.add_pending({.path = "/m/a.pt"}));
    const Database moved(std::move(database));
    CHECK(error_of([&] { (void)database.tags(); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)database.list(); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)database.add_tags({"a"}); }) == ErrorCode::Closed);
    CHECK(moved.list({.filter = {.state = StateFilter::All}}).total == 1);

    ImageProcessor images(store);
    const ImageProcessor other_images(std::move(images));
    CHECK(error_of([&] { (void)images.add(id, fs::path("a.png")); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)images.add_async(id, "a.png"); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)images.pending_pictures(id.number()); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)images.read(1, Tier::High); }) == ErrorCode::Closed);
    CHECK(other_images.pending_pictures(id.number()).empty());

    Scanner scanner(store);
    const Scanner other_scanner(std::move(scanner));
    CHECK(error_of([&] { (void)scanner.scan({dir.path()}); }) == ErrorCode::Closed);

    FileHasher hasher(store);
    const FileHasher other_hasher(std::move(hasher));
    CHECK(error_of([&] { (void)hasher.hash("a"); }) == ErrorCode::Closed);
    CHECK(error_of([&] { hasher.pause(); }) == ErrorCode::Closed);

    LegacyImporter importer(store);
    const LegacyImporter other_importer(std::move(importer));
    CHECK(error_of([&] { (void)importer.import({}); }) == ErrorCode::Closed);

    ReactiveMigrator migrator(store);
    ReactiveMigrator other_migrator(std::move(migrator));
    CHECK(error_of([&] { (void)migrator.hash("a"); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)migrator.migrate({}); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)migrator.migrate_all(); }) == ErrorCode::Closed);
    CHECK(error_of([&] { (void)migrator.verify_claims(); }) == ErrorCode::Closed);
    CHECK(other_migrator.migrate({}).get().promoted_ids.empty());
    migrator = std::move(other_migrator);
    CHECK(migrator.migrate({}).get().promoted_ids.empty());
  }
  // NOLINTEND(bugprone-use-after-move)

  TEST_CASE_FIXTURE(
      Fixture,
      "a path that is empty or holds a NUL is refused, and what stands before the NUL is not touched") {
    const RecordId id = RecordId::pending(database.add_pending({.path = "/m/a.pt"}));
    test::LegacyStore legacy(dir / "legacy");
    test::write_file(dir / "models/a.pt", "a");
    const test::Bytes png = test::encode(test::photo(20, 10), test::Kind::Png);
    test::write_file(dir / "a.png", std::string(reinterpret_cast<const char*>(png.data()), png.size()));
    ImageProcessor images(store);
    LegacyImporter importer(store);
    const auto behind = [](const fs::path& path) { return fs::path(path.native() + "\0b"s); };
    const auto refused = [](const auto& call) { CHECK(error_of(call) == ErrorCode::InvalidArgument); };
    for (const auto& path : {fs::path(), behind(dir / "new")}) {
      refused([&] { (void)Store::open(path, {.create = true}); });
      refused([&] { (void)Store::open(path); });
    }
    CHECK_FALSE(fs::exists(dir / "new"));
    refused([&] { (void)Store::open(behind(store.root())); });
    for (const auto& path : {fs::path(), behind(dir / "models")}) {
      refused([&] { (void)Scanner(store).scan({path}).get(); });
      refused([&] { (void)Scanner(store).scan({dir / "models", path}).get(); });
    }
    for (const auto& path : {fs::path(), behind(legacy.database())})
      refused([&] { (void)importer.import({.database = path}).get(); });
    refused([&] {
      (void)importer.import({.database = legacy.database(), .pictures = behind(dir / "models")}).get();
    });
    for (const auto& path : {fs::path(), behind(dir / "a.png")}) {
      refused([&] { (void)images.add(id, path); });
      refused([&] { (void)images.add_async(id, path).get(); });
    }
    for (const auto& path : {fs::path(), behind(dir / "models/a.pt")}) {
      refused([&] { (void)FileHasher(store).hash(path).get(); });
      refused([&] { (void)ReactiveMigrator(store).hash(path).get(); });
    }
    CHECK(database.list({.filter = {.state = StateFilter::All}}).total == 1);
    CHECK(images.pending_pictures(id.number()).empty());
  }

  TEST_CASE("a folder that cannot be a store is an error of the library") {
    const test::TempDir dir;
    fs::create_symlink("loop", dir / "loop");
    test::write_file(dir / "file", "x");
    for (const fs::path& path : {dir / "loop", dir / "file/below", dir / std::string(300, 'x')}) {
      CAPTURE(path);
      CHECK(error_of([&] { (void)Store::open(path, {.create = true}); }).has_value());
      CHECK(error_of([&] { (void)Store::open(path); }).has_value());
    }
    const Store store = Store::open(dir / "store", {.create = true});
    CHECK(error_of([&] { (void)Scanner(store).scan({dir / "loop"}).get(); }).has_value());
    CHECK(error_of([&] { (void)Scanner(store).scan({dir / std::string(300, 'x')}).get(); }).has_value());
  }

  TEST_CASE("a large file of a batch does not keep the only worker from others") {
    const test::TempDir dir;
    Store store = Store::open(dir / "store", {.create = true, .threads = 1});
    Database database(store);
    ImageProcessor images(store);
    const fs::path huge = huge_file(dir / "models/huge.pt");
    const auto scan = Scanner(store).scan({dir / "models"}).get();
    const RecordId other = RecordId::pending(database.add_pending({.path = "/m/a.pt"}));
    const test::Bytes png = test::encode(test::photo(20, 10), test::Kind::Png);
    test::write_file(dir / "a.png", std::string(reinterpret_cast<const char*>(png.data()), png.size()));
    const auto others_work = [&](const auto& batch) {
      const auto end = std::chrono::steady_clock::now() + 30s;
      while (batch.progress().done == 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(1ms);
      REQUIRE(batch.progress().done > 0);
      CHECK(images.add_async(other, dir / "a.png").wait_for(30s));
      CHECK(store.verify().wait_for(30s));
      const auto seen = batch.progress().done;
      while (batch.progress().done == seen && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(1ms);
      CHECK(batch.progress().done > seen);
      batch.cancel();
      CHECK(error_of([&] { (void)batch.get(); }) == ErrorCode::Cancelled);
    };
    others_work(FileHasher(store).hash_all({huge}));
    ReactiveMigrator migrator(store);
    others_work(migrator.migrate({RecordId::pending(scan.pending_ids.front())}));
    CHECK(images.pending_pictures(other.number()).size() == 2);
  }

  TEST_CASE("a hasher of its own may go in a callback of its job, and its other jobs end") {
    const test::TempDir dir;
    const fs::path huge = huge_file(dir / "huge");
    auto hasher = std::make_shared<FileHasher>(2U);
    const auto other = hasher->hash(huge);
    const auto job = hasher->hash(huge);
    std::atomic<bool> gone = false;
    job.on_done([&gone, last = std::move(hasher)](const Job<FileHash>&) mutable {
      last.reset();
      gone = true;
    });
    job.cancel();
    wait_until(gone);
    REQUIRE(other.wait_for(30s));
    CHECK(error_of([&] { (void)other.get(); }) == ErrorCode::Cancelled);
  }

  TEST_CASE("a store that is closed in a callback closes by itself, and says so") {
    const test::TempDir dir;
    std::atomic<bool> warned = false;
    Store store = Store::open(
        dir / "store", {.create = true, .log = [&](LogLevel level, std::string_view line) {
                          warned =
                              warned || (level == LogLevel::Warning && line.find("callback") != line.npos);
                        }});
    Database database(store);
    std::atomic<bool> returned = false;
    const auto job = FileHasher(store).hash(huge_file(dir / "huge"));
    job.on_done([&](const auto&) {
      store.close();
      returned = true;
    });
    job.cancel();
    wait_until(returned);
    // Not before it is closed does its lock file go.
    const auto owners = [&] { return std::distance(fs::directory_iterator(dir / "store/owners"), {}); };
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (owners() > 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
    CHECK(owners() == 0);
    CHECK(warned);
    CHECK(error_of([&] { (void)database.tags(); }) == ErrorCode::Closed);
    const Store again = Store::open(dir / "store");
    CHECK(again.verify().get().ok());
  }
}
