/// The threads of a store, and how work gets onto them.
///
/// Four kinds, so that none waits for another: workers (a Boost.Asio thread_pool) run the small tasks of
/// batches; a few interactive threads run calls that must start at once; readers fetch file contents ahead
/// of hashing and do what may block for long; an operation (an import, a batch of promotions) has a thread
/// of its own, which may wait for tasks on the workers. Tasks on the pools never wait for a job. All
/// functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "modelstore/job.hpp"

namespace modelstore::runtime {

/// A function that runs when a job is cancelled, for as long as this object lives. Must not be destroyed
/// while a lock is held that the function takes, nor by the function.
class CancelHook {
 public:
  CancelHook(detail::JobState& state, std::function<void()> hook)
      : state_(state), ticket_(state.on_cancel(std::move(hook))) {}
  CancelHook(const CancelHook&) = delete;
  CancelHook& operator=(const CancelHook&) = delete;
  ~CancelHook() { state_.drop_cancel_hook(ticket_); }

 private:
  detail::JobState& state_;
  std::uint64_t ticket_;
};

/// What a running task sees of its job.
class JobControl {
 public:
  explicit JobControl(detail::JobState& state) noexcept : state_(state) {}

  [[nodiscard]] bool cancelled() const noexcept { return state_.cancelled(); }
  /// Errors: Cancelled.
  void throw_if_cancelled() const;
  void set_progress(const Progress& progress) const noexcept { state_.set_progress(progress); }
  /// Runs `hook` (which must not block) when the job is cancelled, or at once if it has been.
  void on_cancel(std::function<void()> hook) const { state_.on_cancel(std::move(hook)); }
  /// As `on_cancel`, until the result is destroyed: for what lives shorter than the job.
  [[nodiscard]] CancelHook while_cancellable(std::function<void()> hook) const {
    return {state_, std::move(hook)};
  }

 private:
  detail::JobState& state_;
};

/// Says for which job the calling thread works, for as long as this object lives.
class WorkingFor {
 public:
  explicit WorkingFor(const JobControl& control) noexcept;
  WorkingFor(const WorkingFor&) = delete;
  WorkingFor& operator=(const WorkingFor&) = delete;
  ~WorkingFor();

 private:
  const JobControl* const before_;
};

/// Whether the job for which the calling thread works was cancelled; false where it works for none. For waits
/// deep below the work that knows its job.
[[nodiscard]] bool current_job_cancelled() noexcept;

/// How long a task of a batch keeps its worker at most, where it can go on later.
inline constexpr std::chrono::milliseconds kTurn{100};

using Post = std::function<void(std::function<void()>)>;

class Executor {
 public:
  /// `threads` workers (0: one for each processor). `post` delivers callbacks of jobs; may be empty.
  /// Errors: InvalidArgument (more than 1,024 threads), OutOfMemory (no thread can be started).
  explicit Executor(unsigned threads, Post post = {});
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  /// As `stop`.
  ~Executor();

  [[nodiscard]] unsigned worker_count() const noexcept { return worker_count_; }

  /// Runs `task`, which must not throw, on a worker. Dropped if the executor has stopped.
  void post_worker(std::function<void()> task);
  /// Runs `task`, which must not throw, on a reader. Dropped if the executor has stopped.
  void post_reader(std::function<void()> task);

  /// Runs `work` ahead of all batches. Errors: Closed.
  template <class T>
  [[nodiscard]] Job<T> interactive(std::function<T(const JobControl&)> work) {
    auto state = make_state<T>();
    post_interactive([state, work = std::move(work)] { run<T>(*state, work); });
    return Job<T>(state);
  }

  /// Runs `work`, one item such as a picture, on a worker, in its turn. It must not wait for other tasks.
  template <class T>
  [[nodiscard]] Job<T> background(std::function<T(const JobControl&)> work) {
    auto state = make_state<T>();
    post_worker([state, work = std::move(work)] { run<T>(*state, work); });
    return Job<T>(state);
  }

  /// Runs `work` on a thread of its own, where it may wait for tasks on the workers.
  /// Errors: Closed, OutOfMemory (no thread can be started).
  template <class T>
  [[nodiscard]] Job<T> operation(std::function<T(const JobControl&)> work) {
    auto state = make_state<T>();
    start_operation([state, work = std::move(work)] { run<T>(*state, work); });
    return Job<T>(state);
  }

  /// Calls `task(0)` … `task(count - 1)` on the workers, at most `width` at once (0: one for each worker),
  /// and waits for all. Batches that run at the same time take turns, item by item. Called from an
  /// operation's thread or the caller's, never from a pool. After a cancellation the remaining ones are
  /// left out. Errors: Cancelled; the first exception of a task, after which no further one starts.
  void for_each(const JobControl& control, std::size_t count, unsigned width,
                const std::function<void(std::size_t)>& task);

  /// As `for_each`, but calls `step` with an item again and again, each time at the end of the queue, until
  /// it answers true: for what takes longer than others should wait.
  void step_each(const JobControl& control, std::size_t count, unsigned width,
                 const std::function<bool(std::size_t)>& step);

  /// Whether the calling thread is one of this executor's, where `stop` would wait for itself.
  [[nodiscard]] bool on_own_thread() const noexcept;

  /// Stops and destroys the executor on a thread made for that, without waiting: for the executor's own
  /// threads.
  static void stop_elsewhere(std::unique_ptr<Executor> executor) noexcept;

  /// Cancels all jobs and waits for their end; further work is refused as Closed. May be called again, but
  /// not on a thread of this executor.
  void stop() noexcept;

  /// After a fork the threads do not exist in the child: forgets them without waiting.
  void abandon() noexcept;

 private:
  struct Pools;

  template <class T>
  [[nodiscard]] std::shared_ptr<detail::TypedJobState<T>> make_state() {
    auto state = std::make_shared<detail::TypedJobState<T>>();
    adopt(state);
    return state;
  }

  template <class T>
  static void run(detail::TypedJobState<T>& state, const std::function<T(const JobControl&)>& work) noexcept {
    if (!state.begin()) return;
    try {
      // Callbacks are the program's: they run when the work is over.
      state.succeed([&] {
        const JobControl control(state);
        const WorkingFor working(control);
        control.throw_if_cancelled();
        return work(control);
      }());
    } catch (...) {
      state.fail(std::current_exception());
    }
  }

  void adopt(const std::shared_ptr<detail::JobState>& state);
  void post_interactive(std::function<void()> work);
  void start_operation(std::function<void()> work);

  struct Operation {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> finished;
  };

  unsigned worker_count_;
  Post post_;
  std::mutex stop_mutex_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::vector<std::weak_ptr<detail::JobState>> jobs_;
  std::vector<Operation> operations_;
  std::shared_ptr<Pools> pools_;  // jobs know it weakly
};

/// Whether the calling thread is one of an executor's: waiting there for a job could wait for ever.
[[nodiscard]] bool on_executor_thread() noexcept;

}  // namespace modelstore::runtime
