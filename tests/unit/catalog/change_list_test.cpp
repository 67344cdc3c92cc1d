#include "catalog/change_list.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "modelstore/store.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;

TEST_SUITE("change list") {
  TEST_CASE("nothing has changed since a revision that is still to come, however far") {
    const test::TempDir dir;
    const Store store = Store::open(dir / "store", {.create = true, .threads = 1});
    Database database(store);
    (void)database.add_pending({.path = "/m/a"});
    const std::int64_t now = database.statistics().revision;
    for (const std::int64_t since :
         {now, now + 1, std::int64_t{1} << 44U, std::numeric_limits<std::int64_t>::max()}) {
      CAPTURE(since);
      const ChangeList list = database.changes(since);
      CHECK(list.changes.empty());
      CHECK(list.revision == since);
    }
    CHECK(database.changes(now - 1).changes.size() == 1);
  }
}
