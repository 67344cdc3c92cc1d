/// A private folder that goes, with its content, when the object does. Used by one thread at a time.
#pragma once

#include <filesystem>

namespace modelstore::platform {

class TemporaryFolder {
 public:
  /// Makes a folder that only this user may enter, in the system's folder for temporary files.
  /// Errors: NoSpace, ReadOnly, Io.
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  /// Without links.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace modelstore::platform
