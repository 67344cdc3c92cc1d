#include "image/webp_encoder.hpp"

#include <cerrno>

#include "image/vips_scope.hpp"
#include "image/webp_container.hpp"
#include "modelstore/error.hpp"

namespace modelstore::image {

EncodedTier encode_webp(const Pixels& pixels, const TierOptions& options) {
  errno = 0;
  const ImagePtr image = image_over(pixels);
  void* buffer = nullptr;
  std::size_t size = 0;
  bool encoded = false;
  if (image) {
    // The caller runs many pictures at once: one thread for each is enough.
    vips_image_set_int(image.get(), VIPS_META_CONCURRENCY, 1);
    encoded = vips_webpsave_buffer(image.get(), &buffer, &size, "Q", options.quality, "effort",
                                   options.effort, "strip", TRUE, nullptr) == 0;
  }
  const GPtr<void> owned(buffer);
  EncodedTier tier;
  tier.width = pixels.size.width;
  tier.height = pixels.size.height;
  // libvips 8.14 writes an EXIF block of its own, whatever it is asked to strip.
  if (encoded) tier.webp = bare_webp({static_cast<const std::byte*>(buffer), size});
  if (tier.webp.empty()) {
    if (errno == ENOMEM) throw Error(ErrorCode::OutOfMemory, "not enough memory to encode a preview");
    throw Error(ErrorCode::Internal, "a preview cannot be encoded as WebP");
  }
  return tier;
}

}  // namespace modelstore::image
