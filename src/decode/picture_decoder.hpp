/// How everything but the decoder itself has pictures decoded: in this process, or isolated in one of its own,
/// as the options say. Safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "image/picture_format.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"

namespace modelstore::decode {

/// Whether nobody wants the result any more. Must not block.
using Cancelled = std::function<bool()>;

/// As image::make_tiers. If it is isolated, soon after `cancelled` returns true it ends with Cancelled.
/// Errors: also DecoderCrashed, Unsupported, Io where it is isolated.
[[nodiscard]] TierSet make_tiers(std::span<const std::byte> picture, const PreviewOptions& options,
                                 const Cancelled& cancelled = {});

/// As image::check_decodable; otherwise as above.
[[nodiscard]] image::PictureFormat check_decodable(std::span<const std::byte> picture,
                                                   const PreviewOptions& options,
                                                   const Cancelled& cancelled = {});

}  // namespace modelstore::decode
