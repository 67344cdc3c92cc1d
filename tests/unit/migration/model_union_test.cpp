#include "migration/model_union.hpp"

#include <doctest/doctest.h>

using namespace modelstore;
using migration::Joining;

namespace {

Joining joining(std::string metadata) {
  return {.path = "/models/b.bin", .name = "b.bin", .type = "loras", .metadata = std::move(metadata)};
}

catalog::ModelRow model(std::string metadata) {
  catalog::ModelRow row;
  row.name = "a.bin";
  row.type = "loras";
  row.metadata = std::move(metadata);
  return row;
}

}  // namespace

TEST_SUITE("model union") {
  TEST_CASE("a tag that is the type or its singular is no user data") {
    CHECK(migration::is_type_tag("loras", "loras"));
    CHECK(migration::is_type_tag("lora", "loras"));
    CHECK(migration::is_type_tag("LoRA", "loras"));
    CHECK_FALSE(migration::is_type_tag("lor", "loras"));
    CHECK_FALSE(migration::is_type_tag("anime", "loras"));
    CHECK_FALSE(migration::is_type_tag("", "s"));
    CHECK_FALSE(migration::is_type_tag("vae", ""));
  }

  TEST_CASE("texts, pictures, tags and a given name are user data, the file's name and path are not") {
    CHECK_FALSE(migration::has_user_data(joining("{}")));
    CHECK_FALSE(migration::has_user_data(joining(R"({"description":"","prompts":{"positive":""}})")));
    CHECK(migration::has_user_data(joining(R"({"description":"x"})")));
    CHECK(migration::has_user_data(joining(R"({"rating":0})")));
    Joining tagged = joining("{}");
    tagged.tags = {{1, "lora", std::nullopt}};
    CHECK_FALSE(migration::has_user_data(tagged));
    tagged.tags.push_back({2, "anime", std::nullopt});
    CHECK(migration::has_user_data(tagged));
    Joining pictured = joining("{}");
    pictured.has_pictures = true;
    CHECK(migration::has_user_data(pictured));
    Joining named = joining("{}");
    named.name = "My favourite";
    CHECK(migration::has_user_data(named));
    named.name = "";
    CHECK_FALSE(migration::has_user_data(named));
  }

  TEST_CASE("a merge fills what is empty and notes nothing") {
    auto row = model(R"({"description":"","x":1.50})");
    row.name.clear();
    migration::merge_texts(row, joining(R"({"description":"new","prompts":{"positive":"p"}})"));
    CHECK(row.metadata == R"({"description":"new","x":1.50,"prompts":{"positive":"p"}})");
    CHECK(row.name == "b.bin");
  }

  TEST_CASE("what does not prevail in a merge is kept with its path") {
    auto row = model(R"({"description":"old","prompts":{"positive":"a","negative":""},"n":1})");
    auto other =
        joining(R"({"description":"new","prompts":{"positive":"b","negative":"c"},"n":2.0,"path":"q"})");
    other.type = "anime";
    migration::merge_texts(row, other);
    CHECK(row.type == "loras");
    CHECK(row.metadata ==
          R"({"description":"old","prompts":{"positive":"a","negative":"c"},"n":1,"path":"q","merged_from":)"
          R"([{"path":"/models/b.bin","type":"anime","description":"new","prompts.positive":"b","n":2.0}]})");
  }

  TEST_CASE("notes of earlier merges are kept, each once") {
    auto row = model(R"({"description":"a","merged_from":[{"path":"/1","description":"z"}]})");
    const auto other =
        joining(R"({"description":"b","merged_from":[{"path":"/0"},{"path":"/1","description":"z"}]})");
    migration::merge_texts(row, other);
    migration::merge_texts(row, other);
    CHECK(row.metadata ==
          R"({"description":"a","merged_from":[{"path":"/1","description":"z"},{"path":"/0"},)"
          R"({"path":"/models/b.bin","description":"b"}]})");
  }

  TEST_CASE("a name that a person gave is kept, one that repeats the file's is not") {
    auto row = model("{}");
    migration::merge_texts(row, joining("{}"));
    CHECK(row.metadata == "{}");
    auto renamed = joining("{}");
    renamed.name = "My favourite";
    migration::merge_texts(row, renamed);
    CHECK(row.name == "a.bin");
    CHECK(row.metadata == R"({"merged_from":[{"path":"/models/b.bin","name":"My favourite"}]})");
  }

  TEST_CASE("texts that together exceed the limit are refused") {
    auto row = model(R"({"description":")" + std::string(9U << 20U, 'a') + "\"}");
    const auto other = joining(R"({"description":")" + std::string(9U << 20U, 'b') + "\"}");
    CHECK_THROWS_AS(migration::merge_texts(row, other), Error);
  }

  TEST_CASE("replacing takes what the record has and keeps the rest") {
    auto row = model(R"({"description":"old","x":1})");
    auto other = joining(R"({"description":"new","y":2})");
    other.name = "";
    migration::replace_texts(row, other);
    CHECK(row.name == "a.bin");
    CHECK(row.metadata == R"({"description":"new","y":2,"x":1})");
  }
}
