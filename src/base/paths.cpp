#include "base/paths.hpp"

#include <filesystem>

#include "base/utf8.hpp"
#include "modelstore/error.hpp"

namespace modelstore::base {

bool is_windows_path(std::string_view path) noexcept {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (path.starts_with("\\\\")) return true;
  return path.size() >= 2 && is_letter(path[0]) && path[1] == ':' &&
         (path.size() == 2 || path[2] == '\\' || path[2] == '/');
}

std::string_view last_component(std::string_view path) noexcept {
  const std::size_t slash = path.find_last_of(is_windows_path(path) ? "/\\" : "/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void check_path(const std::filesystem::path& path, std::string_view what) {
  if (path.empty()) throw Error(ErrorCode::InvalidArgument, "the path of " + std::string(what) + " is empty");
  if (path.native().find('\0') != std::string::npos)
    throw Error(ErrorCode::InvalidArgument, "the path of " + std::string(what) + ", " +
                                                printable(path.native()) + ", contains a NUL byte");
}

void check_path_map(const PathMap& map) {
  for (const PathRule& rule : map)
    if (!rule.to.starts_with('/'))
      throw Error(ErrorCode::InvalidArgument,
                  "paths are mapped to a folder that is not absolute: '" + printable(rule.to) + "'");
}

std::string lexically_normal(std::string_view path) {
  return std::filesystem::path(path).lexically_normal().string();
}

}  // namespace modelstore::base
