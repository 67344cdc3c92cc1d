/// Files and folders through descriptors. A descriptor is owned by one object and used by one thread at a
/// time. All are opened close-on-exec, and none blocks on a FIFO or a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace modelstore::platform {

class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  explicit FileDescriptor(int value) noexcept : value_(value) {}
  FileDescriptor(FileDescriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  [[nodiscard]] int get() const noexcept { return value_; }
  [[nodiscard]] explicit operator bool() const noexcept { return value_ >= 0; }

 private:
  int value_ = -1;
};

enum class FileKind : std::uint8_t { Regular, Directory, Symlink, Other };

/// What identifies a file's content without reading it.
struct FileStat {
  FileKind kind = FileKind::Other;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;

  friend bool operator==(const FileStat&, const FileStat&) = default;
};

/// Follows links. Nothing if there is no such file. Errors: FileUnreadable, Io.
[[nodiscard]] std::optional<FileStat> stat_path(const std::filesystem::path& path);
/// As `stat_path`, but a link at the end is not followed.
[[nodiscard]] std::optional<FileStat> stat_link(const std::filesystem::path& path);
[[nodiscard]] FileStat stat_descriptor(const FileDescriptor& file, const std::filesystem::path& name);

/// Opens a regular file for reading, following links.
/// Errors: FileMissing, FileUnreadable, NotRegularFile, Io.
[[nodiscard]] FileDescriptor open_regular(const std::filesystem::path& path);

/// Reads at most `buffer.size()` bytes and returns how many there were: fewer only at the end of the file.
/// Errors: Io.
std::size_t read_fully(const FileDescriptor& file, std::span<std::byte> buffer,
                       const std::filesystem::path& name);

/// As `read_fully`, from `offset` on.
std::size_t read_at(const FileDescriptor& file, std::int64_t offset, std::span<std::byte> buffer,
                    const std::filesystem::path& name);

/// Whether inode numbers of this file's file system stay the same (not on FAT, exFAT, FUSE, SMB).
[[nodiscard]] bool has_stable_inodes(const FileDescriptor& file) noexcept;
[[nodiscard]] bool has_stable_inodes(const std::filesystem::path& path) noexcept;

/// Whether a device spins, so that reading in parallel is slower than in turn. False where unknown.
[[nodiscard]] bool is_rotational(std::uint64_t device) noexcept;

/// Tells the kernel that the file will be read from front to back.
void advise_sequential(const FileDescriptor& file) noexcept;

/// One entry of a folder; links are not followed.
struct DirectoryEntry {
  std::string name;  ///< bytes as the file system has them
  FileKind kind = FileKind::Other;
};

enum class LinkResult : std::uint8_t {
  Linked,
  NameTaken,
  Unsupported,  ///< the file system has no links, or the file has as many as it can have
};

/// A folder that was opened without following a link at its end. Names are single components.
class Directory {
 public:
  /// Errors: FileMissing, FileUnreadable, NotRegularFile (no folder), Io.
  [[nodiscard]] static Directory open(const std::filesystem::path& path);

  /// Opens the folder `name` in this one, making it first if it is absent and `create` is set.
  [[nodiscard]] Directory subdirectory(const std::string& name, bool create = false) const;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Never follows a link. Nothing if absent.
  [[nodiscard]] std::optional<FileStat> stat(const std::string& name) const;

  /// Opens a regular file for reading; a link is refused as NotRegularFile.
  [[nodiscard]] FileDescriptor open_regular(const std::string& name) const;

  /// A regular file's content, at most `max_bytes`.
  /// Errors: as `open_regular`, LimitExceeded.
  [[nodiscard]] std::vector<std::byte> read(const std::string& name, std::int64_t max_bytes) const;

  /// Writes a file that must not exist and makes its bytes durable (the name becomes so by `sync`).
  /// Errors: AlreadyExists, NoSpace, ReadOnly, Io.
  void write_new(const std::string& name, std::span<const std::byte> content) const;

  /// Copies what is left to read of `source` into a file that must not exist; its bytes are not synced.
  /// `between` is called before each piece of at most 1 MiB and may throw.
  /// Errors: AlreadyExists, NoSpace, ReadOnly, Io.
  void copy_new(const std::string& name, const FileDescriptor& source,
                const std::function<void()>& between) const;

  /// Gives a file of this folder a second name in `target`. Errors: NoSpace, ReadOnly, FileMissing, Io.
  [[nodiscard]] LinkResult try_link(const std::string& name, const Directory& target,
                                    const std::string& new_name) const;

  /// As `try_link`; where the file system has no links, moves the file. False if the name is taken.
  [[nodiscard]] bool link_into(const std::string& name, const Directory& target,
                               const std::string& new_name) const;

  /// Moves a file or a folder of this folder to `target`, which is on the same file system. False if the name
  /// is taken there. Errors: FileMissing, NoSpace, ReadOnly, Io.
  [[nodiscard]] bool move_into(const std::string& name, const Directory& target,
                               const std::string& new_name) const;

  /// False if there was none. Errors: ReadOnly, Io.
  bool remove_file(const std::string& name) const;

  /// Removes an empty folder. False if there was none. Errors: ReadOnly, Io.
  bool remove_directory(const std::string& name) const;

  /// All entries but `.` and `..`, in no order. Errors: Io.
  [[nodiscard]] std::vector<DirectoryEntry> entries() const;

  /// Makes the names in this folder durable. Errors: Io.
  void sync() const;

 private:
  Directory(FileDescriptor descriptor, std::filesystem::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  FileDescriptor descriptor_;
  std::filesystem::path path_;
};

/// A file that is locked as a whole by flock(2): between processes, and between two objects of one.
class LockFile {
 public:
  /// Opens or makes the file. Errors: ReadOnly, FileUnreadable, Io.
  [[nodiscard]] static LockFile open(const std::filesystem::path& path);

  /// False if another holds it. Never blocks. Errors: Io.
  [[nodiscard]] bool try_lock();
  void unlock() noexcept;

 private:
  explicit LockFile(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  FileDescriptor descriptor_;
};

}  // namespace modelstore::platform
