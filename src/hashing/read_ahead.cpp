#include "hashing/read_ahead.hpp"

#include <algorithm>
#include <utility>

namespace modelstore::hashing {

std::shared_ptr<ReadAhead> ReadAhead::start(runtime::Executor& executor, std::uint64_t expected_bytes,
                                            Source source) {
  // One byte more than is expected, so that the first read of a small file finds its end.
  const auto block_bytes =
      static_cast<std::size_t>(std::clamp<std::uint64_t>(expected_bytes, 4095, kBlockBytes - 1) + 1);
  std::shared_ptr<ReadAhead> result(new ReadAhead(executor, block_bytes, std::move(source)));
  std::unique_lock lock(result->mutex_);
  result->request_more(lock);
  return result;
}

ReadAhead::ReadAhead(runtime::Executor& executor, std::size_t block_bytes, Source source)
    : executor_(executor), block_bytes_(block_bytes), source_(std::move(source)) {}

std::span<const std::byte> ReadAhead::next(const runtime::JobControl& control) {
  const auto hook = control.while_cancellable([this] {
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  if (std::exchange(held_, false)) {
    first_ = (first_ + 1) % kBlocks;
    --filled_;
  }
  request_more(lock);
  changed_.wait(lock, [&] { return filled_ > 0 || ended_ || control.cancelled(); });
  control.throw_if_cancelled();
  if (filled_ == 0) {
    if (error_) std::rethrow_exception(error_);
    return {};
  }
  held_ = true;
  const Block& block = blocks_[first_];
  return {block.bytes.get(), block.size};
}

void ReadAhead::request_more(std::unique_lock<std::mutex>& lock) {
  // Not for every block: a reader that has several to fill is woken less often.
  if (reading_ || ended_ || filled_ > kBlocks / 2) return;
  reading_ = true;
  lock.unlock();
  executor_.post_reader([self = shared_from_this()] { self->fill(); });
  lock.lock();
}

void ReadAhead::fill() noexcept {
  std::unique_lock lock(mutex_);
  while (!ended_ && filled_ < kBlocks) {
    Block& block = blocks_[(first_ + filled_) % kBlocks];
    lock.unlock();
    std::exception_ptr error;
    std::size_t size = 0;
    try {
      if (!block.bytes) block.bytes = std::make_unique_for_overwrite<std::byte[]>(block_bytes_);
      size = source_({block.bytes.get(), block_bytes_});
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    block.size = size;
    if (size > 0) ++filled_;
    error_ = error;
    ended_ = error != nullptr || size < block_bytes_;
    changed_.notify_one();
  }
  reading_ = false;
}

}  // namespace modelstore::hashing
