#include "catalog/change_list.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "modelstore/store.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;

TEST_SUITE("change list") {
  TEST_CASE("a revision that is still to come is refused, however far") {
    const test::TempDir dir;
    const Store store = Store::open(dir / "store", {.create = true, .threads = 1});
    Database database(store);
    (void)database.add_pending({.path = "/m/a"});
    const std::int64_t now = database.statistics().revision;
    for (const std::int64_t since :
         {now + 1, std::int64_t{1} << 44U, std::numeric_limits<std::int64_t>::max()}) {
      CAPTURE(since);
      CHECK(test::error_of([&] { (void)database.changes(since); }) == ErrorCode::NotFound);
    }
    const ChangeList none = database.changes(now);
    CHECK(none.changes.empty());
    CHECK(none.revision == now);
    CHECK(database.changes(now - 1).changes.size() == 1);
  }
}
