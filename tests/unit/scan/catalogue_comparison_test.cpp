#include "scan/catalogue_comparison.hpp"

#include <sys/fsuid.h>
#include <unistd.h>

#include <chrono>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "modelstore/database.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "modelstore/scanner.hpp"
#include "scan/file_walk.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
namespace fs = std::filesystem;

namespace {

/// While it lives, this thread has the rights of a user who owns nothing, even in a test that runs as root.
class Unprivileged {
 public:
  Unprivileged() : before_(::setfsuid(65534)) {}
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() { ::setfsuid(static_cast<uid_t>(before_)); }

 private:
  int before_;
};

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 2});
  Database database{store};
  ReactiveMigrator migrator{store};

  ScanReport scan(const fs::path& root) { return Scanner(store).scan({root}).get(); }
  ScanReport scan() { return scan(dir / "models"); }

  /// A file that was modified long enough ago for its hash to be remembered.
  fs::path file(const std::string& name, std::string_view content, int hours_ago = 2) {
    fs::path path = test::write_file(dir / name, content);
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(hours_ago));
    return path;
  }

  Sha256 hash(const fs::path& path) { return migrator.hash(path).get().sha256; }
  Location location(const Sha256& sha256) { return database.model(sha256).locations.at(0); }
  std::size_t changes(std::int64_t since) { return database.changes(since).changes.size(); }
};

}  // namespace

