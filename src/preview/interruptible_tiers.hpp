/// Tiers of a picture for jobs that are to end soon after their cancellation, however long decoding takes.
/// Safe from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"
#include "runtime/executor.hpp"

namespace modelstore::preview {

/// As image::make_tiers, on a reader of the executor while the caller, a task on a pool or an operation, waits.
/// After a cancellation the caller goes on at once, and what the decoder still does is dropped.
/// Errors: as image::make_tiers; Cancelled.
[[nodiscard]] TierSet make_tiers_interruptibly(runtime::Executor& executor,
                                               const runtime::JobControl& control,
                                               std::vector<std::byte> picture, const PreviewOptions& options);

}  // namespace modelstore::preview
