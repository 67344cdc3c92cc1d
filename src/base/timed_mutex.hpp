/// A mutex that is waited for until a time at most. Safe from any thread.
///
/// In place of std::timed_mutex, whose wait by the steady clock GCC's ThreadSanitizer does not see: it would
/// take every lock for a missing one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace modelstore::base {

class TimedMutex {
 public:
  void lock() {
    std::unique_lock guard(mutex_);
    free_.wait(guard, [&] { return !taken_; });
    taken_ = true;
  }

  /// False if it was not free by then.
  [[nodiscard]] bool try_lock_until(std::chrono::steady_clock::time_point time) {
    std::unique_lock guard(mutex_);
    if (!free_.wait_until(guard, time, [&] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }

  void unlock() {
    const std::lock_guard guard(mutex_);
    taken_ = false;
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

}  // namespace modelstore::base
