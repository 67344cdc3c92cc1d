#include "runtime/executor.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "platform/system.hpp"
#include "support/errors.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::Job;
using modelstore::runtime::Executor;
using modelstore::runtime::JobControl;
using modelstore::runtime::on_executor_thread;
using test::error_of;
using namespace std::chrono_literals;

namespace {

/// Runs `for_each` as an operation, the way batches do.
Job<int> batch(Executor& executor, std::size_t count, unsigned width, std::function<void(std::size_t)> task) {
  return executor.operation<int>(
      [&executor, count, width, task = std::move(task)](const JobControl& control) {
        executor.for_each(control, count, width, task);
        return 0;
      });
}

template <class Value>
std::optional<ErrorCode> code_of(const Job<Value>& job) {
  try {
    (void)job.get();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

void wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
  REQUIRE(condition());
}

#ifndef __SANITIZE_ADDRESS__  // it takes addresses for itself in each thread, and dies without

/// Room for a few threads and no more, for as long as it lives: each takes a gibibyte of addresses.
class FewThreads {
 public:
  FewThreads() {
    REQUIRE(::getrlimit(RLIMIT_AS, &before_) == 0);
    REQUIRE(::pthread_getattr_default_np(&attributes_) == 0);
    std::uint64_t pages = 0;
    REQUIRE((std::ifstream("/proc/self/statm") >> pages));
    const std::uint64_t used = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    set_stack(kStack);
    const rlimit limit{used + kThreads * kStack, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_AS, &limit) == 0);
  }
  FewThreads(const FewThreads&) = delete;
  FewThreads& operator=(const FewThreads&) = delete;
  ~FewThreads() {
    (void)::setrlimit(RLIMIT_AS, &before_);
    (void)::pthread_setattr_default_np(&attributes_);
    (void)::pthread_attr_destroy(&attributes_);
  }

 private:
  static constexpr std::size_t kStack = std::size_t{1} << 30;
  static constexpr std::size_t kThreads = 5;

  static void set_stack(std::size_t bytes) {
    pthread_attr_t attributes;
    REQUIRE(::pthread_getattr_default_np(&attributes) == 0);
    REQUIRE(::pthread_attr_setstacksize(&attributes, bytes) == 0);
    REQUIRE(::pthread_setattr_default_np(&attributes) == 0);
    (void)::pthread_attr_destroy(&attributes);
  }

  rlimit before_{};
  pthread_attr_t attributes_{};
};

#endif

}  // namespace

