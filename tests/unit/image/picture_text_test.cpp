#include "image/picture_text.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/utf8.hpp"
#include "json/object_text.hpp"
#include "support/pictures.hpp"

using modelstore::image::kMaxPictureText;
using modelstore::image::picture_text;
using modelstore::image::PictureFormat;
using namespace std::string_literals;

namespace {

using Texts = std::map<std::string, std::string>;

// Fails the test where the text is no JSON object of strings, each key once.
Texts texts_of(PictureFormat format, const test::Bytes& file) {
  const std::string json = picture_text(format, file);
  CHECK(json.size() <= kMaxPictureText);
  CHECK(modelstore::base::is_utf8(json));
  REQUIRE_FALSE(modelstore::json::find_defect(json));
  Texts texts;
  const auto object = modelstore::json::ObjectText::parse(json, "picture text");
  for (const auto& member : object.members()) {
    const auto content = modelstore::json::string_content(member.value);
    REQUIRE(content);
    CHECK(texts.emplace(member.key, *content).second);
  }
  return texts;
}

constexpr std::string_view kPacket = "<x:xmpmeta>seed 5</x:xmpmeta>";

/// A GIF with an application extension of XMP behind its colours, whose content is `blocks`.
test::Bytes gif_with_xmp(std::string_view blocks) {
  test::Bytes file = test::encode(test::photo(9, 9), test::Kind::Gif);
  const auto flags = std::to_integer<unsigned>(file[10]);
  const std::size_t at = 13 + ((flags & 0x80U) != 0 ? std::size_t{3} << ((flags & 7U) + 1) : 0);
  const test::Bytes extension = test::to_bytes("\x21\xFF\x0BXMP DataXMP" + std::string(blocks));
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), extension.begin(), extension.end());
  return file;
}

/// What follows XMP in a GIF, for readers that take its letters for the lengths of blocks.
std::string gif_way_out() {
  std::string bytes = "\x01";
  for (int value = 255; value >= 0; --value) bytes += static_cast<char>(value);
  return bytes + '\0';
}

test::Bytes png() {
  static const test::Bytes file = test::encode(test::photo(20, 10), test::Kind::Png);
  return file;
}

test::Bytes jpeg() {
  static const test::Bytes file = test::encode(test::photo(20, 10), test::Kind::Jpeg);
  return file;
}

test::Bytes webp() {
  static const test::Bytes file = test::encode(test::photo(20, 10), test::Kind::WebP);
  return file;
}

Texts png_texts(std::string_view type, std::string_view data) {
  return texts_of(PictureFormat::Png, test::with_png_chunk(png(), type, data));
}

Texts comment_texts(std::string_view comment, bool big_endian = true) {
  return texts_of(
      PictureFormat::Jpeg,
      test::with_jpeg_segment(jpeg(), 0xE1, "Exif\0\0"s + test::exif_block(0, comment, big_endian)));
}

std::string utf16(std::u16string_view text, bool big_endian) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8U);
    const char low = static_cast<char>(unit & 0xFFU);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

}  // namespace

