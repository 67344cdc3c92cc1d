#include "output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "modelstore/error.hpp"
#include "terminal.hpp"

namespace cli {

Messages::Messages() noexcept : terminal_(is_terminal(Stream::Error)) {}

void Messages::write(std::string_view text) const noexcept {
  // A program that nobody listens to any more still does its work.
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}

void Messages::line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  std::string out = printable(text) + "\n";
  if (!progress_.empty()) out = "\r\x1b[K" + out + progress_;
  write(out);
}

std::size_t Messages::progress_width() noexcept {
  // One column stays free: a full line would wrap.
  const std::size_t columns = terminal_columns(Stream::Error).value_or(80);
  return columns > 1 ? columns - 1 : 1;
}

void Messages::progress(std::string_view text) {
  const std::lock_guard lock(mutex_);
  std::string line = cut_to_width(printable(text), progress_width());
  if (line == progress_) return;
  progress_ = std::move(line);
  write("\r\x1b[K" + progress_);
}

void Table::add(const std::vector<std::string>& cells) {
  std::vector<std::string> row;
  row.reserve(cells.size());
  for (const auto& cell : cells) row.push_back(printable(cell));
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  constexpr std::size_t kGap = 2;
  std::vector<std::size_t> widths;
  widths.reserve(columns_.size());
  std::size_t total = kGap * (columns_.size() - 1);
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    std::size_t widest = display_width(columns_[index].title);
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[index]));
    widths.push_back(widest);
    total += widest;
  }
  while (width != 0 && total > width) {
    std::size_t chosen = columns_.size();
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      const std::size_t least = std::max(columns_[index].least, display_width(columns_[index].title));
      if (columns_[index].least == 0 || widths[index] <= least) continue;
      if (chosen == columns_.size() || widths[index] > widths[chosen]) chosen = index;
    }
    if (chosen == columns_.size()) break;
    --widths[chosen];
    --total;
  }
  return widths;
}

std::string Table::text(std::size_t width) const {
  const std::vector<std::size_t> widths = this->widths(width);
  std::string out;
  const auto write = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t index = 0; index < cells.size(); ++index) {
      const std::string shown = cut_to_width(cells[index], widths[index], columns_[index].cut);
      const std::string space(widths[index] - display_width(shown), ' ');
      line += index == 0 ? "" : "  ";
      line += columns_[index].align == Align::Right ? space + shown : shown + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += (width == 0 ? line : cut_to_width(line, width)) + "\n";
  };
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const auto& column : columns_) titles.push_back(column.title);
  write(titles);
  for (const auto& row : rows_) write(row);
  return out;
}

std::size_t output_width() noexcept {
  return terminal_columns(Stream::Output).value_or(0);
}

std::string labelled(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::size_t widest = 0;
  for (const auto& [label, value] : lines) widest = std::max(widest, display_width(label));
  std::string out;
  for (const auto& [label, value] : lines) {
    out.append("  ").append(label);
    if (!value.empty()) out.append(widest - display_width(label) + 2, ' ').append(printable(value));
    out += '\n';
  }
  return out;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  const int error = errno;
  throw modelstore::Error(error == ENOSPC ? modelstore::ErrorCode::NoSpace : modelstore::ErrorCode::Io,
                          "cannot write the output: " + std::generic_category().message(error));
}

}  // namespace cli
