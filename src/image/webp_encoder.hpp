/// Pixels to WebP.
#pragma once

#include "image/pixels.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"

namespace modelstore::image {

/// Encodes sRGB pixels of three or four bands, without any metadata. Inside a VipsScope; any thread.
/// Errors: OutOfMemory, Internal.
[[nodiscard]] EncodedTier encode_webp(const Pixels& pixels, const TierOptions& options);

}  // namespace modelstore::image
