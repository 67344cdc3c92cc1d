/// The folders that the command line names: outside of them no path that a client sends is used.
///
/// Immutable: any thread may use it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace server {

class PathRoots {
 public:
  /// Errors: HttpError (400) if one of them is no folder.
  explicit PathRoots(const std::vector<std::string>& folders);

  /// Whether `path`, with all links resolved, lies below one of the folders. No file is opened.
  [[nodiscard]] bool contain(const std::filesystem::path& path) const;

  /// As `contain`, or HttpError (403).
  void require(const std::filesystem::path& path) const;

 private:
  std::vector<std::filesystem::path> folders_;  // absolute, without links
};

/// A path that a client sent. Errors: HttpError (400) unless it is absolute and without NUL.
[[nodiscard]] std::filesystem::path absolute_path(const std::string& text);

}  // namespace server
