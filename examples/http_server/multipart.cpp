#include "multipart.hpp"

#include <algorithm>

namespace server {
namespace {

constexpr std::size_t kMostParts = 32;
constexpr std::size_t kLongestHeaders = 4096;
constexpr std::size_t kLongestBoundary = 70;
constexpr std::string_view kLine = "\r\n";

bool equal_words(std::string_view a, std::string_view b) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char left, char right) { return lower(left) == lower(right); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A header's value and its parameters: `form-data; name="a"; filename="b"`.
struct Parameters {
  std::string_view value;
  std::vector<std::pair<std::string_view, std::string>> parameters;

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const {
    for (const auto& [key, text] : parameters)
      if (equal_words(key, name)) return text;
    return std::nullopt;
  }
};

/// Reads `"…"` from the front of `text`. Browsers write quotes in it as %22; others put a backslash before them.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string content;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return content;
    }
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    content += text[at];
  }
  return std::nullopt;
}

std::optional<Parameters> parse_parameters(std::string_view header) {
  Parameters result;
  const std::size_t end = std::min(header.find(';'), header.size());
  result.value = trimmed(header.substr(0, end));
  header.remove_prefix(end);
  while (!(header = trimmed(header)).empty()) {
    if (header.front() != ';') return std::nullopt;
    header = trimmed(header.substr(1));
    if (header.empty()) break;
    const std::size_t equals = header.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trimmed(header.substr(0, equals));
    header = trimmed(header.substr(equals + 1));
    std::string value;
    if (header.starts_with('"')) {
      auto content = take_quoted(header);
      if (!content) return std::nullopt;
      value = std::move(*content);
    } else {
      const std::size_t stop = std::min(header.find(';'), header.size());
      value = trimmed(header.substr(0, stop));
      header.remove_prefix(stop);
    }
    if (name.empty() || result.find(name)) return std::nullopt;
    result.parameters.emplace_back(name, std::move(value));
  }
  return result;
}

/// Reads the headers of a part; what matters is its name and that it is not encoded.
std::optional<FormPart> parse_headers(std::string_view headers) {
  FormPart part;
  bool named = false;
  while (!headers.empty()) {
    const std::size_t end = std::min(headers.find(kLine), headers.size());
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(std::min(end + kLine.size(), headers.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_words(name, "content-transfer-encoding") && !equal_words(value, "binary") &&
        !equal_words(value, "8bit") && !equal_words(value, "7bit"))
      return std::nullopt;
    if (!equal_words(name, "content-disposition")) continue;
    const auto disposition = parse_parameters(value);
    if (named || !disposition || !equal_words(disposition->value, "form-data")) return std::nullopt;
    const auto field = disposition->find("name");
    if (!field) return std::nullopt;
    part.name = *field;
    part.file_name = disposition->find("filename").value_or("");
    named = true;
  }
  if (!named) return std::nullopt;
  return part;
}

/// Drops the blanks that may follow a boundary, and the end of its line.
bool skip_line_end(std::string_view& body) {
  body.remove_prefix(std::min(body.find_first_not_of(" \t"), body.size()));
  if (!body.starts_with(kLine)) return false;
  body.remove_prefix(kLine.size());
  return true;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const auto header = parse_parameters(content_type);
  if (!header || !equal_words(header->value, "multipart/form-data")) return std::nullopt;
  auto boundary = header->find("boundary");
  constexpr std::string_view kAllowed =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
  if (!boundary || boundary->empty() || boundary->size() > kLongestBoundary || boundary->back() == ' ' ||
      boundary->find_first_not_of(kAllowed) != std::string::npos)
    return std::nullopt;
  return boundary;
}

std::optional<std::vector<FormPart>> parse_multipart(std::string_view body, std::string_view boundary) {
  const std::string opening = "--" + std::string(boundary);
  const std::string separator = std::string(kLine) + opening;
  // What stands before the first boundary is a preamble, which no one sends and everyone has to skip.
  if (!body.starts_with(opening)) {
    const std::size_t first = body.find(separator);
    if (first == std::string_view::npos) return std::nullopt;
    body.remove_prefix(first + kLine.size());
  }
  body.remove_prefix(opening.size());
  std::vector<FormPart> parts;
  while (!body.starts_with("--")) {
    if (!skip_line_end(body) || parts.size() == kMostParts) return std::nullopt;
    const std::size_t blank = body.substr(0, kLongestHeaders).find("\r\n\r\n");
    if (blank == std::string_view::npos) return std::nullopt;
    auto part = parse_headers(body.substr(0, blank));
    if (!part) return std::nullopt;
    body.remove_prefix(blank + kLine.size());
    // From the empty line on, so that the boundary of an empty part is found.
    const std::size_t end = body.find(separator);
    if (end == std::string_view::npos) return std::nullopt;
    part->content = end == 0 ? std::string_view() : body.substr(kLine.size(), end - kLine.size());
    parts.push_back(std::move(*part));
    body.remove_prefix(end + separator.size());
  }
  return parts;
}

}  // namespace server
