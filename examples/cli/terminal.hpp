/// What this program asks the operating system about its terminal.
#pragma once

#include <cstddef>
#include <optional>

namespace cli {

enum class Stream { Output = 1, Error = 2 };

/// Whether people look at the stream on a terminal that can move its cursor.
[[nodiscard]] bool is_terminal(Stream stream) noexcept;

/// Columns of the terminal; nothing if the stream is none.
[[nodiscard]] std::optional<std::size_t> terminal_columns(Stream stream) noexcept;

}  // namespace cli