TEST_SUITE("picture text") {
  TEST_CASE("a picture that says nothing gives an empty object") {
    CHECK(picture_text(PictureFormat::Png, png()) == "{}");
    CHECK(picture_text(PictureFormat::Jpeg, jpeg()) == "{}");
    CHECK(picture_text(PictureFormat::WebP, webp()) == "{}");
    CHECK(picture_text(PictureFormat::Gif, test::encode(test::photo(9, 9), test::Kind::Gif)) == "{}");
    CHECK(modelstore::image::text_of_blocks({}, {}) == "{}");
    CHECK(picture_text(PictureFormat::Png, {}) == "{}");
  }

  TEST_CASE("generation parameters and workflows of PNG files come over") {
    const std::string parameters =
        "a cat, \"masterpiece\"\nNegative prompt: dog\\wolf\nSteps: 20, CFG scale: 7";
    const std::string workflow = R"({"nodes":[{"id":1,"type":"KSampler"}],"text":"é"})";
    test::Bytes file = test::with_png_chunk(png(), "tEXt", "parameters\0"s + parameters);
    file = test::with_png_chunk(file, "tEXt", "prompt\0"s + R"({"3":{"class_type":"KSampler"}})");
    file = test::with_png_chunk(file, "iTXt", "workflow\0\0\0\0\0"s + workflow);
    CHECK(texts_of(PictureFormat::Png, file) == Texts{{"parameters", parameters},
                                                      {"prompt", R"({"3":{"class_type":"KSampler"}})"},
                                                      {"workflow", workflow}});
  }

  TEST_CASE("compressed PNG texts are read") {
    const std::string text(100'000, 'p');
    CHECK(png_texts("zTXt", "parameters\0\0"s + test::deflated(text)) == Texts{{"parameters", text}});
    CHECK(png_texts("iTXt", "parameters\0\1\0en\0x\0"s + test::deflated("größer")) ==
          Texts{{"parameters", "größer"}});
  }

  TEST_CASE("Latin-1 becomes UTF-8, and UTF-8 that stands in its place is kept") {
    CHECK(png_texts("tEXt", "Author\0J\xf6rg"s) == Texts{{"Author", "Jörg"}});
    CHECK(png_texts("tEXt", "Author\0Jörg"s) == Texts{{"Author", "Jörg"}});
    CHECK(png_texts("tEXt", "K\xe9y\0v"s) == Texts{{"Kéy", "v"}});
  }

  TEST_CASE("control characters are escaped") {
    CHECK(png_texts("tEXt", "k\0a\0b\1\x1f\t\r\n\x7f"s) == Texts{{"k", "a\0b\1\x1f\t\r\n\x7f"s}});
  }

  TEST_CASE("a keyword that comes again keeps both texts") {
    test::Bytes file = test::with_png_chunk(png(), "tEXt", "Comment\0last"s);
    file = test::with_png_chunk(file, "tEXt", "Comment\0first"s);
    const Texts texts = texts_of(PictureFormat::Png, file);
    CHECK(texts.size() == 2);
    CHECK(texts.contains("Comment"));
    CHECK(texts.contains("Comment#2"));
  }

  TEST_CASE("malformed text chunks are left out") {
    struct Chunk {
      std::string type;
      std::string data;
    };
    for (const Chunk& chunk : std::vector<Chunk>{
             {"tEXt", "no keyword end"},
             {"tEXt", "\0empty keyword"s},
             {"tEXt", std::string(80, 'k') + "\0too long a keyword"s},
             {"tEXt", ""},
             {"zTXt", "k\0"s},
             {"zTXt", "k\0\0not zlib"s},
             {"zTXt", "k\0\1"s + test::deflated("unknown method")},
             {"zTXt", "k\0\0"s + test::deflated(std::string(5000, 'x')).substr(0, 12)},
             {"iTXt", "k\0"s},
             {"iTXt", "k\0\0\0"s},
             {"iTXt", "k\0\0\0en"s},
             {"iTXt", "k\0\1\0\0\0bad"s},
             {"iTXt", "k\0\1\7\0\0"s + test::deflated("unknown method")},
         }) {
      CAPTURE(chunk.type);
      CAPTURE(chunk.data);
      CHECK(png_texts(chunk.type, chunk.data).empty());
    }
  }

  TEST_CASE("texts that do not fit together are left out, the others kept") {
    test::Bytes file = test::with_png_chunk(png(), "tEXt", "late\0kept"s);
    file = test::with_png_chunk(file, "tEXt", "big\0"s + std::string(kMaxPictureText, 'b'));
    file = test::with_png_chunk(file, "tEXt", "fits\0"s + std::string(kMaxPictureText - 100, 'f'));
    const Texts texts = texts_of(PictureFormat::Png, file);
    CHECK(texts.size() == 2);
    CHECK(texts.contains("late"));
    CHECK(texts.at("fits").size() == kMaxPictureText - 100);
  }

  TEST_CASE("a compressed text that unfolds beyond the limit is left out") {
    CHECK(png_texts("zTXt", "bomb\0\0"s + test::deflated(std::string(std::size_t{64} << 20, '\0'))).empty());
    CHECK(
        png_texts("zTXt", "escapes\0\0"s + test::deflated(std::string(std::size_t{1} << 20, '\1'))).empty());
  }

  TEST_CASE("many texts are read in time linear in their number") {
    const test::Bytes one = test::with_png_chunk(png(), "tEXt", "k\0v"s);
    const test::Bytes type = test::to_bytes("tEXt");
    const auto chunk = std::search(one.begin(), one.end(), type.begin(), type.end()) - 4;
    test::Bytes many(one.begin(), chunk);
    for (int i = 0; i < 100'000; ++i) many.insert(many.end(), chunk, chunk + 15);
    many.insert(many.end(), chunk, one.end());
    CHECK(texts_of(PictureFormat::Png, many).size() == 100'001);
  }

  TEST_CASE("EXIF user comments of every character code are read") {
    CHECK(comment_texts("ASCII\0\0\0Steps: 20\0\0"s) == Texts{{"exif:UserComment", "Steps: 20"}});
    CHECK(comment_texts("\0\0\0\0\0\0\0\0plain"s) == Texts{{"exif:UserComment", "plain"}});
    CHECK(comment_texts("UNICODE\0"s + utf16(u"Größe 猫 \U0001F600", true)) ==
          Texts{{"exif:UserComment", "Größe 猫 \U0001F600"}});
    CHECK(comment_texts("UNICODE\0"s + utf16(u"Steps: 20", false), false) ==
          Texts{{"exif:UserComment", "Steps: 20"}});
    CHECK(comment_texts("UNICODE\0"s + utf16(u"Steps: 20", true), false) ==
          Texts{{"exif:UserComment", "Steps: 20"}});
    CHECK(comment_texts("UNICODE\0"s + utf16(u"\uFEFF猫猫", false)) == Texts{{"exif:UserComment", "猫猫"}});
    CHECK(comment_texts("UNICODE\0"s + "UTF-8 behind it, é"s) ==
          Texts{{"exif:UserComment", "UTF-8 behind it, é"}});
    CHECK(comment_texts("JIS\0\0\0\0\0\x1b$BG-\x1b(B"s) == Texts{{"exif:UserComment", "猫"}});
    CHECK(comment_texts("without any code") == Texts{{"exif:UserComment", "without any code"}});
  }

  TEST_CASE("a comment that is empty or no text is left out or mended") {
    CHECK(comment_texts("ASCII\0\0\0"s).empty());
    CHECK(comment_texts("ASCII\0\0\0\0\0\0"s).empty());
    CHECK(comment_texts("short").empty());
    CHECK(comment_texts("JIS\0\0\0\0\0\xff\xff\xff"s).empty());
    CHECK(comment_texts("UNICODE\0"s + utf16(u"a", true) + "\xd8\x00"s) ==
          Texts{{"exif:UserComment", "a\uFFFD"}});
  }

  TEST_CASE("EXIF is found in JPEG, PNG and WebP") {
    const std::string block = test::exif_block(6, "ASCII\0\0\0Steps: 20"s);
    const Texts expected = {{"exif:UserComment", "Steps: 20"}};
    CHECK(texts_of(PictureFormat::Jpeg, test::with_jpeg_segment(jpeg(), 0xE1, "Exif\0\0"s + block)) ==
          expected);
    CHECK(texts_of(PictureFormat::Png, test::with_png_chunk(png(), "eXIf", block)) == expected);
    CHECK(texts_of(PictureFormat::WebP, test::with_webp_chunk(webp(), "EXIF", block)) == expected);
    CHECK(texts_of(PictureFormat::WebP, test::with_webp_chunk(webp(), "EXIF", "Exif\0\0"s + block)) ==
          expected);
  }

  TEST_CASE("XMP is found in JPEG, PNG and WebP") {
    const std::string packet = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>";
    const Texts expected = {{"xmp", packet}};
    CHECK(texts_of(PictureFormat::Jpeg,
                   test::with_jpeg_segment(jpeg(), 0xE1, "http://ns.adobe.com/xap/1.0/\0"s + packet)) ==
          expected);
    CHECK(png_texts("iTXt", "XML:com.adobe.xmp\0\0\0\0\0"s + packet) == expected);
    CHECK(png_texts("iTXt", "XML:com.adobe.xmp\0\1\0\0\0"s + test::deflated(packet)) == expected);
    CHECK(texts_of(PictureFormat::WebP, test::with_webp_chunk(webp(), "XMP ", packet)) == expected);
  }

  TEST_CASE("the texts that ComfyUI writes into WebP fields are read") {
    // Two ASCII fields of the first directory, Make and Model.
    const std::string workflow = "workflow:{\"nodes\":[]}\0"s;
    const std::string prompt = "prompt:{\"3\":{}}\0"s;
    std::string block = "MM\0\x2a\0\0\0\x08\0\2"s;
    block += "\x01\x0f\0\2\0\0\0"s + static_cast<char>(workflow.size()) + "\0\0\0\x26"s;
    block += "\x01\x10\0\2\0\0\0"s + static_cast<char>(prompt.size()) + "\0\0\0"s +
             static_cast<char>(0x26 + workflow.size());
    block += "\0\0\0\0"s + workflow + prompt;
    CHECK(texts_of(PictureFormat::WebP, test::with_webp_chunk(webp(), "EXIF", block)) ==
          Texts{{"workflow", "{\"nodes\":[]}"}, {"prompt", "{\"3\":{}}"}});
  }

  TEST_CASE("damaged EXIF blocks and cut files never crash") {
    const std::string block = test::exif_block(6, "UNICODE\0"s + utf16(u"Steps: 20, Sampler", true));
    const test::Bytes file = test::with_jpeg_segment(jpeg(), 0xE1, "Exif\0\0"s + block);
    for (std::size_t i = 0; i < block.size(); ++i) {
      for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
        std::string damaged = block;
        damaged[i] = value;
        (void)texts_of(PictureFormat::Png, test::with_png_chunk(png(), "eXIf", damaged));
      }
    }
    for (std::size_t length = 0; length < file.size(); length += 3) {
      (void)texts_of(PictureFormat::Jpeg,
                     test::Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)));
    }
  }

  TEST_CASE("XMP in a GIF is kept, as it is usually written and in blocks") {
    const Texts expected = {{"xmp", std::string(kPacket)}};
    CHECK(texts_of(PictureFormat::Gif, gif_with_xmp(std::string(kPacket) + gif_way_out())) == expected);
    const std::string packet(700, 'x');
    std::string blocks;
    for (std::size_t at = 0; at < packet.size(); at += 200) {
      const std::string part = packet.substr(at, 200);
      blocks += static_cast<char>(part.size()) + part;
    }
    CHECK(texts_of(PictureFormat::Gif, gif_with_xmp(blocks + '\0')) == Texts{{"xmp", packet}});
    CHECK(texts_of(PictureFormat::Gif, gif_with_xmp("\0"s)).empty());
  }

  TEST_CASE("a GIF that is cut within its XMP, or anywhere else, says nothing wrong") {
    const test::Bytes whole = gif_with_xmp(std::string(kPacket) + gif_way_out());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const test::Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const Texts texts = texts_of(PictureFormat::Gif, cut);
      CHECK((texts.empty() || texts == Texts{{"xmp", std::string(kPacket)}}));
    }
  }

  TEST_CASE("the blocks that a decoder found are read as those of other formats") {
    const std::string exif = test::exif_block(0, "ASCII\0\0\0steps 20"s);
    CHECK(modelstore::image::text_of_blocks(std::as_bytes(std::span(exif)),
                                            std::as_bytes(std::span(kPacket))) ==
          R"({"exif:UserComment":"steps 20","xmp":"<x:xmpmeta>seed 5</x:xmpmeta>"})");
  }
}
