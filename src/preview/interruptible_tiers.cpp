#include "preview/interruptible_tiers.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "image/tier_maker.hpp"

namespace modelstore::preview {
namespace {

/// Shared with the reader, which may outlive the caller's interest.
struct Making {
  std::vector<std::byte> picture;
  PreviewOptions options;

  std::mutex mutex;
  std::condition_variable changed;
  bool abandoned = false;
  std::optional<TierSet> tiers;
  std::exception_ptr error;

  void run() noexcept {
    {
      const std::lock_guard lock(mutex);
      if (abandoned) return;
    }
    std::optional<TierSet> made;
    std::exception_ptr failure;
    try {
      made = image::make_tiers(picture, options);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    tiers = std::move(made);
    error = failure;
    changed.notify_all();
  }
};

}  // namespace

TierSet make_tiers_interruptibly(runtime::Executor& executor, const runtime::JobControl& control,
                                 std::vector<std::byte> picture, const PreviewOptions& options) {
  const auto making = std::make_shared<Making>();
  making->picture = std::move(picture);
  making->options = options;
  const auto hook = control.while_cancellable([making] {
    { const std::lock_guard lock(making->mutex); }
    making->changed.notify_all();
  });
  executor.post_reader([making] { making->run(); });
  std::unique_lock lock(making->mutex);
  making->changed.wait(lock, [&] { return making->tiers || making->error || control.cancelled(); });
  if (making->error) std::rethrow_exception(making->error);
  if (making->tiers) return std::move(*making->tiers);
  making->abandoned = true;
  lock.unlock();
  control.throw_if_cancelled();
  throw Error(ErrorCode::Internal, "the tiers of a picture were given up without a reason");
}

}  // namespace modelstore::preview
