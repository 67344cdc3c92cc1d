#include "image/pixels.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

// Lines that are asked for at once: enough that what neighbouring strips both need weighs little.
constexpr int kStripLines = 64;

template <typename Use>
bool pull(VipsImage* image, Use&& use) {
  const RegionPtr region(vips_region_new(image));
  if (!region) return false;
  const int width = vips_image_get_width(image);
  const int height = vips_image_get_height(image);
  for (int top = 0; top < height; top += kStripLines) {
    const VipsRect strip = {0, top, width, std::min(kStripLines, height - top)};
    if (vips_region_prepare(region.get(), &strip) != 0) return false;
    use(region.get(), strip);
  }
  return true;
}

}  // namespace

std::size_t Pixels::bytes() const noexcept {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
         static_cast<std::size_t>(bands) * vips_format_sizeof_unsafe(format);
}

std::unique_ptr<Pixels> pull_pixels(VipsImage* image) {
  auto pixels = std::make_unique<Pixels>();
  pixels->size = {vips_image_get_width(image), vips_image_get_height(image)};
  pixels->bands = vips_image_get_bands(image);
  pixels->format = vips_image_get_format(image);
  pixels->interpretation = vips_image_get_interpretation(image);
  try {
    pixels->data = std::make_unique_for_overwrite<std::byte[]>(pixels->bytes());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory, "not enough memory for the pixels of a picture");
  }
  const std::size_t line_bytes = VIPS_IMAGE_SIZEOF_LINE(image);
  const bool done = pull(image, [&](VipsRegion* region, const VipsRect& strip) {
    for (int line = 0; line < strip.height; ++line) {
      const int y = strip.top + line;
      std::memcpy(pixels->data.get() + static_cast<std::size_t>(y) * line_bytes,
                  VIPS_REGION_ADDR(region, 0, y), line_bytes);
    }
  });
  vips_image_minimise_all(image);
  if (!done) return nullptr;
  return pixels;
}

bool pull_and_discard(VipsImage* image) {
  const bool done = pull(image, [](VipsRegion*, const VipsRect&) {});
  vips_image_minimise_all(image);
  return done;
}

ImagePtr image_over(const Pixels& pixels) {
  ImagePtr image(vips_image_new_from_memory(pixels.data.get(), pixels.bytes(), pixels.size.width,
                                            pixels.size.height, pixels.bands, pixels.format));
  if (image) {
    vips_image_init_fields(image.get(), pixels.size.width, pixels.size.height, pixels.bands, pixels.format,
                           VIPS_CODING_NONE, pixels.interpretation, 1.0, 1.0);
  }
  return image;
}

}  // namespace modelstore::image
