/// The RIFF container of WebP files. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace modelstore::image {

/// A still WebP file reduced to its pictures: no profile, no metadata, and no extended header where there is
/// no transparency. Empty where `webp` is no such file.
[[nodiscard]] std::vector<std::byte> bare_webp(std::span<const std::byte> webp);

}  // namespace modelstore::image
