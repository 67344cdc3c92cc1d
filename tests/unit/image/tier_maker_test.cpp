#include "image/tier_maker.hpp"

#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include <doctest/doctest.h>
#include <vips/vips.h>

#include "modelstore/error.hpp"
#include "support/pictures.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::PreviewOptions;
using modelstore::TierSet;
using modelstore::image::check_decodable;
using modelstore::image::make_tiers;
using modelstore::image::PictureFormat;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// Both entrances must agree on what is refused; returns the code, 0 where the picture is accepted.
ErrorCode code_of(const test::Bytes& file, const PreviewOptions& options = {}) {
  const auto code = [&](auto&& call) {
    try {
      call();
    } catch (const Error& error) {
      CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
      return error.code();
    }
    return ErrorCode{};
  };
  const ErrorCode made = code([&] { (void)make_tiers(file, options); });
  const ErrorCode checked = code([&] { check_decodable(file, options); });
  CHECK(made == checked);
  return made;
}

struct Point {
  double x;  // of the width
  double y;  // of the height
  std::array<int, 3> colour;
};

std::vector<Point> corners(const test::Quarters& colours) {
  return {
      {0.25, 0.25, colours[0]}, {0.75, 0.25, colours[1]}, {0.25, 0.75, colours[2]}, {0.75, 0.75, colours[3]}};
}

const std::vector<Point> kQuarters = corners(test::kVivid);

std::vector<Point> everywhere(std::array<int, 3> colour) {
  return {{0.1, 0.1, colour}, {0.9, 0.5, colour}, {0.5, 0.9, colour}};
}

void check_points(const TierSet& set, const std::vector<Point>& points, int tolerance) {
  for (const auto& tier : set.tiers) {
    CAPTURE(tier.width);
    const test::Raster picture = test::decode(tier.webp);
    REQUIRE(picture.width == tier.width);
    REQUIRE(picture.height == tier.height);
    REQUIRE(picture.bands >= 3);
    for (const Point& point : points) {
      const int x = static_cast<int>(point.x * picture.width);
      const int y = static_cast<int>(point.y * picture.height);
      for (int band = 0; band < 3; ++band) {
        CAPTURE(x);
        CAPTURE(y);
        CAPTURE(band);
        const int seen = picture.at(x, y, band);
        CAPTURE(seen);
        CHECK(std::abs(seen - point.colour[static_cast<std::size_t>(band)]) <= tolerance);
      }
    }
  }
}

// How an upright picture is stored under an EXIF orientation: which upright pixel stands in a stored row and
// column, by where the standard says that the first row and the first column are.
test::Raster stored_for(int orientation, const test::Raster& upright) {
  const int w = upright.width;
  const int h = upright.height;
  const bool swapped = orientation >= 5;
  test::Raster stored(swapped ? h : w, swapped ? w : h, upright.bands);
  for (int row = 0; row < stored.height; ++row) {
    for (int column = 0; column < stored.width; ++column) {
      const std::array<std::array<int, 2>, 8> upright_at = {{{column, row},
                                                             {w - 1 - column, row},
                                                             {w - 1 - column, h - 1 - row},
                                                             {column, h - 1 - row},
                                                             {row, column},
                                                             {w - 1 - row, column},
                                                             {w - 1 - row, h - 1 - column},
                                                             {row, h - 1 - column}}};
      const auto [x, y] = upright_at[static_cast<std::size_t>(orientation - 1)];
      for (int band = 0; band < upright.bands; ++band) stored.at(column, row, band) = upright.at(x, y, band);
    }
  }
  return stored;
}

test::Bytes with_exif(const test::Bytes& file, test::Kind kind, const std::string& block) {
  if (kind == test::Kind::Jpeg) return test::with_jpeg_segment(file, 0xE1, "Exif\0\0"s + block);
  if (kind == test::Kind::Png) return test::with_png_chunk(file, "eXIf", block);
  return test::with_webp_chunk(file, "EXIF", block);
}

