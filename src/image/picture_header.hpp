/// What a picture's structure says before anything is decoded: its size, its frames, and whether the file
/// is complete. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "image/picture_format.hpp"

namespace modelstore::image {

struct PictureHeader {
  std::int64_t width = 0;   ///< pixels, as stored: before EXIF orientation
  std::int64_t height = 0;  ///< of one frame
  std::int64_t frames = 1;
  int orientation = 0;  ///< EXIF orientation, 1 to 8, as far as a PNG tells; 0 if it does not

  friend bool operator==(const PictureHeader&, const PictureHeader&) = default;
};

/// Walks the blocks of a PNG, JPEG, WebP or GIF to its end, decoding nothing, in time linear in its size.
/// Nothing for the other formats, whose structure only their decoders know.
/// Errors: BadImage where the structure is broken or ends before the format's end mark.
[[nodiscard]] std::optional<PictureHeader> read_header(PictureFormat format,
                                                       std::span<const std::byte> bytes);

}  // namespace modelstore::image
