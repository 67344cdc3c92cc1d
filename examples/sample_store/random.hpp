// Random numbers that are the same everywhere for the same seed: the standard library's distributions are
// not. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sample {

/// SplitMix64: mixes any number into one that looks random.
constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(mix(seed)) {}

  constexpr std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    return mix(state_);
  }
  /// 0 to limit - 1.
  constexpr std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  /// 0 up to, not including, 1.
  constexpr double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  constexpr double between(double low, double high) { return low + (high - low) * unit(); }
  constexpr bool chance(double share) { return unit() < share; }

  template <typename T, std::size_t N>
  constexpr const T& pick(const std::array<T, N>& choices) {
    return choices[below(N)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace sample
