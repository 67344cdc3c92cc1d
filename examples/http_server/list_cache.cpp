#include "list_cache.hpp"

#include <algorithm>

namespace server {
namespace {

constexpr std::size_t kMostEntries = 32;
constexpr std::size_t kLargest = 256U << 10U;

}  // namespace

std::shared_ptr<const std::string> ListCache::find(const std::string& query, std::int64_t revision) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.query == query; });
  if (found == entries_.end()) return nullptr;
  if (found->revision != revision) {
    entries_.erase(found);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found);
  return entries_.front().answer;
}

void ListCache::keep(const std::string& query, std::int64_t revision,
                     std::shared_ptr<const std::string> answer) {
  if (answer == nullptr || answer->size() > kLargest) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.query == query; });
  entries_.push_front({query, revision, std::move(answer)});
  if (entries_.size() > kMostEntries) entries_.pop_back();
}

}  // namespace server
