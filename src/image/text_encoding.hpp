/// Texts of other encodings as UTF-8. Pure functions: safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace modelstore::image {

/// `text` itself where it is well-formed UTF-8, as many writers leave it in fields that are Latin-1 by their
/// standard; otherwise read as Latin-1.
[[nodiscard]] std::string utf8_or_latin1(std::string_view text);

/// UTF-16 with a byte order mark, or in the order that makes most of its characters Latin, or, where that says
/// nothing, as `big_endian` says. Unpaired surrogates become U+FFFD.
[[nodiscard]] std::string utf8_of_utf16(std::string_view bytes, bool big_endian);

/// ISO-2022-JP. Empty where it is malformed.
[[nodiscard]] std::string utf8_of_jis(std::string_view bytes);

}  // namespace modelstore::image
