#include "hashing/pause_gate.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "runtime/executor.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::hashing::PauseGate;
using modelstore::runtime::Executor;
using modelstore::runtime::JobControl;
using namespace std::chrono_literals;

TEST_SUITE("PauseGate") {
  TEST_CASE("who waits goes on when it is opened, or when the job is cancelled") {
    Executor executor(1);
    PauseGate gate;
    const auto wait = [&](const JobControl& control) {
      gate.wait(control);
      return control.cancelled();
    };
    CHECK_FALSE(gate.paused());
    CHECK_FALSE(executor.operation<bool>(wait).get());
    gate.pause();
    CHECK(gate.paused());
    const auto resumed = executor.operation<bool>(wait);
    const auto cancelled = executor.operation<bool>(wait);
    CHECK_FALSE(resumed.wait_for(20ms));
    CHECK_FALSE(cancelled.wait_for(0ms));
    cancelled.cancel();
    CHECK(cancelled.get());
    CHECK_FALSE(resumed.done());
    gate.resume();
    CHECK_FALSE(resumed.get());
  }

  TEST_CASE("nobody is forgotten however fast it opens and closes") {
    Executor executor(1);
    PauseGate gate;
    std::atomic<bool> end = false;
    const auto job = executor.operation<int>([&](const JobControl& control) {
      int passes = 0;
      for (; passes < 2000; ++passes) gate.wait(control);
      end = true;
      return passes;
    });
    while (!end) {
      gate.pause();
      gate.resume();
    }
    CHECK(job.get() == 2000);
  }
}
