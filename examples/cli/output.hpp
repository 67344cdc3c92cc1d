/// What this program prints: results on stdout, everything else on stderr.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "text.hpp"

namespace cli {

/// Lines on stderr, and below them, on a terminal, one line of progress that is written over and over. Any
/// thread may use it.
class Messages {
 public:
  Messages() noexcept;

  /// Whether progress can be shown in place.
  [[nodiscard]] bool on_terminal() const noexcept { return terminal_; }

  /// Prints one line, above the line of progress if there is one.
  void line(std::string_view text);

  /// Columns that the line of progress may take.
  [[nodiscard]] static std::size_t progress_width() noexcept;

  /// Shows `text` as the line of progress, cut to the terminal's width. Empty: removes it.
  void progress(std::string_view text);

 private:
  void write(std::string_view text) const noexcept;

  bool terminal_;
  std::mutex mutex_;
  std::string progress_;
};

enum class Align : std::uint8_t { Left, Right };

struct Column {
  std::string title = {};
  Align align = Align::Left;
  std::size_t least = 0;  ///< columns that it keeps when the table is too wide; 0: it is never cut
  Cut cut = Cut::End;
};

/// Rows of texts under titles, aligned by what they take on a terminal.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row of as many texts as there are columns.
  void add(const std::vector<std::string>& cells);

  /// The table with `width` columns at most; 0: as wide as it gets. Columns that may be cut give way first.
  [[nodiscard]] std::string text(std::size_t width) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Columns that a table on stdout may take; 0 if stdout is not a terminal.
[[nodiscard]] std::size_t output_width() noexcept;

/// Lines "  label   value" with the values aligned to the right of the longest label.
[[nodiscard]] std::string labelled(const std::vector<std::pair<std::string, std::string>>& lines);

/// Writes to stdout. Errors: modelstore::Error with Io or NoSpace if it takes no more.
void print(std::string_view text);

}  // namespace cli
