#include "json/object_text.hpp"

#include <doctest/doctest.h>

#include "modelstore/error.hpp"

using namespace modelstore::json;
using modelstore::Error;
using modelstore::ErrorCode;

TEST_SUITE("ObjectText") {
  TEST_CASE("values keep the text that they came with") {
    const std::string text =
        R"( { "n" : 1.50 , "big":123456789012345678901234567890, "e":1E+2, "s":"a\u00e9\"}", "o":{"x": [1, {"y":"]"}]}, "l":[ ] } )";
    const ObjectText object = ObjectText::parse(text, "test");
    CHECK(*object.find("n") == "1.50");
    CHECK(*object.find("big") == "123456789012345678901234567890");
    CHECK(*object.find("e") == "1E+2");
    CHECK(*object.find("s") == R"("a\u00e9\"}")");
    CHECK(object.string_or_empty("s") == "aé\"}");
    CHECK(*object.find("o") == R"({"x": [1, {"y":"]"}]})");
    CHECK(*object.find("l") == "[ ]");
    CHECK(object.find("none") == nullptr);
    CHECK(ObjectText::parse(object.text(), "again").text() == object.text());
  }

  TEST_CASE("of a key that occurs twice the last value counts, where the first stood") {
    CHECK(ObjectText::parse(R"({"a":1,"b":2,"a":3})", "test").text() == R"({"a":3,"b":2})");
  }

  TEST_CASE("keys are set, replaced and erased in place") {
    ObjectText object = ObjectText::parse(R"({"a":1,"b":2,"c":3})", "test");
    object.set("b", "20");
    object.erase("a");
    object.set("d", quote("x\n\"y\""));
    object.erase("none");
    CHECK(object.text() == R"({"b":20,"c":3,"d":"x\n\"y\""})");
    CHECK(*object.find("c") == "3");
  }

  TEST_CASE("what is no JSON object is refused with its place") {
    for (const char* text : {"",
                             " ",
                             "{",
                             "}",
                             "[]",
                             "null",
                             "1",
                             "\"x\"",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{'a':1}",
                             "{a:1}",
                             "{\"a\":NaN}",
                             "{\"a\":Infinity}",
                             "{\"a\":01}",
                             "{\"a\":1} {}",
                             "{\"a\":\"\xff\"}",
                             "{\"a\":\"\\ud800\"}",
                             "{\"a\":\"\n\"}",
                             "{\"a\" 1}",
                             "/**/{}"}) {
      CAPTURE(text);
      try {
        (void)ObjectText::parse(text, "test");
        FAIL_CHECK("accepted");
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::InvalidArgument);
      }
    }
  }

  TEST_CASE("depth and length are limited") {
    const auto nested = [](std::size_t levels) {
      std::string text = "{\"a\":";
      text += std::string(levels - 1, '[') + std::string(levels - 1, ']');
      return text + "}";
    };
    CHECK_NOTHROW((void)ObjectText::parse(nested(kMaxDepth), "test"));
    for (const std::string& text :
         {nested(kMaxDepth + 1), nested(100'000), "{\"a\":\"" + std::string(kMaxBytes, 'x') + "\"}"}) {
      try {
        (void)ObjectText::parse(text, "test");
        FAIL_CHECK("accepted");
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::LimitExceeded);
      }
    }
  }

  TEST_CASE("an object with very many keys takes no longer than its length") {
    std::string text = "{";
    for (int i = 0; i < 200'000; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    text += "}";
    CHECK(ObjectText::parse(text, "test").members().size() == 200'000);
  }

  TEST_CASE("kinds, strings and elements of values") {
    CHECK(kind_of(" null") == Kind::Null);
    CHECK(kind_of("true") == Kind::Bool);
    CHECK(kind_of("-1") == Kind::Number);
    CHECK(kind_of("\"\"") == Kind::String);
    CHECK(kind_of("[]") == Kind::Array);
    CHECK(kind_of("{}") == Kind::Object);
    CHECK(string_content("\"a\\/b\"") == "a/b");
    CHECK_FALSE(string_content("1"));
    CHECK(array_elements(R"( [ 1 , "a,]", [2,3], {} ] )") ==
          std::vector<std::string>{"1", "\"a,]\"", "[2,3]", "{}"});
    CHECK(array_elements("[]").empty());
    CHECK(array_elements("{}").empty());
  }
}
