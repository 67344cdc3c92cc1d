#include "catalog/store_core.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

  TEST_CASE("a program may call the store from its log, wherever the line comes from") {
    const test::TempDir dir;
    std::vector<std::string> lines;
    std::unique_ptr<Database> database;
    const auto log = [&](LogLevel, std::string_view line) {
      lines.emplace_back(line);
      CHECK_NOTHROW((void)database->add_tags({lines.back()}));
    };
    const Store store =
        Store::open(dir / "store", {.create = true, .threads = 1, .busy_timeout = {}, .log = log});
    database = std::make_unique<Database>(store);
    detail::StoreCore& core = *store.core();
    core.write([&](catalog::WriteTransaction&) {
      core.log(LogLevel::Warning, "one");
      core.log(LogLevel::Warning, "two");
      CHECK(lines.empty());
    });
    CHECK(lines == std::vector<std::string>{"one", "two"});
    CHECK_THROWS_AS(core.with_writer_lock([&](const sqlite::Connection&) {
      core.log(LogLevel::Warning, "three");
      throw Error(ErrorCode::Conflict, "and it fails");
    }),
                    Error);
    core.log(LogLevel::Warning, "four");
    CHECK(lines.size() == 4);
    CHECK(database->tags().size() == 4);
  }
}