// The types of the chunks of a WebP file.
std::vector<std::string> chunk_types(const std::vector<std::byte>& webp) {
  const std::string_view file(reinterpret_cast<const char*>(webp.data()), webp.size());
  std::vector<std::string> types;
  for (std::size_t at = 12; at + 8 <= file.size();) {
    types.emplace_back(file.substr(at, 4));
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length |= std::size_t{static_cast<unsigned char>(file[at + 4 + i])} << 8 * i;
    at += 8 + length + length % 2;
  }
  return types;
}

test::Bytes with_png_size(std::uint32_t width, std::uint32_t height) {
  test::Bytes bomb = test::encode(test::plain(1, 1, {9, 9, 9}), test::Kind::Png);
  for (std::size_t i = 0; i < 4; ++i) {
    bomb[16 + i] = static_cast<std::byte>(width >> (24 - 8 * i));
    bomb[20 + i] = static_cast<std::byte>(height >> (24 - 8 * i));
  }
  return bomb;
}

test::Bytes with_jpeg_size(test::Bytes jpeg, unsigned width, unsigned height) {
  for (std::size_t at = 2; at + 9 < jpeg.size(); ++at) {
    if (jpeg[at] == std::byte{0xFF} && (jpeg[at + 1] == std::byte{0xC0} || jpeg[at + 1] == std::byte{0xC2})) {
      jpeg[at + 5] = static_cast<std::byte>(height >> 8);
      jpeg[at + 6] = static_cast<std::byte>(height);
      jpeg[at + 7] = static_cast<std::byte>(width >> 8);
      jpeg[at + 8] = static_cast<std::byte>(width);
      return jpeg;
    }
  }
  return {};
}

void* add_loader(VipsObject* object, std::set<const void*>* loaders, void*) {
  if (VIPS_IS_FOREIGN_LOAD(object)) loaders->insert(object);
  return nullptr;
}

std::set<const void*> living_loaders() {
  std::set<const void*> loaders;
  vips_object_map(reinterpret_cast<VipsSListMap2Fn>(add_loader), &loaders, nullptr);
  return loaders;
}

}  // namespace

