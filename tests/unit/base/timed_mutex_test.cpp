#include "base/timed_mutex.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using modelstore::base::TimedMutex;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST_SUITE("TimedMutex") {
  TEST_CASE("one thread at a time is inside") {
    TimedMutex mutex;
    int count = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) {
          if (i % 2 == 0) {
            const std::lock_guard lock(mutex);
            ++count;
          } else {
            const std::unique_lock lock(mutex, Clock::now() + 1h);
            if (lock.owns_lock()) ++count;
          }
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(count == 4000);
  }

  TEST_CASE("who had it and wants it again comes after those who wait") {
    TimedMutex mutex;
    std::unique_lock first(mutex);
    std::atomic<bool> had_its_turn = false;
    std::thread other([&] {
      const std::lock_guard lock(mutex);
      had_its_turn = true;
    });
    // As soon as the other one waits.
    for (int round = 0; round < 100 && !had_its_turn; ++round) {
      std::this_thread::sleep_for(10ms);
      first.unlock();
      first.lock();
    }
    CHECK(had_its_turn);
    first.unlock();
    other.join();
  }

  TEST_CASE("waiting ends when the time is over, and earlier when the mutex is free") {
    TimedMutex mutex;
    std::unique_lock first(mutex);
    const auto start = Clock::now();
    CHECK_FALSE(mutex.try_lock_until(start - 1h));
    CHECK_FALSE(mutex.try_lock_until(start + 20ms));
    CHECK(Clock::now() >= start + 20ms);
    bool locked = false;
    std::thread other([&] { locked = std::unique_lock(mutex, Clock::now() + 1h).owns_lock(); });
    std::this_thread::sleep_for(5ms);
    first.unlock();
    other.join();
    CHECK(locked);
    CHECK(mutex.try_lock_until(start - 1h));
    mutex.unlock();
  }
}
