#include "base/utf8.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace modelstore::base;

TEST_SUITE("utf8") {
  TEST_CASE("well-formed text of every length is accepted") {
    for (const char* text : {"", "abc", "é", "動", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"}) {
      CAPTURE(text);
      CHECK(is_utf8(text));
    }
    CHECK(is_utf8(std::string_view("a\0b", 3)));
  }

  TEST_CASE("overlong forms, surrogates, stray and missing bytes are not UTF-8") {
    for (const char* text :
         {"\xff", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xC3", "\xE5\x8B", "\xF0\x9F\x98", "a\xC3z"}) {
      CHECK_FALSE(is_utf8(text));
    }
  }

  TEST_CASE("code points survive being taken apart and put together") {
    const std::string text = "aé動😀\x7F";
    std::string copy;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) append_code_point(copy, next_code_point(text, at));
    CHECK(copy == text);
    CHECK(count == code_point_count(text));
  }

  TEST_CASE("messages stay one readable line") {
    CHECK(printable("a\nb\x01\xff é") == "a?b?? é");
    CHECK(printable(std::string(1000, 'x'), 10) == "xxxxxxxxxx…");
    CHECK(is_utf8(printable("ééééé", 5)));
  }

  TEST_CASE("white space is trimmed at both ends only") {
    CHECK(trim("  a b\t\n") == "a b");
    CHECK(trim(" \t ").empty());
    CHECK(trim("").empty());
  }
}