TEST_SUITE("CatalogueComparison") {
  TEST_CASE_FIXTURE(Fixture, "what cannot be looked at stays as it is, and the scan goes on") {
    const fs::path path = file("models/loras/a.pt", "a");
    (void)scan();
    const Sha256 model = hash(path);
    const fs::path too_long = dir / ("models/" + std::string(300, 'x') + "/b.pt");
    (void)database.add_pending({.path = too_long});
    fs::rename(dir / "models/loras", dir / "aside");
    fs::create_directory_symlink("loras", dir / "models/loras");  // to itself
    test::write_file(dir / "models/vae/c.pt", "c");
    const ScanReport report = scan();
    CHECK(report.added == 1);
    CHECK(report.missing == 0);
    CHECK(report.skipped.size() == 1);
    CHECK(location(model).state == LocationState::Present);
    CHECK(location(model).verified);
  }

  TEST_CASE_FIXTURE(Fixture,
                    "nothing is known below a folder that lost its permission, however it is named") {
    const std::string folder = "lo\nras\x01";
    const fs::path closed = dir / ("real/" + folder);
    test::write_file(closed / "sub/a.pt", "a");
    fs::create_directory_symlink(dir / "real", dir / "link");
    const Sha256 by_link = Sha256::from_hex(std::string(64, 'a'));
    const Sha256 by_real = Sha256::from_hex(std::string(64, 'b'));
    database.add_model({.sha256 = by_link, .path = dir / ("link/" + folder + "/sub/a.pt")});
    database.add_model({.sha256 = by_real, .path = dir / ("real/" + folder + "/sub/b.pt")});
    test::write_file(closed / "sub/b.pt", "b");
    (void)scan(dir / "link");
    REQUIRE(location(by_link).state == LocationState::Present);
    REQUIRE(location(by_real).state == LocationState::Present);

    fs::permissions(dir.path(), fs::perms(0755));
    fs::permissions(closed, fs::perms::none);
    ScanReport report;
    int gaps = 0;
    (void)store.core()
        ->executor()
        .operation<bool>([&](const runtime::JobControl& control) {
          const Unprivileged unprivileged;
          scan::CatalogueComparison comparison(*store.core(), control, report);
          scan::FileWalk walk(
              {".pt"}, [](const auto&) {}, [](const auto&) {},
              [&](const scan::WalkedGap& gap) {
                ++gaps;
                comparison.add_unreadable(gap.path);
                comparison.add_unreadable(gap.real_path);
              });
          walk.walk(dir / "link");
          comparison.compare(dir / "link");
          return true;
        })
        .get();
    fs::permissions(closed, fs::perms::owner_all);
    CHECK(gaps == 1);
    CHECK(report.missing == 0);
    CHECK(location(by_link).state == LocationState::Present);
    CHECK(location(by_real).state == LocationState::Present);
  }

  TEST_CASE_FIXTURE(Fixture, "a file that was imported while its drive was away is known by all its paths") {
    const std::string given = (dir / "la/f.pt").string();
    const std::int64_t pending = database.add_pending({.path = given});
    const Sha256 model = Sha256::from_hex(std::string(64, 'a'));
    database.add_model({.sha256 = model, .path = dir / "la/g.pt"});
    file("r10/f.pt", "f");
    file("r10/g.pt", "g");
    fs::create_directory_symlink(dir / "r10", dir / "la");
    const ScanReport first = scan(dir / "la");
    CHECK(first.added == 0);
    CHECK(first.known == 2);
    CHECK(location(model).real_path == dir / "r10/g.pt");
    const ScanReport second = scan(dir / "r10");
    CHECK(second.added == 0);
    CHECK(second.known == 2);
    CHECK(database.find_by_path(dir / "r10/f.pt") == RecordId::pending(pending));
  }

  TEST_CASE_FIXTURE(Fixture,
                    "a verified file that changed is verified anew, and the model keeps what it had") {
    const fs::path path = file("models/a.pt", "first");
    (void)scan();
    const Sha256 before = hash(path);
    database.edit(before, {.name = "My favourite"});
    SUBCASE("in its size") {
      file("models/a.pt", "and another");
    }
    SUBCASE("in its time of modification") {
      file("models/a.pt", "other", 1);
    }
    const ScanReport report = scan();
    CHECK(report.changed == 1);
    CHECK(report.known == 1);
    CHECK(location(before).state == LocationState::Present);
    CHECK_FALSE(location(before).verified);
    const std::int64_t since = database.statistics().revision;
    CHECK(scan().changed == 0);
    CHECK(changes(since) == 0);

    const MigrationReport verified = migrator.verify_claims().get();
    REQUIRE(verified.mismatches.size() == 1);
    CHECK_FALSE(verified.mismatches[0].rekeyed);
    CHECK(database.model(before).name == "My favourite");
    CHECK(location(before).state == LocationState::Missing);
    CHECK(location(verified.mismatches[0].computed).verified);
    CHECK(migrator.verify_claims().get().mismatches.empty());
    CHECK(scan().changed == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "a verified file that was only touched is confirmed") {
    const fs::path path = file("models/a.pt", "first");
    (void)scan();
    const Sha256 model = hash(path);
    file("models/a.pt", "first", 1);
    CHECK(scan().changed == 1);
    CHECK(migrator.verify_claims().get().mismatches.empty());
    CHECK(location(model).verified);
    CHECK(scan().changed == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "a file in the place of one that is missing is a new record") {
    const fs::path path = file("models/a.pt", "first");
    (void)scan();
    const Sha256 former = hash(path);
    file("models/a.pt", "second", 1);
    const Sha256 other = hash(path);
    REQUIRE(location(former).state == LocationState::Missing);
    SUBCASE("while the other model is there, nothing changes") {
      const std::int64_t since = database.statistics().revision;
      CHECK(scan().added == 0);
      CHECK(changes(since) == 0);
    }
    SUBCASE("once the other model is deleted") {
      (void)database.trash(std::vector<RecordId>{other});
      (void)database.empty_trash();
      CHECK(scan().added == 1);
      CHECK(location(former).state == LocationState::Missing);
      const auto found = database.find_by_path(path);
      REQUIRE(found);
      CHECK_FALSE(found->is_model());
      CHECK(scan().added == 0);
      CHECK(location(former).state == LocationState::Missing);
      CHECK(hash(path) == other);
      CHECK(location(other).state == LocationState::Present);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "a file that comes back as it was is present again") {
    const fs::path path = file("models/a.pt", "first");
    (void)scan();
    const Sha256 model = hash(path);
    fs::rename(path, dir / "aside");
    CHECK(scan().missing == 1);
    CHECK(location(model).state == LocationState::Missing);
    fs::rename(dir / "aside", path);
    CHECK(scan().added == 0);
    CHECK(location(model).state == LocationState::Present);
    CHECK(location(model).verified);
  }
}
