/// Delivery of callbacks to the program's own loop.
#pragma once

#include <functional>
#include <memory>

#include "callbacks.hpp"
#include "modelstore.h"

namespace modelstore::capi {

/// What `StoreOptions::post` becomes. A task that the program runs after the store was destroyed, when
/// `callback` and all that it would call have ended, does nothing but free itself.
[[nodiscard]] std::function<void(std::function<void()>)> post_with(
    std::shared_ptr<Callback<modelstore_post_callback>> callback);

}  // namespace modelstore::capi
