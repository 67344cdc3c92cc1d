/// Answers to conditional and partial requests (RFC 9110, 13 and 14). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http_message.hpp"

namespace server {

/// Whether an If-None-Match header names this tag, which is quoted and strong.
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept;

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t size = 0;  ///< 0: the range lies behind the end
};

/// The one range that a Range header asks for of a content of `size` bytes. Nothing if the header is malformed or
/// asks for several, which may be answered with the whole.
[[nodiscard]] std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size) noexcept;

/// The response to GET or HEAD of a content: all of it, a part, or word that the client has it already.
[[nodiscard]] Response content_response(const Request& request, Body body, std::string_view content_type,
                                        const std::string& tag, std::string_view cache_control);

}  // namespace server
