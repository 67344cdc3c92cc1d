#include <filesystem>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;

namespace {

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 1});
  Database database{store};

  /// What one call for all says, which must be what a call for each says.
  std::vector<std::optional<RecordId>> find(const std::vector<std::filesystem::path>& paths) {
    auto found = database.find_by_paths(paths);
    REQUIRE(found.size() == paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
      CAPTURE(paths[i]);
      CHECK(found[i] == database.find_by_path(paths[i]));
    }
    return found;
  }
};

}  // namespace

TEST_SUITE("Database::find_by_paths") {
  TEST_CASE_FIXTURE(Fixture, "many paths are answered in their order, and a path may come twice") {
    const Sha256 digest = Sha256::from_hex(std::string(64, 'a'));
    database.add_model({.sha256 = digest, .path = "/m/a.ckpt"});
    const std::int64_t number = database.add_pending({.path = "/m/b.ckpt"});
    const auto found = find({"/m/b.ckpt", "/m/absent", "/m/a.ckpt", "/m/b.ckpt"});
    CHECK(found[0] == RecordId::pending(number));
    CHECK_FALSE(found[1]);
    CHECK(found[2] == RecordId(digest));
    CHECK(found[3] == found[0]);
    CHECK(database.find_by_paths({}).empty());
  }

  TEST_CASE_FIXTURE(Fixture, "paths that are not normal are found") {
    const RecordId id = RecordId::pending(database.add_pending({.path = "/m/x/b.ckpt"}));
    for (const auto& found :
         find({"/m/x/../x/b.ckpt", "/m//x/b.ckpt", "/m/./x/b.ckpt", "/m/x/y/.././b.ckpt"}))
      CHECK(found == id);
  }

  TEST_CASE_FIXTURE(Fixture, "links are followed, in folders and at the end") {
    const auto file = test::write_file(dir / "real/deep/a.ckpt", "x");
    const RecordId id = RecordId::pending(database.add_pending({.path = file}));
    std::filesystem::create_directory_symlink(dir / "real", dir / "link");
    std::filesystem::create_symlink(file, dir / "other.ckpt");
    std::filesystem::create_symlink(dir / "absent", dir / "dangling.ckpt");
    const auto found = find({dir / "link/deep/a.ckpt", dir / "other.ckpt", dir / "link/deep/../deep/a.ckpt",
                             dir / "dangling.ckpt", dir / "link/deep/b.ckpt", dir / "link/absent/a.ckpt"});
    for (std::size_t i = 0; i < 3; ++i) CHECK(found[i] == id);
    for (std::size_t i = 3; i < 6; ++i) CHECK_FALSE(found[i]);
  }

  TEST_CASE_FIXTURE(Fixture, "what is no path is not found") {
    test::write_file(dir / "file", "x");
    const auto found = find({"", "/", "//", ".", "..", "relative", "/" + std::string(5000, 'x'),
                             dir / "file/below", std::string("/m/\0x", 5), "/m/\xff"});
    for (const auto& id : found) CHECK_FALSE(id);
  }

  TEST_CASE_FIXTURE(Fixture, "a model goes before a pending record, and a trashed record is found") {
    const Sha256 digest = Sha256::from_hex(std::string(64, 'b'));
    database.add_model({.sha256 = digest, .path = "/m/a.ckpt"});
    (void)database.trash(std::vector<RecordId>{digest});
    CHECK(find({"/m/a.ckpt"}).front() == RecordId(digest));
  }

  TEST_CASE_FIXTURE(Fixture, "few paths in a large catalogue and many in a small one are answered alike") {
    const auto file = test::write_file(dir / "real/a.ckpt", "x");
    std::filesystem::create_directory_symlink(dir / "real", dir / "link");
    (void)database.add_pending({.path = file});
    std::vector<std::filesystem::path> paths = {dir / "link/a.ckpt", file};
    for (int i = 0; i < 40; ++i) {
      paths.emplace_back("/m/" + std::to_string(i));
      if (i % 2 == 0) (void)database.add_pending({.path = paths.back()});
    }
    const auto all = find(paths);
    CHECK(all[0] == all[1]);
    for (std::size_t i = 0; i < paths.size(); ++i) CHECK(find({paths[i]}).front() == all[i]);
  }
}
