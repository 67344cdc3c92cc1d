#include "modelstore/record_id.hpp"

#include <doctest/doctest.h>

#include "modelstore/error.hpp"

using modelstore::Error;
using modelstore::RecordId;
using modelstore::Sha256;

TEST_SUITE("RecordId") {
  TEST_CASE("text forms are read back as written") {
    const RecordId model(Sha256::from_hex(std::string(64, 'b')));
    const RecordId pending = RecordId::pending(42);
    CHECK(model.to_string() == std::string(64, 'b'));
    CHECK(pending.to_string() == "pending:42");
    CHECK(RecordId::parse(model.to_string()) == model);
    CHECK(RecordId::parse(pending.to_string()) == pending);
    CHECK(model != pending);
  }

  TEST_CASE("malformed ids are no ids") {
    for (const char* text : {"", "pending:", "pending:0", "pending:-1", "pending:1x", "pending: 1",
                             "PENDING:1", "pending:9223372036854775808", "42", "abc"}) {
      CAPTURE(text);
      CHECK_FALSE(RecordId::parse(text));
    }
    CHECK_THROWS_AS((void)RecordId::pending(0), Error);
  }

  TEST_CASE("asking a record for the other kind of id is an error") {
    CHECK_THROWS_AS((void)RecordId::pending(1).sha256(), Error);
    CHECK_THROWS_AS((void)RecordId(Sha256{}).number(), Error);
  }
}
