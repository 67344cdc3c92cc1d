#include "http_server/target.hpp"

#include <doctest/doctest.h>

#include "http_server/http_error.hpp"

using server::percent_decode;
using server::Query;
using server::Target;

TEST_SUITE("http target") {
  TEST_CASE("percent signs are decoded once") {
    CHECK(percent_decode("a%20b%C3%BC") == "a bü");
    CHECK(percent_decode("%252e") == "%2e");
    CHECK(percent_decode("a+b") == "a+b");
    CHECK(percent_decode("a+b%2B", true) == "a b+");
    CHECK(percent_decode("") == "");
  }

  TEST_CASE("what is malformed, no UTF-8 or holds a NUL is refused") {
    for (const char* text :
         {"%", "%2", "%zz", "%2g", "a%", "%00", "a%00b", "%ff", "%C3", "%C0%AF", "%ED%A0%80"})
      CHECK_MESSAGE(!percent_decode(text), text);
  }

  TEST_CASE("a path is taken apart into decoded segments") {
    const auto target = Target::parse("/api/models/a%20b/?q=x+y&tag=1&tag=2&empty=&alone");
    REQUIRE(target);
    CHECK(target->segments == std::vector<std::string>{"api", "models", "a b", ""});
    CHECK(target->query.find("q") == "x y");
    CHECK(target->query.all("tag") == std::vector<std::string>{"1", "2"});
    CHECK(target->query.find("empty") == "");
    CHECK(target->query.find("alone") == "");
    CHECK(!target->query.find("absent"));
    CHECK(Target::parse("/")->segments == std::vector<std::string>{""});
  }

  TEST_CASE("a parameter that may be given once is not given twice") {
    CHECK_THROWS_AS((void)Query::parse("a=1&a=2")->find("a"), server::HttpError);
  }

  TEST_CASE("paths that lead elsewhere are refused") {
    for (const char* text :
         {"", "a", "*", "http://x/", "/a/../b", "/..", "/.", "/%2e%2e/a", "/a/%2e", "/a%2fb", "/a%5Cb",
          "/a\\b", "/%00", "/%0a", "/a#b", "/a?b=%zz", "/%7f", "/a?%ff"})
      CHECK_MESSAGE(!Target::parse(text), text);
  }

  TEST_CASE("UTF-8 is what the standard says, and nothing else") {
    for (const char* text : {"", "a", "ü", "日本", "🙂"}) CHECK(server::is_utf8(text));
    for (const char* text :
         {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"})
      CHECK(!server::is_utf8(text));
  }
}
