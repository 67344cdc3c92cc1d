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

/// The format of that name. Nothing if there is none.
[[nodiscard]] std::optional<PictureFormat> format_of_name(std::string_view name) noexcept;

/// "png", "jpg", "webp", "gif", "avif", "heic", "tif", "jxl".
[[nodiscard]] std::string_view file_extension(PictureFormat format) noexcept;

/// Whether `file_extension` gives this.
[[nodiscard]] bool is_file_extension(std::string_view extension) noexcept;

}  // namespace modelstore::image
