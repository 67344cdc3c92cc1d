#include "base/json_text.hpp"

#include <doctest/doctest.h>

#include "json/object_text.hpp"

TEST_SUITE("JSON text") {
  TEST_CASE("every character comes back as it was") {
    std::string text;
    for (char c = 0; c < 0x7f; ++c) text += c;
    text += "\x7f é 猫 \U0001F600";
    std::string json;
    modelstore::base::append_json_string(json, text);
    CHECK_FALSE(modelstore::json::find_defect(json));
    CHECK(modelstore::json::string_content(json) == text);
  }

  TEST_CASE("it appends") {
    std::string json = "[";
    modelstore::base::append_json_string(json, "a\"b\\\n");
    CHECK(json == "[\"a\\\"b\\\\\\n\"");
  }
}
