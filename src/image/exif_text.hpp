/// Texts, and the orientation, in an EXIF block. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace modelstore::image {

/// Key and text, both UTF-8: the comment under "exif:UserComment", and what ComfyUI writes into other text
/// fields as "prompt:…" and "workflow:…" under "prompt" and "workflow". `block` starts with the TIFF header,
/// an "Exif" mark before it is skipped. Malformed parts are left out; never fails for what the block holds.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> exif_texts(std::span<const std::byte> block);

/// The orientation, 1 to 8; 0 if the block, of the same form, has none or another value.
[[nodiscard]] int exif_orientation(std::span<const std::byte> block) noexcept;

}  // namespace modelstore::image
