/// What a reference to a picture, in whatever form a client wrote it, can mean as a file name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelstore::migration {

/// Names below the pictures folder, best first: the last component of the text itself, of the text without
/// its query and fragment, and of that with percent escapes decoded. Each is a single component that is not
/// `.` or `..`, of at most 255 bytes, without `/` and NUL. Empty for a reference that means no file.
[[nodiscard]] std::vector<std::string> picture_file_names(std::string_view reference);

/// What follows the last `/` or `\`: references that agree in it mean one picture.
[[nodiscard]] std::string_view picture_name(std::string_view reference) noexcept;

}  // namespace modelstore::migration
