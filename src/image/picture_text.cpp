#include "image/picture_text.hpp"

#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "image/byte_view.hpp"
#include "image/exif_text.hpp"
#include "image/inflate.hpp"
#include "image/text_encoding.hpp"

namespace modelstore::image {

namespace {

using namespace std::string_view_literals;

class TextObject {
 public:
  /// Most bytes that a further text could have.
  [[nodiscard]] std::size_t room() const noexcept { return kMaxPictureText - json_.size(); }

  /// Both UTF-8 or Latin-1.
  void add(std::string_view key, std::string_view text) {
    if (text.size() > room()) return;
    std::string name = utf8_or_latin1(key);
    const int times = ++times_[name];
    if (times > 1) name += "#" + std::to_string(times);
    const std::size_t before = json_.size();
    if (before > 1) json_ += ',';
    base::append_json_string(json_, name);
    json_ += ':';
    base::append_json_string(json_, utf8_or_latin1(text));
    if (json_.size() >= kMaxPictureText) json_.resize(before);  // the closing brace must fit too
  }

  void add_exif(ByteView block) {
    for (const auto& [key, text] : exif_texts(block.bytes())) add(key, text);
  }

  void add_xmp(std::string_view packet) {
    while (packet.ends_with('\0')) packet.remove_suffix(1);
    if (!packet.empty()) add("xmp", packet);
  }

  [[nodiscard]] std::string take() && { return std::move(json_) + "}"; }

