/// Answers to lists, kept until anything in the store changes. Front ends ask for the same first page again and again.
///
/// Any thread may use it.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace server {

class ListCache {
 public:
  /// The answer to this query as of this revision of the store. Null if it is not there.
  [[nodiscard]] std::shared_ptr<const std::string> find(const std::string& query, std::int64_t revision);

  /// Keeps an answer that was read at this revision or later.
  void keep(const std::string& query, std::int64_t revision, std::shared_ptr<const std::string> answer);

 private:
  struct Entry {
    std::string query;
    std::int64_t revision = 0;
    std::shared_ptr<const std::string> answer;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // few, the one used last in front
};

}  // namespace server
