#include "catalog/record_edit.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "catalog/record_filter.hpp"
#include "catalog/store_core.hpp"
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

  TEST_CASE_FIXTURE(Fixture, "a selection may be limited, over both kinds of records") {
    for (int i = 0; i < 3; ++i) (void)database.add_pending({.path = "/m/" + std::to_string(i)});
    for (const char digit : {'a', 'b'})
      database.add_model({.sha256 = Sha256::from_hex(std::string(64, digit))});
    const auto reader = store.core()->reader();
    const RecordFilter all{.state = StateFilter::All};
    CHECK(catalog::select_records(*reader, all).size() == 5);
    for (const std::int64_t limit : {0, 1, 2, 3, 4, 5})
      CHECK(std::ssize(catalog::select_records(*reader, all, limit)) == limit);
    CHECK(catalog::select_records(*reader, all, 9).size() == 5);
  }

  TEST_CASE_FIXTURE(Fixture, "a trash larger than one step is emptied") {
    for (int i = 0; i < 1203; ++i) (void)database.add_pending({.path = "/m/" + std::to_string(i)});
    CHECK(database.trash(RecordFilter{.state = StateFilter::Pending}) == 1203);
    CHECK(database.empty_trash() == 1203);
    CHECK(database.empty_trash() == 0);
  }
}
