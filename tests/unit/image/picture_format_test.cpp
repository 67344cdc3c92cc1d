#include "image/picture_format.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/pictures.hpp"

using modelstore::image::file_extension;
using modelstore::image::format_name;
using modelstore::image::is_optional;
using modelstore::image::PictureFormat;
using modelstore::image::sniff;
using namespace std::string_view_literals;

TEST_SUITE("PictureFormat") {
  TEST_CASE("each format is known by its first bytes") {
    struct Row {
      std::string_view head;
      PictureFormat format;
      std::string_view name;
      std::string_view extension;
    };
    const Row rows[] = {
        {"\x89PNG\r\n\x1a\n", PictureFormat::Png, "png", "png"},
        {"\xff\xd8\xff\xe0", PictureFormat::Jpeg, "jpeg", "jpg"},
        {"\xff\xd8\xff\xdb", PictureFormat::Jpeg, "jpeg", "jpg"},
        {"RIFF\x10\0\0\0WEBPVP8 "sv, PictureFormat::WebP, "webp", "webp"},
        {"GIF87a", PictureFormat::Gif, "gif", "gif"},
        {"GIF89a", PictureFormat::Gif, "gif", "gif"},
        {"\0\0\0\x20"
         "ftypavif"sv,
         PictureFormat::Avif, "avif", "avif"},
        {"\0\0\0\x20"
         "ftypavis"sv,
         PictureFormat::Avif, "avif", "avif"},
        {"\0\0\0\x20"
         "ftypheic"sv,
         PictureFormat::Heif, "heif", "heic"},
        {"\0\0\0\x20"
         "ftypmif1"sv,
         PictureFormat::Heif, "heif", "heic"},
        {"II\x2a\0\x08\0\0\0"sv, PictureFormat::Tiff, "tiff", "tif"},
        {"MM\0\x2a\0\0\0\x08"sv, PictureFormat::Tiff, "tiff", "tif"},
        {"\xff\x0a\x01\x02", PictureFormat::Jxl, "jxl", "jxl"},
        {"\0\0\0\x0cJXL \r\n\x87\n"sv, PictureFormat::Jxl, "jxl", "jxl"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const auto format = sniff(test::to_bytes(row.head));
      REQUIRE(format);
      CHECK(*format == row.format);
      CHECK(format_name(*format) == row.name);
      CHECK(file_extension(*format) == row.extension);
    }
  }

  TEST_CASE("what is no picture, or only the start of a mark, is no format") {
    for (const std::string_view head : {""sv,
                                        "\x89"sv,
                                        "\x89PNG"sv,
                                        "\x89PNG\n\x1a\n"sv,
                                        "\xff\xd8"sv,
                                        "GIF8"sv,
                                        "GIF88a"sv,
                                        "RIFF"sv,
                                        "RIFF\x10\0\0\0WAVE"sv,
                                        "RIFF\x10\0\0\0WEB"sv,
                                        "\0\0\0\x20"
                                        "ftypisom"sv,
                                        "\0\0\0\x20"
                                        "ftypmp42"sv,
                                        "%PDF-1.7"sv,
                                        "<svg xmlns=\"\">"sv,
                                        "<!DOCTYPE html>"sv,
                                        "P6\n1 1\n255\n"sv,
                                        "MATLAB 5.0"sv,
                                        "BM"sv,
                                        "II\x2b\0"sv,
                                        "just some text"sv,
                                        "\0\0\0\0"sv,
                                        "PK\x03\x04"sv,
                                        "\x1f\x8b"sv}) {
      CAPTURE(head);
      CHECK_FALSE(sniff(test::to_bytes(head)));
    }
  }

  TEST_CASE("four formats are always accepted") {
    CHECK_FALSE(is_optional(PictureFormat::Png));
    CHECK_FALSE(is_optional(PictureFormat::Jpeg));
    CHECK_FALSE(is_optional(PictureFormat::WebP));
    CHECK_FALSE(is_optional(PictureFormat::Gif));
    CHECK(is_optional(PictureFormat::Avif));
    CHECK(is_optional(PictureFormat::Heif));
    CHECK(is_optional(PictureFormat::Tiff));
    CHECK(is_optional(PictureFormat::Jxl));
  }
}
