/// The callback of a batch of hashes, which may cancel the batch that it is called for.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "callbacks.hpp"
#include "modelstore.h"
#include "modelstore/file_hasher.hpp"

namespace modelstore::capi {

class HashCallback {
 public:
  /// `paths` are those of the batch: a file that failed is told with its path too.
  HashCallback(std::shared_ptr<Callback<modelstore_hash_callback>> callback,
               std::vector<std::filesystem::path> paths) noexcept
      : callback_(std::move(callback)), paths_(std::move(paths)) {}

  /// Tells the program about one file, unless it has cancelled the batch. Called by the batch.
  void call(std::size_t index, const FileHash* hash, const Failure* failure) noexcept;

  /// The batch's job, which may have called the program already.
  void started(const Job<HashBatch>& job);

 private:
  void cancel() noexcept;

  std::shared_ptr<Callback<modelstore_hash_callback>> callback_;
  const std::vector<std::filesystem::path> paths_;
  std::mutex mutex_;
  std::optional<Job<HashBatch>> job_;
  bool cancelled_ = false;
};

}  // namespace modelstore::capi
