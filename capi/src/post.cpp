#include "post.hpp"

#include <memory>
#include <new>
#include <utility>

namespace modelstore::capi {
namespace {

using Task = std::function<void()>;

/// Called by the program, with a task that it was given.
void run_task(void* task) noexcept {
  const std::unique_ptr<Task> owned(static_cast<Task*>(task));
  (*owned)();
}

}  // namespace

std::function<void(std::function<void()>)> post_with(
    std::shared_ptr<Callback<modelstore_post_callback>> callback) {
  return [callback = std::move(callback)](Task task) {
    std::unique_ptr<Task> owned(new (std::nothrow) Task(std::move(task)));
    if (owned && callback->call(run_task, static_cast<void*>(owned.get())))
      (void)owned.release();  // the program has it, and may have run it already
  };
}

}  // namespace modelstore::capi
