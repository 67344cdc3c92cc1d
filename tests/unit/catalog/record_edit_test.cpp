#include "catalog/record_edit.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "modelstore/store.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using test::error_of;

namespace {

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 1});
  Database database{store};
};

}  // namespace

TEST_SUITE("record edit") {
  TEST_CASE_FIXTURE(Fixture, "a record that was added through a link may take its file's real path") {
    const std::string real = test::write_file(dir / "real/a.pt", "a").string();
    std::filesystem::create_directory_symlink(dir / "real", dir / "link");
    const std::int64_t id = database.add_pending({.path = dir / "link/a.pt"});
    database.edit(RecordId::pending(id), {.path = real});
    CHECK(database.pending(id).path == real);
    database.edit(RecordId::pending(id), {.path = (dir / "link/a.pt").string()});
    CHECK(database.pending(id).path == dir / "link/a.pt");
  }

  TEST_CASE_FIXTURE(Fixture, "a path of another record is refused in all its forms") {
    const std::string real = test::write_file(dir / "real/a.pt", "a").string();
    std::filesystem::create_directory_symlink(dir / "real", dir / "link");
    (void)database.add_pending({.path = dir / "link/a.pt"});
    const std::int64_t other = database.add_pending({.path = "/elsewhere/b.pt"});
    for (const std::string& path : {real, (dir / "link/a.pt").string(), (dir / "link/./a.pt").string()}) {
      CAPTURE(path);
      CHECK(error_of([&] {
              database.edit(RecordId::pending(other), {.path = path});
              return 0;
            }) == ErrorCode::AlreadyExists);
    }
    CHECK(error_of([&] { return database.add_pending({.path = real}); }) == ErrorCode::AlreadyExists);
  }

  TEST_CASE_FIXTURE(Fixture, "a text is found behind a NUL in it") {
    const std::int64_t id = database.add_pending({.path = "/m/a.pt"});
    database.edit(RecordId::pending(id), {.metadata = R"({"description":"before\u0000hidden treasure"})"});
    for (const char* text : {"before", "hidden", "treasure"}) {
      CAPTURE(text);
      CHECK(database.list({.filter = {.state = StateFilter::All, .text = text}}).total == 1);
    }
    CHECK(store.verify().get().ok());
  }
}
