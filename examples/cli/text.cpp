#include "text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The code point at the beginning of `text`, which is not empty. A malformed one is one byte long.
CodePoint decode(std::string_view text) noexcept {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  std::size_t length = 0;
  char32_t value = 0;
  char32_t least = 0;
  if ((first & 0xE0U) == 0xC0) {
    length = 2, value = first & 0x1FU, least = 0x80;
  } else if ((first & 0xF0U) == 0xE0) {
    length = 3, value = first & 0x0FU, least = 0x800;
  } else if ((first & 0xF8U) == 0xF0) {
    length = 4, value = first & 0x07U, least = 0x10000;
  }
  if (length == 0 || text.size() < length) return {};
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (byte(index) & 0x3FU);
  }
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in_ranges(char32_t value, const std::array<Range, N>& ranges) noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return value >= range.first && value <= range.last; });
}

std::size_t width_of(char32_t value) noexcept {
  // The blocks that matter in names of files, not the whole of Unicode's tables.
  static constexpr std::array<Range, 8> kNone = {{{0x0300, 0x036F},
                                                  {0x0483, 0x0489},
                                                  {0x0591, 0x05BD},
                                                  {0x064B, 0x065F},
                                                  {0x200B, 0x200F},
                                                  {0x20D0, 0x20F0},
                                                  {0x3099, 0x309A},
                                                  {0xFE00, 0xFE0F}}};
  static constexpr std::array<Range, 9> kTwo = {{{0x1100, 0x115F},
                                                 {0x2E80, 0xA4CF},
                                                 {0xAC00, 0xD7A3},
                                                 {0xF900, 0xFAFF},
                                                 {0xFE30, 0xFE6F},
                                                 {0xFF00, 0xFF60},
                                                 {0xFFE0, 0xFFE6},
                                                 {0x1F300, 0x1FAFF},
                                                 {0x20000, 0x3FFFD}}};
  if (value < 0x300) return 1;
  if (in_ranges(value, kNone)) return 0;
  return in_ranges(value, kTwo) ? 2 : 1;
}

/// C0 and C1 controls, and the characters that reorder what stands around them.
bool is_control(char32_t value) noexcept {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x202A && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069) || value == 0x2028 || value == 0x2029;
}

template <class Keep>
std::string replaced(std::string_view text, Keep&& keep) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    out += point.valid && keep(point.value) ? text.substr(0, point.bytes) : kReplacement;
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string formatted(const char* format, double value, const char* unit) {
  std::array<char, 64> buffer{};
  (void)std::snprintf(buffer.data(), buffer.size(), format, value, unit);
  return buffer.data();
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (!point.valid) return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  return replaced(text, [](char32_t) { return true; });
}

std::string printable(std::string_view text) {
  return replaced(text, [](char32_t value) { return !is_control(value); });
}

std::string printable_lines(std::string_view text) {
  return replaced(text, [](char32_t value) { return value == '\n' || value == '\t' || !is_control(value); });
}

std::size_t display_width(std::string_view text) noexcept {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    width += point.valid ? width_of(point.value) : 1;
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width, Cut cut) {
  std::size_t left = display_width(text);
  if (left <= width) return std::string(text);
  if (width == 0) return {};
  if (cut == Cut::Start) {
    while (!text.empty() && left > width - 1) {
      const CodePoint point = decode(text);
      left -= point.valid ? width_of(point.value) : 1;
      text.remove_prefix(point.bytes);
    }
    return std::string(kEllipsis) + std::string(text);
  }
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    used += point.valid ? width_of(point.value) : 1;
    if (used > width - 1) break;
    out += text.substr(0, point.bytes);
    text.remove_prefix(point.bytes);
  }
  return out + std::string(kEllipsis);
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > sign + 3;) digits.insert(place -= 3, 1, ',');
  return digits;
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  std::string text = grouped(count) + " ";
  if (count == 1) return text.append(one);
  return many.empty() ? text.append(one).append("s") : text.append(many);
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::array kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return formatted(value < 9.95 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
}

std::string duration_text(std::int64_t milliseconds) {
  if (milliseconds < 1000) return std::to_string(milliseconds) + " ms";
  if (milliseconds < 59'950) return formatted("%.1f %s", static_cast<double>(milliseconds) / 1000, "s");
  const std::int64_t seconds = (milliseconds + 500) / 1000;
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string clock_text(std::int64_t seconds) {
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const std::int64_t hours = seconds / 3600;
  const std::int64_t minutes = seconds / 60 % 60;
  if (hours == 0) return std::to_string(minutes) + ":" + two(seconds % 60);
  return std::to_string(hours) + ":" + two(minutes) + ":" + two(seconds % 60);
}

std::string time_text(std::int64_t milliseconds) {
  if (milliseconds == 0) return {};
  const std::int64_t rest = ((milliseconds % 1000) + 1000) % 1000;
  const auto seconds = static_cast<std::time_t>((milliseconds - rest) / 1000);
  std::tm parts{};
  std::array<char, 64> buffer{};
  if (localtime_r(&seconds, &parts) == nullptr ||
      std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M", &parts) == 0)
    return std::to_string(milliseconds) + " ms";
  return buffer.data();
}

std::string shell_line(const std::vector<std::string>& arguments) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  std::string line;
  for (const auto& argument : arguments) {
    if (!line.empty()) line += ' ';
    if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos) {
      line += argument;
    } else if (printable(argument) == argument) {
      line += '\'';
      for (const char letter : argument) letter == '\'' ? line += R"('\'')" : line += letter;
      line += '\'';
    } else {
      line += "$'";
      for (const char letter : argument) {
        std::array<char, 8> escape{};
        const auto byte = static_cast<unsigned char>(letter);
        (void)std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(byte));
        const bool plain = byte >= 0x20 && byte < 0x7F && letter != '\'' && letter != '\\';
        plain ? line += letter : line += escape.data();
      }
      line += '\'';
    }
  }
  return line;
}

}  // namespace cli
