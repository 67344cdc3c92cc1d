/// From an encoded picture to the pixels of its high tier.
#pragma once

#include <memory>

#include "image/picture_source.hpp"
#include "image/pixels.hpp"
#include "image/tier_size.hpp"

namespace modelstore::image {

/// Decodes `source` once, reduced to `target` (the size of the upright result): sRGB, 8 bits, upright, three
/// bands, or four where the picture is not opaque. Errors: BadImage, OutOfMemory.
[[nodiscard]] std::unique_ptr<Pixels> decode_upright(PictureSource& source, Size target);

}  // namespace modelstore::image
