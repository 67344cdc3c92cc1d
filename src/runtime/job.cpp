#include "modelstore/job.hpp"

#include <algorithm>

#include "runtime/executor.hpp"

namespace modelstore::detail {
namespace {

void refuse_to_wait_for_ourselves() {
  if (runtime::on_executor_thread())
    throw Error(ErrorCode::InvalidArgument,
                "waiting for a running job on a thread of the library could wait for ever");
}

}  // namespace

void JobState::cancel() noexcept {
  std::vector<CancelHook> hooks;
  {
    const std::lock_guard lock(mutex_);
    if (done_ || cancelled_) return;
    cancelled_ = true;
    hooks_running_ = true;
    hooks.swap(cancel_hooks_);
  }
  for (const CancelHook& hook : hooks) hook.run();
  {
    const std::lock_guard lock(mutex_);
    hooks_running_ = false;
  }
  changed_.notify_all();
}

bool JobState::cancelled() const noexcept {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

bool JobState::done() const noexcept {
  const std::lock_guard lock(mutex_);
  return done_;
}

Progress JobState::progress() const noexcept {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void JobState::set_progress(const Progress& progress) noexcept {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
}

void JobState::wait() const {
  std::unique_lock lock(mutex_);
  if (done_) return;
  refuse_to_wait_for_ourselves();
  changed_.wait(lock, [&] { return done_; });
}

bool JobState::wait_for(std::chrono::milliseconds timeout) const {
  // Bounded, so that "for ever" does not overflow the clock.
  timeout = std::min<std::chrono::milliseconds>(timeout, std::chrono::hours(24 * 365));
  std::unique_lock lock(mutex_);
  if (done_) return true;
  refuse_to_wait_for_ourselves();
  return changed_.wait_for(lock, timeout, [&] { return done_; });
}

void JobState::rethrow_if_failed() const {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

void JobState::on_done(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (!done_) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

std::uint64_t JobState::on_cancel(std::function<void()> hook) {
  {
    const std::lock_guard lock(mutex_);
    if (!cancelled_) {
      if (done_) return 0;
      cancel_hooks_.push_back({++last_ticket_, std::move(hook)});
      return last_ticket_;
    }
  }
  hook();
  return 0;
}

void JobState::drop_cancel_hook(std::uint64_t ticket) noexcept {
  if (ticket == 0) return;
  std::unique_lock lock(mutex_);
  std::erase_if(cancel_hooks_, [&](const CancelHook& hook) { return hook.ticket == ticket; });
  // It may be among those that `cancel` has taken and is running.
  changed_.wait(lock, [&] { return !hooks_running_; });
}

void JobState::deliver_with(std::function<void(std::function<void()>)> deliver) {
  const std::lock_guard lock(mutex_);
  deliver_ = std::move(deliver);
}

void JobState::finish(const std::function<void()>& store) noexcept {
  std::unique_lock lock(mutex_);
  if (done_) return;
  try {
    store();
  } catch (...) {
    error_ = std::current_exception();
  }
  settle(std::move(lock));
}

void JobState::fail(std::exception_ptr error) noexcept {
  std::unique_lock lock(mutex_);
  if (done_) return;
  error_ = std::move(error);
  settle(std::move(lock));
}

void JobState::settle(std::unique_lock<std::mutex> lock) noexcept {
  done_ = true;
  std::vector<std::function<void()>> callbacks;
  callbacks.swap(callbacks_);
  cancel_hooks_.clear();
  const auto deliver = std::move(deliver_);
  deliver_ = nullptr;
  lock.unlock();
  changed_.notify_all();
  for (auto& callback : callbacks) {
    if (deliver)
      deliver(std::move(callback));
    else
      callback();
  }
}

}  // namespace modelstore::detail
