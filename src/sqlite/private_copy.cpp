#include "sqlite/private_copy.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "modelstore/error.hpp"
#include "platform/file.hpp"

namespace modelstore::sqlite {
namespace {

using platform::FileDescriptor;
using platform::FileKind;
using platform::FileStat;

// Never `-shm`: SQLite makes it anew from the log.
constexpr std::array<const char*, 3> kSuffixes = {"", "-wal", "-journal"};
constexpr std::string_view kCopyName = "copy.db";
constexpr int kTries = 3;
constexpr std::chrono::milliseconds kBetweenTries{50};

using Stats = std::array<std::optional<FileStat>, kSuffixes.size()>;

Stats look_at(const std::filesystem::path& source) {
  Stats stats;
  for (std::size_t i = 0; i < kSuffixes.size(); ++i) {
    const std::filesystem::path file = source.string() + kSuffixes[i];
    stats[i] = platform::stat_path(file);
    if (stats[i] && stats[i]->kind != FileKind::Regular)
      throw Error(ErrorCode::NotRegularFile, file.string() + " is not a regular file");
  }
  if (!stats[0]) throw Error(ErrorCode::FileMissing, "there is no file " + source.string());
  return stats;
}

void check_is_sqlite(const std::filesystem::path& source, std::int64_t size) {
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  if (size == 0) throw Error(ErrorCode::UnsupportedFormat, source.string() + " is empty");
  std::array<std::byte, kMagic.size()> head{};
  const std::size_t count = platform::read_fully(platform::open_regular(source), head, source);
  if (std::string_view(reinterpret_cast<const char*>(head.data()), count) != kMagic)
    throw Error(ErrorCode::UnsupportedFormat, source.string() + " is not a SQLite database");
}

/// A journal can name a file that SQLite deletes once it has rolled back: one that spans several databases.
void check_journal(const platform::Directory& folder, const std::string& name,
                   const std::filesystem::path& source) {
  constexpr std::array<unsigned char, 8> kMagic = {0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7};
  constexpr std::int64_t kLargestJournal = 1LL << 40;
  const std::filesystem::path path = folder.path() / name;
  const FileDescriptor file = platform::open_regular(path);
  const std::int64_t size = platform::stat_descriptor(file, path).size_bytes;
  if (size < static_cast<std::int64_t>(kMagic.size()) || size > kLargestJournal) return;
  std::array<std::byte, kMagic.size()> tail{};
  if (platform::read_at(file, size - static_cast<std::int64_t>(tail.size()), tail, path) != tail.size())
    return;
  if (std::equal(tail.begin(), tail.end(), reinterpret_cast<const std::byte*>(kMagic.data())))
    throw Error(ErrorCode::UnsupportedFormat,
                source.string() + " was left in the middle of a transaction over several databases");
}

/// False if a file went away meanwhile.
bool copy_files(const std::filesystem::path& source, const platform::Directory& folder, const Stats& stats,
                const std::function<void()>& between) {
  for (std::size_t i = 0; i < kSuffixes.size(); ++i) {
    if (!stats[i]) continue;
    const std::string name = std::string(kCopyName) + kSuffixes[i];
    try {
      folder.copy_new(name, platform::open_regular(source.string() + kSuffixes[i]), between);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::FileMissing) return false;
      throw;
    }
  }
  return true;
}

}  // namespace

PrivateCopy::PrivateCopy(const std::filesystem::path& source, std::filesystem::path folder,
                         const std::function<void()>& between)
    : folder_(std::move(folder)) {
  const platform::Directory target = platform::Directory::open(folder_);
  try {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      if (attempt > 0) {
        remove();
        std::this_thread::sleep_for(kBetweenTries);
      }
      const Stats before = look_at(source);
      check_is_sqlite(source, before[0]->size_bytes);
      if (!copy_files(source, target, before, between) || look_at(source) != before) continue;
      if (before[2]) check_journal(target, std::string(kCopyName) + kSuffixes[2], source);
      return;
    }
    throw Error(ErrorCode::Busy, source.string() + " is being written all the time");
  } catch (...) {
    remove();
    throw;
  }
}

PrivateCopy::~PrivateCopy() {
  remove();
}

std::filesystem::path PrivateCopy::path() const {
  return folder_ / kCopyName;
}

void PrivateCopy::remove() const {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path().string() + suffix, ignored);
}

}  // namespace modelstore::sqlite
