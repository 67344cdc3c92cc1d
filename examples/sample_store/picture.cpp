#include "picture.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <vips/vips.h>

#include "landscape.hpp"
#include "random.hpp"

namespace sample {
namespace {

/// Larger pictures are painted at this size and enlarged: nobody sees it in a landscape, and it is quick.
constexpr int kPaintedSide = 960;

struct Unref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

[[noreturn]] void fail(const char* what) {
  const std::string cause = vips_error_buffer();
  vips_error_clear();
  throw std::runtime_error(std::string("cannot make a picture (") + what + "): " + cause);
}

/// Runs one operation of libvips whose result is an image.
template <typename Operation>
Image run(const char* what, Operation operation) {
  VipsImage* result = nullptr;
  if (operation(&result) != 0) fail(what);
  return Image(result);
}

Image painted(const PictureSpec& spec, double time) {
  const double scale = std::min(1.0, static_cast<double>(kPaintedSide) / std::max(spec.width, spec.height));
  const Pixels pixels = paint_landscape(std::max(1, static_cast<int>(spec.width * scale)),
                                        std::max(1, static_cast<int>(spec.height * scale)), spec.seed, time);
  const Image small(vips_image_new_from_memory_copy(pixels.rgb.data(), pixels.rgb.size(), pixels.width,
                                                    pixels.height, 3, VIPS_FORMAT_UCHAR));
  if (!small) fail("pixels");
  const Image large = run("resize", [&](VipsImage** out) {
    return vips_resize(small.get(), out, static_cast<double>(spec.width) / pixels.width, "vscale",
                       static_cast<double>(spec.height) / pixels.height, nullptr);
  });
  // A little grain, as a photograph has.
  const Image noise = run("noise", [&](VipsImage** out) {
    return vips_gaussnoise(out, spec.width, spec.height, "mean", 0.0, "sigma",
                           spec.format == Format::Jpeg ? 3.0 : 1.2, "seed",
                           static_cast<int>(mix(spec.seed) & 0x7FFFFFFFU), nullptr);
  });
  const Image grainy =
      run("add", [&](VipsImage** out) { return vips_add(large.get(), noise.get(), out, nullptr); });
  const Image bytes =
      run("cast", [&](VipsImage** out) { return vips_cast_uchar(grainy.get(), out, nullptr); });
  const Image tagged = run("copy", [&](VipsImage** out) {
    return vips_copy(bytes.get(), out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
  });
  // Keeps the later steps from doing all of this again and again.
  return run("memory", [&](VipsImage** out) {
    *out = vips_image_copy_memory(tagged.get());
    return *out == nullptr ? -1 : 0;
  });
}

Image with_alpha(const Image& image) {
  const int width = vips_image_get_width(image.get());
  const int height = vips_image_get_height(image.get());
  const Image spot = run("mask", [&](VipsImage** out) {
    return vips_mask_butterworth(out, width, height, 3.0, 0.88, 0.3, "uchar", TRUE, "optical", TRUE, "nodc",
                                 TRUE, nullptr);
  });
  const Image opaque_middle =
      run("invert", [&](VipsImage** out) { return vips_invert(spot.get(), out, nullptr); });
  return run("alpha",
             [&](VipsImage** out) { return vips_bandjoin2(image.get(), opaque_middle.get(), out, nullptr); });
}

Image animation(const PictureSpec& spec) {
  std::vector<Image> frames;
  std::vector<VipsImage*> parts;
  for (int frame = 0; frame < spec.frames; ++frame) {
    frames.push_back(painted(spec, static_cast<double>(frame) / spec.frames));
    parts.push_back(frames.back().get());
  }
  Image strip = run("join", [&](VipsImage** out) {
    return vips_arrayjoin(parts.data(), out, spec.frames, "across", 1, nullptr);
  });
  vips_image_set_int(strip.get(), VIPS_META_PAGE_HEIGHT, spec.height);
  const std::vector<int> delays(static_cast<std::size_t>(spec.frames), 200);
  vips_image_set_array_int(strip.get(), "delay", delays.data(), spec.frames);
  return strip;
}

/// Turns the pixels the other way, so that a viewer that heeds the tag shows them upright.
Image turned(Image image, int orientation) {
  if (orientation == 1) return image;
  Image result = run("turn", [&](VipsImage** out) {
    const VipsAngle angle = orientation == 6   ? VIPS_ANGLE_D270
                            : orientation == 8 ? VIPS_ANGLE_D90
                                               : VIPS_ANGLE_D180;
    return vips_rot(image.get(), out, angle, nullptr);
  });
  vips_image_set_int(result.get(), VIPS_META_ORIENTATION, orientation);
  return result;
}

}  // namespace

const char* extension(Format format) {
  switch (format) {
    case Format::Png:
      return ".png";
    case Format::Jpeg:
      return ".jpg";
    case Format::Webp:
      return ".webp";
    case Format::Gif:
      return ".gif";
  }
  return "";
}

std::string make_picture(const PictureSpec& spec) {
  Image image = spec.frames > 1 ? animation(spec) : painted(spec, 0.0);
  if (spec.alpha) image = with_alpha(image);
  image = turned(std::move(image), spec.orientation);
  for (std::size_t index = 0; index < spec.texts.size(); ++index) {
    const std::string field = "png-comment-" + std::to_string(index) + "-" + spec.texts[index].first;
    vips_image_set_string(image.get(), field.c_str(), spec.texts[index].second.c_str());
  }

  void* data = nullptr;
  std::size_t size = 0;
  int result = -1;
  switch (spec.format) {
    case Format::Png:
      result = vips_pngsave_buffer(image.get(), &data, &size, "compression", 6, nullptr);
      break;
    case Format::Jpeg:
      result = vips_jpegsave_buffer(image.get(), &data, &size, "Q", 88, nullptr);
      break;
    case Format::Webp:
      result = vips_webpsave_buffer(image.get(), &data, &size, "Q", 82, nullptr);
      break;
    case Format::Gif:
      result = vips_gifsave_buffer(image.get(), &data, &size, nullptr);
      break;
  }
  if (result != 0) fail("encode");
  std::string bytes(static_cast<const char*>(data), size);
  g_free(data);
  return bytes;
}

}  // namespace sample
