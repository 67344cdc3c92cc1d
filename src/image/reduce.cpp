#include "image/reduce.hpp"

#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

ImagePtr resize(VipsImage* image, Size target) {
  const double horizontal = static_cast<double>(target.width) / vips_image_get_width(image);
  const double vertical = static_cast<double>(target.height) / vips_image_get_height(image);
  VipsImage* out = nullptr;
  if (vips_resize(image, &out, horizontal, "vscale", vertical, nullptr) != 0) return nullptr;
  return ImagePtr(out);
}

}  // namespace

ImagePtr reduce_image(VipsImage* image, Size target) {
  if (vips_image_hasalpha(image) == 0) return resize(image, target);
  VipsImage* out = nullptr;
  if (vips_premultiply(image, &out, nullptr) != 0) return nullptr;
  const ImagePtr premultiplied(out);
  const ImagePtr smaller = resize(premultiplied.get(), target);
  if (!smaller || vips_unpremultiply(smaller.get(), &out, nullptr) != 0) return nullptr;
  const ImagePtr straight(out);
  if (vips_cast(straight.get(), &out, vips_image_get_format(image), nullptr) != 0) return nullptr;
  return ImagePtr(out);
}

std::unique_ptr<Pixels> reduce(const Pixels& pixels, Size target) {
  const ImagePtr image = image_over(pixels);
  const ImagePtr smaller = image ? reduce_image(image.get(), target) : nullptr;
  auto result = smaller ? pull_pixels(smaller.get()) : nullptr;
  if (!result || result->size != target) throw Error(ErrorCode::Internal, "a preview cannot be made smaller");
  return result;
}

}  // namespace modelstore::image
