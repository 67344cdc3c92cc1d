/// How previews are made, as a program says it.
#pragma once

#include "modelstore.h"
#include "modelstore/store.hpp"

namespace modelstore::capi {

/// Null stands for all defaults. Errors: InvalidArgument, Unsupported.
[[nodiscard]] PreviewOptions preview_options_of(const modelstore_preview_options* options);

}  // namespace modelstore::capi
