#include "catalog/list_indexes.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "modelstore/database.hpp"
#include "modelstore/legacy_importer.hpp"
#include "modelstore/store.hpp"
#include "support/legacy_store.hpp"
#include "support/temp_dir.hpp"

using modelstore::Database;
using modelstore::Store;
namespace catalog = modelstore::catalog;

namespace {

bool complete(const Store& store) {
  return !catalog::missing_list_index(*store.core()->reader());
}

void defer(const Store& store) {
  store.core()->write(
      [](catalog::WriteTransaction& transaction) { catalog::defer_list_indexes(transaction.db()); });
}

void wait_until_complete(const Store& store) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!complete(store) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(complete(store));
}

}  // namespace

TEST_SUITE("list indexes") {
  TEST_CASE("they are there from the start, and are put off only while there are no records") {
    const test::TempDir dir;
    const Store store = Store::open(dir / "s", {.create = true});
    CHECK(complete(store));
    defer(store);
    CHECK_FALSE(complete(store));
    store.core()->write(
        [](catalog::WriteTransaction& transaction) { catalog::create_list_indexes(transaction.db()); });
    CHECK(complete(store));
    (void)Database(store).add_pending({.path = "/a/x.pt"});
    defer(store);
    CHECK(complete(store));
  }

  TEST_CASE("lists are right without them, and opening the store makes them") {
    const test::TempDir dir;
    Store store = Store::open(dir / "s", {.create = true});
    defer(store);
    for (const char* path : {"/a/b.pt", "/a/c.pt", "/a/a.pt"})
      (void)Database(store).add_pending({.path = path, .tags = {"t"}});
    modelstore::RecordQuery query;
    query.filter.state = modelstore::StateFilter::Pending;
    query.filter.tags = {"t"};
    const auto page = Database(store).list(query);
    REQUIRE(page.records.size() == 3);
    CHECK(page.records[0].name == "a.pt");
    CHECK(page.records[2].name == "c.pt");
    CHECK_FALSE(complete(store));
    store.close();
    store = Store::open(dir / "s");
    wait_until_complete(store);
    CHECK(store.verify().get().ok());
  }

  TEST_CASE("a large import leaves none out, whether it ends or is cancelled") {
    const test::TempDir dir;
    test::LegacyStore legacy(dir / "legacy");
    test::LegacyFill fill;
    fill.models = 6'000;
    fill.links_per_model = 2;
    legacy.fill(fill);
    const Store store = Store::open(dir / "s", {.create = true});
    modelstore::LegacyImporter importer(store);
    const modelstore::LegacyImportOptions options{.database = legacy.database()};
    const auto cancelled = importer.import(options);
    while (!cancelled.done() && Database(store).statistics().models == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    cancelled.cancel();
    while (!cancelled.done()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    wait_until_complete(store);
    CHECK(importer.import(options).get().models_read == 6'000);
    CHECK(complete(store));
    CHECK(store.verify().get().ok());
  }
}
