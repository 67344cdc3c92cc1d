#include "landscape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "random.hpp"

namespace sample {
namespace {

struct Color {
  float r = 0;
  float g = 0;
  float b = 0;
};

constexpr Color operator+(Color a, Color b) {
  return {a.r + b.r, a.g + b.g, a.b + b.b};
}
constexpr Color operator*(Color a, float f) {
  return {a.r * f, a.g * f, a.b * f};
}
constexpr Color blend(Color a, Color b, float f) {
  return a * (1 - f) + b * f;
}
constexpr Color hex(std::uint32_t rgb) {
  return {static_cast<float>(rgb >> 16U & 255U) / 255, static_cast<float>(rgb >> 8U & 255U) / 255,
          static_cast<float>(rgb & 255U) / 255};
}
constexpr float smooth(float low, float high, float value) {
  const float t = std::clamp((value - low) / (high - low), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

struct Palette {
  Color zenith, horizon, sun, haze, ground, cloud;
  bool night;
};
constexpr std::array<Palette, 8> kPalettes = {{
    {hex(0x2B4C8C), hex(0xFFC58A), hex(0xFFE9B8), hex(0xD9A48F), hex(0x1E2A33), hex(0xFFD9C0),
     false},  // dawn
    {hex(0x2F7FD0), hex(0xCFE9F7), hex(0xFFFCEB), hex(0xA9C9DD), hex(0x24502F), hex(0xFFFFFF),
     false},  // noon
    {hex(0x3B1F55), hex(0xFF7A4D), hex(0xFFD08A), hex(0xB0556A), hex(0x1A1020), hex(0xFF9F8A),
     false},  // sunset
    {hex(0x060B1E), hex(0x27406B), hex(0xF2F4FF), hex(0x1E3354), hex(0x05080F), hex(0x3A5079),
     true},  // night
    {hex(0x7B8FA1), hex(0xE6E4DC), hex(0xFFF6E0), hex(0xC9CDCB), hex(0x35443F), hex(0xF4F3EF),
     false},  // mist
    {hex(0x3E6FA8), hex(0xFBE3B0), hex(0xFFF0C2), hex(0xD8A66A), hex(0x5A2A14), hex(0xFFF0DC),
     false},  // autumn
    {hex(0x0F5C63), hex(0xBFF0C8), hex(0xF7FFE0), hex(0x6FB8A4), hex(0x10302E), hex(0xDFFFF0),
     false},  // lagoon
    {hex(0x1B0F3A), hex(0xB05BC9), hex(0xFFE3FA), hex(0x6A3F95), hex(0x120A22), hex(0xD79BE8),
     true},  // violet
}};

/// Smooth noise from 0 to 1 over the plane.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] float at(float x, float y) const {
    const float fx = std::floor(x);
    const float fy = std::floor(y);
    const auto ix = static_cast<std::int64_t>(fx);
    const auto iy = static_cast<std::int64_t>(fy);
    const float u = smooth(0, 1, x - fx);
    const float v = smooth(0, 1, y - fy);
    const float top = lattice(ix, iy) * (1 - u) + lattice(ix + 1, iy) * u;
    const float bottom = lattice(ix, iy + 1) * (1 - u) + lattice(ix + 1, iy + 1) * u;
    return top * (1 - v) + bottom * v;
  }

  [[nodiscard]] float octaves(float x, float y, int count) const {
    float sum = 0;
    float weight = 0.5F;
    float total = 0;
    for (int octave = 0; octave < count; ++octave) {
      sum += at(x, y) * weight;
      total += weight;
      x = x * 2.03F + 17;
      y = y * 2.03F + 31;
      weight *= 0.5F;
    }
    return sum / total;
  }

 private:
  [[nodiscard]] float lattice(std::int64_t x, std::int64_t y) const {
    const auto hash = mix(
        seed_ ^ (static_cast<std::uint64_t>(x) * 0x8DA6B343U + static_cast<std::uint64_t>(y) * 0xD8163841U));
    return static_cast<float>(hash >> 40U) * 0x1p-24F;
  }

  std::uint64_t seed_;
};

struct Ridge {
  float base = 0;  ///< height of its foot line, from the top
  float amplitude = 0;
  float frequency = 0;
  float offset = 0;
  float nearness = 0;  ///< 0 at the horizon, 1 in front
  bool firs = false;
  std::vector<float> crest{};  ///< its outline, which is costly to find out
};

/// A scene in coordinates of the picture's height: x from 0 to the aspect ratio, y from 0 at the top to 1.
class Scene {
 public:
  /// `step` is the width of a pixel.
  Scene(std::uint64_t seed, float aspect, float time, float step)
      : noise_(seed), time_(time), step_(step / 2) {
    Random random(seed);
    palette_ = random.pick(kPalettes);
    horizon_ = static_cast<float>(random.between(0.48, 0.66));
    sun_x_ = aspect * (static_cast<float>(random.between(0.2, 0.8)) + 0.12F * time);
    sun_y_ = horizon_ * (static_cast<float>(random.between(0.25, 0.8)) - 0.25F * time);
    sun_size_ = static_cast<float>(random.between(0.025, 0.06));
    clouds_ = static_cast<float>(random.between(0.35, 0.62));
    water_ = random.chance(0.5);
    sharp_ = random.chance(0.65);
    const bool firs = random.chance(0.6);
    const int count = static_cast<int>(random.below(3)) + (water_ ? 3 : 5);
    for (int index = 0; index < count; ++index) {
      const float near = static_cast<float>(index + 1) / static_cast<float>(count);
      Ridge ridge;
      ridge.base = water_ ? horizon_ + 0.015F * near : horizon_ + near * near * (0.94F - horizon_);
      ridge.amplitude =
          (water_ ? 0.34F : 0.30F) * (1.05F - 0.72F * near) * static_cast<float>(random.between(0.7, 1.15));
      ridge.frequency = static_cast<float>(random.between(1.2, 2.2)) * (1 + near);
      ridge.offset = static_cast<float>(random.between(0, 500));
      ridge.nearness = water_ ? 0.55F * near : near;
      ridge.firs = firs && index == count - 1;
      const auto samples = static_cast<int>((aspect + 3 * kMargin) / step_);
      for (int sample = 0; sample < samples; ++sample) {
        ridge.crest.push_back(outline(ridge, static_cast<float>(sample) * step_ - kMargin));
      }
      ridges_.push_back(std::move(ridge));
    }
  }

