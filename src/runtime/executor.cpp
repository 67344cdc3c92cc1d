#include "runtime/executor.hpp"

#include <algorithm>
#include <condition_variable>
#include <system_error>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "platform/system.hpp"

namespace modelstore::runtime {
namespace {

thread_local bool executor_thread = false;

class ExecutorThreadMark {
 public:
  ExecutorThreadMark() noexcept : before_(std::exchange(executor_thread, true)) {}
  ExecutorThreadMark(const ExecutorThreadMark&) = delete;
  ExecutorThreadMark& operator=(const ExecutorThreadMark&) = delete;
  ~ExecutorThreadMark() { executor_thread = before_; }

 private:
  bool before_;
};

/// What the tasks of one `for_each` share. Held by each of them, so that one that starts late, after all
/// items are done, finds nothing to do.
struct ForEach {
  ForEach(const JobControl& job, std::size_t items, const std::function<void(std::size_t)>& function)
      : control(job), count(items), task(function) {}

  const JobControl control;
  const std::size_t count;
  const std::function<void(std::size_t)>& task;

  std::mutex mutex;
  std::condition_variable idle;
  std::size_t next = 0;
  std::size_t running = 0;
  bool over = false;
  std::exception_ptr error;

  /// Runs one item; false if there was none left.
  bool run_one() noexcept {
    std::size_t item = 0;
    {
      const std::lock_guard lock(mutex);
      if (over || next == count) return false;
      item = next++;
      ++running;
    }
    std::exception_ptr failure;
    try {
      control.throw_if_cancelled();
      task(item);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    if (failure) {
      over = true;
      if (!error) error = failure;
    }
    --running;
    if (running == 0 && (over || next == count)) idle.notify_all();
    return !over && next < count;
  }
};

}  // namespace

struct Executor::Pools {
  explicit Pools(unsigned workers)
      : worker(workers), interactive(interactive_count(workers)), reader(reader_count(workers)) {}

  /// More than one, so that an interactive call does not wait until another has read a large file.
  static unsigned interactive_count(unsigned workers) { return std::clamp(workers, 2U, 4U); }

  /// One for whoever may read at the same time, and one for what else may block.
  static unsigned reader_count(unsigned workers) { return workers + interactive_count(workers) + 1; }

  boost::asio::thread_pool worker;
  boost::asio::thread_pool interactive;
  boost::asio::thread_pool reader;

  template <class Task>
  static void post(boost::asio::thread_pool& pool, Task task) {
    boost::asio::post(pool, [task = std::move(task)] {
      const ExecutorThreadMark mark;
      task();
    });
  }
};

bool on_executor_thread() noexcept {
  return executor_thread;
}

void JobControl::throw_if_cancelled() const {
  if (cancelled()) throw Error(ErrorCode::Cancelled, "the job was cancelled");
}

Executor::Executor(unsigned threads, Post post)
    : worker_count_(threads == 0 ? platform::processor_count() : threads),
      post_(std::move(post)),
      pools_(std::make_unique<Pools>(worker_count_)) {}

Executor::~Executor() {
  stop();
}

void Executor::adopt(const std::shared_ptr<detail::JobState>& state) {
  if (post_) state->deliver_with(post_);
  const std::lock_guard lock(mutex_);
  if (stopped_) throw Error(ErrorCode::Closed, "the store was closed");
  std::erase_if(jobs_, [](const auto& job) { return job.expired(); });
  jobs_.push_back(state);
}

void Executor::post_worker(std::function<void()> task) {
  Pools::post(pools_->worker, std::move(task));
}
void Executor::post_reader(std::function<void()> task) {
  Pools::post(pools_->reader, std::move(task));
}

void Executor::post_interactive(std::function<void()> work) {
  Pools::post(pools_->interactive, std::move(work));
}

void Executor::start_operation(std::function<void()> work) {
  std::vector<Operation> ended;
  try {
    const std::lock_guard lock(mutex_);
    if (stopped_) throw Error(ErrorCode::Closed, "the store was closed");
    operations_.reserve(operations_.size() + 1);
    const auto first_ended = std::partition(operations_.begin(), operations_.end(),
                                            [](const Operation& operation) { return !*operation.finished; });
    ended.assign(std::make_move_iterator(first_ended), std::make_move_iterator(operations_.end()));
    operations_.erase(first_ended, operations_.end());
    auto finished = std::make_shared<std::atomic<bool>>(false);
    std::thread thread([work = std::move(work), finished] {
      const ExecutorThreadMark mark;
      work();
      *finished = true;
    });
    operations_.push_back({std::move(thread), std::move(finished)});
  } catch (const std::system_error& error) {
    for (Operation& operation : ended) operation.thread.join();
    throw Error(ErrorCode::OutOfMemory, std::string("cannot start a thread: ") + error.what());
  }
  for (Operation& operation : ended) operation.thread.join();
}

void Executor::for_each(const JobControl& control, std::size_t count, unsigned width,
                        const std::function<void(std::size_t)>& task) {
  const auto shared = std::make_shared<ForEach>(control, count, task);
  const std::size_t tasks = std::min<std::size_t>(count, width == 0 ? worker_count_ : width);
  // Each task runs one item and goes to the end of the queue, so that other batches have their turn.
  struct Turn {
    Executor& executor;
    std::shared_ptr<ForEach> shared;
    void operator()() const {
      if (shared->run_one()) executor.post_worker(*this);
    }
  };
  const CancelHook hook = control.while_cancellable([&batch = *shared] {
    const std::lock_guard lock(batch.mutex);
    batch.over = true;
    batch.idle.notify_all();
  });
  for (std::size_t i = 0; i < tasks; ++i) post_worker(Turn{*this, shared});
  std::unique_lock lock(shared->mutex);
  shared->idle.wait(lock, [&] { return shared->running == 0 && (shared->over || shared->next == count); });
  shared->over = true;
  if (shared->error) std::rethrow_exception(shared->error);
  lock.unlock();
  control.throw_if_cancelled();
}

void Executor::stop() noexcept {
  if (!pools_) return;
  const std::lock_guard one_at_a_time(stop_mutex_);
  std::vector<std::weak_ptr<detail::JobState>> jobs;
  std::vector<Operation> operations;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    jobs.swap(jobs_);
    operations.swap(operations_);
  }
  for (const auto& weak : jobs)
    if (const auto job = weak.lock()) job->cancel();
  // Operations first: they wait for tasks on the pools.
  for (Operation& operation : operations) operation.thread.join();
  pools_->interactive.join();
  pools_->worker.join();
  pools_->reader.join();
  // One that was made just before, and whose work came too late for the pools.
  const auto never_ran = std::make_exception_ptr(Error(ErrorCode::Cancelled, "the job was cancelled"));
  for (const auto& weak : jobs)
    if (const auto job = weak.lock()) job->fail(never_ran);
}

void Executor::abandon() noexcept {
  for (Operation& operation : operations_) operation.thread.detach();
  operations_.clear();
  stopped_ = true;
  (void)pools_.release();  // NOLINT(bugprone-unused-return-value): joining would wait for ever
}

}  // namespace modelstore::runtime
