/// What a folder holds at one moment, down to the byte, to prove that something left it alone.
///
/// A value: any thread may use its own copy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace test {

class FolderSnapshot {
 public:
  /// One entry. Reading a file changes none of this; writing to it, or setting its times back, does.
  struct Entry {
    char kind = '?';  ///< f file, d folder, l link, o anything else
    std::uint32_t mode = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;
    std::string content;  ///< SHA-256 of a file, target of a link

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  /// Takes in `folder` itself and everything below it, links not followed. Throws std::runtime_error for
  /// what cannot be read.
  explicit FolderSnapshot(const std::filesystem::path& folder);

  /// By path relative to the folder, which is "." itself.
  [[nodiscard]] const std::map<std::string, Entry>& entries() const { return entries_; }

  /// One line for each entry that was added, removed or changed since `before`; empty if nothing was.
  [[nodiscard]] std::vector<std::string> changes_since(const FolderSnapshot& before) const;

  friend bool operator==(const FolderSnapshot&, const FolderSnapshot&) = default;

 private:
  std::map<std::string, Entry> entries_;
};

}  // namespace test
