#include "support/folder_snapshot.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <cryptopp/sha.h>

namespace test {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string digest(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  CryptoPP::SHA256 hash;
  std::array<char, 65536> buffer{};
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    hash.Update(reinterpret_cast<const CryptoPP::byte*>(buffer.data()),
                static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) throw std::runtime_error("cannot read " + path.string());
  std::string bytes(CryptoPP::SHA256::DIGESTSIZE, '\0');
  hash.Final(reinterpret_cast<CryptoPP::byte*>(bytes.data()));
  std::string hex;
  for (const char byte : bytes) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    hex += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

FolderSnapshot::Entry describe(const std::filesystem::path& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) {
    throw std::runtime_error("cannot stat " + path.string() + ": " + std::generic_category().message(errno));
  }
  FolderSnapshot::Entry entry;
  entry.mode = info.st_mode;
  entry.inode = info.st_ino;
  entry.size = info.st_size;
  entry.mtime_ns = nanoseconds(info.st_mtim);
  entry.ctime_ns = nanoseconds(info.st_ctim);
  if (S_ISREG(info.st_mode)) {
    entry.kind = 'f';
    entry.content = digest(path);
  } else if (S_ISDIR(info.st_mode)) {
    entry.kind = 'd';
  } else if (S_ISLNK(info.st_mode)) {
    entry.kind = 'l';
    entry.content = std::filesystem::read_symlink(path).string();
  } else {
    entry.kind = 'o';
  }
  return entry;
}

std::string difference(const FolderSnapshot::Entry& before, const FolderSnapshot::Entry& after) {
  std::string what;
  const auto note = [&what](bool changed, const char* name) {
    if (changed) what += (what.empty() ? "" : ", ") + std::string(name);
  };
  note(before.kind != after.kind, "kind");
  note(before.mode != after.mode, "mode");
  note(before.inode != after.inode, "inode");
  note(before.size != after.size, "size");
  note(before.content != after.content, "content");
  note(before.mtime_ns != after.mtime_ns, "mtime");
  note(before.ctime_ns != after.ctime_ns, "ctime");
  return what;
}

}  // namespace

FolderSnapshot::FolderSnapshot(const std::filesystem::path& folder) {
  entries_.emplace(".", describe(folder));
  for (const auto& found : std::filesystem::recursive_directory_iterator(folder)) {
    entries_.emplace(found.path().lexically_relative(folder).string(), describe(found.path()));
  }
}

std::vector<std::string> FolderSnapshot::changes_since(const FolderSnapshot& before) const {
  std::vector<std::string> changes;
  for (const auto& [name, entry] : before.entries_) {
    const auto now = entries_.find(name);
    if (now == entries_.end()) {
      changes.push_back("removed: " + name);
    } else if (now->second != entry) {
      changes.push_back("changed: " + name + " (" + difference(entry, now->second) + ")");
    }
  }
  for (const auto& [name, entry] : entries_) {
    if (!before.entries_.contains(name)) changes.push_back("added: " + name);
  }
  return changes;
}

}  // namespace test
