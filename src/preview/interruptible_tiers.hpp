/// Decoding for jobs that are to end soon after their cancellation, however long it takes.
/// Safe from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "catalog/store_core.hpp"
#include "image/picture_format.hpp"
#include "modelstore/image_processor.hpp"
#include "runtime/executor.hpp"

namespace modelstore::preview {

/// As preview::make_tiers, on a reader of the store while the caller, a task on a pool or an operation, waits.
/// After a cancellation the caller goes on at once, and what the decoder still does is dropped; an isolated
/// decoder is killed. The bytes are shared, since that may outlive the call.
/// Errors: as preview::make_tiers; Cancelled.
[[nodiscard]] TierSet make_tiers_interruptibly(detail::StoreCore& core, const runtime::JobControl& control,
                                               std::shared_ptr<const std::vector<std::byte>> picture);

/// As preview::check_decodable; otherwise as above.
[[nodiscard]] image::PictureFormat check_decodable_interruptibly(
    detail::StoreCore& core, const runtime::JobControl& control,
    std::shared_ptr<const std::vector<std::byte>> picture);

}  // namespace modelstore::preview
