/// Writes computed hashes down, many at a time: a durable transaction for each of thousands of small files
/// would cost more than hashing them. Safe from any thread.
///
/// Writing runs on a reader of the executor, so that neither hashing nor cancelling waits for the disk or for
/// another writer. What cannot be written is reported to the log and lost: the file is hashed again one day.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "hashing/file_digest.hpp"

namespace modelstore::hashing {

class HashMemory : public std::enable_shared_from_this<HashMemory> {
 public:
  /// What is lost in a crash: at most so many hashes, or those of the last second.
  static constexpr std::size_t kMostHeld = 64;
  static constexpr std::chrono::seconds kLongestHeld{1};

  /// In the catalogue of `core`. With null, or for a store that is read-only, nothing is written.
  [[nodiscard]] static std::shared_ptr<HashMemory> make(detail::StoreCore* core);

  /// Keeps a result to be written before long; nothing if it was remembered already.
  void add(const Digested& digested);

  /// To be called now and then: starts to write what has been held long enough.
  void tick();

  /// Writes what is left and waits until it is durable or the job is cancelled; it is written all the same.
  void finish(const runtime::JobControl& control);

 private:
  explicit HashMemory(detail::StoreCore* core);

  void start_writing(std::unique_lock<std::mutex> lock, bool all);
  void write() noexcept;

  detail::StoreCore* const core_;
  std::mutex mutex_;
  std::condition_variable written_;
  std::vector<Digested> held_;
  std::chrono::steady_clock::time_point oldest_;
  bool writing_ = false;
  bool all_ = false;  // write the rest too, however little it is
};

}  // namespace modelstore::hashing