TEST_SUITE("tier maker") {
  TEST_CASE("each accepted format becomes three tiers of the promised sizes") {
    constexpr std::string_view kNames[] = {"png", "jpeg", "webp", "gif"};
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(kNames[i]);
      const test::Bytes file = test::encode(test::photo(300, 200), test::kKinds[i]);
      const TierSet set = make_tiers(file, {});
      CHECK(set.source_format == kNames[i]);
      CHECK(set.source_text == "{}");
      CHECK(set.tiers[0].width == 300);
      CHECK(set.tiers[0].height == 200);
      CHECK(set.tiers[1].width == 198);
      CHECK(set.tiers[1].height == 132);
      CHECK(set.tiers[2].width == 99);
      CHECK(set.tiers[2].height == 66);
      CHECK(modelstore::image::format_name(check_decodable(file, {})) == kNames[i]);
    }
  }

  TEST_CASE("every kind of picture keeps its colours in every tier") {
    const test::Raster quarters = test::quarters(200, 120);
    struct Row {
      const char* name;
      test::Bytes file;
      int tolerance;
    };
    const Row rows[] = {
        {"PNG", test::encode(quarters, test::Kind::Png), 8},
        {"interlaced PNG", test::encode(quarters, test::Kind::Png, {.interlaced = true}), 8},
        {"palette PNG", test::encode(quarters, test::Kind::Png, {.palette = true}), 8},
        {"16 bit PNG", test::encode(quarters, test::Kind::Png, {.sixteen_bit = true}), 8},
        {"PNG with a P3 profile", test::encode(quarters, test::Kind::Png, {.profile = "p3"}), 10},
        {"JPEG", test::encode(quarters, test::Kind::Jpeg), 10},
        {"progressive JPEG", test::encode(quarters, test::Kind::Jpeg, {.progressive = true}), 10},
        {"JPEG with a P3 profile", test::encode(quarters, test::Kind::Jpeg, {.profile = "p3"}), 12},
        {"WebP", test::encode(quarters, test::Kind::WebP), 10},
        {"lossless WebP", test::encode(quarters, test::Kind::WebP, {.lossless = true}), 8},
        {"GIF", test::encode(quarters, test::Kind::Gif), 12},
        {"interlaced GIF", test::encode(quarters, test::Kind::Gif, {.interlaced = true}), 12},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      check_points(make_tiers(row.file, {}), kQuarters, row.tolerance);
    }
  }

  TEST_CASE("CMYK pictures keep the colours that print can show") {
    const test::Raster muted = test::quarters(200, 120, test::kMuted);
    for (const bool keep_profile : {true, false}) {
      CAPTURE(keep_profile);
      const test::Bytes file =
          test::encode(muted, test::Kind::Jpeg, {.cmyk = true, .keep_profile = keep_profile});
      check_points(make_tiers(file, {}), corners(test::kMuted), 14);
    }
  }

  TEST_CASE("the profile decides what numbers mean") {
    // Full green of P3 is outside sRGB; read as if it were sRGB, its numbers would stay far from 255.
    const test::Raster green = test::plain(64, 64, {0, 255, 0});
    const test::Bytes with = test::encode(green, test::Kind::Png, {.profile = "p3"});
    const test::Bytes without =
        test::encode(green, test::Kind::Png, {.keep_profile = false, .profile = "p3"});
    check_points(make_tiers(with, {}), everywhere({0, 255, 0}), 8);
    CHECK(test::decode(make_tiers(without, {}).tiers[0].webp).at(32, 32, 0) > 90);
  }

  TEST_CASE("a CMYK picture's white, black and grey stay so") {
    for (const int value : {0, 128, 255}) {
      CAPTURE(value);
      const test::Raster grey = test::plain(64, 64, {value, value, value});
      for (const bool keep : {true, false}) {
        const test::Bytes file = test::encode(grey, test::Kind::Jpeg, {.cmyk = true, .keep_profile = keep});
        check_points(make_tiers(file, {}), everywhere({value, value, value}), 40);
      }
    }
  }

  TEST_CASE("grey pictures of every form stay grey") {
    const test::Raster grey = test::plain(90, 60, {77});
    for (const test::Bytes& file :
         {test::encode(grey, test::Kind::Png), test::encode(grey, test::Kind::Jpeg),
          test::encode(grey, test::Kind::Png, {.sixteen_bit = true}),
          test::encode(grey, test::Kind::Png, {.palette = true}), test::encode(grey, test::Kind::Gif)}) {
      check_points(make_tiers(file, {}), everywhere({77, 77, 77}), 4);
    }
  }

  TEST_CASE("transparency is kept, and what is opaque carries none") {
    for (const test::Kind kind : {test::Kind::Png, test::Kind::WebP}) {
      test::Raster half = test::plain(120, 80, {200, 40, 40, 255});
      for (int y = 0; y < 80; ++y) {
        for (int x = 60; x < 120; ++x) half.at(x, y, 3) = 0;
      }
      const TierSet set = make_tiers(test::encode(half, kind, {.lossless = true}), {});
      for (const auto& tier : set.tiers) {
        const test::Raster seen = test::decode(tier.webp);
        REQUIRE(seen.bands == 4);
        CHECK(seen.at(tier.width / 4, tier.height / 2, 3) == 255);
        CHECK(seen.at(tier.width * 3 / 4, tier.height / 2, 3) == 0);
        CHECK(std::abs(seen.at(tier.width / 4, tier.height / 2, 0) - 200) <= 8);
      }
    }
    const test::Raster opaque = test::plain(120, 80, {200, 40, 40, 255});
    for (const auto& tier : make_tiers(test::encode(opaque, test::Kind::Png), {}).tiers) {
      CHECK(test::decode(tier.webp).bands == 3);
    }
    test::Raster grey = test::plain(50, 50, {90, 128});
    const TierSet set = make_tiers(test::encode(grey, test::Kind::Png), {});
    const test::Raster seen = test::decode(set.tiers[0].webp);
    REQUIRE(seen.bands == 4);
    CHECK(std::abs(seen.at(25, 25, 0) - 90) <= 4);
    CHECK(std::abs(seen.at(25, 25, 3) - 128) <= 2);
  }

  TEST_CASE("the colour of what cannot be seen does not bleed into edges") {
    // Opaque white beside transparent black: reduced without weights, the edge would turn grey.
    test::Raster edge = test::plain(101, 60, {255, 255, 255, 255});
    for (int y = 0; y < 60; ++y) {
      for (int x = 50; x < 101; ++x) {
        for (int band = 0; band < 4; ++band) edge.at(x, y, band) = 0;
      }
    }
    PreviewOptions options;
    options.low.quality = 100;
    const test::Raster low =
        test::decode(make_tiers(test::encode(edge, test::Kind::Png), options).tiers[2].webp);
    for (int x = 0; x < low.width; ++x) {
      CAPTURE(x);
      if (low.at(x, low.height / 2, 3) >= 64) CHECK(low.at(x, low.height / 2, 0) >= 235);
    }
  }

  TEST_CASE("all eight EXIF orientations come out upright") {
    const test::Raster upright = test::quarters(180, 120);
    for (const test::Kind kind : {test::Kind::Jpeg, test::Kind::Png, test::Kind::WebP}) {
      for (int orientation = 1; orientation <= 8; ++orientation) {
        CAPTURE(static_cast<int>(kind));
        CAPTURE(orientation);
        const test::Bytes stored = test::encode(stored_for(orientation, upright), kind);
        const TierSet set = make_tiers(with_exif(stored, kind, test::exif_block(orientation)), {});
        CHECK(set.tiers[0].width == 180);
        CHECK(set.tiers[0].height == 120);
        check_points(set, kQuarters, 12);
      }
    }
  }

  TEST_CASE("a large picture that lies on its side is measured upright") {
    PreviewOptions options;
    options.max_pixels = 10'000;
    const test::Raster upright = test::quarters(300, 150);
    const test::Bytes file = test::with_jpeg_segment(test::encode(stored_for(6, upright), test::Kind::Jpeg),
                                                     0xE1, "Exif\0\0"s + test::exif_block(6));
    const TierSet set = make_tiers(file, options);
    CHECK(set.tiers[0].width == 141);
    CHECK(set.tiers[0].height == 70);
    check_points(set, kQuarters, 14);
  }

  TEST_CASE("an orientation outside 1 to 8 is no orientation") {
    for (const int orientation : {0, 9, 255}) {
      const test::Bytes file = test::with_jpeg_segment(test::encode(test::quarters(80, 60), test::Kind::Jpeg),
                                                       0xE1, "Exif\0\0"s + test::exif_block(orientation));
      check_points(make_tiers(file, {}), kQuarters, 14);
    }
  }

  TEST_CASE("the first frame of an animation is shown") {
    const std::vector<test::Raster> frames = {test::quarters(100, 80), test::plain(100, 80, {0, 0, 0}),
                                              test::plain(100, 80, {255, 255, 255})};
    for (const test::Kind kind : {test::Kind::Gif, test::Kind::WebP}) {
      const TierSet set = make_tiers(test::encode_animation(frames, kind), {});
      CHECK(set.tiers[0].width == 100);
      CHECK(set.tiers[0].height == 80);
      check_points(set, kQuarters, 12);
    }
  }

  TEST_CASE("large pictures are reduced faithfully from every format") {
    const test::Raster quarters = test::quarters(2200, 1100);
    for (const test::Kind kind : test::kKinds) {
      CAPTURE(static_cast<int>(kind));
      const TierSet set = make_tiers(test::encode(quarters, kind), {});
      CHECK(set.tiers[0].width == 2000);
      CHECK(set.tiers[0].height == 1000);
      check_points(set, kQuarters, 12);
    }
    PreviewOptions small;
    small.max_pixels = 5'000;  // far enough below for the JPEG decoder to shrink
    const TierSet set = make_tiers(test::encode(quarters, test::Kind::Jpeg), small);
    CHECK(set.tiers[0].width == 100);
    CHECK(set.tiers[0].height == 50);
    check_points(set, kQuarters, 12);
  }

  TEST_CASE("nothing is enlarged, and a picture of one pixel has three tiers") {
    const TierSet set = make_tiers(test::encode(test::plain(1, 1, {10, 200, 90}), test::Kind::Png), {});
    for (const auto& tier : set.tiers) {
      CHECK(tier.width == 1);
      CHECK(tier.height == 1);
    }
    check_points(set, {{0.0, 0.0, {10, 200, 90}}}, 12);
  }

  TEST_CASE("very long pictures fit into WebP") {
    const TierSet set = make_tiers(test::encode(test::plain(20'000, 3, {50, 60, 70}), test::Kind::Png), {});
    CHECK(set.tiers[0].width == 16'383);
    CHECK(set.tiers[0].height == 2);
    CHECK(set.tiers[2].height == 1);
  }

  TEST_CASE("the options decide sizes and quality") {
    PreviewOptions options;
    options.max_pixels = 6'000;
    options.medium.scale = 0.5;
    options.low.scale = 1.0;
    options.low.quality = 1;
    const TierSet set = make_tiers(test::encode(test::photo(300, 200), test::Kind::Png), options);
    CHECK(set.tiers[0].width == 94);
    CHECK(set.tiers[0].height == 63);
    CHECK(set.tiers[1].width == 47);
    CHECK(set.tiers[1].height == 31);
    CHECK(set.tiers[2].width == 94);
    CHECK(set.tiers[2].webp.size() < set.tiers[0].webp.size() / 2);
  }

  TEST_CASE("tiers carry no metadata") {
    const std::string exif = test::exif_block(6, "ASCII\0\0\0secret comment"s);
    const std::string xmp = "http://ns.adobe.com/xap/1.0/\0<xmp>secret</xmp>"s;
    test::Bytes jpeg = test::encode(test::photo(200, 100), test::Kind::Jpeg, {.profile = "p3"});
    jpeg = test::with_jpeg_segment(test::with_jpeg_segment(jpeg, 0xE1, exif), 0xE1, xmp);
    test::Bytes png = test::with_png_chunk(test::encode(test::photo(200, 100, 1, 4), test::Kind::Png), "tEXt",
                                           "parameters\0secret"s);
    for (const test::Bytes& file : {jpeg, png}) {
      for (const auto& tier : make_tiers(file, {}).tiers) {
        for (const std::string& type : chunk_types(tier.webp)) {
          CAPTURE(type);
          CHECK((type == "VP8 " || type == "VP8X" || type == "ALPH"));
        }
        const std::string_view bytes(reinterpret_cast<const char*>(tier.webp.data()), tier.webp.size());
        CHECK(bytes.find("secret") == std::string_view::npos);
      }
    }
  }

  TEST_CASE("what the picture says about itself comes with its tiers") {
    const test::Bytes file = test::with_png_chunk(test::encode(test::photo(30, 20), test::Kind::Png), "tEXt",
                                                  "parameters\0Steps: 20"s);
    CHECK(make_tiers(file, {}).source_text == R"({"parameters":"Steps: 20"})");
    PreviewOptions options;
    options.accept_more_formats = true;
    const test::Bytes tiff = test::encode(test::photo(30, 20), test::Kind::Tiff, {.xmp = "<x>seed 5</x>"});
    CHECK(make_tiers(tiff, options).source_text == R"({"xmp":"<x>seed 5</x>"})");
  }

  TEST_CASE("a file cut at any of a hundred places is refused") {
    for (const test::Kind kind : test::kKinds) {
      CAPTURE(static_cast<int>(kind));
      const test::Bytes whole = test::encode(test::photo(160, 120), kind);
      for (std::size_t percent = 1; percent < 100; ++percent) {
        CAPTURE(percent);
        test::Bytes cut = whole;
        cut.resize(whole.size() * percent / 100);
        CHECK(code_of(cut) == ErrorCode::BadImage);
      }
    }
  }

  TEST_CASE("a cut is noticed in every way in which a format can be stored") {
    const test::Raster picture = test::photo(96, 64);
    const std::vector<test::Raster> frames = {picture, test::photo(96, 64, 2), test::photo(96, 64, 3)};
    for (const test::Bytes& whole : {test::encode(picture, test::Kind::Jpeg, {.progressive = true}),
                                     test::encode(picture, test::Kind::Png, {.interlaced = true}),
                                     test::encode(picture, test::Kind::WebP, {.lossless = true}),
                                     test::encode_animation(frames, test::Kind::Gif),
                                     test::encode_animation(frames, test::Kind::WebP)}) {
      CHECK(code_of(whole) == ErrorCode{});
      for (std::size_t percent = 5; percent < 100; percent += 5) {
        CAPTURE(percent);
        test::Bytes cut = whole;
        cut.resize(whole.size() * percent / 100);
        CHECK(code_of(cut) == ErrorCode::BadImage);
      }
      test::Bytes cut = whole;
      cut.pop_back();
      CHECK(code_of(cut) == ErrorCode::BadImage);
    }
  }

  TEST_CASE("pictures whose content is damaged are refused or decoded, never worse") {
    for (const test::Kind kind : test::kKinds) {
      const test::Bytes whole = test::encode(test::photo(96, 64), kind);
      int refused = 0;
      for (std::size_t at = 4; at < whole.size(); at += whole.size() / 60) {
        CAPTURE(static_cast<int>(kind));
        CAPTURE(at);
        test::Bytes damaged = whole;
        damaged[at] ^= std::byte{0xA5};
        try {
          const TierSet set = make_tiers(damaged, {});
          CHECK(set.tiers[2].width >= 1);
        } catch (const Error& error) {
          ++refused;
          CHECK((error.code() == ErrorCode::BadImage || error.code() == ErrorCode::LimitExceeded ||
                 error.code() == ErrorCode::UnsupportedFormat));
        }
      }
      if (kind == test::Kind::Png) CHECK(refused >= 55);  // everything in it is under a checksum
    }
  }

  TEST_CASE("a damaged colour profile does not cost the picture") {
    const test::Bytes jpeg = test::with_jpeg_segment(test::encode(test::quarters(80, 60), test::Kind::Jpeg),
                                                     0xE2, "ICC_PROFILE\0\1\1"s + std::string(300, 'x'));
    check_points(make_tiers(jpeg, {}), kQuarters, 14);
    const test::Bytes png = test::with_png_chunk(test::encode(test::quarters(80, 60), test::Kind::Png),
                                                 "iCCP", "x\0\0"s + test::deflated(std::string(300, 'x')));
    check_points(make_tiers(png, {}), kQuarters, 14);
  }

  TEST_CASE("a header that announces too much is refused before decoding") {
    const test::Bytes jpeg = test::encode(test::plain(8, 8, {1, 2, 3}), test::Kind::Jpeg);
    const test::Bytes progressive =
        test::encode(test::plain(8, 8, {1, 2, 3}), test::Kind::Jpeg, {.progressive = true});
    struct Size {
      unsigned width;
      unsigned height;
    };
    for (const Size& size : std::vector<Size>{
             {65'535, 65'535}, {1, 65'535}, {65'535, 1}, {65'501, 10}, {10'001, 10'000}, {50'000, 50'000}}) {
      CAPTURE(size.width);
      CAPTURE(size.height);
      CHECK(code_of(with_png_size(size.width, size.height)) == ErrorCode::LimitExceeded);
      CHECK(code_of(with_jpeg_size(jpeg, size.width, size.height)) == ErrorCode::LimitExceeded);
      CHECK(code_of(with_jpeg_size(progressive, size.width, size.height)) == ErrorCode::LimitExceeded);
      std::string gif = "GIF89a";
      for (const unsigned side : {size.width, size.height})
        gif += {static_cast<char>(side), static_cast<char>(side >> 8)};
      gif += "\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0\x3b"s;
      CHECK(code_of(test::to_bytes(gif)) == ErrorCode::LimitExceeded);
    }
    CHECK(code_of(with_png_size(0x7fffffff, 0x7fffffff)) == ErrorCode::LimitExceeded);
    CHECK(code_of(with_png_size(0, 10)) == ErrorCode::BadImage);
    CHECK(code_of(
              test::to_bytes("RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\0\0\0\0"s)) ==
          ErrorCode::LimitExceeded);
  }

  TEST_CASE("frames count together towards the pixel limit") {
    PreviewOptions options;
    options.max_source_pixels = 40 * 30 * 3;
    std::vector<test::Raster> frames;
    for (unsigned seed = 1; seed <= 3; ++seed) frames.push_back(test::photo(40, 30, seed));
    for (const test::Kind kind : {test::Kind::Gif, test::Kind::WebP}) {
      CHECK(code_of(test::encode_animation(frames, kind), options) == ErrorCode{});
    }
    frames.push_back(test::photo(40, 30, 4));
    for (const test::Kind kind : {test::Kind::Gif, test::Kind::WebP}) {
      CHECK(code_of(test::encode_animation(frames, kind), options) == ErrorCode::LimitExceeded);
    }
    std::string many = "GIF89a\xe8\3\xe8\3\0\0\0"s;  // 1000 x 1000, 101 frames
    for (int i = 0; i < 101; ++i) many += "\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"s;
    CHECK(code_of(test::to_bytes(many + "\x3b")) == ErrorCode::LimitExceeded);
  }

  TEST_CASE("a file of too many bytes is refused") {
    const test::Bytes file = test::encode(test::photo(40, 30), test::Kind::Png);
    PreviewOptions options;
    options.max_source_bytes = static_cast<std::int64_t>(file.size());
    CHECK(code_of(file, options) == ErrorCode{});
    --options.max_source_bytes;
    CHECK(code_of(file, options) == ErrorCode::LimitExceeded);
  }

  TEST_CASE("whatever else libvips could read is not tried") {
    for (const std::string_view content :
         {""sv,
          "\0"sv,
          "text"sv,
          "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"sv,
          "<?xml version=\"1.0\"?><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"sv,
          "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj"sv,
          "P6\n1 1\n255\nabc"sv,
          "P5\n1 1\n255\na"sv,
          "P1\n1 1\n0"sv,
          "MATLAB 5.0 MAT-file, Platform: GLNX86"sv,
          "<!DOCTYPE html><html><body></body></html>"sv,
          "{\"a\":1}"sv,
          "BM\x46\0\0\0\0\0\0\0\x36\0\0\0"sv,
          "\x1f\x8b\x08\0"sv,
          "PK\x03\x04"sv,
          "#?RADIANCE\n"sv,
          "SIMPLE  =                    T"sv,
          "\x76\x2f\x31\x01"sv,
          "1 2 3\n4 5 6\n"sv,
          "\0\0\0\x18"
          "ftypmp42"sv,
          "\0\0\1\0\1\0"sv,
          "8BPS\0\1"sv,
          "\x7f"
          "ELF"sv,
          "id=ImageMagick"sv,
          "\0\0\0\x0cjP  \r\n\x87\n"sv}) {
      CAPTURE(content);
      CHECK(code_of(test::to_bytes(content)) == ErrorCode::UnsupportedFormat);
    }
  }

  TEST_CASE("a TIFF is accepted only where the caller asks for more formats") {
    const test::Bytes file = test::encode(test::quarters(80, 60), test::Kind::Tiff);
    CHECK(code_of(file) == ErrorCode::UnsupportedFormat);
    PreviewOptions options;
    options.accept_more_formats = true;
    const TierSet set = make_tiers(file, options);
    CHECK(set.source_format == "tiff");
    check_points(set, kQuarters, 8);
    const test::Bytes deep = test::encode(test::quarters(80, 60), test::Kind::Tiff, {.sixteen_bit = true});
    check_points(make_tiers(deep, options), kQuarters, 8);
    test::Bytes cut = file;
    cut.resize(cut.size() / 2);
    CHECK(code_of(cut, options) == ErrorCode::BadImage);
  }

  TEST_CASE("options outside their range are refused") {
    const test::Bytes file = test::encode(test::photo(10, 10), test::Kind::Png);
    const auto refused = [&](auto&& change) {
      PreviewOptions options;
      change(options);
      return code_of(file, options) == ErrorCode::InvalidArgument;
    };
    CHECK(refused([](PreviewOptions& o) { o.max_pixels = 0; }));
    CHECK(refused([](PreviewOptions& o) { o.max_source_bytes = 0; }));
    CHECK(refused([](PreviewOptions& o) { o.max_source_pixels = -1; }));
    CHECK(refused([](PreviewOptions& o) { o.high.scale = 0.9; }));
    CHECK(refused([](PreviewOptions& o) { o.medium.scale = 0.0; }));
    CHECK(refused([](PreviewOptions& o) { o.medium.scale = 1.01; }));
    CHECK(refused([](PreviewOptions& o) { o.low.scale = std::numeric_limits<double>::quiet_NaN(); }));
    CHECK(refused([](PreviewOptions& o) { o.high.quality = 0; }));
    CHECK(refused([](PreviewOptions& o) { o.low.quality = 101; }));
    CHECK(refused([](PreviewOptions& o) { o.medium.effort = 7; }));
    CHECK(refused([](PreviewOptions& o) { o.medium.effort = -1; }));
  }

  TEST_CASE("nothing of a picture stays in libvips's cache") {
    (void)test::decode(test::encode(test::photo(10, 10), test::Kind::Png));
    CHECK_FALSE(living_loaders().empty());  // what a plain call leaves there
    PreviewOptions options;
    options.max_pixels = 50'000;
    for (const test::Kind kind : test::kKinds) {
      CAPTURE(static_cast<int>(kind));
      const test::Bytes large = test::encode(test::photo(500, 400, 3, 4), kind);
      test::Bytes cut = large;
      cut[cut.size() / 2] ^= std::byte{0x55};
      const std::set<const void*> before = living_loaders();
      for (const test::Bytes& file : {large, cut}) {
        try {
          (void)make_tiers(file, options);
        } catch (const Error&) {
        }
      }
      check_decodable(large, options);
      for (const void* loader : living_loaders()) CHECK(before.contains(loader));
    }
  }

  TEST_CASE("eight threads at once make the same tiers as one") {
    std::vector<test::Bytes> files;
    std::vector<TierSet> expected;
    PreviewOptions options;
    options.max_pixels = 20'000;
    for (unsigned i = 0; i < 4; ++i) {
      files.push_back(test::encode(test::photo(240, 180, i, i % 2 == 0 ? 3 : 4), test::kKinds[i]));
      expected.push_back(make_tiers(files.back(), options));
    }
    std::atomic<int> same = 0;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t round = 0; round < 6; ++round) {
          const std::size_t i = (t + round) % files.size();
          const TierSet set = make_tiers(files[i], options);
          bool equal = true;
          for (std::size_t tier = 0; tier < 3; ++tier) {
            equal = equal && set.tiers[tier].webp == expected[i].tiers[tier].webp;
          }
          if (equal) ++same;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(same == 48);
  }
}
