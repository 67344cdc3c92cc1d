/// Failures of system calls as the library's errors. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "modelstore/error.hpp"

namespace modelstore::platform {

enum class Intent : unsigned char { Read, Write };

/// The code for `error_number`: what is missing, unreadable, read-only or full has a code of its own,
/// anything else is Io.
[[nodiscard]] ErrorCode code_for(int error_number, Intent intent) noexcept;

/// "cannot <action> <subject>: <the system's words>".
[[noreturn]] void throw_errno(int error_number, Intent intent, std::string_view action,
                              std::string_view subject);

}  // namespace modelstore::platform
