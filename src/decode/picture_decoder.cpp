#include "decode/picture_decoder.hpp"

#include <utility>
#include <variant>

#include "decode/isolated_decoder.hpp"
#include "image/tier_maker.hpp"

namespace modelstore::decode {

TierSet make_tiers(std::span<const std::byte> picture, const PreviewOptions& options,
                   const Cancelled& cancelled) {
  if (!options.isolated) return image::make_tiers(picture, options);
  return std::get<TierSet>(decode_isolated(Task::MakeTiers, picture, options, cancelled));
}

image::PictureFormat check_decodable(std::span<const std::byte> picture, const PreviewOptions& options,
                                     const Cancelled& cancelled) {
  if (!options.isolated) return image::check_decodable(picture, options);
  return std::get<image::PictureFormat>(decode_isolated(Task::CheckDecodable, picture, options, cancelled));
}

}  // namespace modelstore::decode