  [[nodiscard]] Color at(float x, float y) const {
    if (!water_ || y <= horizon_ + 0.012F) return land_and_sky(x, y);
    // The farther down, the longer the ripples and the less the water mirrors.
    const float depth = (y - horizon_) / (1 - horizon_);
    const float ripple = (noise_.octaves((x - sun_x_) * (26 - 14 * depth),
                                         (y - horizon_) * (170 - 70 * depth) + 9 * time_, 3) -
                          0.5F) *
                         0.085F;
    const float mirrored = std::max(0.0F, 2 * horizon_ - y + ripple * (0.3F + depth));
    Color color = land_and_sky(x + ripple * 0.5F, mirrored) * 0.82F;
    color = blend(color, palette_.zenith * 0.75F, 0.20F + 0.30F * depth);
    const float glitter = std::exp(-std::abs(x - sun_x_) * (9 - 4 * depth)) * smooth(0.006F, 0.03F, ripple);
    return color + palette_.sun * (glitter * 0.75F);
  }

 private:
  [[nodiscard]] Color sky(float x, float y) const {
    Color color =
        blend(palette_.zenith, palette_.horizon, std::pow(std::clamp(y / horizon_, 0.0F, 1.0F), 1.35F));
    const float distance = std::hypot(x - sun_x_, y - sun_y_);
    if (palette_.night) {
      const float star = noise_.at(x * 310 + 900, y * 310);
      color = color + Color{1, 1, 1} * (smooth(0.925F, 0.99F, star) * (0.9F - 0.8F * y / horizon_));
    }
    color = color + palette_.sun * (palette_.night ? 0.22F : 0.42F) *
                        std::exp(-distance * (palette_.night ? 8.0F : 4.2F));
    color = blend(color, palette_.sun, smooth(sun_size_, sun_size_ * 0.93F, distance));
    const float cover = noise_.octaves(x * 2.1F + 40 + time_, y * 6.5F + 7, 5);
    const float cloud = smooth(clouds_, clouds_ + 0.28F, cover) * smooth(1.02F, 0.55F, y / horizon_);
    const Color lit = blend(palette_.cloud, palette_.sun, std::exp(-distance * 3));
    return blend(color, lit * (1.08F - 0.35F * cover), cloud * 0.85F);
  }

  [[nodiscard]] float crest(const Ridge& ridge, float x) const {
    const float place = std::max(0.0F, (x + kMargin) / step_ + 0.5F);
    return ridge.crest[std::min(static_cast<std::size_t>(place), ridge.crest.size() - 1)];
  }

