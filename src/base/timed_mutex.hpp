/// A mutex that is waited for until a time at most. Safe from any thread.
///
/// Those who wait get it in the order in which they came: who unlocks it and wants it again at once, as an import does
/// for each of its batches, comes after them.
///
/// In place of std::timed_mutex, whose wait by the steady clock GCC's ThreadSanitizer does not see: it would
/// take every lock for a missing one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace modelstore::base {

class TimedMutex {
 public:
  void lock() {
    std::unique_lock guard(mutex_);
    const auto place = queue_.emplace(queue_.end());
    free_.wait(guard, [&] { return is_turn_of(place); });
    queue_.erase(place);
    taken_ = true;
  }

  /// False if its turn had not come by then.
  [[nodiscard]] bool try_lock_until(std::chrono::steady_clock::time_point time) {
    std::unique_lock guard(mutex_);
    const auto place = queue_.emplace(queue_.end());
    const bool turn = free_.wait_until(guard, time, [&] { return is_turn_of(place); });
    queue_.erase(place);
    if (turn)
      taken_ = true;
    else
      free_.notify_all();  // those behind it moved up
    return turn;
  }

  void unlock() {
    const std::lock_guard guard(mutex_);
    taken_ = false;
    free_.notify_all();
  }

 private:
  struct Waiting {};

  [[nodiscard]] bool is_turn_of(std::list<Waiting>::const_iterator place) const {
    return !taken_ && place == queue_.begin();
  }

  std::mutex mutex_;
  std::condition_variable free_;
  std::list<Waiting> queue_;
  bool taken_ = false;
};

}  // namespace modelstore::base
