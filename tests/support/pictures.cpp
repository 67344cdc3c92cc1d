#include "support/pictures.hpp"

#include <gio/gio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <vips/vips.h>

namespace test {

namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

void check(int status) {
  if (status == 0) return;
  const std::string text = vips_error_buffer();
  vips_error_clear();
  throw std::runtime_error("libvips: " + text);
}

template <typename Operation>
Image make(Operation&& operation) {
  VipsImage* out = nullptr;
  check(operation(&out));
  return Image(out);
}

Image image_of(const Raster& picture) {
  Image image(vips_image_new_from_memory_copy(picture.data.data(), picture.data.size(), picture.width,
                                              picture.height, picture.bands, VIPS_FORMAT_UCHAR));
  image->Type = picture.bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  return image;
}

Image prepared(const Raster& picture, const Encoding& encoding) {
  Image image = image_of(picture);
  const std::string space = encoding.cmyk ? "cmyk" : encoding.profile;
  if (!space.empty()) {
    image = make([&](VipsImage** out) {
      return vips_icc_transform(image.get(), out, space.c_str(), "input_profile", "srgb", nullptr);
    });
    if (!encoding.keep_profile) vips_image_remove(image.get(), VIPS_META_ICC_NAME);
  }
  if (encoding.sixteen_bit) {
    image = make([&](VipsImage** out) { return vips_linear1(image.get(), out, 257.0, 0.0, nullptr); });
    image = make([&](VipsImage** out) { return vips_cast_ushort(image.get(), out, nullptr); });
    image->Type = picture.bands < 3 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
  }
  if (!encoding.xmp.empty())
    vips_image_set_blob_copy(image.get(), VIPS_META_XMP_NAME, encoding.xmp.data(), encoding.xmp.size());
  return image;
}

Bytes save(VipsImage* image, Kind kind, const Encoding& encoding) {
  void* buffer = nullptr;
  std::size_t size = 0;
  switch (kind) {
    case Kind::Png:
      check(vips_pngsave_buffer(image, &buffer, &size, "interlace", encoding.interlaced, "palette",
                                encoding.palette, nullptr));
      break;
    case Kind::Jpeg:
      check(vips_jpegsave_buffer(image, &buffer, &size, "Q", encoding.quality, "interlace",
                                 encoding.progressive, nullptr));
      break;
    case Kind::WebP:
      check(vips_webpsave_buffer(image, &buffer, &size, "Q", encoding.quality, "lossless", encoding.lossless,
                                 "effort", 1, "strip", TRUE, nullptr));
      break;
    case Kind::Gif:
      check(
          vips_gifsave_buffer(image, &buffer, &size, "effort", 1, "interlace", encoding.interlaced, nullptr));
      break;
    case Kind::Tiff:
      check(vips_tiffsave_buffer(image, &buffer, &size, nullptr));
      break;
  }
  Bytes file(size);
  std::memcpy(file.data(), buffer, size);
  g_free(buffer);
  return file;
}

void start_vips() {
  static const bool ready = vips_init("tests") == 0;
  if (!ready) throw std::runtime_error("libvips cannot be initialised");
}

std::string be32(std::size_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string le32(std::size_t value) {
  std::string text = be32(value);
  std::reverse(text.begin(), text.end());
  return text;
}

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Raster::Raster(int w, int h, int band_count)
    : width(w),
      height(h),
      bands(band_count),
      data(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * static_cast<std::size_t>(band_count)) {
}

std::uint8_t& Raster::at(int x, int y, int band) {
  return data.at(static_cast<std::size_t>((y * width + x) * bands + band));
}

std::uint8_t Raster::at(int x, int y, int band) const {
  return data.at(static_cast<std::size_t>((y * width + x) * bands + band));
}

Raster photo(int width, int height, unsigned seed, int bands) {
  Raster picture(width, height, bands);
  std::uint32_t state = seed * 2654435761U + 1;
  const auto next = [&state] {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    return state;
  };
  struct Disc {
    double x, y, radius;
    int colour[4];
  };
  std::vector<Disc> discs(24);
  for (Disc& disc : discs) {
    disc.x = next() % 1000 / 1000.0 * width;
    disc.y = next() % 1000 / 1000.0 * height;
    disc.radius = (next() % 100 + 20) / 700.0 * std::min(width, height);
    for (int& value : disc.colour) value = static_cast<int>(next() % 256);
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Disc* top = nullptr;
      for (const Disc& disc : discs) {
        if (std::hypot(x - disc.x, y - disc.y) < disc.radius) top = &disc;
      }
      const double u = static_cast<double>(x) / width;
      const double v = static_cast<double>(y) / height;
      const double texture = static_cast<double>(next() % 17) - 8.0 + 12.0 * std::sin(0.11 * x + 0.07 * y);
      for (int band = 0; band < bands; ++band) {
        double value = 128.0 + 100.0 * std::sin(3.0 * u + 2.0 * band) * std::cos(2.5 * v + band);
        if (top != nullptr) value = 0.35 * value + 0.65 * top->colour[band];
        picture.at(x, y, band) = static_cast<std::uint8_t>(std::clamp(value + texture, 0.0, 255.0));
      }
    }
  }
  return picture;
}

Raster quarters(int width, int height, const Quarters& colours) {
  Raster picture(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t quarter = (x >= width / 2 ? 1U : 0U) + (y >= height / 2 ? 2U : 0U);
      for (int band = 0; band < 3; ++band) {
        picture.at(x, y, band) = static_cast<std::uint8_t>(colours[quarter][static_cast<std::size_t>(band)]);
      }
    }
  }
  return picture;
}

