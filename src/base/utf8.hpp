/// Checks and conversions of UTF-8 text (RFC 3629). Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelstore::base {

/// Whether `text` is well-formed: no overlong forms, surrogates or values above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Decodes one code point of well-formed text and moves `position` behind it.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& position) noexcept;

void append_code_point(std::string& text, char32_t code_point);

/// The number of code points in well-formed text.
[[nodiscard]] std::size_t code_point_count(std::string_view text) noexcept;

/// `text` fit for a message: malformed bytes and control characters become '?', and what exceeds
/// `max_bytes` becomes an ellipsis.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 300);

/// `text` without ASCII white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

}  // namespace modelstore::base
