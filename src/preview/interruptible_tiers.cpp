#include "preview/interruptible_tiers.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "preview/guarded_decoding.hpp"

namespace modelstore::preview {
namespace {

/// Shared with the reader, which may outlive the caller's interest, but not the store.
struct Making {
  detail::StoreCore& core;
  std::shared_ptr<const std::vector<std::byte>> picture;

  Making(detail::StoreCore& store, std::shared_ptr<const std::vector<std::byte>> bytes)
      : core(store), picture(std::move(bytes)) {}

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
      made = make_tiers(core, *picture);
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

TierSet make_tiers_interruptibly(detail::StoreCore& core, const runtime::JobControl& control,
                                 std::shared_ptr<const std::vector<std::byte>> picture) {
  if (core.options().previews.isolated)
    return make_tiers(core, *picture, [&] { return control.cancelled(); });
  const auto making = std::make_shared<Making>(core, std::move(picture));
  const auto hook = control.while_cancellable([making] {
    { const std::lock_guard lock(making->mutex); }
    making->changed.notify_all();
  });
  core.executor().post_reader([making] { making->run(); });
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
