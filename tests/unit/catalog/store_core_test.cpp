#include "catalog/store_core.hpp"

#include <doctest/doctest.h>

#include "catalog/model_rows.hpp"
#include "modelstore/database.hpp"
#include "modelstore/store.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;

TEST_SUITE("StoreCore") {
  TEST_CASE("a change of identity that was taken back is in no list of changes") {
    const test::TempDir dir;
    const Store store = Store::open(dir / "store", {.create = true, .threads = 1});
    Database database(store);
    const Sha256 before = Sha256::from_hex(std::string(64, 'a'));
    database.add_model({.sha256 = before});
    const std::int64_t since = database.statistics().revision;
    store.core()->write([&](catalog::WriteTransaction& transaction) {
      const auto row = catalog::require_model(transaction.db(), before);
      CHECK_THROWS_AS(transaction.nested([&] {
        transaction.model_rekeyed(row.id, before, Sha256::from_hex(std::string(64, 'b')));
        throw Error(ErrorCode::Conflict, "taken back");
      }),
                      Error);
    });
    CHECK(database.changes(since).changes.empty());
    CHECK(database.model(before).sha256 == before);
  }
}
