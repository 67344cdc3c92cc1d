#include "image/picture_format.hpp"

#include <algorithm>
#include <array>

namespace modelstore::image {

namespace {

using namespace std::string_view_literals;

constexpr std::array kFormats = {PictureFormat::Png,  PictureFormat::Jpeg, PictureFormat::WebP,
                                 PictureFormat::Gif,  PictureFormat::Avif, PictureFormat::Heif,
                                 PictureFormat::Tiff, PictureFormat::Jxl};

std::string_view text_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<PictureFormat> sniff_iso_media(std::string_view head) noexcept {
  // The major brand alone decides: it names the codec that the primary picture needs.
  const std::string_view brand = head.substr(8, 4);
  if (brand == "avif" || brand == "avis") return PictureFormat::Avif;
  for (const std::string_view heif : {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "mif1"sv, "msf1"sv}) {
    if (brand == heif) return PictureFormat::Heif;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PictureFormat> sniff(std::span<const std::byte> bytes) noexcept {
  const std::string_view head = text_of(bytes.first(bytes.size() < 16 ? bytes.size() : 16));
  if (head.starts_with("\x89PNG\r\n\x1a\n"sv)) return PictureFormat::Png;
  if (head.starts_with("\xff\xd8\xff"sv)) return PictureFormat::Jpeg;
  if (head.starts_with("GIF87a"sv) || head.starts_with("GIF89a"sv)) return PictureFormat::Gif;
  if (head.size() >= 12 && head.starts_with("RIFF"sv) && head.substr(8, 4) == "WEBP") {
    return PictureFormat::WebP;
  }
  if (head.size() >= 12 && head.substr(4, 4) == "ftyp") return sniff_iso_media(head);
  if (head.starts_with("II\x2a\0"sv) || head.starts_with("MM\0\x2a"sv)) return PictureFormat::Tiff;
  if (head.starts_with("\xff\x0a"sv) || head.starts_with("\0\0\0\x0cJXL \r\n\x87\n"sv)) {
    return PictureFormat::Jxl;
  }
  return std::nullopt;
}

bool is_optional(PictureFormat format) noexcept {
  return format != PictureFormat::Png && format != PictureFormat::Jpeg && format != PictureFormat::WebP &&
         format != PictureFormat::Gif;
}

namespace {

struct Names {
  std::string_view name;
  std::string_view extension;
};

Names names(PictureFormat format) noexcept {
  switch (format) {
    case PictureFormat::Png:
      return {"png", "png"};
    case PictureFormat::Jpeg:
      return {"jpeg", "jpg"};
    case PictureFormat::WebP:
      return {"webp", "webp"};
    case PictureFormat::Gif:
      return {"gif", "gif"};
    case PictureFormat::Avif:
      return {"avif", "avif"};
    case PictureFormat::Heif:
      return {"heif", "heic"};
    case PictureFormat::Tiff:
      return {"tiff", "tif"};
    case PictureFormat::Jxl:
      return {"jxl", "jxl"};
  }
  return {};
}

}  // namespace

std::string_view format_name(PictureFormat format) noexcept {
  return names(format).name;
}

std::optional<PictureFormat> format_of_name(std::string_view name) noexcept {
  const auto* const found = std::find_if(kFormats.begin(), kFormats.end(),
                                         [&](PictureFormat format) { return names(format).name == name; });
  return found != kFormats.end() ? std::optional(*found) : std::nullopt;
}

std::string_view file_extension(PictureFormat format) noexcept {
  return names(format).extension;
}

bool is_file_extension(std::string_view extension) noexcept {
  return std::any_of(kFormats.begin(), kFormats.end(),
                     [&](PictureFormat format) { return names(format).extension == extension; });
}

}  // namespace modelstore::image
