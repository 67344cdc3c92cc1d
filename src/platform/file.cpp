#include "platform/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

#include "platform/errors.hpp"

namespace modelstore::platform {
namespace {

FileStat to_file_stat(const struct stat& info) noexcept {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  FileStat result;
  result.kind = S_ISREG(info.st_mode)   ? FileKind::Regular
                : S_ISDIR(info.st_mode) ? FileKind::Directory
                : S_ISLNK(info.st_mode) ? FileKind::Symlink
                                        : FileKind::Other;
  result.size_bytes = info.st_size;
  result.mtime_ns = info.st_mtim.tv_sec * kNanoseconds + info.st_mtim.tv_nsec;
  result.ctime_ns = info.st_ctim.tv_sec * kNanoseconds + info.st_ctim.tv_nsec;
  result.inode = info.st_ino;
  result.device = info.st_dev;
  return result;
}

[[noreturn]] void throw_not_regular(const std::filesystem::path& path) {
  throw Error(ErrorCode::NotRegularFile, path.string() + " is not a regular file");
}

/// Non-blocking, so that a FIFO or a device does not hold us up before it can be refused.
FileDescriptor open_regular_at(int folder, const char* name, int flags, const std::filesystem::path& full) {
  FileDescriptor file(::openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | flags));
  if (!file) throw_errno(errno, Intent::Read, "open", full.string());
  if (stat_descriptor(file, full).kind != FileKind::Regular) throw_not_regular(full);
  return file;
}

FileDescriptor create_new(int folder, const std::string& name, const std::string& full) {
  FileDescriptor file(
      ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (file) return file;
  if (errno == EEXIST) throw Error(ErrorCode::AlreadyExists, full + " exists already");
  throw_errno(errno, Intent::Write, "create", full);
}

void write_fully(const FileDescriptor& file, std::span<const std::byte> content, const std::string& full) {
  std::size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = ::write(file.get(), content.data() + written, content.size() - written);
    if (count < 0) {
      if (errno == EINTR) continue;
      throw_errno(errno, Intent::Write, "write", full);
    }
    written += static_cast<std::size_t>(count);
  }
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (value_ >= 0) ::close(value_);
    value_ = std::exchange(other.value_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (value_ >= 0) ::close(value_);
}

std::optional<FileStat> stat_path(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return to_file_stat(info);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw_errno(errno, Intent::Read, "look at", path.string());
}

std::optional<FileStat> stat_link(const std::filesystem::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return to_file_stat(info);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw_errno(errno, Intent::Read, "look at", path.string());
}

FileStat stat_descriptor(const FileDescriptor& file, const std::filesystem::path& name) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) throw_errno(errno, Intent::Read, "look at", name.string());
  return to_file_stat(info);
}

FileDescriptor open_regular(const std::filesystem::path& path) {
  return open_regular_at(AT_FDCWD, path.c_str(), 0, path);
}

std::size_t read_fully(const FileDescriptor& file, std::span<std::byte> buffer,
                       const std::filesystem::path& name) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t count = ::read(file.get(), buffer.data() + filled, buffer.size() - filled);
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      throw_errno(errno, Intent::Read, "read", name.string());
    }
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

std::size_t read_at(const FileDescriptor& file, std::int64_t offset, std::span<std::byte> buffer,
                    const std::filesystem::path& name) {
  if (::lseek(file.get(), offset, SEEK_SET) < 0) throw_errno(errno, Intent::Read, "read", name.string());
  return read_fully(file, buffer, name);
}

namespace {

bool keeps_inodes(const struct statfs& info) noexcept {
  // Magic numbers of statfs(2), some of which no header of the C library has.
  switch (static_cast<std::uint32_t>(info.f_type)) {
    case 0x4D44U:      // FAT
    case 0x2011BAB0U:  // exFAT
    case 0x65735546U:  // FUSE
    case 0x517BU:      // SMB
    case 0xFF534D42U:  // CIFS
    case 0xFE534D42U:  // SMB2
      return false;
    default:
      return true;
  }
}

}  // namespace

bool has_stable_inodes(const FileDescriptor& file) noexcept {
  struct statfs info {};
  return ::fstatfs(file.get(), &info) == 0 && keeps_inodes(info);
}

bool has_stable_inodes(const std::filesystem::path& path) noexcept {
  struct statfs info {};
  return ::statfs(path.c_str(), &info) == 0 && keeps_inodes(info);
}

bool is_rotational(std::uint64_t device) noexcept {
  try {
    const std::filesystem::path folder =
        "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
    // A partition has no queue of its own: its disk is one folder up.
    for (const char* queue : {"queue/rotational", "../queue/rotational"}) {
      std::ifstream file(folder / queue);
      int value = 0;
      if (file >> value) return value == 1;
    }
  } catch (...) {  // No answer is as good as "no": the default only costs speed.
  }
  return false;
}

