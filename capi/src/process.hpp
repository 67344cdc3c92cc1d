/// Which process of a family of forks this is.
#pragma once

#include <cstdint>

namespace modelstore::capi {

/// A number that a child made by `fork` does not share with its parent. Costs no system call.
/// Errors: OutOfMemory.
[[nodiscard]] std::uint32_t process_number();

}  // namespace modelstore::capi
