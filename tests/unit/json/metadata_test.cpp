#include "json/metadata.hpp"

#include <map>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"

using namespace modelstore::json;

TEST_SUITE("metadata") {
  TEST_CASE("a patch replaces whole keys, null removes, the library's own keys are passed over") {
    CHECK(patch_metadata(R"({"a":1,"prompts":{"positive":"p"}})",
                         R"({"prompts":{"negative":"n"},"a":null,"images":[1],"images_count":3})") ==
          R"({"prompts":{"negative":"n"}})");
    CHECK_THROWS_AS((void)patch_metadata("{}", R"({"community_links":[]})"), modelstore::Error);
    CHECK_THROWS_AS((void)patch_metadata("{}", "[]"), modelstore::Error);
  }

  TEST_CASE("filling takes what is lacking and tells what lost") {
    std::map<std::string, std::pair<std::string, std::string>> lost;
    const std::string filled = fill_metadata(
        R"({"description":"mine","community_links":"","prompts":{"positive":"p","negative":""},"same":1})",
        R"({"description":"other","community_links":"l","prompts":{"positive":"q","negative":"n"},"same":1,"new":[1.0]})",
        [&](std::string_view key, const std::string& kept, const std::string& gone) {
          lost[std::string(key)] = {kept, gone};
        });
    CHECK(
        filled ==
        R"({"description":"mine","community_links":"l","prompts":{"positive":"p","negative":"n"},"same":1,"new":[1.0]})");
    REQUIRE(lost.size() == 2);
    CHECK(lost["description"] == std::pair<std::string, std::string>{"mine", "other"});
    CHECK(lost["prompts.positive"] == std::pair<std::string, std::string>{"p", "q"});
  }

  TEST_CASE("metadata that says nothing is told from metadata that does") {
    for (const char* text :
         {"{}", R"({"description":""})", R"({"a":null,"b":[],"prompts":{"positive":"","negative":""}})"})
      CHECK_FALSE(says_something(text));
    for (const char* text : {R"({"description":"x"})", R"({"a":0})", R"({"a":false})", R"({"a":["",1]})"})
      CHECK(says_something(text));
    CHECK(description_of(R"({"description":"d"})") == "d");
    CHECK(description_of("{}").empty());
  }
}
