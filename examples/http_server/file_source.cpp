#include "file_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace server {
namespace {

constexpr std::uint64_t kLargestKept = 256U << 10U;
constexpr std::uint64_t kKeptBytes = 16U << 20U;

FileFacts facts_of(const struct stat& status) noexcept {
  return {static_cast<std::uint64_t>(status.st_size),
          static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec,
          status.st_ino};
}

}  // namespace

std::optional<std::pair<Body, FileFacts>> open_file(const std::filesystem::path& path) {
  // Not blocking, so that a FIFO is found out without waiting for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return std::nullopt;
  auto file = std::make_shared<const OpenFile>(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const FileFacts facts = facts_of(status);
  Body body;
  body.file = std::move(file);
  body.size = facts.size;
  return std::pair(std::move(body), facts);
}

void load(Body& body, std::uint64_t limit) {
  if (body.file == nullptr || body.size > limit) return;
  std::string content = body.file->read(0, body.size);
  if (content.size() != body.size) return;
  body.text = std::make_shared<const std::string>(std::move(content));
  body.file.reset();
}

std::optional<Body> FileSource::find_cached(const std::string& name) {
  Body body;
  FileFacts facts;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    body = found->second->body;
    facts = found->second->facts;
  }
  // A file that was deleted must not be served from memory.
  struct stat status {};
  if (::lstat((folder_ / name).c_str(), &status) == 0 && facts_of(status) == facts) return body;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    kept_bytes_ -= found->second->body.size;
    const auto entry = found->second;
    by_name_.erase(found);
    entries_.erase(entry);
  }
  return std::nullopt;
}

std::optional<Body> FileSource::open(const std::string& name) {
  if (auto cached = find_cached(name)) return cached;
  auto opened = open_file(folder_ / name);
  if (!opened) return std::nullopt;
  auto& [body, facts] = *opened;
  load(body, kLargestKept);
  if (body.text != nullptr) keep(name, body, facts);
  return std::move(body);
}

void FileSource::keep(const std::string& name, const Body& body, const FileFacts& facts) {
  const std::lock_guard lock(mutex_);
  if (by_name_.contains(name)) return;
  entries_.push_front({name, body, facts});
  by_name_.emplace(entries_.front().name, entries_.begin());
  kept_bytes_ += body.size;
  while (kept_bytes_ > kKeptBytes) {
    kept_bytes_ -= entries_.back().body.size;
    by_name_.erase(entries_.back().name);
    entries_.pop_back();
  }
}

}  // namespace server
