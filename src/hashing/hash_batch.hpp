/// One call of FileHasher::hash_all: many files on the workers of an executor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "hashing/file_digest.hpp"
#include "hashing/hash_memory.hpp"
#include "hashing/pause_gate.hpp"
#include "modelstore/file_hasher.hpp"
#include "runtime/executor.hpp"

namespace modelstore::hashing {

/// Runs once, on an operation's thread. While the gate is closed no worker is occupied: files that were begun
/// wait where they are.
class HashBatchRun {
 public:
  /// `core` may be null: nothing is remembered then. Relative paths start at `folder`.
  HashBatchRun(detail::StoreCore* core, runtime::Executor& executor, const runtime::JobControl& control,
               PauseGate& gate, const HashBatchOptions& options, const std::filesystem::path& folder);
  HashBatchRun(const HashBatchRun&) = delete;
  HashBatchRun& operator=(const HashBatchRun&) = delete;
  ~HashBatchRun();

  /// Errors: Cancelled, Closed, Forked.
  [[nodiscard]] HashBatch run(std::vector<std::filesystem::path> paths);

 private:
  /// A file that has to be read.
  struct Unread {
    FoundFile file;
    bool had_row = false;
    std::unique_ptr<FileDigest> digest;  // once it has begun
    std::uint64_t planned = 0;           // of the progress' total
    std::uint64_t counted = 0;           // of the progress' done
  };

  void look_up(std::size_t begin, std::size_t end);
  [[nodiscard]] bool hash(std::size_t index);
  [[nodiscard]] unsigned width() const;
  [[nodiscard]] std::filesystem::path absolute(const std::filesystem::path& path) const;

  /// Runs `step` for each index on the workers, turn by turn until it has answered true.
  void for_each(std::vector<std::size_t> indices, unsigned width,
                const std::function<bool(std::size_t)>& step);

  void succeed(std::size_t index, const Digested& digested);
  void fail(std::size_t index, const Error& error);
  void announce(std::size_t index);
  void count(Unread& unread, std::uint64_t bytes);
  void end_count(Unread& unread);

  detail::StoreCore* const core_;
  runtime::Executor& executor_;
  const runtime::JobControl& control_;
  PauseGate& gate_;
  const HashBatchOptions& options_;
  const std::filesystem::path folder_;
  const std::shared_ptr<HashMemory> memory_;

  HashBatch batch_;
  std::vector<std::optional<Unread>> unread_;  // by index; nothing once its outcome is known

  std::mutex announce_mutex_;
  std::mutex progress_mutex_;
  Progress progress_;
};

}  // namespace modelstore::hashing
