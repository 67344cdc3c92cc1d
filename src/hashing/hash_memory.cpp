#include "hashing/hash_memory.hpp"

#include <string>
#include <utility>

#include "catalog/store_core.hpp"
#include "modelstore/error.hpp"

namespace modelstore::hashing {

using std::chrono::steady_clock;

std::shared_ptr<HashMemory> HashMemory::make(detail::StoreCore* core) {
  if (core != nullptr && core->options().read_only) core = nullptr;
  return std::shared_ptr<HashMemory>(new HashMemory(core));
}

HashMemory::HashMemory(detail::StoreCore* core) : core_(core) {}

void HashMemory::add(const Digested& digested) {
  if (core_ == nullptr || digested.cached || (!digested.to_remember && !digested.had_row)) return;
  std::unique_lock lock(mutex_);
  if (held_.empty()) oldest_ = steady_clock::now();
  held_.push_back(digested);
  if (held_.size() >= kMostHeld) start_writing(std::move(lock), false);
}

void HashMemory::tick() {
  if (core_ == nullptr) return;
  std::unique_lock lock(mutex_);
  if (!held_.empty() && steady_clock::now() - oldest_ >= kLongestHeld) start_writing(std::move(lock), true);
}

void HashMemory::finish(const runtime::JobControl& control) {
  if (core_ == nullptr) return;
  const auto hook = control.while_cancellable([this] {
    { const std::lock_guard lock(mutex_); }
    written_.notify_all();
  });
  {
    std::unique_lock lock(mutex_);
    if (!held_.empty()) start_writing(std::move(lock), true);
  }
  std::unique_lock lock(mutex_);
  written_.wait(lock, [&] { return (!writing_ && held_.empty()) || control.cancelled(); });
}

void HashMemory::start_writing(std::unique_lock<std::mutex> lock, bool all) {
  all_ = all_ || all;
  if (std::exchange(writing_, true)) return;
  lock.unlock();
  core_->executor().post_reader([self = shared_from_this()] { self->write(); });
}

void HashMemory::write() noexcept {
  std::unique_lock lock(mutex_);
  while (held_.size() >= kMostHeld || (all_ && !held_.empty())) {
    all_ = false;
    const std::vector<Digested> entries = std::exchange(held_, {});
    lock.unlock();
    try {
      core_->write([&](catalog::WriteTransaction& transaction) {
        for (const Digested& entry : entries) remember(transaction.db(), entry);
      });
    } catch (const std::exception& error) {
      core_->log(LogLevel::Warning, std::string("hashes were not remembered: ") + error.what());
    }
    lock.lock();
  }
  writing_ = all_ = false;
  written_.notify_all();
}

}  // namespace modelstore::hashing