void advise_sequential(const FileDescriptor& file) noexcept {
  (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

Directory Directory::open(const std::filesystem::path& path) {
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) throw_errno(errno, Intent::Read, "open the folder", path.string());
  return {std::move(folder), path};
}

Directory Directory::subdirectory(const std::string& name, bool create) const {
  if (create && ::mkdirat(descriptor_.get(), name.c_str(), 0777) != 0 && errno != EEXIST)
    throw_errno(errno, Intent::Write, "make the folder", (path_ / name).string());
  FileDescriptor folder(
      ::openat(descriptor_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) throw_errno(errno, Intent::Read, "open the folder", (path_ / name).string());
  return {std::move(folder), path_ / name};
}

std::optional<FileStat> Directory::stat(const std::string& name) const {
  struct stat info {};
  if (::fstatat(descriptor_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) return to_file_stat(info);
  if (errno == ENOENT) return std::nullopt;
  throw_errno(errno, Intent::Read, "look at", (path_ / name).string());
}

FileDescriptor Directory::open_regular(const std::string& name) const {
  return open_regular_at(descriptor_.get(), name.c_str(), O_NOFOLLOW, path_ / name);
}

std::vector<std::byte> Directory::read(const std::string& name, std::int64_t max_bytes) const {
  const FileDescriptor file = open_regular(name);
  const FileStat info = stat_descriptor(file, path_ / name);
  if (info.size_bytes > max_bytes)
    throw Error(ErrorCode::LimitExceeded, (path_ / name).string() + " has " +
                                              std::to_string(info.size_bytes) + " bytes, more than " +
                                              std::to_string(max_bytes));
  std::vector<std::byte> content(static_cast<std::size_t>(info.size_bytes));
  content.resize(read_fully(file, content, path_ / name));
  return content;
}

void Directory::write_new(const std::string& name, std::span<const std::byte> content) const {
  const std::string full = (path_ / name).string();
  const FileDescriptor file = create_new(descriptor_.get(), name, full);
  write_fully(file, content, full);
  if (::fsync(file.get()) != 0) throw_errno(errno, Intent::Write, "sync", full);
}

void Directory::copy_new(const std::string& name, const FileDescriptor& source,
                         const std::function<void()>& between) const {
  constexpr std::size_t kPiece = 1U << 20U;
  const std::string full = (path_ / name).string();
  const FileDescriptor file = create_new(descriptor_.get(), name, full);
  std::vector<std::byte> piece(kPiece);
  for (std::size_t count = kPiece; count == kPiece;) {
    between();
    count = read_fully(source, piece, full);
    write_fully(file, std::span(piece).first(count), full);
  }
}

LinkResult Directory::try_link(const std::string& name, const Directory& target,
                               const std::string& new_name) const {
  if (::linkat(descriptor_.get(), name.c_str(), target.descriptor_.get(), new_name.c_str(), 0) == 0)
    return LinkResult::Linked;
  switch (errno) {
    case EEXIST:
      return LinkResult::NameTaken;
    case EPERM:
    case EOPNOTSUPP:
    case ENOSYS:
    case EMLINK:
      return LinkResult::Unsupported;
    default:
      throw_errno(errno, Intent::Write, "publish", (target.path_ / new_name).string());
  }
}

bool Directory::link_into(const std::string& name, const Directory& target,
                          const std::string& new_name) const {
  const LinkResult result = try_link(name, target, new_name);
  if (result != LinkResult::Unsupported) return result == LinkResult::Linked;
  return move_into(name, target, new_name);
}

bool Directory::move_into(const std::string& name, const Directory& target,
                          const std::string& new_name) const {
  if (::renameat2(descriptor_.get(), name.c_str(), target.descriptor_.get(), new_name.c_str(),
                  RENAME_NOREPLACE) == 0)
    return true;
  if (errno == EEXIST) return false;
  throw_errno(errno, Intent::Write, "move a file to", (target.path_ / new_name).string());
}

bool Directory::remove_file(const std::string& name) const {
  if (::unlinkat(descriptor_.get(), name.c_str(), 0) == 0) return true;
  if (errno == ENOENT) return false;
  throw_errno(errno, Intent::Write, "remove", (path_ / name).string());
}

bool Directory::remove_directory(const std::string& name) const {
  if (::unlinkat(descriptor_.get(), name.c_str(), AT_REMOVEDIR) == 0) return true;
  if (errno == ENOENT) return false;
  throw_errno(errno, Intent::Write, "remove the folder", (path_ / name).string());
}

std::vector<DirectoryEntry> Directory::entries() const {
  std::vector<DirectoryEntry> result;
  std::error_code error;
  // Through /proc, so that the folder that was opened is read, whatever its path leads to by now.
  const std::filesystem::path self = "/proc/self/fd/" + std::to_string(descriptor_.get());
  for (std::filesystem::directory_iterator it(self, error), end; !error && it != end; it.increment(error)) {
    std::error_code unknown;
    const auto type = it->symlink_status(unknown).type();
    const FileKind kind = type == std::filesystem::file_type::regular     ? FileKind::Regular
                          : type == std::filesystem::file_type::directory ? FileKind::Directory
                          : type == std::filesystem::file_type::symlink   ? FileKind::Symlink
                                                                          : FileKind::Other;
    result.push_back({it->path().filename().string(), kind});
  }
  if (error) throw_errno(error.value(), Intent::Read, "list the folder", path_.string());
  return result;
}

void Directory::sync() const {
  if (::fsync(descriptor_.get()) != 0) throw_errno(errno, Intent::Write, "sync the folder", path_.string());
}

LockFile LockFile::open(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file) throw_errno(errno, Intent::Write, "open the lock", path.string());
  return LockFile(std::move(file));
}

bool LockFile::try_lock() {
  while (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw_errno(errno, Intent::Write, "lock", "the store");
  }
  return true;
}

void LockFile::unlock() noexcept {
  (void)::flock(descriptor_.get(), LOCK_UN);
}

}  // namespace modelstore::platform
