#include "modelstore/scanner.hpp"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "runtime/executor.hpp"
#include "scan/file_walk.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using test::error_of;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 2});
  Database database{store};
  Scanner scanner{store};

  ScanReport scan() { return scanner.scan({dir / "models"}).get(); }
  RecordPage all() { return database.list({.filter = {.state = StateFilter::All}, .limit = 1000}); }
};

}  // namespace

TEST_SUITE("Scanner") {
  TEST_CASE_FIXTURE(Fixture, "a walk ends when its job is cancelled although it finds no model") {
    for (int i = 0; i < 600; ++i) test::write_file(dir / ("flat/" + std::to_string(i) + ".txt"), "");
    for (int i = 0; i < 3; ++i) test::write_file(dir / ("deep/a/b/" + std::to_string(i) + ".txt"), "");
    runtime::Executor executor(1);
    for (const char* name : {"flat", "deep"}) {
      CAPTURE(name);
      std::atomic<bool> begun = false;
      const auto job = executor.operation<int>([&](const runtime::JobControl& control) {
        begun = true;
        while (!control.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        scan::FileWalk(
            {".pt"}, [](const auto&) {}, [](const auto&) {}, [](const auto&) {})
            .walk(dir / name);
        return 0;
      });
      while (!begun) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      job.cancel();
      CHECK(error_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "new files become pending, typed and tagged by the first folder") {
    test::write_file(dir / "models/Loras/style/a.SafeTensors", "aaaa");
    test::write_file(dir / "models/vae/b.pt", "bb");
    test::write_file(dir / "models/c.ckpt", "c");
    test::write_file(dir / "models/vae/readme.txt", "no model");
    test::write_file(dir / "models/vae/.pt", "no stem");
    const ScanReport report = scan();
    CHECK(report.files_seen == 3);
    CHECK(report.added == 3);
    CHECK(report.pending_ids.size() == 3);
    CHECK(report.skipped.empty());
    const auto id = database.find_by_path(dir / "models/Loras/style/a.SafeTensors");
    REQUIRE(id);
    const PendingRecord record = database.pending(id->number());
    CHECK(record.type == "loras");
    CHECK(record.name == "a.SafeTensors");
    CHECK(record.size_bytes == 4);
    CHECK(record.created_at > 0);
    REQUIRE(record.tags.size() == 1);
    CHECK(record.tags.front().name == "loras");
    const auto top = database.find_by_path(dir / "models/c.ckpt");
    REQUIRE(top);
    CHECK(database.pending(top->number()).type.empty());
    CHECK(database.list({.filter = {.state = StateFilter::Pending, .text = "style a.safe"}}).total == 1);
  }

  TEST_CASE_FIXTURE(Fixture, "a second scan adds nothing and brings nothing back from the trash") {
    test::write_file(dir / "models/loras/a.pt", "a");
    test::write_file(dir / "models/loras/b.pt", "b");
    const ScanReport first = scan();
    (void)database.trash(std::vector<RecordId>{RecordId::pending(first.pending_ids[0])});
    const ScanReport second = scan();
    CHECK(second.added == 0);
    CHECK(second.known == 2);
    CHECK(all().total == 1);
  }

  TEST_CASE_FIXTURE(Fixture, "locations are seen present, missing and offline, and nothing is deleted") {
    const auto file = test::write_file(dir / "models/loras/a.pt", "a");
    const Sha256 digest = Sha256::from_hex(std::string(64, 'a'));
    database.add_model({.sha256 = digest, .path = file.string(), .tags = {"kept"}});
    const auto state = [&] { return database.model(digest).locations.front().state; };
    CHECK(state() == LocationState::Unknown);
    CHECK(scan().known == 1);
    CHECK(state() == LocationState::Present);
    fs::remove(file);
    CHECK(scan().missing == 1);
    CHECK(state() == LocationState::Missing);
    fs::rename(dir / "models", dir / "unmounted");
    CHECK(error_of([&] { return scan(); }) == ErrorCode::FileMissing);
    CHECK(state() == LocationState::Offline);
    fs::rename(dir / "unmounted", dir / "models");
    test::write_file(file, "a");
    CHECK(scan().added == 0);
    CHECK(state() == LocationState::Present);
    CHECK(database.model(digest).tags.front().name == "kept");
  }

  TEST_CASE_FIXTURE(Fixture, "loops and repeated links are walked once") {
    const auto file = test::write_file(dir / "models/loras/a.pt", "a");
    fs::create_directory_symlink(dir / "models", dir / "models/loras/loop");
    fs::create_directory_symlink(dir / "models/loras", dir / "models/again");
    fs::create_symlink(file, dir / "models/loras/b.pt");
    test::write_file(dir / "elsewhere/c.pt", "c");
    fs::create_symlink(dir / "elsewhere/c.pt", dir / "models/loras/link.pt");
    const ScanReport report = scan();
    CHECK(report.files_seen == 2);
    CHECK(report.added == 2);
    CHECK(scan().added == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "what cannot be taken is reported and the scan goes on") {
    test::write_file(dir / "models/loras/good.pt", "a");
    test::write_file(dir / "models/loras/bad\xff.pt", "a");
    fs::create_symlink("nowhere", dir / "models/loras/broken.pt");
    REQUIRE(mkfifo((dir / "models/loras/fifo.pt").c_str(), 0600) == 0);
    fs::create_directories(dir / "models/loras/folder.pt");
    const auto start = std::chrono::steady_clock::now();
    const ScanReport report = scan();
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
    CHECK(report.added == 1);
    CHECK(report.skipped.size() == 3);
    for (const ScanSkip& skip : report.skipped) CHECK_FALSE(skip.reason.empty());
  }

  TEST_CASE_FIXTURE(Fixture, "roots that are wrong are refused") {
    CHECK(error_of([&] { return scanner.scan({}).get(); }) == ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return scanner.scan({dir / "absent"}).get(); }) == ErrorCode::FileMissing);
    const auto file = test::write_file(dir / "file.pt", "x");
    CHECK(error_of([&] { return scanner.scan({file}).get(); }) == ErrorCode::InvalidArgument);
  }

  TEST_CASE_FIXTURE(Fixture,
                    "several thousand files are added in batches, and a cancelled scan keeps what it found") {
    for (int i = 0; i < 2500; ++i) test::write_file(dir / ("models/m/" + std::to_string(i) + ".pt"), "");
    const Job<ScanReport> job = scanner.scan({dir / "models"});
    job.cancel();
    CHECK(error_of([&] { return job.get(); }) == ErrorCode::Cancelled);
    const ScanReport report = scan();
    CHECK(report.added + report.known == 2500);
    CHECK(all().total == 2500);
  }
}
