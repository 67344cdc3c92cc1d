// Encodes landscapes as picture files with libvips. Throws std::runtime_error. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sample {

enum class Format { Png, Jpeg, Webp, Gif };

struct PictureSpec {
  Format format = Format::Png;
  int width = 512;
  int height = 512;
  std::uint64_t seed = 1;
  int frames = 1;       ///< more: an animated GIF
  int orientation = 1;  ///< EXIF: other than 1, the pixels are stored turned and viewers turn them back
  bool alpha = false;   ///< fades out towards the edges
  std::vector<std::pair<std::string, std::string>> texts{};  ///< PNG text chunks: keyword and text
};

[[nodiscard]] const char* extension(Format format);

/// The bytes of the file.
[[nodiscard]] std::string make_picture(const PictureSpec& spec);

}  // namespace sample
