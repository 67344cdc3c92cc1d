/// A handle to work that goes on in the background.
///
/// Every asynchronous call returns a `Job<T>`. Handles are cheap to copy and all copies stand for the
/// same work; any thread may use any of them. Dropping the last one neither cancels nor waits.
/// Destroying the Store (or the FileHasher that works without one) cancels its jobs and waits for them:
/// handles outlive it, and those that had not finished report `Cancelled`.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "modelstore/error.hpp"

namespace modelstore {

/// What `Progress` counts.
enum class ProgressUnit : std::uint8_t { Bytes, Files, Rows, Pictures, Records };

/// How far a job has come. `total` is 0 until it is known and may grow while more work is found.
/// A job with phases (rows, then pictures) starts again from 0 with another unit.
struct Progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  ProgressUnit unit = ProgressUnit::Records;

  friend bool operator==(const Progress&, const Progress&) = default;
};

namespace detail {

/// What the library and a handle share, apart from the result. Defined in the library; programs use
/// `Job`.
class JobState {
 public:
  using Callback = std::function<void()>;
  using Deliver = std::function<void(Callback)>;

  JobState();
  JobState(const JobState&) = delete;
  JobState& operator=(const JobState&) = delete;
  virtual ~JobState() = default;

  /// A job that has not begun ends here and now.
  void cancel() noexcept;
  [[nodiscard]] bool cancelled() const noexcept;

  /// Called when the work's turn has come. False if the job has ended before: the work must not run then.
  [[nodiscard]] bool begin() noexcept;

  [[nodiscard]] bool done() const noexcept;
  [[nodiscard]] Progress progress() const noexcept;
  void set_progress(const Progress& progress) noexcept;

  void wait() const;
  [[nodiscard]] bool wait_for(std::chrono::milliseconds timeout) const;
  void rethrow_if_failed() const;

  /// Runs `callback` once the job is done: at once if it is done already, by the caller unless callbacks
  /// are delivered elsewhere.
  void on_done(Callback callback);

  /// Runs `hook` when the job is cancelled: at once if it has been. Called without a lock held. Returns
  /// a ticket for `drop_cancel_hook`; 0 if the hook will not run any more.
  std::uint64_t on_cancel(std::function<void()> hook);

  /// Afterwards the hook of this ticket neither runs nor will run.
  void drop_cancel_hook(std::uint64_t ticket) noexcept;

  /// `post`: how callbacks reach the program's own thread; empty if they need not. `elsewhere`: how those of
  /// a job that `cancel` ends reach a thread of the library. Set before the handle is handed out.
  void deliver_with(Deliver post, Deliver elsewhere);

  void fail(std::exception_ptr error) noexcept;

 protected:
  /// Marks the job done and runs the callbacks. `store` writes the result while the lock is held.
  void finish(const std::function<void()>& store) noexcept;

 private:
  /// The lock; in a child after fork none, for who held it there is not.
  [[nodiscard]] std::unique_lock<std::mutex> lock() const noexcept;
  [[nodiscard]] bool in_child() const noexcept;
  void check_waitable() const;
  void settle(std::unique_lock<std::mutex> lock, const Deliver& deliver) noexcept;

  struct CancelHook {
    std::uint64_t ticket;
    std::function<void()> run;
  };

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Callback> callbacks_;
  std::vector<CancelHook> cancel_hooks_;
  std::uint64_t last_ticket_ = 0;
  Deliver post_;
  Deliver elsewhere_;
  std::exception_ptr error_;
  Progress progress_;
  const std::int64_t process_;
  bool begun_ = false;
  bool cancelled_ = false;
  bool hooks_running_ = false;
  bool done_ = false;
};

template <class T>
class TypedJobState final : public JobState {
 public:
  void succeed(T value) noexcept {
    finish([&] { value_.emplace(std::move(value)); });
  }
  [[nodiscard]] const T& value() const { return *value_; }

 private:
  std::optional<T> value_;
};

}  // namespace detail

template <class T>
class Job {
 public:
  /// Made by the library; programs get theirs from an asynchronous call.
  explicit Job(std::shared_ptr<detail::TypedJobState<T>> state) noexcept : state_(std::move(state)) {}

  /// Waits for the end and returns the result. May be called again, from any thread.
  /// Errors: what the job failed with; Cancelled; InvalidArgument when called on one of the library's
  /// own threads (a callback) while the job still runs, since that could wait for itself; Forked in a
  /// child of the process whose job it is, if it had not ended when the child was made.
  [[nodiscard]] T get() const { return result(); }

  /// As `get`, without a copy: the result is valid for as long as a handle to this job exists.
  [[nodiscard]] const T& result() const {
    state_->wait();
    state_->rethrow_if_failed();
    return state_->value();
  }

  /// Waits until the job is done or the time is over, whichever is first; says whether it is done.
  /// Never throws what the job failed with.
  /// Errors: InvalidArgument and Forked as for `get`.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds timeout) const { return state_->wait_for(timeout); }

  /// Whether a result or an error is there. Never blocks, never fails.
  [[nodiscard]] bool done() const noexcept { return state_->done(); }

  /// Asks the job to end. It does within 100 ms, whatever the size of the file it reads, and at once if its
  /// turn had not come; what it had committed stays, what it had only begun is undone. A job that is done
  /// is not affected.
  void cancel() const noexcept { state_->cancel(); }

  /// How far it has come. Never blocks for long, never fails.
  [[nodiscard]] Progress progress() const noexcept { return state_->progress(); }

  /// Calls `callback` with this handle once the job is done; several may be added. It runs where
  /// `StoreOptions::post` puts it, whenever it is added. Without one it runs on one of the library's threads,
  /// or at once, on the caller's, if the job is done already or its store was closed. No lock is held. It must
  /// not throw and must not close or destroy the Store.
  void on_done(std::function<void(const Job<T>&)> callback) const {
    state_->on_done([job = *this, callback = std::move(callback)] { callback(job); });
  }

 private:
  std::shared_ptr<detail::TypedJobState<T>> state_;
};

}  // namespace modelstore
