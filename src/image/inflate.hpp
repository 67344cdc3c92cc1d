/// Bounded decompression. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace modelstore::image {

/// The content of a zlib stream (RFC 1950). Nothing where it is malformed, ends early, or holds more than
/// `max_bytes`; no more than that is ever produced.
[[nodiscard]] std::optional<std::string> inflate(std::span<const std::byte> zlib, std::size_t max_bytes);

}  // namespace modelstore::image
