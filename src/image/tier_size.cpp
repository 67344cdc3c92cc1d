#include "image/tier_size.hpp"

#include <algorithm>
#include <cmath>

namespace modelstore::image {

namespace {

std::int32_t floored_side(double side) noexcept {
  return static_cast<std::int32_t>(std::clamp(std::floor(side), 1.0, static_cast<double>(kMaxTierSide)));
}

}  // namespace

Size high_tier_size(std::int64_t width, std::int64_t height, std::int64_t max_pixels) noexcept {
  const auto w = static_cast<double>(width);
  const auto h = static_cast<double>(height);
  double scale = 1.0;
  if (w * h > static_cast<double>(max_pixels)) scale = std::sqrt(static_cast<double>(max_pixels) / (w * h));
  // One factor for both sides: a very long picture gets smaller, not squeezed.
  scale = std::min(scale, kMaxTierSide / std::max(w, h));
  if (scale >= 1.0) return {static_cast<std::int32_t>(width), static_cast<std::int32_t>(height)};
  return {floored_side(w * scale), floored_side(h * scale)};
}

Size scaled_tier_size(Size high, double scale) noexcept {
  return {floored_side(high.width * scale), floored_side(high.height * scale)};
}

}  // namespace modelstore::image
