#include "preview_options.hpp"

#include <chrono>

#include "input.hpp"
#include "options.hpp"

namespace modelstore::capi {
namespace {

void set_tier(TierOptions& tier, const modelstore_tier_options& given) {
  if (given.scale != 0) tier.scale = given.scale;
  if (given.quality != 0) tier.quality = given.quality;
  if (given.effort != 0) tier.effort = given.effort == -1 ? 0 : given.effort;
}

}  // namespace

PreviewOptions preview_options_of(const modelstore_preview_options* options) {
  const auto given = read_options(options);
  PreviewOptions previews;
  previews.accept_more_formats = given.accept_more_formats != 0;
  if (given.max_pixels != 0) previews.max_pixels = given.max_pixels;
  set_tier(previews.high, given.high);
  set_tier(previews.medium, given.medium);
  set_tier(previews.low, given.low);
  if (given.max_source_bytes != 0) previews.max_source_bytes = given.max_source_bytes;
  if (given.max_source_pixels != 0) previews.max_source_pixels = given.max_source_pixels;
  previews.keep_originals = given.keep_originals != 0;
  previews.isolated = given.isolated != 0;
  if (given.decoder.data) previews.decoder = path_of(given.decoder);
  if (given.decoder_memory_bytes != 0)
    previews.decoder_memory_bytes = given.decoder_memory_bytes == -1 ? 0 : given.decoder_memory_bytes;
  if (given.decoder_timeout_ms != 0)
    previews.decoder_timeout = std::chrono::milliseconds(given.decoder_timeout_ms);
  return previews;
}

}  // namespace modelstore::capi
