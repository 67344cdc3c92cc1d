#include "modelstore/sha256.hpp"

#include <doctest/doctest.h>

#include "modelstore/error.hpp"

using modelstore::Error;
using modelstore::Sha256;

TEST_SUITE("Sha256") {
  TEST_CASE("digits of either case are read and written in lower case") {
    const std::string upper = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
    const auto digest = Sha256::parse(upper);
    REQUIRE(digest);
    CHECK(digest->hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(digest->bytes()[0] == 0xE3);
    CHECK(digest->bytes()[31] == 0x55);
  }

  TEST_CASE("anything but 64 hexadecimal digits is no digest") {
    const std::string good(64, 'a');
    CHECK(Sha256::parse(good));
    CHECK_FALSE(Sha256::parse(""));
    CHECK_FALSE(Sha256::parse(good.substr(1)));
    CHECK_FALSE(Sha256::parse(good + "a"));
    CHECK_FALSE(Sha256::parse("g" + good.substr(1)));
    CHECK_FALSE(Sha256::parse("0x" + good.substr(2)));
    CHECK_FALSE(Sha256::parse(good.substr(1) + " "));
    CHECK_FALSE(Sha256::parse("../" + good.substr(3)));
    CHECK_THROWS_AS((void)Sha256::from_hex("abc"), Error);
  }

  TEST_CASE("digests order like their text") {
    CHECK(Sha256::from_hex(std::string(64, '1')) < Sha256::from_hex(std::string(64, 'f')));
    CHECK(Sha256::from_hex(std::string(64, 'A')) == Sha256::from_hex(std::string(64, 'a')));
  }
}
