#include "hashing/pause_gate.hpp"

namespace modelstore::hashing {

void PauseGate::pause() noexcept {
  paused_ = true;
}

void PauseGate::resume() noexcept {
  {
    const std::lock_guard lock(mutex_);
    paused_ = false;
  }
  changed_.notify_all();
}

void PauseGate::wait(const runtime::JobControl& control) {
  if (!paused_) return;
  const auto hook = control.while_cancellable([this] {
    // The lock is taken, so that the waiter is not between its look and its sleep.
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !paused_ || control.cancelled(); });
}

}  // namespace modelstore::hashing
