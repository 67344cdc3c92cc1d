/// A folder whose files are sent to clients. Small ones that are asked for often stay in memory.
///
/// Links in the folder are not followed, and nothing but a regular file is opened. Any thread may use it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "http_message.hpp"

namespace server {

/// What a file looks like from outside.
struct FileFacts {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;

  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// An open regular file. Nothing if there is none, or it may not be read.
[[nodiscard]] std::optional<std::pair<Body, FileFacts>> open_file(const std::filesystem::path& path);

/// Reads a whole open file into memory if it has at most `limit` bytes.
void load(Body& body, std::uint64_t limit);

/// The files of a folder whose content never changes under one name.
class FileSource {
 public:
  explicit FileSource(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A file that is in memory and in the folder still. Does not read the disk's content.
  [[nodiscard]] std::optional<Body> find_cached(const std::string& name);

  /// A file of the folder. `name` is one component.
  [[nodiscard]] std::optional<Body> open(const std::string& name);

 private:
  struct Entry {
    std::string name;
    Body body;
    FileFacts facts;
  };
  void keep(const std::string& name, const Body& body, const FileFacts& facts);

  std::filesystem::path folder_;
  std::mutex mutex_;
  std::list<Entry> entries_;                                                  // the one used last in front
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_name_;  // into the entries' names
  std::uint64_t kept_bytes_ = 0;
};

}  // namespace server
