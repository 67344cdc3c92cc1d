#include "path_roots.hpp"

#include <algorithm>
#include <system_error>

#include "http_error.hpp"

namespace server {

PathRoots::PathRoots(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    std::error_code error;
    folders_.push_back(std::filesystem::canonical(folder, error));
    if (error || !std::filesystem::is_directory(folders_.back(), error))
      throw HttpError(400, "no such folder: " + folder);
  }
}

bool PathRoots::contain(const std::filesystem::path& path) const {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
  if (error) return false;
  return std::any_of(folders_.begin(), folders_.end(), [&](const std::filesystem::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), real.begin(), real.end()).first == folder.end();
  });
}

void PathRoots::require(const std::filesystem::path& path) const {
  if (!contain(path))
    throw HttpError(403, modelstore::ErrorCode::FileUnreadable,
                    "outside of the folders that this server was started with: " + excerpt(path.string()));
}

std::filesystem::path absolute_path(const std::string& text) {
  if (text.empty() || text.front() != '/' || text.find('\0') != std::string::npos)
    throw HttpError(400, "a path has to be absolute: " + excerpt(text));
  return text;
}

}  // namespace server
