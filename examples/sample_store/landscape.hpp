// Paints abstract landscapes: sky, sun or moon, clouds, ridges in haze, water, firs. Pure: any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace sample {

/// 8 bit RGB, row by row from the top.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb{};
};

/// The same landscape for the same seed, whatever the size. `time` from 0 to 1 moves sun and clouds.
[[nodiscard]] Pixels paint_landscape(int width, int height, std::uint64_t seed, double time = 0.0);

}  // namespace sample
