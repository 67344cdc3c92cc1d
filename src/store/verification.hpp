/// The checks of `Store::verify`, for whoever runs them as a part of something else.
#pragma once

#include "catalog/store_core.hpp"
#include "modelstore/store.hpp"
#include "runtime/executor.hpp"

namespace modelstore::store {

/// Called on an operation's thread. Errors: Cancelled, Busy, Io.
[[nodiscard]] VerifyReport run_verification(detail::StoreCore& core, const runtime::JobControl& control,
                                            const VerifyOptions& options);

}  // namespace modelstore::store
