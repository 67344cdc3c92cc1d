#include "preview_options.hpp"

#include "modelstore/error.hpp"
#include "options.hpp"

namespace modelstore::capi {
namespace {

void set_tier(TierOptions& tier, const modelstore_tier_options& given) {
  if (given.scale != 0) tier.scale = given.scale;
  if (given.quality != 0) tier.quality = given.quality;
  if (given.effort != 0) tier.effort = given.effort == -1 ? 0 : given.effort;
}

void refuse_if(bool is_set, const char* what) {
  if (is_set) throw Error(ErrorCode::Unsupported, what);
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
  refuse_if(given.keep_originals != 0, "originals cannot be kept in this build");
  refuse_if(given.isolated != 0, "pictures cannot be decoded in a process of their own in this build");
  refuse_if(given.decoder.data != nullptr || given.decoder.size != 0, "there is no decoder in this build");
  refuse_if(given.decoder_memory_bytes != 0, "there is no decoder in this build");
  refuse_if(given.decoder_timeout_ms != 0, "there is no decoder in this build");
  return previews;
}

}  // namespace modelstore::capi
