/// A process of another program that does one piece of work for this one, over one socket. For programs whose
/// threads, signals and descriptors are not ours: no signal disposition is changed, no descriptor but the
/// socket reaches the process, and it is waited for by its number alone.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/file.hpp"

namespace modelstore::platform {

/// How a process ended.
struct ProcessEnd {
  int exit_code = 0;
  int signal = 0;      ///< that killed it, or 0
  bool known = false;  ///< false where the program around us does not let anybody wait for its children
};

/// "was killed by signal 11 (Segmentation fault)", "ended with exit code 3" and the like.
[[nodiscard]] std::string describe(const ProcessEnd& end);

/// Used by one thread at a time. Ends with its object: what still runs then is killed.
class HelperProcess {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    std::int64_t memory_bytes = 0;  ///< address space; 0: no limit
    Clock::time_point deadline = {};
    std::function<bool()> cancelled = {};  ///< asked a few times in 100 ms; empty: never
  };

  /// Starts `program` with its descriptor 0 on the socket and 1 and 2 on /dev/null, with no other, default
  /// signal dispositions and a small environment of its own. It can write no files to
  /// speak of, and dumps no core.
  /// Errors: Unsupported (naming the program, which cannot be started), OutOfMemory, Io.
  HelperProcess(const std::filesystem::path& program, Limits limits);
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;
  /// Kills the process if it still runs, and waits for its end.
  ~HelperProcess();

  enum class Outcome : std::uint8_t { Done, Closed, TimedOut };

  /// Sends all of `bytes`. Closed: the process does not read any more. Errors: Cancelled, Io.
  [[nodiscard]] Outcome send(std::span<const std::byte> bytes);

  /// Appends `count` bytes to `bytes`, which grows no faster than they come. Closed: fewer came.
  /// Errors: Cancelled, OutOfMemory, Io.
  [[nodiscard]] Outcome receive(std::vector<std::byte>& bytes, std::size_t count);

  /// How the process ended, after it has closed its socket. What is not gone within a second is killed.
  [[nodiscard]] ProcessEnd wait_for_end() noexcept;

 private:
  [[nodiscard]] Outcome wait_until_ready(short events) const;
  [[nodiscard]] std::optional<ProcessEnd> try_wait(bool block) noexcept;

  Limits limits_;
  FileDescriptor socket_;
  pid_t process_ = -1;  // until it was waited for
};

/// For the process itself, at its start: it dies with the thread that started it, and can gain no rights.
/// Returns false if that thread is gone already.
[[nodiscard]] bool bind_to_parent() noexcept;

/// For the process itself: reads exactly `bytes` from its socket. False if the other end is gone.
[[nodiscard]] bool receive_from_parent(std::span<std::byte> bytes) noexcept;

/// For the process itself: sends all of `bytes`. False if the other end is gone.
bool send_to_parent(std::span<const std::byte> bytes) noexcept;

}  // namespace modelstore::platform
