/// Pictures for tests and benchmarks, made with libvips: the same pixels every time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test {

using Bytes = std::vector<std::byte>;

/// Pixels of 8 bits, line by line.
struct Raster {
  int width = 0;
  int height = 0;
  int bands = 3;  ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
  std::vector<std::uint8_t> data;

  Raster(int w, int h, int band_count);
  [[nodiscard]] std::uint8_t& at(int x, int y, int band);
  [[nodiscard]] std::uint8_t at(int x, int y, int band) const;
};

/// Like a photo: soft gradients, round shapes with edges, fine texture. Another `seed`, another picture.
[[nodiscard]] Raster photo(int width, int height, unsigned seed = 1, int bands = 3);

/// Colours of the quarters of a picture: top left, top right, bottom left, bottom right.
using Quarters = std::array<std::array<int, 3>, 4>;

/// Red, green, blue, yellow.
inline constexpr Quarters kVivid = {{{220, 20, 20}, {20, 200, 20}, {20, 20, 220}, {230, 220, 20}}};

/// The same, of colours that print can show.
inline constexpr Quarters kMuted = {{{170, 90, 80}, {100, 140, 90}, {90, 110, 150}, {200, 190, 110}}};

[[nodiscard]] Raster quarters(int width, int height, const Quarters& colours = kVivid);

/// One colour everywhere: as many bands as values.
[[nodiscard]] Raster plain(int width, int height, const std::vector<int>& colour);

enum class Kind { Png, Jpeg, WebP, Gif, Tiff };

inline constexpr Kind kKinds[] = {Kind::Png, Kind::Jpeg, Kind::WebP, Kind::Gif};

/// How a picture is written. What a kind does not have is ignored.
struct Encoding {
  int quality = 90;
  bool lossless = false;     ///< WebP
  bool progressive = false;  ///< JPEG
  bool interlaced = false;   ///< PNG, GIF
  bool palette = false;      ///< PNG
  bool sixteen_bit = false;  ///< PNG, TIFF: values are multiplied by 257
  bool cmyk = false;         ///< JPEG, TIFF: converted with the profile that libvips carries
  bool keep_profile = true;  ///< whether the profile of `cmyk` or `profile` goes into the file
  std::string profile = {};  ///< "p3": converted to that space
  std::string xmp = {};      ///< TIFF: a packet that goes into the file
};

[[nodiscard]] Bytes encode(const Raster& picture, Kind kind, const Encoding& encoding = {});

/// An animation; the frames have one size.
[[nodiscard]] Bytes encode_animation(const std::vector<Raster>& frames, Kind kind);

/// What a file decodes to, by libvips alone: first frame, RGB or RGBA, not turned upright.
[[nodiscard]] Raster decode(const Bytes& file);

/// Adds a chunk to a PNG before its first IDAT.
[[nodiscard]] Bytes with_png_chunk(const Bytes& png, std::string_view type, std::string_view data);

/// Adds a segment (marker such as 0xE1) to a JPEG behind its SOI.
[[nodiscard]] Bytes with_jpeg_segment(const Bytes& jpeg, std::uint8_t marker, std::string_view data);

/// Adds a chunk at the end of a WebP, and what that needs.
[[nodiscard]] Bytes with_webp_chunk(const Bytes& webp, std::string_view type, std::string_view data);

/// An EXIF block (from its TIFF header) with an orientation, unless 0, and a UserComment, unless empty.
[[nodiscard]] std::string exif_block(int orientation, std::string_view user_comment = {},
                                     bool big_endian = true);

/// `text` as a zlib stream.
[[nodiscard]] std::string deflated(std::string_view text);

[[nodiscard]] Bytes to_bytes(std::string_view text);

}  // namespace test
