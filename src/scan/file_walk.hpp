/// Walking a folder tree for files with certain endings. Used by one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/file.hpp"

namespace modelstore::scan {

struct WalkedFile {
  std::string path;       ///< the root as given, and what follows
  std::string real_path;  ///< without links
  std::string folder;     ///< the first folder below the root; empty in the root itself
  platform::FileStat stat;
};

struct WalkedSkip {
  std::string path;  ///< fit for a message
  std::string reason;
};

/// A folder that could not be read: nothing is known of what lies below it.
struct WalkedGap {
  std::string path;       ///< the root as given, and what follows
  std::string real_path;  ///< without links
  std::string reason;
};

class FileWalk {
 public:
  using OnFile = std::function<void(WalkedFile)>;
  using OnSkip = std::function<void(WalkedSkip)>;
  using OnGap = std::function<void(WalkedGap)>;

  /// `extensions` in lower case, with their dot.
  FileWalk(std::vector<std::string> extensions, OnFile on_file, OnSkip on_skip, OnGap on_gap);

  /// Walks the tree below `root`, an absolute folder. Folders that were walked before, by whatever path, are
  /// passed over, so that loops of links end. What the callbacks throw ends the walk. Errors: Cancelled, if the
  /// job for which the calling thread works is.
  void walk(const std::filesystem::path& root);

 private:
  void walk_folder(const std::filesystem::path& given, const std::filesystem::path& real,
                   const std::string& first);
  void visit(const std::filesystem::path& given, const std::filesystem::path& real, const std::string& name,
             bool is_link, const std::string& first);
  [[nodiscard]] bool wanted(const std::string& name) const;

  std::vector<std::string> extensions_;
  OnFile on_file_;
  OnSkip on_skip_;
  OnGap on_gap_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> walked_;  // device and inode of folders
};

}  // namespace modelstore::scan
