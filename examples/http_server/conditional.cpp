#include "conditional.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace server {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error == std::errc::invalid_argument || end != text.data() + text.size())
    return std::nullopt;
  // One that is too large for any file is as good as the largest.
  return error == std::errc::result_out_of_range ? std::numeric_limits<std::uint64_t>::max() : value;
}

bool names_bytes(std::string_view unit) noexcept {
  constexpr std::string_view kUnit = "bytes";
  return std::equal(unit.begin(), unit.end(), kUnit.begin(), kUnit.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace

bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept {
  while (!if_none_match.empty()) {
    const std::size_t end = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view one = trimmed(if_none_match.substr(0, end));
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

std::optional<ByteRange> parse_range(std::string_view header, std::uint64_t size) noexcept {
  const std::size_t equals = header.find('=');
  if (equals == std::string_view::npos || !names_bytes(header.substr(0, equals))) return std::nullopt;
  header = trimmed(header.substr(equals + 1));
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  if (dash == 0) {
    // The last so many bytes.
    if (!last) return std::nullopt;
    const std::uint64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  const bool open = dash + 1 == header.size();
  if (!first || (!open && (!last || *last < *first))) return std::nullopt;
  if (*first >= size) return ByteRange{*first, 0};
  const std::uint64_t end = open ? size - 1 : std::min(*last, size - 1);
  return ByteRange{*first, end - *first + 1};
}

Response content_response(const Request& request, Body body, std::string_view content_type,
                          const std::string& tag, std::string_view cache_control) {
  Response response;
  response.set("ETag", tag).set("Cache-Control", std::string(cache_control));
  if (request.count_headers("if-none-match") > 0) {
    for (const Header& header : request.headers) {
      if (header.name != "if-none-match" || !names_tag(header.value, tag)) continue;
      response.status = 304;
      return response;
    }
  }
  response.set("Content-Type", std::string(content_type)).set("Accept-Ranges", "bytes");
  const std::uint64_t size = body.size;
  response.body = std::move(body);
  const bool same = request.count_headers("if-range") == 0 || request.header("if-range") == tag;
  if (request.method != Method::Get || request.count_headers("range") != 1 || !same) return response;
  const auto range = parse_range(request.header("range"), size);
  if (!range) return response;
  if (range->size == 0) {
    Response refused = error_response(416, "InvalidArgument", "the range lies behind the end of the file");
    return refused.set("Content-Range", "bytes */" + std::to_string(size));
  }
  response.status = 206;
  response.body.offset += range->first;
  response.body.size = range->size;
  return response.set("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                           std::to_string(range->first + range->size - 1) + "/" +
                                           std::to_string(size));
}

}  // namespace server
