/// Decoding for a store, which remembers the pictures that bring the decoder down. Safe from any thread.
#pragma once

#include <cstddef>
#include <span>

#include "catalog/store_core.hpp"
#include "decode/picture_decoder.hpp"
#include "image/picture_format.hpp"
#include "modelstore/image_processor.hpp"

namespace modelstore::preview {

/// As decode::make_tiers, with the store's options; isolated decoding ends when the store is closed, too. A
/// picture that brought the decoder down twice is refused as DecoderCrashed before it is tried, in whatever
/// process. Errors: as decode::make_tiers; Closed, Forked, those of SQLite.
[[nodiscard]] TierSet make_tiers(detail::StoreCore& core, std::span<const std::byte> picture,
                                 const decode::Cancelled& cancelled = {});

/// As decode::check_decodable; otherwise as above.
[[nodiscard]] image::PictureFormat check_decodable(detail::StoreCore& core,
                                                   std::span<const std::byte> picture,
                                                   const decode::Cancelled& cancelled = {});

}  // namespace modelstore::preview
