/// What a picture says about itself: PNG text chunks, EXIF UserComment, XMP. Generation parameters and
/// workflows live there. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "image/picture_format.hpp"

namespace modelstore::image {

/// Most bytes of what `picture_text` returns.
inline constexpr std::size_t kMaxPictureText = std::size_t{4} << 20;

/// A JSON object of strings, at most `kMaxPictureText` bytes of UTF-8, "{}" where there is nothing: text
/// chunks under their keywords, `exif:UserComment`, `xmp`. A keyword that comes again gets "#2", "#3" behind
/// it. A text that is malformed, or would not fit any more, is left out. Never fails for what the picture
/// holds, complete or not. "{}" for AVIF, HEIF, TIFF and JPEG XL.
[[nodiscard]] std::string picture_text(PictureFormat format, std::span<const std::byte> picture);

/// The same for the formats whose structure only their decoders know, of the blocks that those found.
[[nodiscard]] std::string text_of_blocks(std::span<const std::byte> exif, std::span<const std::byte> xmp);

}  // namespace modelstore::image
