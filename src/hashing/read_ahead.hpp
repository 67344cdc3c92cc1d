/// Content that is fetched ahead of its consumer, on the readers of an executor.
///
/// One consumer at a time. What is fetched belongs to the object, which a read that hangs keeps alive on its
/// own: the consumer can leave at any time.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "runtime/executor.hpp"

namespace modelstore::hashing {

class ReadAhead : public std::enable_shared_from_this<ReadAhead> {
 public:
  /// Blocks are large enough that handing them over costs nothing, and few enough to stay in the cache.
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 18U;
  static constexpr std::size_t kBlocks = 8;

  /// Fills a buffer; fewer bytes than it holds only at the end. Called by one reader at a time.
  using Source = std::function<std::size_t(std::span<std::byte>)>;

  /// Starts to read. `expected_bytes` sizes the buffers of a small content.
  [[nodiscard]] static std::shared_ptr<ReadAhead> start(runtime::Executor& executor,
                                                        std::uint64_t expected_bytes, Source source);

  /// The next bytes, valid until the next call; none at the end. Waits for the source.
  /// Errors: Cancelled, also while the source hangs; what the source threw.
  [[nodiscard]] std::span<const std::byte> next(const runtime::JobControl& control);

  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() = default;

 private:
  ReadAhead(runtime::Executor& executor, std::size_t block_bytes, Source source);

  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };

  void request_more(std::unique_lock<std::mutex>& lock);
  void fill() noexcept;

  runtime::Executor& executor_;
  const std::size_t block_bytes_;
  const Source source_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Block, kBlocks> blocks_;
  std::size_t first_ = 0;   // the oldest block that is filled
  std::size_t filled_ = 0;  // including the one that the consumer holds
  bool held_ = false;       // the consumer is at the first block
  bool reading_ = false;    // a reader is at work or on its way
  bool ended_ = false;
  std::exception_ptr error_;
};

}  // namespace modelstore::hashing