TEST_SUITE("Executor") {
  TEST_CASE("there is one worker for each processor unless the caller says otherwise") {
    CHECK(Executor(3).worker_count() == 3);
    CHECK(Executor(0).worker_count() == modelstore::platform::processor_count());
  }

  TEST_CASE("its threads are known as such") {
    Executor executor(1);
    CHECK_FALSE(on_executor_thread());
    CHECK(executor.interactive<bool>([](const JobControl&) { return on_executor_thread(); }).get());
    CHECK(executor.operation<bool>([](const JobControl&) { return on_executor_thread(); }).get());
    std::atomic<int> marks = 0;
    executor.post_worker([&] { marks += on_executor_thread() ? 1 : 0; });
    executor.post_reader([&] { marks += on_executor_thread() ? 1 : 0; });
    executor.stop();
    CHECK(marks == 2);
    CHECK_FALSE(on_executor_thread());
  }

  TEST_CASE("for_each runs every item exactly once") {
    Executor executor(3);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{1000}}) {
      for (const unsigned width : {0U, 1U, 2U, 50U}) {
        std::vector<std::atomic<int>> runs(count);
        CHECK(batch(executor, count, width, [&](std::size_t item) { ++runs[item]; }).get() == 0);
        CHECK(std::all_of(runs.begin(), runs.end(), [](const auto& times) { return times == 1; }));
      }
    }
  }

  TEST_CASE("for_each runs as many items at once as it may, and no more") {
    Executor executor(4);
    for (const auto& [width, most] : {std::pair{0U, 4}, std::pair{2U, 2}, std::pair{1U, 1}}) {
      std::atomic<int> now = 0;
      std::atomic<int> peak = 0;
      CHECK(batch(executor, 40, width, [&, wanted = most](std::size_t) {
              const int count = ++now;
              int seen = peak;
              while (count > seen && !peak.compare_exchange_weak(seen, count)) {
              }
              wait_until([&] { return peak >= wanted; });
              std::this_thread::sleep_for(2ms);
              --now;
            }).get() == 0);
      CHECK(peak == most);
    }
  }

  TEST_CASE("two batches on one worker take turns") {
    Executor executor(1);
    std::atomic<std::int64_t> items_of_a = 0;
    std::vector<std::int64_t> seen_by_b;
    const auto a = batch(executor, SIZE_MAX, 0, [&](std::size_t) { ++items_of_a; });
    wait_until([&] { return items_of_a > 0; });
    CHECK(batch(executor, 50, 0, [&](std::size_t) { seen_by_b.push_back(items_of_a); }).get() == 0);
    a.cancel();
    CHECK(code_of(a) == ErrorCode::Cancelled);
    REQUIRE(seen_by_b.size() == 50);
    for (std::size_t i = 1; i < seen_by_b.size(); ++i) {
      const std::int64_t between = seen_by_b[i] - seen_by_b[i - 1];
      CHECK(between >= 1);
      CHECK(between <= 4);
    }
  }

  TEST_CASE("a long item that is done step by step lets others have their turn") {
    Executor executor(1);
    std::atomic<int> steps = 0;
    std::atomic<bool> enough = false;
    const auto slow = executor.operation<int>([&](const JobControl& control) {
      executor.step_each(control, 1, 0, [&](std::size_t) {
        ++steps;
        std::this_thread::sleep_for(1ms);
        return enough.load();
      });
      return steps.load();
    });
    wait_until([&] { return steps > 3; });
    CHECK(executor.background<int>([](const JobControl&) { return 1; }).get() == 1);
    CHECK(batch(executor, 20, 0, [](std::size_t) {}).get() == 0);
    CHECK_FALSE(slow.done());
    enough = true;
    CHECK(slow.get() > 3);
  }

  TEST_CASE("step_each finishes each item once, by one thread at a time, and begins no more than it may") {
    Executor executor(4);
    for (const unsigned width : {0U, 1U, 2U}) {
      constexpr std::size_t kCount = 60;
      std::vector<std::atomic<int>> steps(kCount);
      std::vector<std::atomic<bool>> busy(kCount);
      std::atomic<int> begun = 0;
      std::atomic<int> most = 0;
      const auto job = executor.operation<int>([&](const JobControl& control) {
        executor.step_each(control, kCount, width, [&](std::size_t item) {
          CHECK_FALSE(busy[item].exchange(true));
          if (steps[item] == 0) most = std::max(most.load(), ++begun);
          const bool last = ++steps[item] == 3;
          if (last) --begun;
          busy[item] = false;
          return last;
        });
        return 0;
      });
      CHECK(job.get() == 0);
      CHECK(std::all_of(steps.begin(), steps.end(), [](const auto& count) { return count == 3; }));
      CHECK(most <= static_cast<int>(width == 0 ? 4 : width));
    }
  }

  TEST_CASE("an item that is never finished is given up when the batch is cancelled or fails") {
    Executor executor(1);
    const auto endless = executor.operation<int>([&](const JobControl& control) {
      executor.step_each(control, 2, 0, [](std::size_t) { return false; });
      return 0;
    });
    CHECK_FALSE(endless.wait_for(20ms));
    endless.cancel();
    CHECK(code_of(endless) == ErrorCode::Cancelled);
    std::atomic<int> steps = 0;
    const auto failing = executor.operation<int>([&](const JobControl& control) {
      executor.step_each(control, 2, 0, [&](std::size_t) {
        if (++steps == 5) throw Error(ErrorCode::Corrupt, "the fifth step is wrong");
        return false;
      });
      return 0;
    });
    CHECK(code_of(failing) == ErrorCode::Corrupt);
  }

  TEST_CASE("an executor that its own thread gives up ends by itself") {
    auto executor = std::make_unique<Executor>(1);
    CHECK_FALSE(executor->on_own_thread());
    Executor other(1);
    std::atomic<bool> running = false;
    const auto work = executor->operation<int>([&](const JobControl& control) {
      running = true;
      while (!control.cancelled()) std::this_thread::sleep_for(1ms);
      control.throw_if_cancelled();
      return 0;
    });
    wait_until([&] { return running.load(); });
    CHECK(other.interactive<bool>([&](const JobControl&) { return !executor->on_own_thread(); }).get());
    const auto last = executor->interactive<int>([&](const JobControl&) {
      CHECK(executor->on_own_thread());
      Executor::stop_elsewhere(std::move(executor));
      return 3;
    });
    CHECK(last.wait_for(20s));
    CHECK(work.wait_for(20s));
    CHECK(code_of(work) == ErrorCode::Cancelled);
  }

  TEST_CASE("an interactive call starts although all workers are busy") {
    Executor executor(1);
    std::atomic<bool> release = false;
    std::atomic<bool> busy = false;
    const auto slow = batch(executor, 3, 0, [&](std::size_t) {
      busy = true;
      while (!release) std::this_thread::sleep_for(1ms);
    });
    wait_until([&] { return busy.load(); });
    CHECK(executor.interactive<int>([](const JobControl&) { return 1; }).get() == 1);
    CHECK_FALSE(slow.done());
    release = true;
    CHECK(slow.get() == 0);
  }

  TEST_CASE("an interactive call does not wait for another one") {
    Executor executor(1);
    std::atomic<bool> release = false;
    const auto slow = executor.interactive<int>([&](const JobControl&) {
      while (!release) std::this_thread::sleep_for(1ms);
      return 1;
    });
    CHECK(executor.interactive<int>([](const JobControl&) { return 2; }).get() == 2);
    release = true;
    CHECK(slow.get() == 1);
  }

  TEST_CASE("the first exception of an item ends the batch and is what the job fails with") {
    Executor executor(2);
    std::atomic<int> ran = 0;
    const auto job = batch(executor, 100'000, 0, [&](std::size_t item) {
      ++ran;
      if (item == 10) throw Error(ErrorCode::Corrupt, "item 10 is broken");
    });
    CHECK(code_of(job) == ErrorCode::Corrupt);
    CHECK(ran < 100'000);
  }

  TEST_CASE("a cancelled batch starts no further item and waits for those that run") {
    Executor executor(2);
    std::atomic<int> running = 0;
    std::atomic<int> ran = 0;
    const auto job = batch(executor, 100'000, 0, [&](std::size_t) {
      ++running;
      ++ran;
      std::this_thread::sleep_for(1ms);
      --running;
    });
    wait_until([&] { return ran > 5; });
    job.cancel();
    CHECK(code_of(job) == ErrorCode::Cancelled);
    CHECK(running == 0);
    CHECK(ran < 100'000);
  }

  TEST_CASE("a batch that waits for a worker can be cancelled") {
    Executor executor(1);
    std::atomic<bool> release = false;
    executor.post_worker([&] {
      while (!release) std::this_thread::sleep_for(1ms);
    });
    std::atomic<bool> ran = false;
    const auto job = batch(executor, 10, 0, [&](std::size_t) { ran = true; });
    job.cancel();
    CHECK(code_of(job) == ErrorCode::Cancelled);
    release = true;
    executor.stop();
    CHECK_FALSE(ran);
  }

  TEST_CASE("many operations after and beside each other leave no thread behind") {
    Executor executor(2);
    std::vector<Job<int>> jobs;
    for (int i = 0; i < 200; ++i)
      jobs.push_back(executor.operation<int>([i](const JobControl&) { return i; }));
    int sum = 0;
    for (const auto& job : jobs) sum += job.get();
    CHECK(sum == 200 * 199 / 2);
  }

  TEST_CASE("stopping cancels all jobs, waits for them and refuses more") {
    Executor executor(2);
    std::atomic<int> alive = 0;
    const auto work = [&](const JobControl& control) {
      ++alive;
      while (!control.cancelled()) std::this_thread::sleep_for(1ms);
      --alive;
      control.throw_if_cancelled();
      return 0;
    };
    const auto first = executor.operation<int>(work);
    const auto second = executor.interactive<int>(work);
    const auto third = batch(executor, 1000, 0, [](std::size_t) { std::this_thread::sleep_for(1ms); });
    wait_until([&] { return alive == 2; });
    std::thread other([&] { executor.stop(); });
    executor.stop();
    other.join();
    CHECK(alive == 0);
    CHECK(code_of(first) == ErrorCode::Cancelled);
    CHECK(code_of(second) == ErrorCode::Cancelled);
    CHECK(code_of(third) == ErrorCode::Cancelled);
    CHECK_THROWS_AS((void)executor.interactive<int>([](const JobControl&) { return 0; }), Error);
    CHECK_THROWS_AS((void)executor.operation<int>([](const JobControl&) { return 0; }), Error);
    executor.stop();
  }

  TEST_CASE("no job stays unfinished when it is started while the executor stops") {
    for (int round = 0; round < 50; ++round) {
      Executor executor(1);
      std::atomic<bool> end = false;
      std::vector<Job<int>> jobs;
      std::thread starter([&] {
        while (!end) {
          try {
            jobs.push_back(executor.interactive<int>([](const JobControl&) { return 1; }));
            jobs.push_back(executor.operation<int>([](const JobControl&) { return 1; }));
          } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::Closed);
            break;
          }
        }
      });
      std::this_thread::sleep_for(1ms);
      executor.stop();
      end = true;
      starter.join();
      for (const auto& job : jobs) REQUIRE(job.wait_for(5s));
    }
  }

  TEST_CASE("jobs are started, cancelled and awaited from many threads at once") {
    Executor executor(2);
    std::vector<std::thread> threads;
    std::atomic<int> ended = 0;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&executor, &ended, thread] {
        for (int i = 0; i < 50; ++i) {
          const auto job = batch(executor, 20, 0, [](std::size_t) { std::this_thread::yield(); });
          job.on_done([&](const Job<int>&) { ++ended; });
          if ((i + thread) % 3 == 0) job.cancel();
          (void)job.wait_for(10s);
          (void)job.progress();
        }
      });
    }
    for (auto& thread : threads) thread.join();
    executor.stop();
    CHECK(ended == 200);
  }

  TEST_CASE("more threads than any machine has are refused") {
    CHECK(error_of([] {
            const Executor executor(100'000);
            return 0;
          }) == ErrorCode::InvalidArgument);
  }

#ifndef __SANITIZE_ADDRESS__
  TEST_CASE("an executor that the system refuses a thread is not made, and leaves none behind") {
    const auto make = [] {
      const Executor executor(200);
      return 0;
    };
    const auto threads = [] {
      return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
    };
    make();  // a sanitizer may start a thread of its own with the first one
    const auto before = threads();
    {
      const FewThreads few;
      CHECK(error_of(make) == ErrorCode::OutOfMemory);
    }
    wait_until([&] { return threads() <= before; });
  }
#endif
}
