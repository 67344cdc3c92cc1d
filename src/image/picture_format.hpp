/// Formats of pictures, told by their first bytes. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace modelstore::image {

enum class PictureFormat : std::uint8_t { Png, Jpeg, WebP, Gif, Avif, Heif, Tiff, Jxl };

/// The format that the first bytes announce; nothing where they announce none of these.
[[nodiscard]] std::optional<PictureFormat> sniff(std::span<const std::byte> bytes) noexcept;

/// Whether a format is accepted only where the caller asked for more formats.
[[nodiscard]] bool is_optional(PictureFormat format) noexcept;

/// "png", "jpeg", "webp", "gif", "avif", "heif", "tiff", "jxl".
[[nodiscard]] std::string_view format_name(PictureFormat format) noexcept;

/// "png", "jpg", "webp", "gif", "avif", "heic", "tif", "jxl".
[[nodiscard]] std::string_view file_extension(PictureFormat format) noexcept;

}  // namespace modelstore::image
