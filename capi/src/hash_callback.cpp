#include "hash_callback.hpp"

#include <string>

#include "enums.hpp"
#include "one_line.hpp"
#include "output.hpp"

namespace modelstore::capi {

void HashCallback::call(std::size_t index, const FileHash* hash, const Failure* failure) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return;
  }
  modelstore_hash_item item = {};
  std::string message;
  const std::string& path = paths_[index].native();
  item.path = {path.c_str(), path.size()};
  if (hash) {
    item.sha256 = to_c(hash->sha256);
    item.size_bytes = hash->size_bytes;
    item.cached = hash->cached;
  }
  if (failure) {
    message = one_line(failure->message);
    item.status = to_c(failure->code);
  }
  item.message = {message.c_str(), message.size()};
  if (callback_->call(index, &item).value_or(0) != 0) cancel();
}

void HashCallback::started(const Job<HashBatch>& job) {
  const std::lock_guard lock(mutex_);
  if (cancelled_)
    job.cancel();
  else
    job_ = job;
}

void HashCallback::cancel() noexcept {
  std::optional<Job<HashBatch>> job;
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    job.swap(job_);
  }
  if (job) job->cancel();
}

}  // namespace modelstore::capi
