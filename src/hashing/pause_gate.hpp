/// What holds batches up while they are paused. Safe from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "runtime/executor.hpp"

namespace modelstore::hashing {

class PauseGate {
 public:
  void pause() noexcept;
  void resume() noexcept;
  [[nodiscard]] bool paused() const noexcept { return paused_; }

  /// Waits until nothing is paused or the job is cancelled. Not for tasks on a pool: they give their thread
  /// back instead.
  void wait(const runtime::JobControl& control);

 private:
  std::atomic<bool> paused_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace modelstore::hashing