Raster plain(int width, int height, const std::vector<int>& colour) {
  Raster picture(width, height, static_cast<int>(colour.size()));
  for (std::size_t i = 0; i < picture.data.size(); ++i) {
    picture.data[i] = static_cast<std::uint8_t>(colour[i % colour.size()]);
  }
  return picture;
}

Bytes encode(const Raster& picture, Kind kind, const Encoding& encoding) {
  start_vips();
  return save(prepared(picture, encoding).get(), kind, encoding);
}

Bytes encode_animation(const std::vector<Raster>& frames, Kind kind) {
  start_vips();
  const Raster& first = frames.front();
  Raster tall(first.width, first.height * static_cast<int>(frames.size()), first.bands);
  std::size_t at = 0;
  for (const Raster& frame : frames) {
    std::copy(frame.data.begin(), frame.data.end(), tall.data.begin() + static_cast<std::ptrdiff_t>(at));
    at += frame.data.size();
  }
  const Image image = image_of(tall);
  vips_image_set_int(image.get(), VIPS_META_PAGE_HEIGHT, first.height);
  return save(image.get(), kind, {});
}

Raster decode(const Bytes& file) {
  start_vips();
  Image image(vips_image_new_from_buffer(file.data(), file.size(), "", nullptr));
  if (!image) check(-1);
  image = make(
      [&](VipsImage** out) { return vips_colourspace(image.get(), out, VIPS_INTERPRETATION_sRGB, nullptr); });
  image = make([&](VipsImage** out) { return vips_cast_uchar(image.get(), out, nullptr); });
  Raster picture(vips_image_get_width(image.get()), vips_image_get_height(image.get()),
                 vips_image_get_bands(image.get()));
  std::size_t size = 0;
  void* const pixels = vips_image_write_to_memory(image.get(), &size);
  if (pixels == nullptr || size != picture.data.size()) check(-1);
  std::memcpy(picture.data.data(), pixels, size);
  g_free(pixels);
  return picture;
}

Bytes with_png_chunk(const Bytes& png, std::string_view type, std::string_view data) {
  std::string file(text_of(png));
  std::size_t at = 8;
  while (file.substr(at + 4, 4) != "IDAT") {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8U | static_cast<unsigned char>(file.at(at + i));
    at += 12 + length;
  }
  std::string body(type);
  body += data;
  file.insert(at, be32(data.size()) + body + be32(crc32(body)));
  return to_bytes(file);
}

Bytes with_jpeg_segment(const Bytes& jpeg, std::uint8_t marker, std::string_view data) {
  std::string segment = {'\xFF', static_cast<char>(marker)};
  segment += be32(data.size() + 2).substr(2);
  segment += data;
  return to_bytes(std::string(text_of(jpeg)).insert(2, segment));
}

Bytes with_webp_chunk(const Bytes& webp, std::string_view type, std::string_view data) {
  const Raster size = decode(webp);
  const std::string_view file = text_of(webp);
  std::string chunks;
  for (std::size_t at = 12; at + 8 <= file.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length |= std::size_t{static_cast<unsigned char>(file[at + 4 + i])} << 8 * i;
    const std::size_t whole = 8 + length + length % 2;
    if (file.substr(at, 4) != type) chunks += file.substr(at, whole);
    at += whole;
  }
  if (!chunks.starts_with("VP8X")) {
    std::string head = "VP8X" + le32(10) + le32(size.bands == 4 ? 0x10 : 0);
    head += le32(static_cast<std::size_t>(size.width - 1)).substr(0, 3);
    head += le32(static_cast<std::size_t>(size.height - 1)).substr(0, 3);
    chunks.insert(0, head);
  }
  if (type == "EXIF") chunks[8] = static_cast<char>(chunks[8] | 0x08);
  if (type == "XMP ") chunks[8] = static_cast<char>(chunks[8] | 0x04);
  chunks += type;
  chunks += le32(data.size());
  chunks += data;
  if (data.size() % 2 != 0) chunks += '\0';
  return to_bytes("RIFF" + le32(chunks.size() + 4) + "WEBP" + chunks);
}

std::string exif_block(int orientation, std::string_view user_comment, bool big_endian) {
  const auto u32 = [&](std::size_t value) { return big_endian ? be32(value) : le32(value); };
  const auto u16 = [&](std::size_t value) {
    return big_endian ? be32(value).substr(2) : le32(value).substr(0, 2);
  };
  std::string block = (big_endian ? "MM" : "II") + u16(42) + u32(8);
  const std::size_t entries = (orientation != 0 ? 1U : 0U) + (user_comment.empty() ? 0U : 1U);
  block += u16(entries);
  const std::size_t behind = 8 + 2 + entries * 12 + 4;
  if (orientation != 0) {
    block += u16(0x0112) + u16(3) + u32(1) + u16(static_cast<std::size_t>(orientation)) + u16(0);
  }
  if (!user_comment.empty()) block += u16(0x8769) + u16(4) + u32(1) + u32(behind);
  block += u32(0);
  if (!user_comment.empty()) {
    block += u16(1) + u16(0x9286) + u16(7) + u32(user_comment.size()) + u32(behind + 18) + u32(0);
    block += user_comment;
  }
  return block;
}

std::string deflated(std::string_view text) {
  const std::unique_ptr<GZlibCompressor, Unref> compressor(
      g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
  std::string out(text.size() + text.size() / 100 + 1024, '\0');
  gsize read = 0;
  gsize written = 0;
  const GConverterResult result =
      g_converter_convert(G_CONVERTER(compressor.get()), text.data(), text.size(), out.data(), out.size(),
                          G_CONVERTER_INPUT_AT_END, &read, &written, nullptr);
  if (result != G_CONVERTER_FINISHED) throw std::runtime_error("cannot compress");
  out.resize(written);
  return out;
}

Bytes to_bytes(std::string_view text) {
  const auto* const start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

}  // namespace test
