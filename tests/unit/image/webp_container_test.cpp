#include "image/webp_container.hpp"

#include <doctest/doctest.h>

#include "support/pictures.hpp"

using modelstore::image::bare_webp;

TEST_SUITE("WebP container") {
  TEST_CASE("metadata and the extended header go, the pixels stay") {
    const test::Bytes plain = test::encode(test::photo(40, 30), test::Kind::WebP);
    const test::Bytes bare = bare_webp(plain);
    CHECK(bare.size() <= plain.size());
    CHECK(test::decode(bare).data == test::decode(plain).data);
    const test::Bytes laden =
        test::with_webp_chunk(test::with_webp_chunk(plain, "XMP ", "odd"), "EXIF", "even");
    CHECK(bare_webp(laden) == bare);
    CHECK(bare_webp(bare) == bare);
  }

  TEST_CASE("transparency stays") {
    const test::Bytes plain = test::encode(test::photo(40, 30, 1, 4), test::Kind::WebP);
    const test::Bytes bare = bare_webp(test::with_webp_chunk(plain, "XMP ", "odd"));
    const test::Raster decoded = test::decode(bare);
    CHECK(decoded.bands == 4);
    CHECK(decoded.data == test::decode(plain).data);
  }

  TEST_CASE("what is no whole still WebP gives nothing") {
    const test::Bytes plain = test::encode(test::photo(40, 30, 1, 4), test::Kind::WebP);
    for (std::size_t length = 0; length < plain.size(); length += 7) {
      CHECK(bare_webp(std::span(plain).first(length)).empty());
    }
    CHECK(bare_webp(test::encode(test::photo(40, 30), test::Kind::Png)).empty());
    const std::vector<test::Raster> frames = {test::photo(40, 30, 1), test::photo(40, 30, 2)};
    CHECK(bare_webp(test::encode_animation(frames, test::Kind::WebP)).empty());
  }
}
