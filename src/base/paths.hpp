/// Paths as text, of this system or another. Pure functions: safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace modelstore::base {

/// Whether `path` has the form of Windows: a drive letter or two backslashes at its beginning.
[[nodiscard]] bool is_windows_path(std::string_view path) noexcept;

/// What follows the last `/`, or in a Windows path the last `/` or `\`.
[[nodiscard]] std::string_view last_component(std::string_view path) noexcept;

/// A POSIX path without `.`, `..` and repeated slashes, as text alone: no link is resolved.
[[nodiscard]] std::string lexically_normal(std::string_view path);

}  // namespace modelstore::base
