/// Makes the three WebP tiers of a picture, and tells whether a picture can be decoded at all.
/// Pure in effect: any thread may call, any number at once. Nothing of a call outlives it.
#pragma once

#include <cstddef>
#include <span>

#include "image/picture_format.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"

namespace modelstore::image {

/// The tiers of an encoded picture, decoded once. See modelstore/image_processor.hpp for what they are.
/// Errors: InvalidArgument (the options), UnsupportedFormat, BadImage, LimitExceeded, OutOfMemory, Internal.
[[nodiscard]] TierSet make_tiers(std::span<const std::byte> picture, const PreviewOptions& options);

/// Decodes a picture's first frame to its last line and drops it: an original is stored only once this has
/// passed. Returns its format. Errors: as `make_tiers`.
PictureFormat check_decodable(std::span<const std::byte> picture, const PreviewOptions& options);

/// Errors: InvalidArgument, naming the option that is out of its range.
void check_options(const PreviewOptions& options);

}  // namespace modelstore::image
