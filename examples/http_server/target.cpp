#include "target.hpp"

#include <algorithm>

#include "http_error.hpp"

namespace server {
namespace {

int hex_digit(char letter) noexcept {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

bool is_plain_segment(std::string_view segment) noexcept {
  if (segment == "." || segment == "..") return false;
  return std::none_of(segment.begin(), segment.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return letter == '/' || letter == '\\' || byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned first = byte(at);
    const std::size_t length = first < 0x80             ? 1
                               : (first & 0xE0) == 0xC0 ? 2
                               : (first & 0xF0) == 0xE0 ? 3
                               : (first & 0xF8) == 0xF0 ? 4
                                                        : 0;
    if (length == 0 || text.size() - at < length) return false;
    unsigned value = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t next = 1; next < length; ++next) {
      if ((byte(at + next) & 0xC0U) != 0x80) return false;
      value = (value << 6U) | (byte(at + next) & 0x3FU);
    }
    const bool overlong =
        (length == 2 && value < 0x80) || (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    at += length;
  }
  return true;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[at] != '%') {
      decoded += text[at];
    } else {
      if (text.size() - at < 3) return std::nullopt;
      const int high = hex_digit(text[at + 1]);
      const int low = hex_digit(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  if (decoded.find('\0') != std::string::npos || !is_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view parameter = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    auto name = percent_decode(parameter.substr(0, equals), true);
    auto value = percent_decode(parameter.substr(std::min(equals + 1, parameter.size())), true);
    if (!name || !value) return std::nullopt;
    query.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  auto values = all(name);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) throw HttpError(400, "the parameter " + std::string(name) + " is given twice");
  return std::move(values.front());
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters_)
    if (key == name) values.push_back(value);
  return values;
}

std::optional<Target> Target::parse(std::string_view text) {
  if (text.empty() || text.front() != '/' || text.find('#') != std::string_view::npos) return std::nullopt;
  const std::size_t mark = text.find('?');
  std::string_view path = text.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  Target target;
  if (mark != std::string_view::npos) {
    auto query = Query::parse(text.substr(mark + 1));
    if (!query) return std::nullopt;
    target.query = std::move(*query);
  }
  for (;;) {
    const std::size_t slash = path.find('/');
    auto segment = percent_decode(path.substr(0, slash));
    if (!segment || !is_plain_segment(*segment)) return std::nullopt;
    target.segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) return target;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace server