 private:
  std::string json_ = "{";
  std::unordered_map<std::string, int> times_;
};

// What stands before the first NUL of `rest`, which is moved behind it.
std::optional<std::string_view> take_until_nul(ByteView& rest) {
  const std::size_t end = rest.text().find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.text(0, end);
  rest = rest.part(end + 1, rest.size());
  return taken;
}

void add_inflated(TextObject& object, std::string_view key, ByteView zlib) {
  if (const auto text = inflate(zlib.bytes(), object.room())) object.add(key, *text);
}

void add_international(TextObject& object, std::string_view keyword, ByteView rest) {
  const bool compressed = rest.u8(0) == 1;
  const std::uint8_t method = rest.u8(1);
  rest = rest.part(2, rest.size());
  if (!take_until_nul(rest) || !take_until_nul(rest)) return;  // language, translated keyword
  const bool is_xmp = keyword == "XML:com.adobe.xmp";
  if (!compressed) {
    if (is_xmp) {
      object.add_xmp(rest.text());
    } else {
      object.add(keyword, rest.text());
    }
  } else if (method == 0) {
    add_inflated(object, is_xmp ? "xmp"sv : keyword, rest);
  }
}

void collect_png(TextObject& object, ByteView file) {
  constexpr std::size_t kFrame = 12;
  for (std::size_t at = 8; file.has(at, kFrame);) {
    const std::size_t length = file.u32be(at);
    if (!file.has(at, kFrame + length)) return;
    const std::string_view type = file.text(at + 4, 4);
    ByteView data = file.part(at + 8, length);
    at += kFrame + length;
    if (type == "IEND") return;
    if (type == "eXIf") object.add_exif(data);
    if (type != "tEXt" && type != "zTXt" && type != "iTXt") continue;
    const auto keyword = take_until_nul(data);
    if (!keyword || keyword->empty() || keyword->size() > 79) continue;
    if (type == "tEXt") {
      object.add(*keyword, data.text());
    } else if (type == "iTXt") {
      add_international(object, *keyword, data);
    } else if (data.size() > 0 && data.u8(0) == 0) {
      add_inflated(object, *keyword, data.part(1, data.size()));
    }
  }
}

void collect_jpeg(TextObject& object, ByteView file) {
  constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/\0"sv;
  for (std::size_t at = 2; file.has(at, 4) && file.u8(at) == 0xFF;) {
    const std::uint8_t marker = file.u8(at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) return;
    const std::size_t length = file.u16be(at + 2);
    if (length < 2) return;
    const ByteView data = file.part(at + 4, length - 2);
    if (marker == 0xE1 && data.text().starts_with("Exif\0"sv)) object.add_exif(data);
    if (marker == 0xE1 && data.text().starts_with(kXmp)) object.add_xmp(data.text().substr(kXmp.size()));
    at += 2 + length;
  }
}

void collect_webp(TextObject& object, ByteView file) {
  for (std::size_t at = 12; file.has(at, 8);) {
    const std::string_view type = file.text(at, 4);
    const std::size_t length = file.u32le(at + 4);
    if (!file.has(at + 8, length)) return;
    const ByteView data = file.part(at + 8, length);
    if (type == "EXIF") object.add_exif(data);
    if (type == "XMP ") object.add_xmp(data.text());
    at += 8 + length + (length & 1U);
  }
}

// The text of a GIF's run of sub-blocks, which are at most 255 bytes each.
std::string joined_sub_blocks(ByteView blocks) {
  std::string text;
  for (std::size_t at = 0; blocks.u8(at) != 0; at += 1 + blocks.u8(at))
    text += blocks.text(at + 1, blocks.u8(at));
  return text;
}

// XMP stands in a GIF as it is, without the lengths of sub-blocks. Whoever takes its letters for lengths is
// led out by what follows: 1, the numbers from 255 down to 0, and another 0.
void add_gif_xmp(TextObject& object, ByteView blocks) {
  constexpr std::size_t kWayOut = 258;
  const std::string_view text = blocks.text();
  if (text.size() >= kWayOut && text.substr(text.size() - kWayOut).starts_with("\x01\xff\xfe"sv))
    object.add_xmp(text.substr(0, text.size() - kWayOut));
  else
    object.add_xmp(joined_sub_blocks(blocks));
}

void collect_gif(TextObject& object, ByteView file) {
  constexpr std::string_view kXmp = "\x0bXMP DataXMP";
  const auto table_bytes = [](std::uint8_t flags) {
    return (flags & 0x80U) != 0 ? std::size_t{3} << ((flags & 7U) + 1) : 0;
  };
  std::size_t at = 13 + table_bytes(file.u8(10));
  while (file.has(at, 1)) {
    std::size_t blocks = at;
    bool is_xmp = false;
    if (file.u8(at) == 0x21) {
      is_xmp = file.u8(at + 1) == 0xFF && file.text(at + 2, kXmp.size()) == kXmp;
      blocks = at + 2 + (is_xmp ? kXmp.size() : 0);
    } else if (file.u8(at) == 0x2C) {
      blocks = at + 11 + table_bytes(file.u8(at + 9));
    } else if (file.u8(at) != 0) {
      return;
    }
    at = blocks;
    while (file.u8(at) != 0) at += 1 + file.u8(at);
    ++at;
    if (is_xmp && file.has(blocks, at - blocks)) add_gif_xmp(object, file.part(blocks, at - blocks));
  }
}

}  // namespace

std::string text_of_blocks(std::span<const std::byte> exif, std::span<const std::byte> xmp) {
  TextObject object;
  object.add_exif(ByteView(exif));
  object.add_xmp(ByteView(xmp).text());
  return std::move(object).take();
}

std::string picture_text(PictureFormat format, std::span<const std::byte> picture) {
  TextObject object;
  const ByteView file(picture);
  switch (format) {
    case PictureFormat::Png:
      collect_png(object, file);
      break;
    case PictureFormat::Jpeg:
      collect_jpeg(object, file);
      break;
    case PictureFormat::WebP:
      collect_webp(object, file);
      break;
    case PictureFormat::Gif:
      collect_gif(object, file);
      break;
    case PictureFormat::Avif:
    case PictureFormat::Heif:
    case PictureFormat::Tiff:
    case PictureFormat::Jxl:
      break;
  }
  return std::move(object).take();
}

}  // namespace modelstore::image
