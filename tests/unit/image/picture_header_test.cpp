#include "image/picture_header.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "support/pictures.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::image::PictureFormat;
using modelstore::image::PictureHeader;
using modelstore::image::read_header;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

constexpr PictureFormat kFormats[] = {PictureFormat::Png, PictureFormat::Jpeg, PictureFormat::WebP,
                                      PictureFormat::Gif};

bool refused(PictureFormat format, const test::Bytes& file) {
  try {
    (void)read_header(format, file);
  } catch (const Error& error) {
    return error.code() == ErrorCode::BadImage;
  }
  return false;
}

}  // namespace

TEST_SUITE("picture header") {
  TEST_CASE("the size of each format is read") {
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(i);
      const test::Bytes file = test::encode(test::photo(123, 45), test::kKinds[i]);
      CHECK(read_header(kFormats[i], file) == PictureHeader{123, 45, 1});
    }
    const test::Raster picture = test::photo(70, 30);
    CHECK(read_header(PictureFormat::Jpeg, test::encode(picture, test::Kind::Jpeg, {.progressive = true})) ==
          PictureHeader{70, 30, 1});
    CHECK(read_header(PictureFormat::WebP, test::encode(picture, test::Kind::WebP, {.lossless = true})) ==
          PictureHeader{70, 30, 1});
    CHECK(read_header(PictureFormat::WebP, test::encode(test::photo(70, 30, 1, 4), test::Kind::WebP)) ==
          PictureHeader{70, 30, 1});
    CHECK(read_header(PictureFormat::WebP, test::with_webp_chunk(test::encode(picture, test::Kind::WebP),
                                                                 "XMP ", "odd")) == PictureHeader{70, 30, 1});
  }

  TEST_CASE("frames are counted") {
    const std::vector<test::Raster> frames = {test::photo(40, 30, 1), test::photo(40, 30, 2),
                                              test::photo(40, 30, 3)};
    CHECK(read_header(PictureFormat::Gif, test::encode_animation(frames, test::Kind::Gif)) ==
          PictureHeader{40, 30, 3});
    CHECK(read_header(PictureFormat::WebP, test::encode_animation(frames, test::Kind::WebP)) ==
          PictureHeader{40, 30, 3});
  }

  TEST_CASE("a file without its last byte is truncated") {
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(i);
      test::Bytes file = test::encode(test::photo(50, 40), test::kKinds[i]);
      file.pop_back();
      CHECK(refused(kFormats[i], file));
    }
  }

  TEST_CASE("what stands behind the end of a picture does not matter") {
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(i);
      test::Bytes file = test::encode(test::photo(50, 40), test::kKinds[i]);
      for (const std::byte b : test::to_bytes("some bytes behind")) file.push_back(b);
      CHECK(read_header(kFormats[i], file) == PictureHeader{50, 40, 1});
    }
  }

  TEST_CASE("a JPEG thumbnail in EXIF is not taken for the picture") {
    const test::Bytes small = test::encode(test::photo(16, 16), test::Kind::Jpeg);
    const std::string thumbnail(reinterpret_cast<const char*>(small.data()), small.size());
    const test::Bytes file = test::with_jpeg_segment(test::encode(test::photo(90, 60), test::Kind::Jpeg),
                                                     0xE1, "Exif\0\0"s + thumbnail);
    CHECK(read_header(PictureFormat::Jpeg, file) == PictureHeader{90, 60, 1});
  }

  TEST_CASE("a broken structure is refused") {
    const struct {
      PictureFormat format;
      std::string_view file;
    } rows[] = {
        {PictureFormat::Png, "\x89PNG\r\n\x1a\n"sv},
        {PictureFormat::Png, "\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60\x82"sv},
        {PictureFormat::Png, "\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR\0\0\0\0"sv},
        {PictureFormat::Png, "\x89PNG\r\n\x1a\n\0\0\0\x0cIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\0\0\0"sv},
        {PictureFormat::Jpeg, "\xff\xd8\xff\xd9"sv},
        {PictureFormat::Jpeg, "\xff\xd8\xff\xe0\0\1\xff\xd9"sv},
        {PictureFormat::Jpeg, "\xff\xd8\xff\xc0\0\7\x08\0\1\0\1\xff\xda\0\2\xff\xd9"sv},
        {PictureFormat::Jpeg, "\xff\xd8\xff\xc0\0\x0b\x08\0\1\0\1\1\1\x11\0\xff\xd9"sv},
        {PictureFormat::Jpeg, "\xff\xd8\xff\xff\xff\xff"sv},
        {PictureFormat::WebP, "RIFF\4\0\0\0WEBP"sv},
        {PictureFormat::WebP, "RIFF\xff\xff\xff\xffWEBPVP8 \x0a\0\0\0"sv},
        {PictureFormat::WebP, "RIFF\x16\0\0\0WEBPVP8 \xff\xff\xff\xff\0\0\0\x9d\1\x2a\1\0\1\0"sv},
        {PictureFormat::Gif, "GIF89a"sv},
        {PictureFormat::Gif, "GIF89a\1\0\1\0\0\0\0\x3b"sv},
        {PictureFormat::Gif, "GIF89a\1\0\1\0\0\0\0\x99\x3b"sv},
        {PictureFormat::Gif, "GIF89a\1\0\1\0\0\0\0\x2c\0\0\0\0\1\0\1\0\x80\x3b"sv},
        {PictureFormat::Gif, "GIF89a\1\0\1\0\xf7\0\0\x3b"sv},
    };
    for (const auto& row : rows) {
      CAPTURE(row.file);
      CHECK(refused(row.format, test::to_bytes(row.file)));
    }
  }

  TEST_CASE("formats whose structure only their decoders know have no header here") {
    for (const PictureFormat format :
         {PictureFormat::Avif, PictureFormat::Heif, PictureFormat::Tiff, PictureFormat::Jxl}) {
      CHECK_FALSE(read_header(format, {}));
    }
  }
}
