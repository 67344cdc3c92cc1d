#include "base/search_fold.hpp"

#include <clocale>

#include <doctest/doctest.h>

using namespace modelstore::base;

TEST_SUITE("search_fold") {
  TEST_CASE("case and separators do not count") {
    CHECK(fold_for_search("My_Great-Model V2") == "my great model v2");
    CHECK(fold_for_search("ÀÉÎ ПРИВЕТ ΣΑΣ") == "àéî привет σασ");
    CHECK(fold_for_search("動物園 😀") == "動物園 😀");
    CHECK(lower_case("A_B-C") == "a_b-c");
  }

  TEST_CASE("control characters separate, and a line break stays one") {
    CHECK(fold_for_search(std::string("A\0B\x01\tC\x7F"
                                      "D\nE",
                                      10)) == "a b  c d\ne");
  }

  TEST_CASE("words are separated by white space only") {
    CHECK(search_terms("  One\tTWO_three\n") == std::vector<std::string>{"one", "two three"});
    CHECK(search_terms("").empty());
    CHECK(search_terms(" \t").empty());
  }

  TEST_CASE("the locale of the program stays as it is") {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    (void)fold_for_search("É");
    CHECK(before == std::setlocale(LC_ALL, nullptr));
  }
}
