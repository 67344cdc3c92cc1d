/// An encoded picture, opened for one decoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "image/picture_format.hpp"
#include "image/tier_size.hpp"
#include "image/vips_scope.hpp"
#include "modelstore/store.hpp"

namespace modelstore::image {

/// Longest side that a picture may announce, in pixels: what libjpeg reads.
inline constexpr std::int64_t kMaxSourceSide = 65'500;

/// A picture whose header was read and found within the limits; its pixels are decoded when they are pulled,
/// once, from top to bottom. Only the first frame is. Used by one thread, inside its VipsScope; the encoded
/// bytes must outlive it.
class PictureSource {
 public:
  /// Recognises the format and reads the header with exactly that format's loader.
  /// Errors: UnsupportedFormat, BadImage, LimitExceeded.
  PictureSource(std::span<const std::byte> picture, const PreviewOptions& options);

  [[nodiscard]] PictureFormat format() const noexcept { return format_; }

  /// Of the first frame as it is stored, before EXIF orientation, at full size.
  [[nodiscard]] Size stored_size() const noexcept { return stored_size_; }

  /// EXIF orientation, 1 to 8.
  [[nodiscard]] int orientation() const noexcept { return orientation_; }

  /// Size of the upright picture.
  [[nodiscard]] Size upright_size() const noexcept;

  /// Opens a JPEG again such that its decoder itself shrinks it, to no less than twice `target`; does nothing
  /// for other formats or smaller pictures. Errors: BadImage.
  void shrink_while_decoding(Size target);

  /// The image, for sequential reading. Owned by this object.
  [[nodiscard]] VipsImage* image() const noexcept { return image_.get(); }

  /// A block that the loader found beside the pixels, such as VIPS_META_XMP_NAME; empty if there is none.
  /// Owned by this object.
  [[nodiscard]] std::span<const std::byte> metadata(const char* field) const noexcept;

  /// "the jpeg picture cannot be decoded" and the like, for a failure of this picture.
  [[nodiscard]] std::string failure_text() const;

 private:
  [[nodiscard]] std::string name() const;
  [[nodiscard]] ImagePtr open(int shrink) const;
  void check_limits(std::int64_t width, std::int64_t height, std::int64_t frames,
                    const PreviewOptions& options) const;

  std::span<const std::byte> picture_;
  PictureFormat format_;
  ImagePtr image_;
  Size stored_size_;
  int orientation_ = 1;
};

}  // namespace modelstore::image
