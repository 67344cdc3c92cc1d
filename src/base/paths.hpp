/// Paths as text, of this system or another. Pure functions: safe from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "modelstore/path_map.hpp"

namespace modelstore::base {

/// Whether `path` has the form of Windows: a drive letter or two backslashes at its beginning.
[[nodiscard]] bool is_windows_path(std::string_view path) noexcept;

/// What follows the last `/`, or in a Windows path the last `/` or `\`.
[[nodiscard]] std::string_view last_component(std::string_view path) noexcept;

/// The system would take a path up to its first NUL for the whole, and an empty one for who knows what.
/// `what` names the file in the message: "the legacy database". Errors: InvalidArgument for such a path.
void check_path(const std::filesystem::path& path, std::string_view what);

/// What a rule makes of a path is stored, and has to lead to the file from everywhere. Errors: InvalidArgument
/// if a rule's `to` is not absolute.
void check_path_map(const PathMap& map);

/// A POSIX path without `.`, `..` and repeated slashes, as text alone: no link is resolved.
[[nodiscard]] std::string lexically_normal(std::string_view path);

}  // namespace modelstore::base
