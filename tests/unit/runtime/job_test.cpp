#include "modelstore/job.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "runtime/executor.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::Job;
using modelstore::Progress;
using modelstore::ProgressUnit;
using modelstore::runtime::Executor;
using modelstore::runtime::JobControl;
using namespace std::chrono_literals;

namespace {

/// A door that tasks wait at until a test opens it.
class Door {
 public:
  void open() {
    // Under the lock: who waits may be gone with the door as soon as it is open.
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// Ends when its job is cancelled.
int until_cancelled(const JobControl& control) {
  while (!control.cancelled()) std::this_thread::sleep_for(1ms);
  control.throw_if_cancelled();
  return 0;
}

template <class Function>
std::optional<ErrorCode> code_of(Function&& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace

TEST_SUITE("Job") {
  TEST_CASE("all copies give the result, again and again and on any thread") {
    Executor executor(1);
    const Job<std::string> job = executor.interactive<std::string>([](const JobControl&) { return "done"; });
    const Job<std::string> copy = job;
    CHECK(job.get() == "done");
    CHECK(job.get() == "done");
    std::thread([&] { CHECK(copy.get() == "done"); }).join();
    CHECK(copy.done());
    CHECK(copy.wait_for(0ms));
  }

  TEST_CASE("an error of the work reaches every handle") {
    Executor executor(1);
    const auto job = executor.operation<int>(
        [](const JobControl&) -> int { throw Error(ErrorCode::NoSpace, "the disk is full"); });
    const auto copy = job;
    CHECK(code_of([&] { (void)job.get(); }) == ErrorCode::NoSpace);
    CHECK(code_of([&] { (void)copy.get(); }) == ErrorCode::NoSpace);
    CHECK(job.wait_for(0ms));

    const auto other =
        executor.interactive<int>([](const JobControl&) -> int { throw std::runtime_error("odd"); });
    CHECK_THROWS_AS((void)other.get(), std::runtime_error);
  }

  TEST_CASE("waiting for a limited time says whether the job is done") {
    Executor executor(1);
    Door door;
    const auto job = executor.interactive<int>([&](const JobControl&) {
      door.wait();
      return 7;
    });
    CHECK_FALSE(job.wait_for(0ms));
    CHECK_FALSE(job.wait_for(20ms));
    CHECK_FALSE(job.done());
    door.open();
    CHECK(job.wait_for(std::chrono::milliseconds::max()));
    CHECK(job.get() == 7);
  }

  TEST_CASE("a cancelled job ends as Cancelled at once") {
    Executor executor(1);
    const auto job = executor.operation<int>(until_cancelled);
    const auto start = std::chrono::steady_clock::now();
    job.cancel();
    CHECK(code_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
    CHECK(std::chrono::steady_clock::now() - start < 1s);
    job.cancel();
    CHECK(code_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
  }

  TEST_CASE("cancelling a job that is done changes nothing") {
    Executor executor(1);
    const auto job = executor.interactive<int>([](const JobControl&) { return 3; });
    CHECK(job.get() == 3);
    job.cancel();
    CHECK(job.get() == 3);
  }

  TEST_CASE("a job that is cancelled before it starts never runs") {
    Executor executor(1);
    Door door;
    std::vector<Job<int>> blockers;
    for (int i = 0; i < 8; ++i)
      blockers.push_back(executor.interactive<int>([&](const JobControl&) {
        door.wait();
        return 0;
      }));
    std::atomic<bool> ran = false;
    const auto late = executor.interactive<int>([&](const JobControl&) {
      ran = true;
      return 0;
    });
    Door called;
    std::atomic<int> calls = 0;
    late.on_done([&](const Job<int>&) {
      CHECK(modelstore::runtime::on_executor_thread());
      ++calls;
      called.open();
    });
    late.cancel();
    // It ends although nothing that stands before it does.
    CHECK(late.done());
    CHECK(code_of([&] { (void)late.get(); }) == ErrorCode::Cancelled);
    CHECK(called.wait_for(20s));
    CHECK_FALSE(blockers.front().done());
    door.open();
    executor.stop();
    CHECK_FALSE(ran);
    CHECK(calls == 1);
    CHECK(code_of([&] { (void)late.get(); }) == ErrorCode::Cancelled);
  }

  TEST_CASE("a picture or another small task that waits for a worker can be cancelled") {
    Executor executor(1);
    Door door;
    executor.post_worker([&] { door.wait(); });
    std::atomic<bool> ran = false;
    const auto job = executor.background<int>([&](const JobControl&) {
      ran = true;
      return 0;
    });
    job.cancel();
    CHECK(job.done());
    door.open();
    executor.stop();
    CHECK_FALSE(ran);
  }

  TEST_CASE("jobs are begun and cancelled at the same time") {
    for (int round = 0; round < 300; ++round) {
      Executor executor(1);
      std::atomic<int> runs = 0;
      std::atomic<int> calls = 0;
      const auto job = executor.interactive<int>([&](const JobControl&) { return ++runs; });
      job.on_done([&](const Job<int>&) { ++calls; });
      job.cancel();
      executor.stop();
      REQUIRE(job.done());
      const auto code = code_of([&] { (void)job.get(); });
      CHECK(code.value_or(ErrorCode::Cancelled) == ErrorCode::Cancelled);
      CHECK(runs <= 1);
      if (!code) CHECK(runs == 1);
      CHECK(calls == 1);
    }
  }

  TEST_CASE("progress is what the work last said") {
    Executor executor(1);
    Door said;
    Door seen;
    const auto job = executor.interactive<int>([&](const JobControl& control) {
      control.set_progress({3, 9, ProgressUnit::Files});
      said.open();
      seen.wait();
      return 0;
    });
    said.wait();
    CHECK(job.progress() == Progress{3, 9, ProgressUnit::Files});
    seen.open();
    CHECK(job.get() == 0);
    CHECK(job.progress() == Progress{3, 9, ProgressUnit::Files});
  }

  TEST_CASE("callbacks that were added before and after the end all run once") {
    Executor executor(1);
    Door door;
    Door called;
    const auto job = executor.interactive<int>([&](const JobControl&) {
      door.wait();
      return 5;
    });
    std::atomic<int> sum = 0;
    job.on_done([&](const Job<int>& done) { sum += done.get(); });
    job.on_done([&](const Job<int>& done) {
      sum += done.get();
      called.open();
    });
    CHECK(sum == 0);
    door.open();
    REQUIRE(called.wait_for(5s));
    CHECK(sum == 10);
    const auto here = std::this_thread::get_id();
    std::thread::id there;
    job.on_done([&](const Job<int>&) { there = std::this_thread::get_id(); });
    CHECK(there == here);
  }

  TEST_CASE("a callback learns of failures and of cancellation") {
    Executor executor(1);
    const auto job = executor.operation<int>(until_cancelled);
    Door called;
    std::optional<ErrorCode> code;
    job.on_done([&](const Job<int>& done) {
      code = code_of([&] { (void)done.get(); });
      called.open();
    });
    job.cancel();
    REQUIRE(called.wait_for(5s));
    CHECK(code == ErrorCode::Cancelled);
  }

  TEST_CASE("callbacks run where the program wants them") {
    std::mutex mutex;
    std::vector<std::function<void()>> posted;
    Executor executor(1, [&](std::function<void()> callback) {
      const std::lock_guard lock(mutex);
      posted.push_back(std::move(callback));
    });
    Door door;
    const auto job = executor.interactive<int>([&](const JobControl&) {
      door.wait();
      return 1;
    });
    std::thread::id ran_on;
    job.on_done([&](const Job<int>&) { ran_on = std::this_thread::get_id(); });
    door.open();
    CHECK(job.get() == 1);
    executor.stop();
    REQUIRE(posted.size() == 1);
    CHECK(ran_on == std::thread::id());
    posted.front()();
    CHECK(ran_on == std::this_thread::get_id());

    // One that comes late goes the same way.
    bool ran_late = false;
    job.on_done([&](const Job<int>&) { ran_late = true; });
    CHECK_FALSE(ran_late);
    REQUIRE(posted.size() == 2);
    posted.back()();
    CHECK(ran_late);
  }

  TEST_CASE("a callback that the program's loop does not take runs nevertheless, once") {
    for (const bool queues_first : {false, true}) {
      std::mutex mutex;
      std::vector<std::function<void()>> posted;
      Executor executor(1, [&](std::function<void()> callback) {
        const std::lock_guard lock(mutex);
        if (queues_first) posted.push_back(std::move(callback));
        throw std::runtime_error("the loop is gone");
      });
      Door door;
      std::atomic<int> calls = 0;
      const auto job = executor.interactive<int>([&](const JobControl&) {
        door.wait();
        return 1;
      });
      job.on_done([&](const Job<int>&) { ++calls; });
      door.open();
      executor.stop();
      CHECK(calls == 1);
      job.on_done([&](const Job<int>&) { ++calls; });
      CHECK(calls == 2);
      for (const auto& callback : posted) callback();
      CHECK(calls == 2);
    }
  }

  TEST_CASE("a child's wait for its parent's job is refused, and a result that was there is read") {
    Executor executor(1);
    Door door;
    const auto done = executor.interactive<int>([](const JobControl&) { return 6; });
    CHECK(done.get() == 6);
    const auto running = executor.operation<int>([&](const JobControl&) {
      door.wait();
      return 0;
    });
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int right = done.get() == 6 ? 1 : 0;
      for (const auto& wait : {std::function<void()>([&] { (void)running.get(); }),
                               std::function<void()>([&] { (void)running.wait_for(1h); })})
        right += code_of(wait) == ErrorCode::Forked ? 1 : 0;
      running.cancel();
      right += running.done() ? 0 : 1;
      (void)running.progress();
      _exit(right);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 4);
    door.open();
    CHECK(running.get() == 0);
  }

  TEST_CASE("the work knows deep below whether its job was cancelled, and callbacks are not part of it") {
    Executor executor(1);
    CHECK_FALSE(modelstore::runtime::current_job_cancelled());
    Door ended;
    std::atomic<bool> in_callback = true;
    const auto job = executor.operation<int>([&](const JobControl& control) {
      while (!modelstore::runtime::current_job_cancelled()) std::this_thread::sleep_for(1ms);
      control.throw_if_cancelled();
      return 0;
    });
    job.on_done([&](const Job<int>&) {
      in_callback = modelstore::runtime::current_job_cancelled();
      ended.open();
    });
    job.cancel();
    CHECK(code_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
    REQUIRE(ended.wait_for(20s));
    CHECK_FALSE(in_callback);
  }

  TEST_CASE("a library thread does not wait for a running job, but takes the result of one that is done") {
    Executor executor(2);
    Door door;
    const auto job = executor.interactive<int>([&](const JobControl&) {
      door.wait();
      return 4;
    });
    const auto waits = [&](const JobControl&) {
      CHECK(code_of([&] { (void)job.wait_for(1ms); }) == ErrorCode::InvalidArgument);
      return code_of([&] { (void)job.get(); });
    };
    CHECK(executor.operation<std::optional<ErrorCode>>(waits).get() == ErrorCode::InvalidArgument);
    CHECK(executor.interactive<std::optional<ErrorCode>>(waits).get() == ErrorCode::InvalidArgument);
    door.open();
    CHECK(job.get() == 4);
    CHECK(executor.operation<int>([&](const JobControl&) { return job.get(); }).get() == 4);
  }

  TEST_CASE("dropping every handle neither cancels nor waits") {
    Executor executor(1);
    Door started;
    Door door;
    Door ended;
    {
      const auto job = executor.operation<int>([&](const JobControl& control) {
        started.open();
        door.wait();
        CHECK_FALSE(control.cancelled());
        ended.open();
        return 0;
      });
      started.wait();
    }
    door.open();
    CHECK(ended.wait_for(5s));
  }

  TEST_CASE("a hook runs once when the job is cancelled, or at once if it has been") {
    Executor executor(1);
    std::atomic<int> calls = 0;
    Door hooked;
    const auto job = executor.operation<int>([&](const JobControl& control) {
      control.on_cancel([&] { ++calls; });
      hooked.open();
      while (!control.cancelled()) std::this_thread::sleep_for(1ms);
      control.on_cancel([&] { ++calls; });
      control.throw_if_cancelled();
      return 0;
    });
    hooked.wait();
    CHECK(calls == 0);
    job.cancel();
    job.cancel();
    (void)job.wait_for(5s);
    executor.stop();
    CHECK(calls == 2);
  }

  TEST_CASE("a hook that went out of scope never runs again, even while the job is being cancelled") {
    for (int round = 0; round < 200; ++round) {
      Executor executor(1);
      Door ready;
      std::atomic<bool> in_scope = false;
      std::atomic<bool> late = false;
      const auto job = executor.operation<int>([&](const JobControl& control) {
        ready.open();
        while (!control.cancelled()) {
          in_scope = true;
          {
            const auto hook = control.while_cancellable([&] { late = late || !in_scope; });
          }
          in_scope = false;
        }
        return 0;
      });
      ready.wait();
      job.cancel();
      CHECK(job.get() == 0);
      CHECK_FALSE(late);
    }
  }

  TEST_CASE("handles outlive the executor, as Cancelled if they had not finished") {
    std::optional<Job<int>> running;
    std::optional<Job<int>> finished;
    {
      Executor executor(1);
      finished = executor.interactive<int>([](const JobControl&) { return 8; });
      CHECK(finished->get() == 8);
      running = executor.operation<int>(until_cancelled);
    }
    CHECK(running->done());
    CHECK(code_of([&] { (void)running->get(); }) == ErrorCode::Cancelled);
    CHECK(finished->get() == 8);
  }
}
