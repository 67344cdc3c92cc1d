/// Threads for calls that block, so that those that serve the network never do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace server {

/// Lets the calling thread, and those that it starts, give way to the others of the program.
void lower_priority() noexcept;

class WorkerPool {
 public:
  enum class Priority : std::uint8_t { Normal, Low };

  explicit WorkerPool(unsigned threads, Priority priority = Priority::Normal);
  /// As `stop`.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs `task`, which must not throw, on one of the threads. Safe from any thread; dropped after `stop`.
  void post(std::function<void()> task);

  /// Waits until all that was posted has run, and ends the threads.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace server
