/// The sizes of a picture's tiers. Pure functions: safe from any thread.
#pragma once

#include <cstdint>

namespace modelstore::image {

struct Size {
  std::int32_t width = 0;
  std::int32_t height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

/// The largest side that WebP can hold, in pixels.
inline constexpr std::int32_t kMaxTierSide = 16'383;

/// The high tier of an upright picture of `width` by `height` (both at least 1): at most `max_pixels` in all
/// and `kMaxTierSide` a side, never enlarged, sides floored and at least 1.
[[nodiscard]] Size high_tier_size(std::int64_t width, std::int64_t height, std::int64_t max_pixels) noexcept;

/// A tier of `scale` (above 0, at most 1) of the high tier's width and height, floored and at least 1.
[[nodiscard]] Size scaled_tier_size(Size high, double scale) noexcept;

}  // namespace modelstore::image
