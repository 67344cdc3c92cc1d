/// Making pictures smaller.
#pragma once

#include <memory>

#include "image/pixels.hpp"
#include "image/tier_size.hpp"
#include "image/vips_scope.hpp"

namespace modelstore::image {

/// A pipeline that makes `image` exactly `target` in size, at most its own, in its own colour space and
/// format; colours are weighted by their opacity. Null where libvips failed.
[[nodiscard]] ImagePtr reduce_image(VipsImage* image, Size target);

/// The same for pixels in memory. Errors: OutOfMemory, Internal.
[[nodiscard]] std::unique_ptr<Pixels> reduce(const Pixels& pixels, Size target);

}  // namespace modelstore::image
