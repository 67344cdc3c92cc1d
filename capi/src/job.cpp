#include "modelstore/job.hpp"

#include <chrono>
#include <limits>

#include "modelstore.h"
#include "objects.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::chrono::milliseconds kUsualInterval{100};

/// `wait_for` itself bounds the time, so that one turn of this may not be all.
constexpr std::chrono::milliseconds kWithoutEnd = std::chrono::milliseconds::max();

/// What the result of a job that is done answers.
template <class T>
modelstore_status status_of(const Job<T>& job) noexcept {
  try {
    (void)job.result();
    return MODELSTORE_OK;
  } catch (...) {
    return report(std::current_exception(), nullptr);
  }
}

template <class Visit>
auto visit_job(modelstore_job handle, const Visit& visit) {
  const auto used = use_any<JobObject>(handle.value);
  return std::visit(visit, used->job);
}

}  // namespace

modelstore_status modelstore_job_done(modelstore_job job, int32_t* done, modelstore_error** error) {
  return answer(error, Out(done),
                [&] { *done = visit_job(job, [](const auto& any) { return any.done(); }); });
}

modelstore_status modelstore_job_wait(modelstore_job job, int64_t timeout_ms, int32_t* done,
                                      modelstore_error** error) {
  return answer(error, Out(done), [&] {
    const bool without_end = timeout_ms < 0;
    const std::chrono::milliseconds timeout =
        without_end ? kWithoutEnd : std::chrono::milliseconds(timeout_ms);
    *done = visit_job(job, [&](const auto& any) {
      bool ended = any.wait_for(timeout);
      while (without_end && !ended) ended = any.wait_for(timeout);
      return ended;
    });
  });
}

modelstore_status modelstore_job_watch(modelstore_job job, uint32_t interval_ms,
                                       modelstore_progress_callback callback, void* user_data,
                                       modelstore_error** error) {
  return answer(error, [&] {
    if (!callback) refuse("the callback is null");
    const auto used = use_any<JobObject>(job.value);
    // The scope keeps nothing for it, and never calls it once it is closed: that leaves the waiting.
    const Callback<modelstore_progress_callback> watcher(used->scope, CallbackScope::kNothingKept, callback,
                                                         user_data);
    const auto interval = interval_ms == 0 ? kUsualInterval : std::chrono::milliseconds(interval_ms);
    std::visit(
        [&](const auto& any) {
          const auto tell = [&] {
            const modelstore_progress progress = to_c(any.progress());
            if (watcher.call(&progress).value_or(0) != 0) any.cancel();
          };
          while (!any.wait_for(interval)) tell();
          tell();
        },
        used->job);
  });
}

modelstore_status modelstore_job_progress(modelstore_job job, modelstore_progress* progress,
                                          modelstore_error** error) {
  return answer(error, Out(progress),
                [&] { *progress = visit_job(job, [](const auto& any) { return to_c(any.progress()); }); });
}

modelstore_status modelstore_job_cancel(modelstore_job job, modelstore_error** error) {
  return answer(error, [&] { visit_job(job, [](const auto& any) { any.cancel(); }); });
}

modelstore_status modelstore_job_on_done(modelstore_job job, modelstore_done_callback callback,
                                         void* user_data, modelstore_destroy_callback destroy,
                                         modelstore_error** error) {
  UserData owned(user_data, destroy);
  return answer(error, [&] {
    if (!callback) refuse("the callback is null");
    const auto used = use_any<JobObject>(job.value);
    const auto adopted = used->scope->adopt(callback, std::move(owned));
    std::visit(
        [&](const auto& any) {
          any.on_done([adopted, job](const auto& done) {
            adopted->call(job, status_of(done));
            adopted->finish();
          });
        },
        used->job);
  });
}

modelstore_status modelstore_job_destroy(modelstore_job job, modelstore_error** error) {
  return destroy_handle<JobObject>(job.value, error);
}
