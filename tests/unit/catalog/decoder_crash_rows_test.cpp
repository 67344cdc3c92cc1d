#include "catalog/decoder_crash_rows.hpp"

#include <doctest/doctest.h>

#include "catalog/schema.hpp"

using modelstore::Sha256;
using namespace modelstore::catalog;

TEST_SUITE("decoder crash rows") {
  TEST_CASE("crashes are counted for each picture until they are forgotten") {
    const auto database = modelstore::sqlite::Connection::in_memory();
    migrate_schema(database);
    Sha256::Bytes bytes{};
    bytes.fill(1);
    const Sha256 one(bytes);
    const Sha256 other;
    CHECK_FALSE(has_decoder_crashes(database));
    CHECK(decoder_crashes(database, one) == 0);
    add_decoder_crash(database, one);
    add_decoder_crash(database, one);
    add_decoder_crash(database, other);
    CHECK(has_decoder_crashes(database));
    CHECK(decoder_crashes(database, one) == 2);
    CHECK(decoder_crashes(database, other) == 1);
    forget_decoder_crashes(database, one);
    CHECK(decoder_crashes(database, one) == 0);
    CHECK(decoder_crashes(database, other) == 1);
    forget_decoder_crashes(database, other);
    CHECK_FALSE(has_decoder_crashes(database));
  }
}
