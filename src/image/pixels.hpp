/// Decoded pixels in memory, and how they come out of a libvips pipeline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "image/tier_size.hpp"
#include "image/vips_scope.hpp"

namespace modelstore::image {

/// The pixels of one picture, line by line without gaps. Owns them.
struct Pixels {
  Size size;
  int bands = 0;
  VipsBandFormat format = VIPS_FORMAT_UCHAR;
  VipsInterpretation interpretation = VIPS_INTERPRETATION_sRGB;
  std::unique_ptr<std::byte[]> data;

  [[nodiscard]] std::size_t bytes() const noexcept;
};

/// Evaluates a pipeline on the calling thread, from top to bottom, each line once.
/// Nothing where libvips failed. Errors: OutOfMemory.
[[nodiscard]] std::unique_ptr<Pixels> pull_pixels(VipsImage* image);

/// As `pull_pixels`, but throws the pixels away. Whether it succeeded.
[[nodiscard]] bool pull_and_discard(VipsImage* image);

/// An image over `pixels`, which must outlive every evaluation of it. Null where libvips failed.
[[nodiscard]] ImagePtr image_over(const Pixels& pixels);

}  // namespace modelstore::image
