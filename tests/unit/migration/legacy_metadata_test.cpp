#include "migration/legacy_metadata.hpp"

#include <doctest/doctest.h>

using modelstore::catalog::LegacyValue;
using modelstore::migration::LegacyMetadata;
using modelstore::sqlite::ValueType;
using Texts = std::vector<std::string>;

namespace {

LegacyValue text(std::string bytes) {
  LegacyValue value;
  value.type = ValueType::Text;
  value.bytes = std::move(bytes);
  return value;
}

LegacyMetadata read(const std::string& extra) {
  LegacyMetadata metadata;
  const auto defect = read_metadata(text(extra), LegacyValue(), metadata);
  CHECK_MESSAGE(!defect, defect.value_or(""));
  return metadata;
}

std::string refusal(const LegacyValue& extra) {
  LegacyMetadata metadata;
  return read_metadata(extra, LegacyValue(), metadata).value_or("");
}

}  // namespace

TEST_SUITE("legacy_metadata") {
  TEST_CASE("known and unknown keys are kept with their own text") {
    const auto metadata = read(
        R"({"description":"d","community_links":"example.org","prompts":{"positive":"p","negative":"n","x":1.50},)"
        R"("rating": 4.50,"usage":null})");
    CHECK(
        metadata.text ==
        R"({"description":"d","community_links":"example.org","prompts":{"positive":"p","negative":"n","x":1.50},)"
        R"("rating":4.50,"usage":null})");
    CHECK(metadata.description == "d");
    CHECK(metadata.notes.empty());
  }

  TEST_CASE("what says nothing leaves nothing") {
    for (const char* extra : {"null", "[]", "", "  ", "{}", " [ ] "}) {
      CAPTURE(extra);
      const auto metadata = read(extra);
      CHECK(metadata.text == "{}");
      CHECK(metadata.notes.empty());
    }
  }

  TEST_CASE("what is no JSON object is kept as text and noted") {
    for (const char* extra : {"\"just text\"", "[1]", "5", "{\"a\":", "not json", "{\"a\":NaN}", "true"}) {
      CAPTURE(extra);
      const auto metadata = read(extra);
      CHECK(metadata.text.find("legacy_extra_json") != std::string::npos);
      REQUIRE(metadata.notes.size() == 1);
      CHECK(metadata.notes[0].field == "extra_json");
      CHECK(metadata.notes[0].lost == extra);
    }
  }

  TEST_CASE("known keys of a wrong type are kept aside and noted") {
    const auto metadata = read(
        R"({"description":5,"community_links":["a"],"prompts":["p"],"legacy_description":"older","name":"n"})");
    CHECK(
        metadata.text ==
        R"({"legacy_description":"older","name":"n","legacy_description_2":5,"legacy_community_links":["a"],)"
        R"("legacy_prompts":["p"]})");
    CHECK(metadata.notes.size() == 3);
    const auto prompts = read(R"({"prompts":{"positive":7,"negative":"n","seed":1}})");
    CHECK(prompts.text == R"({"prompts":{"negative":"n","seed":1,"legacy_positive":7}})");
    REQUIRE(prompts.notes.size() == 1);
    CHECK(prompts.notes[0].field == "prompts.positive");
  }

  TEST_CASE("references to pictures are all taken, in order, in every form") {
    CHECK(read(R"({"images":["/media/b.png","a.png"]})").references == Texts{"/media/b.png", "a.png"});
    CHECK(read(R"({"images":"one.png"})").references == Texts{"one.png"});
    CHECK(
        read(
            R"({"images":[{"url":"u.png"},{"path":"p.png"},{"name":"n.png"},{"src":"s.png"},{"file":"f.png"}]})")
            .references == Texts{"u.png", "p.png", "n.png", "s.png", "f.png"});
    CHECK(read(R"({"images":{"url":7,"path":"p.png"}})").references == Texts{"p.png"});
    CHECK(read(R"({"images":["/media/a.png","C:\\x\\a.png","a.png"]})").references == Texts{"/media/a.png"});
    CHECK(read(R"({"images":null})").references.empty());
  }

  TEST_CASE("images never stay in the metadata, but what is no reference is kept aside") {
    CHECK(read(R"({"images":["a.png"],"images_count":1})").text == "{}");
    const auto odd = read(R"({"images":["a.png", 7, {"width": 5}, "b.png"]})");
    CHECK(odd.references == Texts{"a.png", "b.png"});
    CHECK(odd.text == R"({"legacy_images":["a.png", 7, {"width": 5}, "b.png"]})");
    CHECK(odd.notes.size() == 1);
    CHECK(read(R"({"images":5})").text == R"({"legacy_images":5})");
    const auto data = read(R"({"images":["data:image/png;base64,)" + std::string(5000, 'A') + R"("]})");
    CHECK(data.references.empty());
    CHECK(data.notes.size() == 1);
  }

  TEST_CASE("what cannot be kept refuses the row") {
    CHECK(refusal(text("{\"a\":\"\xff\"}")).find("UTF-8") != std::string::npos);
    CHECK(refusal(text("{\"a\":" + std::string(101, '[') + std::string(101, ']') + "}")).find("levels") !=
          std::string::npos);
    CHECK(refusal(text(std::string((16U << 20U) + 1, ' '))).find("bytes") != std::string::npos);
    CHECK(refusal(text(std::string(9U << 20U, '\x01'))).find("bytes") != std::string::npos);
  }

  TEST_CASE("meta_json is kept as text") {
    LegacyMetadata metadata;
    CHECK_FALSE(read_metadata(text(R"({"a":1})"), text("{\"x\":\"y\"}"), metadata));
    CHECK(metadata.text == R"({"a":1,"legacy_meta_json":"{\"x\":\"y\"}"})");
  }

  TEST_CASE("a value of another type of SQLite is read as the text that it stands for") {
    LegacyValue number;
    number.type = ValueType::Integer;
    number.integer = 5;
    LegacyMetadata metadata;
    CHECK_FALSE(read_metadata(number, LegacyValue(), metadata));
    CHECK(metadata.text == R"({"legacy_extra_json":"5"})");
    LegacyValue blob = text(R"({"description":"d"})");
    blob.type = ValueType::Blob;
    LegacyMetadata from_blob;
    CHECK_FALSE(read_metadata(blob, LegacyValue(), from_blob));
    CHECK(from_blob.description == "d");
  }
}
