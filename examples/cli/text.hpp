/// Texts for people: safe on a terminal, cut to a width, numbers with units. Free functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// `text` as well-formed UTF-8: what is malformed becomes U+FFFD.
[[nodiscard]] std::string to_utf8(std::string_view text);

/// `text` on one line: as `to_utf8`, and control characters become U+FFFD too, so that a name from a foreign
/// catalogue cannot steer the terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// As `printable`, with line feeds and tabs kept.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// Terminal columns that printable UTF-8 takes: two for East Asian characters and emoji, none for marks.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

enum class Cut : std::uint8_t { End, Start };

/// `text` in at most `width` columns; where something is cut off stands an ellipsis.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t width, Cut cut = Cut::End);

/// "1 file", "3 files", "12,345 files".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view one, std::string_view many = {});

/// "12,345".
[[nodiscard]] std::string grouped(std::int64_t number);

/// "512 B", "3.4 GB": decimal units.
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

/// "12 ms", "1.5 s", "1 min 20 s", "2 h 5 min".
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);

/// "0:09", "12:34", "1:02:03".
[[nodiscard]] std::string clock_text(std::int64_t seconds);

/// Local date and time of `milliseconds` since the epoch; empty for 0.
[[nodiscard]] std::string time_text(std::int64_t milliseconds);

/// A command line that a shell reads as these arguments.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& arguments);

}  // namespace cli
