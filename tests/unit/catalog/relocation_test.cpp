#include "catalog/relocation.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "catalog/model_rows.hpp"
#include "catalog/store_core.hpp"
#include "modelstore/database.hpp"
#include "modelstore/store.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 1});
  Database database{store};

  Sha256 model(char digit) {
    const Sha256 sha256 = Sha256::from_hex(std::string(64, digit));
    database.add_model({.sha256 = sha256});
    return sha256;
  }
  void put(const Sha256& sha256, const std::string& path, LocationState state) {
    store.core()->write([&](catalog::WriteTransaction& transaction) {
      const auto row = catalog::require_model(transaction.db(), sha256);
      catalog::put_location(transaction.db(), row.id, {path, "", state, true});
      transaction.model_changed(row.id, sha256);
    });
  }
};

}  // namespace

TEST_SUITE("relocation") {
  TEST_CASE_FIXTURE(Fixture, "records that were seen through a link move to where the link leads") {
    const std::string file = test::write_file(dir / "new/a.pt", "a").string();
    test::write_file(dir / "new/b.pt", "b");
    fs::create_directory_symlink(dir / "new", dir / "old");
    const std::int64_t pending = database.add_pending({.path = dir / "old/a.pt"});
    const Sha256 sha256 = Sha256::from_hex(std::string(64, 'a'));
    database.add_model({.sha256 = sha256, .path = dir / "old/b.pt"});
    const RelocateReport report = database.relocate((dir / "old").string(), (dir / "new").string());
    CHECK(report.conflicts.empty());
    CHECK(report.pending == 1);
    CHECK(report.locations == 1);
    CHECK(database.pending(pending).path == file);
    CHECK(database.model(sha256).locations.at(0).path == dir / "new/b.pt");
  }

  TEST_CASE_FIXTURE(Fixture, "a model moves together with one that misses its content at the same path") {
    const Sha256 former = model('a');
    const Sha256 now = model('b');
    put(former, "/a/x.pt", LocationState::Missing);
    put(now, "/a/x.pt", LocationState::Present);
    const RelocateReport report = database.relocate("/a", "/b");
    CHECK(report.conflicts.empty());
    CHECK(report.locations == 2);
    CHECK(database.model(former).locations.at(0).path == "/b/x.pt");
    CHECK(database.model(former).locations.at(0).state == LocationState::Missing);
    CHECK(database.model(now).locations.at(0).path == "/b/x.pt");
    CHECK(database.model(now).locations.at(0).state == LocationState::Unknown);
  }

  TEST_CASE_FIXTURE(Fixture, "a model that has the other path already stays, whatever is there") {
    const Sha256 sha256 = model('a');
    put(sha256, "/a/x.pt", LocationState::Present);
    put(sha256, "/b/x.pt", LocationState::Missing);
    const RelocateReport report = database.relocate("/a", "/b");
    CHECK(report.locations == 0);
    CHECK(report.conflicts == std::vector<std::string>{"/a/x.pt"});
    CHECK(database.model(sha256).locations.size() == 2);
  }
}
