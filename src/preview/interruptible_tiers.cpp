#include "preview/interruptible_tiers.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "preview/guarded_decoding.hpp"

namespace modelstore::preview {
namespace {

using Picture = std::shared_ptr<const std::vector<std::byte>>;

/// Shared with the reader, which may outlive the caller's interest, but not the store.
template <class Result>
struct Decoding {
  std::mutex mutex;
  std::condition_variable changed;
  bool abandoned = false;
  std::optional<Result> result;
  std::exception_ptr error;

  template <class Decode>
  void run(const Decode& decode) noexcept {
    {
      const std::lock_guard lock(mutex);
      if (abandoned) return;
    }
    std::optional<Result> decoded;
    std::exception_ptr failure;
    try {
      decoded.emplace(decode());
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    result = std::move(decoded);
    error = failure;
    changed.notify_all();
  }
};

/// `decoder`: make_tiers or check_decodable.
template <class Result>
Result decode_interruptibly(detail::StoreCore& core, const runtime::JobControl& control, Picture picture,
                            Result (*decoder)(detail::StoreCore&, std::span<const std::byte>,
                                              const decode::Cancelled&)) {
  if (core.options().previews.isolated) return decoder(core, *picture, [&] { return control.cancelled(); });
  const auto decoding = std::make_shared<Decoding<Result>>();
  const auto hook = control.while_cancellable([decoding] {
    { const std::lock_guard lock(decoding->mutex); }
    decoding->changed.notify_all();
  });
  core.executor().post_reader([decoding, decoder, &core, picture = std::move(picture)] {
    decoding->run([&] { return decoder(core, *picture, {}); });
  });
  std::unique_lock lock(decoding->mutex);
  decoding->changed.wait(lock, [&] { return decoding->result || decoding->error || control.cancelled(); });
  if (control.cancelled()) {
    decoding->abandoned = true;
    lock.unlock();
    control.throw_if_cancelled();
  }
  if (decoding->error) std::rethrow_exception(decoding->error);
  return std::move(*decoding->result);
}

}  // namespace

TierSet make_tiers_interruptibly(detail::StoreCore& core, const runtime::JobControl& control,
                                 Picture picture) {
  return decode_interruptibly<TierSet>(core, control, std::move(picture), make_tiers);
}

image::PictureFormat check_decodable_interruptibly(detail::StoreCore& core,
                                                   const runtime::JobControl& control, Picture picture) {
  return decode_interruptibly<image::PictureFormat>(core, control, std::move(picture), check_decodable);
}

}  // namespace modelstore::preview
