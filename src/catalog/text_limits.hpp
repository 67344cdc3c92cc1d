/// What texts of records may be.
#pragma once

#include <cstddef>
#include <string_view>

namespace modelstore::catalog {

/// Bytes.
inline constexpr std::size_t kMaxPath = 4096;
inline constexpr std::size_t kMaxName = 4096;
inline constexpr std::size_t kMaxType = 1024;

/// Words, or names of tags, that a query asks for.
inline constexpr std::size_t kMaxTerms = 100;

/// Errors: InvalidArgument (not UTF-8, or with a NUL), LimitExceeded. `what` stands in the message: "name".
void check_text(std::string_view what, std::string_view text, std::size_t max_bytes);

/// For a query, whose depth SQLite limits. Errors: LimitExceeded. `what` stands in the message: "words".
void check_terms(std::string_view what, std::size_t count);

}  // namespace modelstore::catalog
