#include "image/picture_source.hpp"

#include <algorithm>

#include "image/picture_header.hpp"
#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

const char* loader_name(PictureFormat format) noexcept {
  switch (format) {
    case PictureFormat::Png:
      return "pngload_buffer";
    case PictureFormat::Jpeg:
      return "jpegload_buffer";
    case PictureFormat::WebP:
      return "webpload_buffer";
    case PictureFormat::Gif:
      return "gifload_buffer";
    case PictureFormat::Avif:
    case PictureFormat::Heif:
      return "heifload_buffer";
    case PictureFormat::Tiff:
      return "tiffload_buffer";
    case PictureFormat::Jxl:
      return "jxlload_buffer";
  }
  return "";
}

PictureFormat recognise(std::span<const std::byte> picture, const PreviewOptions& options) {
  const std::optional<PictureFormat> format = sniff(picture);
  if (!format) {
    throw Error(ErrorCode::UnsupportedFormat,
                picture.empty() ? "the picture is empty" : "the first bytes are of no known picture format");
  }
  if (is_optional(*format) && !options.accept_more_formats) {
    throw Error(ErrorCode::UnsupportedFormat,
                std::string(format_name(*format)) + " pictures are not accepted here");
  }
  return *format;
}

}  // namespace

PictureSource::PictureSource(std::span<const std::byte> picture, const PreviewOptions& options)
    : picture_(picture), format_(recognise(picture, options)) {
  if (picture.size() > static_cast<std::uint64_t>(options.max_source_bytes)) {
    throw Error(ErrorCode::LimitExceeded, "the picture has " + std::to_string(picture.size()) +
                                              " bytes, more than the " +
                                              std::to_string(options.max_source_bytes) + " allowed");
  }
  const auto header = read_header(format_, picture);
  if (header) check_limits(header->width, header->height, header->frames, options);
  image_ = open(1);
  stored_size_ = {vips_image_get_width(image_.get()), vips_image_get_height(image_.get())};
  check_limits(stored_size_.width, stored_size_.height, vips_image_get_n_pages(image_.get()), options);
  orientation_ =
      header && header->orientation != 0 ? header->orientation : vips_image_get_orientation(image_.get());
}

Size PictureSource::upright_size() const noexcept {
  if (orientation_ >= 5) return {stored_size_.height, stored_size_.width};
  return stored_size_;
}

void PictureSource::shrink_while_decoding(Size target) {
  if (format_ != PictureFormat::Jpeg) return;
  // The decoder's own shrinking is a box filter. Where Lanczos still halves what comes out of it, nobody sees
  // that; closer to the target it cost up to 0.02 of SSIM.
  constexpr int kMargin = 2;
  for (const int shrink : {8, 4, 2}) {
    if (stored_size_.width / shrink >= kMargin * target.width &&
        stored_size_.height / shrink >= kMargin * target.height) {
      image_ = open(shrink);
      return;
    }
  }
}

std::span<const std::byte> PictureSource::metadata(const char* field) const noexcept {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(image_.get(), field) != VIPS_TYPE_BLOB ||
      vips_image_get_blob(image_.get(), field, &data, &size) != 0) {
    return {};
  }
  return {static_cast<const std::byte*>(data), size};
}

std::string PictureSource::name() const {
  return std::string(format_name(format_));
}

std::string PictureSource::failure_text() const {
  return "the " + name() + " picture cannot be decoded";
}

ImagePtr PictureSource::open(int shrink) const {
  // Built by hand instead of by vips_jpegload_buffer and its kin: those leave some loaders, with all that was
  // decoded, in libvips's operation cache.
  const ObjectPtr<VipsOperation> loader(vips_operation_new(loader_name(format_)));
  if (!loader) throw Error(ErrorCode::UnsupportedFormat, "this libvips reads no " + name() + " pictures");
  // Loaders only read the bytes, whatever the type of their parameter says.
  VipsBlob* const blob =
      vips_blob_new(nullptr, const_cast<void*>(static_cast<const void*>(picture_.data())), picture_.size());
  g_object_set(loader.get(), "buffer", blob, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
               nullptr);
  vips_area_unref(VIPS_AREA(blob));
  if (shrink != 1) g_object_set(loader.get(), "shrink", shrink, nullptr);
  VipsImage* image = nullptr;
  if (vips_object_build(VIPS_OBJECT(loader.get())) == 0) g_object_get(loader.get(), "out", &image, nullptr);
  vips_object_unref_outputs(VIPS_OBJECT(loader.get()));
  if (image == nullptr) throw Error(ErrorCode::BadImage, failure_text());
  return ImagePtr(image);
}

void PictureSource::check_limits(std::int64_t width, std::int64_t height, std::int64_t frames,
                                 const PreviewOptions& options) const {
  const std::string what = std::to_string(width) + " x " + std::to_string(height) +
                           (frames > 1 ? " x " + std::to_string(frames) + " frames" : "");
  if (width < 1 || height < 1) {
    throw Error(ErrorCode::BadImage, "the " + name() + " picture announces " + what);
  }
  if (width > kMaxSourceSide || height > kMaxSourceSide) {
    throw Error(ErrorCode::LimitExceeded,
                "the picture announces " + what + ", a side above " + std::to_string(kMaxSourceSide));
  }
  // No overflow: the sides are below 2^16, and there are at most as many frames as bytes.
  if (frames > options.max_source_pixels / (width * height)) {
    throw Error(ErrorCode::LimitExceeded, "the picture announces " + what + ", more than " +
                                              std::to_string(options.max_source_pixels) + " pixels");
  }
}

}  // namespace modelstore::image
