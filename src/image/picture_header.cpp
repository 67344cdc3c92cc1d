#include "image/picture_header.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "image/byte_view.hpp"
#include "image/exif_text.hpp"
#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

[[noreturn]] void fail_truncated(PictureFormat format) {
  throw Error(ErrorCode::BadImage, "the " + std::string(format_name(format)) + " picture is truncated");
}

[[noreturn]] void fail_malformed(PictureFormat format) {
  throw Error(ErrorCode::BadImage,
              "the " + std::string(format_name(format)) + " picture has a damaged structure");
}

PictureHeader png_header(ByteView file) {
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kFrame = 12;  // length, type and CRC around a chunk's data
  PictureHeader header;
  for (std::size_t at = kSignature;;) {
    if (!file.has(at, kFrame)) fail_truncated(PictureFormat::Png);
    const std::size_t length = file.u32be(at);
    const std::string_view type = file.text(at + 4, 4);
    if (length > 0x7fffffffU) fail_malformed(PictureFormat::Png);
    if (!file.has(at, kFrame + length)) fail_truncated(PictureFormat::Png);
    if (at == kSignature) {
      if (type != "IHDR" || length != 13) fail_malformed(PictureFormat::Png);
      header.width = file.u32be(at + 8);
      header.height = file.u32be(at + 12);
    }
    // Anywhere: libvips sees it only before the pixels.
    if (type == "eXIf" && header.orientation == 0)
      header.orientation = exif_orientation(file.part(at + 8, length).bytes());
    if (type == "IEND") return header;
    at += kFrame + length;
  }
}

bool is_frame_header(std::uint8_t marker) noexcept {
  // C4, C8 and CC share the range but are the Huffman table, a reserved code and the arithmetic table.
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool stands_alone(std::uint8_t marker) noexcept {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

// The next marker's position (of its code byte) at or behind `at`, which may lie in entropy-coded data.
std::size_t find_jpeg_marker(ByteView file, std::size_t at) {
  while (at < file.size()) {
    const void* hit = std::memchr(file.bytes().data() + at, 0xFF, file.size() - at);
    if (hit == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(hit) - file.bytes().data()) + 1;
    while (at < file.size() && file.u8(at) == 0xFF) ++at;  // fill bytes
    if (at >= file.size()) break;
    const std::uint8_t code = file.u8(at);
    if (code != 0x00 && !stands_alone(code)) return at;
    ++at;
  }
  fail_truncated(PictureFormat::Jpeg);
}

PictureHeader jpeg_header(ByteView file) {
  PictureHeader header;
  bool scanned = false;
  for (std::size_t at = 2;;) {
    at = find_jpeg_marker(file, at);
    const std::uint8_t code = file.u8(at);
    if (code == 0xD9) {
      if (header.width == 0 || !scanned) fail_malformed(PictureFormat::Jpeg);
      return header;
    }
    const std::size_t length = file.u16be(at + 1);
    if (file.has(at + 1, 2) && length < 2) fail_malformed(PictureFormat::Jpeg);
    if (!file.has(at + 1, length) || length < 2) fail_truncated(PictureFormat::Jpeg);
    if (is_frame_header(code)) {
      if (length < 8) fail_malformed(PictureFormat::Jpeg);
      header.height = std::max<std::int64_t>(header.height, file.u16be(at + 4));
      header.width = std::max<std::int64_t>(header.width, file.u16be(at + 6));
    }
    if (code == 0xDA) scanned = true;
    at += 1 + length;
  }
}

PictureHeader webp_header(ByteView file) {
  constexpr std::size_t kChunkHead = 8;
  const std::size_t end = std::size_t{8} + file.u32le(4);
  if (end > file.size()) fail_truncated(PictureFormat::WebP);
  PictureHeader header;
  std::int64_t animation_frames = 0;
  const auto grow = [&header](std::int64_t width, std::int64_t height) {
    header.width = std::max(header.width, width);
    header.height = std::max(header.height, height);
  };
  for (std::size_t at = 12; at + kChunkHead <= end;) {
    const std::string_view type = file.text(at, 4);
    const std::size_t length = file.u32le(at + 4);
    const std::size_t data = at + kChunkHead;
    if (length > end - data) fail_truncated(PictureFormat::WebP);
    if (type == "VP8X" && length >= 10) {
      grow(std::int64_t{file.u24le(data + 4)} + 1, std::int64_t{file.u24le(data + 7)} + 1);
    } else if (type == "VP8 " && length >= 10) {
      grow(file.u16le(data + 6) & 0x3fffU, file.u16le(data + 8) & 0x3fffU);
    } else if (type == "VP8L" && length >= 5) {
      const std::uint32_t bits = file.u32le(data + 1);
      grow(std::int64_t{bits & 0x3fffU} + 1, std::int64_t{bits >> 14 & 0x3fffU} + 1);
    } else if (type == "ANMF") {
      ++animation_frames;
    }
    at = data + length + (length & 1U);
  }
  if (header.width == 0) fail_malformed(PictureFormat::WebP);
  header.frames = std::max<std::int64_t>(animation_frames, 1);
  return header;
}

// Behind a GIF's run of sub-blocks that starts at `at`.
std::size_t skip_sub_blocks(ByteView file, std::size_t at) {
  while (at < file.size()) {
    const std::size_t length = file.u8(at);
    if (length == 0) return at + 1;
    at += 1 + length;
  }
  fail_truncated(PictureFormat::Gif);
}

std::size_t gif_colour_table_bytes(std::uint8_t flags) noexcept {
  return (flags & 0x80U) != 0 ? std::size_t{3} << ((flags & 7U) + 1) : 0;
}

PictureHeader gif_header(ByteView file) {
  constexpr std::size_t kScreen = 13;
  if (!file.has(0, kScreen)) fail_truncated(PictureFormat::Gif);
  PictureHeader header;
  header.width = file.u16le(6);
  header.height = file.u16le(8);
  header.frames = 0;
  std::size_t at = kScreen + gif_colour_table_bytes(file.u8(10));
  while (at < file.size()) {
    switch (file.u8(at)) {
      case 0x3B:
        if (header.frames == 0) fail_malformed(PictureFormat::Gif);
        return header;
      case 0x21:
        at = skip_sub_blocks(file, at + 2);
        break;
      case 0x2C:
        if (!file.has(at, 10)) fail_truncated(PictureFormat::Gif);
        ++header.frames;
        header.width = std::max<std::int64_t>(header.width, file.u16le(at + 1) + file.u16le(at + 5));
        header.height = std::max<std::int64_t>(header.height, file.u16le(at + 3) + file.u16le(at + 7));
        at = skip_sub_blocks(file, at + 11 + gif_colour_table_bytes(file.u8(at + 9)));
        break;
      case 0x00:  // some writers leave one behind a run of sub-blocks
        ++at;
        break;
      default:
        fail_malformed(PictureFormat::Gif);
    }
  }
  fail_truncated(PictureFormat::Gif);
}

}  // namespace

std::optional<PictureHeader> read_header(PictureFormat format, std::span<const std::byte> bytes) {
  const ByteView file(bytes);
  switch (format) {
    case PictureFormat::Png:
      return png_header(file);
    case PictureFormat::Jpeg:
      return jpeg_header(file);
    case PictureFormat::WebP:
      return webp_header(file);
    case PictureFormat::Gif:
      return gif_header(file);
    case PictureFormat::Avif:
    case PictureFormat::Heif:
    case PictureFormat::Tiff:
    case PictureFormat::Jxl:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace modelstore::image
