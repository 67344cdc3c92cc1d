/// The SHA-256 of files, without blocking: one file or thousands.
///
/// Reading overlaps hashing and files are hashed side by side. A batch gives way to interactive calls,
/// which start at once. A file that changes while it is read is never given a hash. With a store,
/// computed hashes are remembered and an unchanged file is not read again: unchanged means that size and
/// modification time are what they were, and the inode number too where the file system keeps it. A file
/// that was modified within two seconds of its hashing is not taken as unchanged.
///
/// A FileHasher may be used from any thread at once. Copies do not exist; moving one keeps its jobs. One that
/// was moved from fails with Closed; after `fork` a child's use of its parent's fails with Forked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "modelstore/error.hpp"
#include "modelstore/job.hpp"
#include "modelstore/sha256.hpp"
#include "modelstore/store.hpp"

namespace modelstore {

struct FileHash {
  std::filesystem::path path;  ///< as it was given
  Sha256 sha256;
  std::int64_t size_bytes = 0;
  bool cached = false;  ///< remembered: the file was not read
};

struct HashOptions {
  bool reread = false;  ///< read the file even if its hash is remembered
};

struct HashBatchOptions {
  bool reread = false;  ///< as in HashOptions

  /// Files that are hashed at once. 0: one for each worker of the store, or a single one if the first
  /// file lies on a rotating disk, where reading in parallel is slower than reading in turn.
  unsigned parallel = 0;

  /// Called for every file as soon as its outcome is known, on one of the library's threads, one call at
  /// a time. The index is the one in the list of paths. Must not throw.
  std::function<void(std::size_t index, const FileHash* hash, const Failure* failure)> on_file = {};
};

struct HashBatchItem {
  std::filesystem::path path;
  std::optional<FileHash> hash;    ///< set if the file was hashed
  std::optional<Failure> failure;  ///< set if not
};

struct HashBatch {
  std::vector<HashBatchItem> items;  ///< in the order of the paths
  std::int64_t bytes_hashed = 0;     ///< read and hashed, without remembered files
};

class FileHasher {
 public:
  /// A hasher that remembers in `store`'s catalogue and runs on its threads. Errors: Closed.
  explicit FileHasher(const Store& store);

  /// A hasher of its own that remembers nothing. `threads` 0: one for each processor.
  /// Errors: InvalidArgument (more than 1,024 threads), OutOfMemory (or no thread).
  explicit FileHasher(unsigned threads = 0);

  /// A hasher of its own cancels its jobs and waits for them, and so must not go in a callback of one; one
  /// with a store leaves that to the store.
  ~FileHasher();
  FileHasher(FileHasher&&) noexcept;
  FileHasher& operator=(FileHasher&&) noexcept;

  /// Hashes one file ahead of all batches. Progress counts bytes.
  /// Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, Io, Cancelled.
  [[nodiscard]] Job<FileHash> hash(std::filesystem::path path, const HashOptions& options = {}) const;

  /// Hashes many files. One that fails is an item of the result; the others go on. Progress counts
  /// bytes, remembered files among them. Cancelling keeps what was remembered so far.
  /// Job errors: Cancelled, Closed.
  [[nodiscard]] Job<HashBatch> hash_all(std::vector<std::filesystem::path> paths,
                                        HashBatchOptions options = {}) const;

  /// Suspends this hasher's batches within 100 ms; interactive calls go on. A paused batch can be
  /// cancelled. Pausing twice is pausing once.
  void pause() const;

  /// Lets paused batches go on.
  void resume() const;

  [[nodiscard]] bool paused() const;

 private:
  class Impl;
  [[nodiscard]] const Impl& impl() const;

  std::shared_ptr<Impl> impl_;
};

}  // namespace modelstore
