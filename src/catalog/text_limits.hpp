/// What texts of records may be.
#pragma once

#include <cstddef>
#include <string_view>

namespace modelstore::catalog {

/// Bytes.
inline constexpr std::size_t kMaxPath = 4096;
inline constexpr std::size_t kMaxName = 4096;
inline constexpr std::size_t kMaxType = 1024;

/// Errors: InvalidArgument (not UTF-8, or with a NUL), LimitExceeded. `what` stands in the message: "name".
void check_text(std::string_view what, std::string_view text, std::size_t max_bytes);

}  // namespace modelstore::catalog
