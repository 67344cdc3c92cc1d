#include "callbacks.hpp"

#include "modelstore/error.hpp"

namespace modelstore::capi {
namespace {

thread_local int callbacks_entered = 0;

}  // namespace

bool in_callback() noexcept {
  return callbacks_entered > 0;
}

CallbackMark::CallbackMark() noexcept {
  ++callbacks_entered;
}

CallbackMark::~CallbackMark() {
  --callbacks_entered;
}

UserData::~UserData() {
  if (!destroy_) return;
  const CallbackMark mark;
  destroy_(data_);
}

std::uint64_t CallbackScope::keep(UserData user_data) {
  const std::lock_guard lock(mutex_);
  if (closed_) throw Error(ErrorCode::Closed, "the store or the hasher was destroyed");
  kept_.emplace(++last_id_, std::move(user_data));
  return last_id_;
}

void CallbackScope::drop(std::uint64_t id) noexcept {
  std::unique_lock lock(mutex_);
  auto dropped = kept_.extract(id);
  if (dropped.empty()) return;
  // Closing waits for this destructor too.
  ++running_;
  lock.unlock();
  dropped = {};
  end();
}

bool CallbackScope::begin() noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  ++running_;
  return true;
}

void CallbackScope::end() noexcept {
  const std::lock_guard lock(mutex_);
  --running_;
  if (running_ == 0) idle_.notify_all();
}

void CallbackScope::close() noexcept {
  std::map<std::uint64_t, UserData> left;
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    idle_.wait(lock, [&] { return running_ == 0; });
    left.swap(kept_);
  }
}

}  // namespace modelstore::capi
