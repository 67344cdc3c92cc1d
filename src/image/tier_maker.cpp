#include "image/tier_maker.hpp"

#include <chrono>
#include <new>
#include <string>

#include "image/decoder.hpp"
#include "image/picture_source.hpp"
#include "image/picture_text.hpp"
#include "image/pixels.hpp"
#include "image/reduce.hpp"
#include "image/tier_size.hpp"
#include "image/vips_scope.hpp"
#include "image/webp_encoder.hpp"
#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

void check_tier(const char* name, const TierOptions& tier) {
  const std::string prefix = "preview option " + std::string(name);
  if (!(tier.scale > 0.0 && tier.scale <= 1.0)) {
    throw Error(ErrorCode::InvalidArgument, prefix + ".scale is not above 0 and at most 1");
  }
  if (tier.quality < 1 || tier.quality > 100) {
    throw Error(ErrorCode::InvalidArgument, prefix + ".quality is not within 1 to 100");
  }
  if (tier.effort < 0 || tier.effort > 6) {
    throw Error(ErrorCode::InvalidArgument, prefix + ".effort is not within 0 to 6");
  }
}

}  // namespace

void check_options(const PreviewOptions& options) {
  if (options.max_pixels < 1) throw Error(ErrorCode::InvalidArgument, "preview option max_pixels is below 1");
  if (options.max_source_bytes < 1) {
    throw Error(ErrorCode::InvalidArgument, "preview option max_source_bytes is below 1");
  }
  if (options.max_source_pixels < 1) {
    throw Error(ErrorCode::InvalidArgument, "preview option max_source_pixels is below 1");
  }
  check_tier("high", options.high);
  check_tier("medium", options.medium);
  check_tier("low", options.low);
  if (options.high.scale != 1.0) {
    throw Error(ErrorCode::InvalidArgument, "preview option high.scale is not 1");
  }
  if (options.decoder_memory_bytes < 0) {
    throw Error(ErrorCode::InvalidArgument, "preview option decoder_memory_bytes is below 0");
  }
  if (options.decoder_timeout.count() < 1 || options.decoder_timeout > std::chrono::hours(24)) {
    throw Error(ErrorCode::InvalidArgument, "preview option decoder_timeout is not within 1 ms to 24 hours");
  }
}

TierSet make_tiers(std::span<const std::byte> picture, const PreviewOptions& options) try {
  check_options(options);
  const VipsScope scope;

  TierSet set;
  std::unique_ptr<Pixels> high;
  {
    PictureSource source(picture, options);
    set.source_format = format_name(source.format());
    set.source_text = is_optional(source.format()) ? text_of_blocks(source.metadata(VIPS_META_EXIF_NAME),
                                                                    source.metadata(VIPS_META_XMP_NAME))
                                                   : picture_text(source.format(), picture);
    const Size upright = source.upright_size();
    const Size target = high_tier_size(upright.width, upright.height, options.max_pixels);
    high = decode_upright(source, target);
  }
  set.tiers[0] = encode_webp(*high, options.high);
  const TierOptions* const smaller[] = {&options.medium, &options.low};
  for (std::size_t i = 0; i < 2; ++i) {
    const Size size = scaled_tier_size(high->size, smaller[i]->scale);
    set.tiers[i + 1] =
        size == high->size ? encode_webp(*high, *smaller[i]) : encode_webp(*reduce(*high, size), *smaller[i]);
  }
  return set;
} catch (const std::bad_alloc&) {
  throw Error(ErrorCode::OutOfMemory, "not enough memory to make the previews of a picture");
}

PictureFormat check_decodable(std::span<const std::byte> picture, const PreviewOptions& options) {
  check_options(options);
  const VipsScope scope;
  const PictureSource source(picture, options);
  if (!pull_and_discard(source.image())) throw Error(ErrorCode::BadImage, source.failure_text());
  return source.format();
}

}  // namespace modelstore::image
