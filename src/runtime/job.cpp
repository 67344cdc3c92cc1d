#include "modelstore/job.hpp"

#include <algorithm>
#include <atomic>

#include "platform/system.hpp"
#include "runtime/executor.hpp"

namespace modelstore::detail {
namespace {

/// A callback on its way through a program's own loop, which may fail before or after it took it.
class Once {
 public:
  explicit Once(JobState::Callback callback) : callback_(std::move(callback)) {}
  void run() {
    if (!ran_.exchange(true)) callback_();
  }

 private:
  const JobState::Callback callback_;
  std::atomic<bool> ran_ = false;
};

/// By `deliver`; here if there is none, or if it throws.
void hand_over(const JobState::Deliver& deliver, JobState::Callback callback) {
  if (!deliver) return callback();
  const auto once = std::make_shared<Once>(std::move(callback));
  try {
    deliver([once] { once->run(); });
  } catch (...) {
    once->run();
  }
}

}  // namespace

JobState::JobState() : process_(platform::process_id()) {}

bool JobState::in_child() const noexcept {
  return platform::process_id() != process_;
}

std::unique_lock<std::mutex> JobState::lock() const noexcept {
  return in_child() ? std::unique_lock<std::mutex>() : std::unique_lock(mutex_);
}

void JobState::check_waitable() const {
  if (in_child()) throw Error(ErrorCode::Forked, "the job belongs to the parent of this process");
  if (runtime::on_executor_thread())
    throw Error(ErrorCode::InvalidArgument,
                "waiting for a running job on a thread of the library could wait for ever");
}

void JobState::cancel() noexcept {
  if (in_child()) return;
  std::vector<CancelHook> hooks;
  {
    std::unique_lock lock(mutex_);
    if (done_ || cancelled_) return;
    cancelled_ = true;
    if (!begun_) {
      error_ = std::make_exception_ptr(Error(ErrorCode::Cancelled, "the job was cancelled"));
      const Deliver deliver = post_ ? post_ : elsewhere_;
      return settle(std::move(lock), deliver);
    }
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

bool JobState::begin() noexcept {
  const std::lock_guard lock(mutex_);
  begun_ = true;
  return !done_;
}

bool JobState::cancelled() const noexcept {
  const auto guard = lock();
  return cancelled_;
}

bool JobState::done() const noexcept {
  const auto guard = lock();
  return done_;
}

Progress JobState::progress() const noexcept {
  const auto guard = lock();
  return progress_;
}

void JobState::set_progress(const Progress& progress) noexcept {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
}

void JobState::wait() const {
  auto guard = lock();
  if (done_) return;
  check_waitable();
  changed_.wait(guard, [&] { return done_; });
}

bool JobState::wait_for(std::chrono::milliseconds timeout) const {
  // Bounded, so that "for ever" does not overflow the clock.
  timeout = std::min<std::chrono::milliseconds>(timeout, std::chrono::hours(24 * 365));
  auto guard = lock();
  if (done_) return true;
  check_waitable();
  return changed_.wait_for(guard, timeout, [&] { return done_; });
}

void JobState::rethrow_if_failed() const {
  const auto guard = lock();
  if (error_) std::rethrow_exception(error_);
}

void JobState::on_done(Callback callback) {
  Deliver post;
  {
    const auto guard = lock();
    if (!done_) {
      callbacks_.push_back(std::move(callback));
      return;
    }
    post = post_;
  }
  hand_over(post, std::move(callback));
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

void JobState::deliver_with(Deliver post, Deliver elsewhere) {
  const std::lock_guard lock(mutex_);
  post_ = std::move(post);
  elsewhere_ = std::move(elsewhere);
}

void JobState::finish(const std::function<void()>& store) noexcept {
  std::unique_lock lock(mutex_);
  if (done_) return;
  try {
    store();
  } catch (...) {
    error_ = std::current_exception();
  }
  settle(std::move(lock), post_);
}

void JobState::fail(std::exception_ptr error) noexcept {
  std::unique_lock lock(mutex_);
  if (done_) return;
  error_ = std::move(error);
  settle(std::move(lock), post_);
}

// `post_` stays as it is from before the handle was handed out: it needs no lock.
void JobState::settle(std::unique_lock<std::mutex> lock, const Deliver& deliver) noexcept {
  done_ = true;
  std::vector<Callback> callbacks;
  callbacks.swap(callbacks_);
  cancel_hooks_.clear();
  lock.unlock();
  changed_.notify_all();
  for (Callback& callback : callbacks) hand_over(deliver, std::move(callback));
}

}  // namespace modelstore::detail
