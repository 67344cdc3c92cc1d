#include "modelstore/path_map.hpp"

#include <algorithm>

#include "base/paths.hpp"
#include "modelstore/error.hpp"

namespace modelstore {
namespace {

char comparable(char c, bool windows) noexcept {
  if (!windows) return c;
  if (c == '\\') return '/';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view without_trailing_slashes(std::string_view folder, bool windows) noexcept {
  while (folder.size() > 1 && (folder.back() == '/' || (windows && folder.back() == '\\')))
    folder.remove_suffix(1);
  return folder;
}

std::optional<std::string> apply(const PathRule& rule, std::string_view path) {
  const bool windows = base::is_windows_path(rule.from);
  const std::string_view from = without_trailing_slashes(rule.from, windows);
  if (from.empty() || path.size() < from.size()) return std::nullopt;
  if (!std::equal(from.begin(), from.end(), path.begin(),
                  [&](char a, char b) { return comparable(a, windows) == comparable(b, windows); }))
    return std::nullopt;
  std::string rest(path.substr(from.size()));
  if (windows) std::replace(rest.begin(), rest.end(), '\\', '/');
  if (!rest.empty() && rest.front() != '/') {
    if (from.back() != '/') return std::nullopt;
    rest.insert(rest.begin(), '/');
  }
  const std::string to(without_trailing_slashes(rule.to, false));
  if (rest.empty()) return to;
  return to == "/" ? rest : to + rest;
}

}  // namespace

PathRule PathRule::parse(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
    throw Error(ErrorCode::InvalidArgument, "not of the form FROM=TO: '" + std::string(text) + "'");
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::optional<std::string> map_path(const PathMap& map, std::string_view path) {
  for (const PathRule& rule : map)
    if (auto mapped = apply(rule, path)) return mapped;
  return std::nullopt;
}

}  // namespace modelstore