  [[nodiscard]] float outline(const Ridge& ridge, float x) const {
    const float position = x * ridge.frequency + ridge.offset;
    float height = noise_.octaves(position, ridge.offset, 6);
    if (sharp_)
      height = 0.35F * height +
               0.65F * (1 - std::abs(2 * noise_.octaves(position * 0.8F, ridge.offset + 5, 4) - 1));
    float top = ridge.base - ridge.amplitude * (height - (water_ ? 0.42F : 0.30F)) * 1.6F;
    if (ridge.firs) top = std::min(top, top - fir(x));
    return top;
  }

  /// How far the firs at x rise above the ground.
  [[nodiscard]] float fir(float x) const {
    float most = 0;
    for (const float spacing : {0.035F, 0.052F}) {
      const float cell = std::floor(x / spacing);
      for (const float neighbour : {cell - 1, cell, cell + 1}) {
        const float grove = noise_.at(neighbour * spacing * 3.1F, 77);
        if (grove < 0.42F) continue;
        const float jitter = noise_.at(neighbour * 1.7F + 0.5F, spacing * 900);
        const float middle = (neighbour + 0.2F + 0.6F * jitter) * spacing;
        const float height = 0.05F + 0.10F * jitter * grove;
        const float away = std::abs(x - middle) / (height * 0.24F);
        if (away >= 1) continue;
        // Branches make the outline a saw.
        const float saw = std::abs(std::fmod(away * 6.5F, 1.0F) - 0.5F) * 0.16F;
        most = std::max(most, height * (1 - away + saw * (1 - away)));
      }
    }
    return most;
  }

  [[nodiscard]] Color land_and_sky(float x, float y) const {
    for (auto ridge = ridges_.rbegin(); ridge != ridges_.rend(); ++ridge) {
      const float top = crest(*ridge, x);
      if (y < top) continue;
      const float below = y - top;
      const float slope = (crest(*ridge, x + 0.004F) - top) * (x < sun_x_ ? -60.0F : 60.0F);
      const float grain = noise_.octaves(x * 30 + ridge->offset, y * 42, 3);
      Color color = blend(palette_.haze, palette_.ground, std::pow(ridge->nearness, 0.8F));
      const float snow = sharp_ && !palette_.night && ridge->nearness < 0.5F
                             ? smooth(0.13F, 0.02F, below + 0.10F * grain - 0.02F) *
                                   smooth(0.10F, -0.12F, top - horizon_ + 0.16F)
                             : 0.0F;
      color = blend(color, blend(palette_.haze, Color{1, 1, 1}, 0.75F), snow * 0.85F);
      color = color * (1 + std::clamp(slope, -1.0F, 1.0F) * 0.10F +
                       (grain - 0.5F) * (0.15F + 0.35F * ridge->nearness));
      // Haze gathers at the foot of what is far away.
      return blend(color, blend(palette_.horizon, palette_.haze, 0.5F),
                   smooth(0.0F, 0.30F, below) * 0.6F * (1 - ridge->nearness));
    }
    return sky(x, y);
  }

  static constexpr float kMargin = 0.1F;

  Noise noise_;
  Palette palette_{};
  float time_;
  float step_;
  float horizon_ = 0.6F;
  float sun_x_ = 0;
  float sun_y_ = 0;
  float sun_size_ = 0.05F;
  float clouds_ = 0.5F;
  bool water_ = false;
  bool sharp_ = false;
  std::vector<Ridge> ridges_{};
};

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255));
}

}  // namespace

Pixels paint_landscape(int width, int height, std::uint64_t seed, double time) {
  const float unit = 1.0F / static_cast<float>(height);
  const float aspect = static_cast<float>(width) * unit;
  const Scene scene(seed, aspect, static_cast<float>(time), unit);
  Pixels pixels{width, height, {}};
  pixels.rgb.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int row = 0; row < height; ++row) {
    const float y = (static_cast<float>(row) + 0.5F) * unit;
    for (int column = 0; column < width; ++column) {
      const float x = (static_cast<float>(column) + 0.5F) * unit;
      const float corner = std::hypot(x / aspect - 0.5F, y - 0.5F);
      const Color color = scene.at(x, y) * (1.04F - 0.38F * corner * corner);
      for (const float channel : {color.r, color.g, color.b}) pixels.rgb.push_back(to_byte(channel));
    }
  }
  return pixels;
}

}  // namespace sample
