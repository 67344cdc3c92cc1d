#include "image/decoder.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "image/reduce.hpp"
#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

constexpr int kOpaque = 255;

int copy_region(VipsRegion* out, void* sequence, void*, void*, gboolean*) {
  auto* const in = static_cast<VipsRegion*>(sequence);
  const VipsRect& area = out->valid;
  if (vips_region_prepare(in, &area) != 0) return -1;
  return vips_region_region(out, in, &area, area.left, area.top);
}

// Operations that libvips builds land in its operation cache together with all that they read from. Reading
// through an image that only borrows the loader's keeps the decoder and its buffers out of there.
ImagePtr borrow(VipsImage* image) {
  ImagePtr borrowed(vips_image_new());
  if (vips_image_pipelinev(borrowed.get(), VIPS_DEMAND_STYLE_THINSTRIP, image, nullptr) != 0 ||
      vips_image_generate(borrowed.get(), vips_start_one, copy_region, vips_stop_one, image, nullptr) != 0) {
    return nullptr;
  }
  return borrowed;
}

// A copy of the ICC profile of an image; empty without one.
std::string profile_of(VipsImage* image) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 ||
      vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size) != 0) {
    return {};
  }
  return {static_cast<const char*>(data), size};
}

ImagePtr by_embedded_profile(VipsImage* image) {
  VipsImage* out = nullptr;
  return vips_icc_transform(image, &out, "srgb", "embedded", TRUE, nullptr) == 0 ? ImagePtr(out) : nullptr;
}

// Alpha goes beside the colours: libvips would pass it on unscaled, and of 16 bits nothing be left but opaque.
ImagePtr by_profile(VipsImage* image) {
  if (vips_image_hasalpha(image) == 0) return by_embedded_profile(image);
  const int colours = vips_image_get_bands(image) - 1;
  VipsImage* out = nullptr;
  if (vips_extract_band(image, &out, 0, "n", colours, nullptr) != 0) return nullptr;
  const ImagePtr opaque(out);
  const ImagePtr colour = by_embedded_profile(opaque.get());
  if (!colour || vips_extract_band(image, &out, colours, nullptr) != 0) return nullptr;
  const ImagePtr deep_alpha(out);
  if (vips_cast(deep_alpha.get(), &out, VIPS_FORMAT_UCHAR, "shift", TRUE, nullptr) != 0) return nullptr;
  const ImagePtr alpha(out);
  return vips_bandjoin2(colour.get(), alpha.get(), &out, nullptr) == 0 ? ImagePtr(out) : nullptr;
}

ImagePtr to_srgb(VipsImage* image, const std::string& profile) {
  if (!profile.empty()) {
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile.data(), profile.size());
    if (ImagePtr transformed = by_profile(image)) return transformed;
    // A profile that cannot be used is worth less than the picture.
    vips_image_remove(image, VIPS_META_ICC_NAME);
  }
  VipsImage* out = nullptr;
  if (vips_colourspace(image, &out, VIPS_INTERPRETATION_sRGB, nullptr) != 0) return nullptr;
  const ImagePtr colour(out);
  if (vips_cast(colour.get(), &out, VIPS_FORMAT_UCHAR, nullptr) != 0) return nullptr;
  return ImagePtr(out);
}

bool is_plain_srgb(const Pixels& pixels, const std::string& profile) {
  return profile.empty() && pixels.format == VIPS_FORMAT_UCHAR &&
         pixels.interpretation == VIPS_INTERPRETATION_sRGB && (pixels.bands == 3 || pixels.bands == 4);
}

ImagePtr turn(VipsImage* image, int orientation) {
  vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
  VipsImage* out = nullptr;
  return vips_autorot(image, &out, nullptr) == 0 ? ImagePtr(out) : nullptr;
}

void drop_opaque_alpha(Pixels& pixels) {
  if (pixels.bands != 4) return;
  auto* const data = reinterpret_cast<std::uint8_t*>(pixels.data.get());
  const std::size_t count = pixels.bytes() / 4;
  for (std::size_t i = 0; i < count; ++i) {
    if (data[4 * i + 3] != kOpaque) return;
  }
  for (std::size_t i = 0; i < count; ++i) std::memmove(data + 3 * i, data + 4 * i, 3);
  pixels.bands = 3;
}

}  // namespace

std::unique_ptr<Pixels> decode_upright(PictureSource& source, Size target) {
  const int orientation = source.orientation();
  const Size stored_target = orientation >= 5 ? Size{target.height, target.width} : target;
  source.shrink_while_decoding(stored_target);
  const auto required = [&source](auto value) {
    if (!value) throw Error(ErrorCode::BadImage, source.failure_text());
    return value;
  };

  std::string profile;
  std::unique_ptr<Pixels> pixels;
  {
    ImagePtr image = required(borrow(source.image()));
    profile = profile_of(image.get());
    const Size decoded = {vips_image_get_width(image.get()), vips_image_get_height(image.get())};
    if (decoded != stored_target) image = required(reduce_image(image.get(), stored_target));
    pixels = required(pull_pixels(image.get()));
  }
  if (!is_plain_srgb(*pixels, profile)) {
    const ImagePtr image = required(image_over(*pixels));
    const ImagePtr colour = required(to_srgb(image.get(), profile));
    pixels = required(pull_pixels(colour.get()));
  }
  if (orientation > 1) {
    const ImagePtr image = required(image_over(*pixels));
    const ImagePtr upright = required(turn(image.get(), orientation));
    pixels = required(pull_pixels(upright.get()));
  }
  drop_opaque_alpha(*pixels);
  if (pixels->size != target || (pixels->bands != 3 && pixels->bands != 4)) {
    throw Error(ErrorCode::BadImage, source.failure_text());
  }
  return pixels;
}

}  // namespace modelstore::image
