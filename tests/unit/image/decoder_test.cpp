#include "image/decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "image/tier_maker.hpp"
#include "support/pictures.hpp"

using modelstore::image::make_tiers;
using namespace std::string_literals;

namespace {

std::string be32(std::size_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}

/// The least that is a colour profile of grey, with a straight curve.
std::string grey_profile() {
  const std::string white = "XYZ \0\0\0\0"s + be32(0xF6D6) + be32(0x10000) + be32(0xD32D);
  const std::string curve = "curv\0\0\0\0\0\0\0\0"s;
  constexpr std::size_t kTags = 128 + 4 + 2 * 12;
  const std::string tags = be32(2) + "wtpt" + be32(kTags) + be32(white.size()) + "kTRC" +
                           be32(kTags + white.size()) + be32(curve.size());
  std::string header = be32(kTags + white.size() + curve.size()) + std::string(4, '\0') + "\x02\x10\0\0"s +
                       "mntrGRAYXYZ " + std::string(12, '\0') + "acsp";
  header.resize(68);
  header += be32(0xF6D6) + be32(0x10000) + be32(0xD32D);
  header.resize(128);
  return header + tags + white + curve;
}

test::Bytes with_profile(const test::Bytes& png, const std::string& profile) {
  return test::with_png_chunk(png, "iCCP", "profile\0\0"s + test::deflated(profile));
}

/// A chunk that stands before the pixels, moved behind them.
test::Bytes with_late_chunk(const test::Bytes& png, std::string_view type, std::string_view data) {
  constexpr std::ptrdiff_t kEnd = 12;  // bytes of the IEND chunk
  test::Bytes file = test::with_png_chunk(png, type, data);
  const auto chunk = std::mismatch(png.begin(), png.end(), file.begin()).second;
  // The chunk and the pixels' own may begin alike, with their lengths.
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto start = file.begin() + static_cast<std::ptrdiff_t>(text.find(type)) - 4;
  CHECK(chunk - start < 8);
  std::rotate(start, start + 12 + static_cast<std::ptrdiff_t>(data.size()), file.end() - kEnd);
  return file;
}

void check_alpha(const test::Bytes& file, int alpha) {
  for (const auto& tier : make_tiers(file, {}).tiers) {
    CAPTURE(tier.width);
    const test::Raster seen = test::decode(tier.webp);
    REQUIRE(seen.bands == 4);
    CHECK(std::abs(seen.at(tier.width / 2, tier.height / 2, 3) - alpha) <= 2);
  }
}

}  // namespace

TEST_SUITE("decoder") {
  TEST_CASE("a colour profile leaves alpha as it is, of 8 bits and of 16, large and small") {
    for (const bool sixteen : {false, true}) {
      for (const int width : {120, 2400}) {
        for (const int alpha : {0, 128, 254}) {
          CAPTURE(sixteen);
          CAPTURE(width);
          CAPTURE(alpha);
          const test::Raster picture = test::plain(width, 1000, {200, 100, 50, alpha});
          check_alpha(test::encode(picture, test::Kind::Png, {.sixteen_bit = sixteen, .profile = "p3"}),
                      alpha);
        }
      }
    }
  }

  TEST_CASE("so does a profile of grey, and one that does not fit") {
    for (const bool sixteen : {false, true}) {
      CAPTURE(sixteen);
      const test::Bytes grey =
          test::encode(test::plain(120, 80, {90, 128}), test::Kind::Png, {.sixteen_bit = sixteen});
      check_alpha(grey, 128);
      check_alpha(with_profile(grey, grey_profile()), 128);
      const test::Bytes colour =
          test::encode(test::plain(120, 80, {90, 60, 30, 128}), test::Kind::Png, {.sixteen_bit = sixteen});
      check_alpha(with_profile(colour, grey_profile()), 128);
      check_alpha(with_profile(colour, "no profile at all"), 128);
    }
  }

  TEST_CASE("a PNG that tells its orientation behind its pixels comes out upright") {
    const test::Bytes png = test::encode(test::plain(60, 40, {200, 100, 50}), test::Kind::Png);
    for (const bool big_endian : {true, false}) {
      const test::Bytes turned = with_late_chunk(png, "eXIf", test::exif_block(6, {}, big_endian));
      const auto set = make_tiers(turned, {});
      CHECK(set.tiers[0].width == 40);
      CHECK(set.tiers[0].height == 60);
    }
    for (const int orientation : {0, 1, 9, 65'535}) {
      CAPTURE(orientation);
      const auto set = make_tiers(with_late_chunk(png, "eXIf", test::exif_block(orientation)), {});
      CHECK(set.tiers[0].width == 60);
    }
    CHECK(make_tiers(with_late_chunk(png, "eXIf", "MM"), {}).tiers[0].width == 60);
  }

  TEST_CASE("what is opaque carries no alpha, with a profile too") {
    for (const bool sixteen : {false, true}) {
      const test::Bytes file = test::encode(test::plain(120, 80, {200, 100, 50, 255}), test::Kind::Png,
                                            {.sixteen_bit = sixteen, .profile = "p3"});
      for (const auto& tier : make_tiers(file, {}).tiers) CHECK(test::decode(tier.webp).bands == 3);
    }
  }
}
