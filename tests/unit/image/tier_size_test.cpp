#include "image/tier_size.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using modelstore::image::high_tier_size;
using modelstore::image::kMaxTierSide;
using modelstore::image::scaled_tier_size;
using modelstore::image::Size;

namespace {
constexpr std::int64_t kDefault = 2'000'000;
}

TEST_SUITE("tier size") {
  TEST_CASE("the high tier is the picture itself or its floored reduction to the pixel limit") {
    CHECK(high_tier_size(1, 1, kDefault) == Size{1, 1});
    CHECK(high_tier_size(1024, 1536, kDefault) == Size{1024, 1536});
    CHECK(high_tier_size(2000, 1000, kDefault) == Size{2000, 1000});
    CHECK(high_tier_size(2001, 1000, kDefault) == Size{2000, 999});
    CHECK(high_tier_size(4000, 2000, kDefault) == Size{2000, 1000});
    CHECK(high_tier_size(3872, 2592, kDefault) == Size{1728, 1157});
    CHECK(high_tier_size(2592, 3872, kDefault) == Size{1157, 1728});
    CHECK(high_tier_size(10, 10, 1) == Size{1, 1});
  }

  TEST_CASE("no size exceeds the pixel limit or a side of WebP, and none is empty") {
    for (std::int64_t width = 1; width <= 65'500; width = width * 7 / 3 + 1) {
      for (std::int64_t height = 1; height <= 65'500; height = height * 9 / 4 + 1) {
        CAPTURE(width);
        CAPTURE(height);
        const Size size = high_tier_size(width, height, kDefault);
        CHECK(size.width >= 1);
        CHECK(size.height >= 1);
        CHECK(size.width <= std::min<std::int64_t>(width, kMaxTierSide));
        CHECK(size.height <= std::min<std::int64_t>(height, kMaxTierSide));
        CHECK(std::int64_t{size.width} * size.height <= kDefault);
      }
    }
  }

  TEST_CASE("a picture that is too long keeps its shape") {
    CHECK(high_tier_size(40'000, 40, kDefault) == Size{16'383, 16});
    CHECK(high_tier_size(40, 40'000, kDefault) == Size{16, 16'383});
    CHECK(high_tier_size(1, 65'000, kDefault) == Size{1, 16'383});
  }

  TEST_CASE("smaller tiers are floored fractions of the high tier") {
    CHECK(scaled_tier_size({100, 50}, 0.66) == Size{66, 33});
    CHECK(scaled_tier_size({100, 50}, 0.33) == Size{33, 16});
    CHECK(scaled_tier_size({1728, 1157}, 0.66) == Size{1140, 763});
    CHECK(scaled_tier_size({1728, 1157}, 0.33) == Size{570, 381});
    CHECK(scaled_tier_size({1, 2}, 0.33) == Size{1, 1});
    CHECK(scaled_tier_size({7, 9}, 1.0) == Size{7, 9});
  }
}
