#include "catalog/preview_names.hpp"

#include <string>

#include <doctest/doctest.h>

using modelstore::kTiers;
using modelstore::Sha256;
using namespace modelstore::catalog;

namespace {

const Sha256 kModel = Sha256::from_hex(std::string(63, '0') + "a");
const std::string kStem = kModel.hex() + "_";

}  // namespace

TEST_SUITE("preview names") {
  TEST_CASE("a name that was given is read as what it was given for, and as nothing else") {
    for (const std::int64_t seq :
         {std::int64_t{0}, std::int64_t{7}, std::int64_t{9'223'372'036'854'775'807}}) {
      for (const auto tier : kTiers) {
        const std::string name = tier_file_name(kModel, seq, tier);
        CHECK(parse_tier_file_name(name) == TierFileName{kModel, seq, tier});
        CHECK_FALSE(parse_original_file_name(name));
      }
      for (const char* extension : {"png", "jpg", "webp", "gif", "avif", "heic", "tif", "jxl"}) {
        const std::string name = original_file_name(kModel, seq, extension);
        CHECK(name == kStem + std::to_string(seq) + "_original." + extension);
        const auto parsed = parse_original_file_name(name);
        REQUIRE(parsed);
        CHECK(parsed->model == kModel);
        CHECK(parsed->seq == seq);
        CHECK(parsed->extension == extension);
        CHECK(parse_preview_file_name(name)->original);
        CHECK_FALSE(parse_tier_file_name(name));
      }
    }
  }

  TEST_CASE("what is not of the form is no name") {
    for (const std::string& name : {std::string(),
                                    kStem,
                                    kStem + "0",
                                    kStem + "0_",
                                    kStem + "0_high",
                                    kStem + "0_HIGH.webp",
                                    kStem + "0_huge.webp",
                                    kStem + "0_original",
                                    kStem + "0_original.",
                                    kStem + "0_original.exe",
                                    kStem + "0_original.PNG",
                                    kStem + "0_original.jpeg",
                                    kStem + "0_original.png.png",
                                    kStem + "00_original.png",
                                    kStem + "01_high.webp",
                                    kStem + "-1_high.webp",
                                    kStem + "9223372036854775808_high.webp",
                                    kStem + "_high.webp",
                                    kStem + "0high.webp",
                                    "x" + kStem + "0_high.webp",
                                    kModel.hex() + "0_high.webp",
                                    kModel.hex().substr(1) + "_0_original.png",
                                    std::string(63, '0') + "A_0_high.webp",
                                    std::string(63, '0') + "A_0_original.png"}) {
      CAPTURE(name);
      CHECK_FALSE(parse_tier_file_name(name));
      CHECK_FALSE(parse_original_file_name(name));
      CHECK_FALSE(parse_preview_file_name(name));
    }
  }

  TEST_CASE("pictures of pending records are named by number and extension") {
    CHECK(pending_file_name(12, "png") == "12.png");
    CHECK(parse_pending_file_name("12.png")->id == 12);
    for (const char* name :
         {"", ".png", "0.png", "012.png", "12", "12.", "12.PNG", "12.png.png", "12.ninechars"})
      CHECK_FALSE(parse_pending_file_name(name));
  }
}
