#include "runtime/executor.hpp"

#include <algorithm>
#include <condition_variable>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "platform/system.hpp"

namespace modelstore::runtime {
namespace {

/// Workers that a program can ask for: more than this is a mistake, and not to be tried.
constexpr unsigned kMostThreads = 1024;

unsigned checked_count(unsigned threads) {
  if (threads > kMostThreads)
    throw Error(ErrorCode::InvalidArgument,
                std::to_string(threads) + " threads are more than " + std::to_string(kMostThreads));
  return threads == 0 ? platform::processor_count() : threads;
}

thread_local const void* pools_of_thread = nullptr;
thread_local const JobControl* job_of_thread = nullptr;

class ExecutorThreadMark {
 public:
  explicit ExecutorThreadMark(const void* pools) noexcept : before_(std::exchange(pools_of_thread, pools)) {}
  ExecutorThreadMark(const ExecutorThreadMark&) = delete;
  ExecutorThreadMark& operator=(const ExecutorThreadMark&) = delete;
  ~ExecutorThreadMark() { pools_of_thread = before_; }

 private:
  const void* before_;
};

[[noreturn]] void refuse_thread(const std::system_error& error) {
  throw Error(ErrorCode::OutOfMemory, std::string("cannot start a thread: ") + error.what());
}

/// A Boost.Asio thread_pool on threads of its own: one that makes its threads itself waits for ever for the
/// first ones where the system refuses a later one.
class ThreadPool {
 public:
  /// Errors: OutOfMemory (no thread can be started).
  explicit ThreadPool(unsigned count) : ThreadPool() {
    try {
      threads_.reserve(count);
      while (threads_.size() < count) threads_.emplace_back([this] { pool_.attach(); });
    } catch (const std::system_error& error) {
      refuse_thread(error);  // the destructor ends those that run
    }
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() {
    pool_.stop();
    join();
  }

  void post(std::function<void()> task) { boost::asio::post(pool_, std::move(task)); }

  /// Waits for all tasks, and ends the threads. May be called again.
  void join() {
    if (threads_.empty()) return;
    pool_.wait();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  ThreadPool() : pool_(0) {}

  boost::asio::thread_pool pool_;
  std::vector<std::thread> threads_;
};

/// What the tasks of one `step_each` share. Held by each of them, so that one that starts late, after all
/// items are done, finds nothing to do.
struct StepEach {
  StepEach(const JobControl& job, std::size_t items, const std::function<bool(std::size_t)>& function)
      : control(job), count(items), step(function) {}

  const JobControl control;
  const std::size_t count;
  const std::function<bool(std::size_t)>& step;

  std::mutex mutex;
  std::condition_variable idle;
  std::size_t next = 0;
  std::size_t running = 0;
  std::size_t begun = 0;  // items that wait for their next turn
  bool over = false;
  std::exception_ptr error;

  [[nodiscard]] bool ended() const { return running == 0 && (over || (next == count && begun == 0)); }

  /// Takes one step of `item`, or of a new one, and keeps it there if it is not finished. False if nothing is
  /// left for this task.
  bool run_one(std::optional<std::size_t>& item) noexcept {
    {
      const std::lock_guard lock(mutex);
      if (over || (!item && next == count)) return false;
      if (item)
        --begun;
      else
        item = next++;
      ++running;
    }
    bool finished = false;
    std::exception_ptr failure;
    try {
      const WorkingFor working(control);
      control.throw_if_cancelled();
      finished = step(*item);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    if (failure) {
      over = true;
      if (!error) error = failure;
    }
    --running;
    if (finished)
      item.reset();
    else
      ++begun;
    if (ended()) idle.notify_all();
    return !over && (item || next < count);
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

  ThreadPool worker;
  ThreadPool interactive;
  ThreadPool reader;

  std::mutex callbacks_mutex;
  bool takes_callbacks = true;

  template <class Task>
  void post(ThreadPool& pool, Task task) {
    pool.post([this, task = std::move(task)] {
      const ExecutorThreadMark mark(this);
      task();
    });
  }

  /// Runs `callback` on a reader; here once the readers end.
  void run_callback(detail::JobState::Callback callback) {
    {
      const std::lock_guard lock(callbacks_mutex);
      if (takes_callbacks) return post(reader, std::move(callback));
    }
    callback();
  }
};

WorkingFor::WorkingFor(const JobControl& control) noexcept
    : before_(std::exchange(job_of_thread, &control)) {}

WorkingFor::~WorkingFor() {
  job_of_thread = before_;
}

bool current_job_cancelled() noexcept {
  return job_of_thread != nullptr && job_of_thread->cancelled();
}

bool on_executor_thread() noexcept {
  return pools_of_thread != nullptr;
}

void JobControl::throw_if_cancelled() const {
  if (cancelled()) throw Error(ErrorCode::Cancelled, "the job was cancelled");
}

Executor::Executor(unsigned threads, Post post)
    : worker_count_(checked_count(threads)),
      post_(std::move(post)),
      pools_(std::make_shared<Pools>(worker_count_)) {}

Executor::~Executor() {
  stop();
}

void Executor::adopt(const std::shared_ptr<detail::JobState>& state) {
  state->deliver_with(post_, [weak = std::weak_ptr(pools_)](detail::JobState::Callback callback) {
    if (const auto pools = weak.lock())
      pools->run_callback(std::move(callback));
    else
      callback();
  });
  const std::lock_guard lock(mutex_);
  if (stopped_) throw Error(ErrorCode::Closed, "the store was closed");
  std::erase_if(jobs_, [](const auto& job) { return job.expired(); });
  jobs_.push_back(state);
}

void Executor::post_worker(std::function<void()> task) {
  pools_->post(pools_->worker, std::move(task));
}
void Executor::post_reader(std::function<void()> task) {
  pools_->post(pools_->reader, std::move(task));
}

void Executor::post_interactive(std::function<void()> work) {
  pools_->post(pools_->interactive, std::move(work));
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
    std::thread thread([work = std::move(work), finished, pools = pools_.get()] {
      const ExecutorThreadMark mark(pools);
      work();
      *finished = true;
    });
    operations_.push_back({std::move(thread), std::move(finished)});
  } catch (const std::system_error& error) {
    for (Operation& operation : ended) operation.thread.join();
    refuse_thread(error);
  }
  for (Operation& operation : ended) operation.thread.join();
}

void Executor::for_each(const JobControl& control, std::size_t count, unsigned width,
                        const std::function<void(std::size_t)>& task) {
  step_each(control, count, width, [&](std::size_t item) {
    task(item);
    return true;
  });
}

void Executor::step_each(const JobControl& control, std::size_t count, unsigned width,
                         const std::function<bool(std::size_t)>& step) {
  const auto shared = std::make_shared<StepEach>(control, count, step);
  const std::size_t tasks = std::min<std::size_t>(count, width == 0 ? worker_count_ : width);
  // Each task takes one step and goes to the end of the queue, so that other batches have their turn.
  struct Turn {
    Executor& executor;
    std::shared_ptr<StepEach> shared;
    std::optional<std::size_t> item = {};
    void operator()() {
      if (shared->run_one(item)) executor.post_worker(*this);
    }
  };
  const CancelHook hook = control.while_cancellable([&batch = *shared] {
    const std::lock_guard lock(batch.mutex);
    batch.over = true;
    batch.idle.notify_all();
  });
  for (std::size_t i = 0; i < tasks; ++i) post_worker(Turn{*this, shared});
  std::unique_lock lock(shared->mutex);
  shared->idle.wait(lock, [&] { return shared->ended(); });
  shared->over = true;
  if (shared->error) std::rethrow_exception(shared->error);
  lock.unlock();
  control.throw_if_cancelled();
}

bool Executor::on_own_thread() const noexcept {
  return pools_ && pools_of_thread == pools_.get();
}

void Executor::stop_elsewhere(std::unique_ptr<Executor> executor) noexcept {
  Executor* const released = executor.release();
  try {
    std::thread([released] { delete released; }).detach();
  } catch (const std::system_error&) {  // Its threads live on, idle: there is no memory for another one.
  }
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
  {
    const std::lock_guard lock(pools_->callbacks_mutex);
    pools_->takes_callbacks = false;
  }
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
  // Never destroyed: joining would wait for ever.
  if (pools_) new (std::nothrow) std::shared_ptr<Pools>(std::move(pools_));
}

}  // namespace modelstore::runtime
