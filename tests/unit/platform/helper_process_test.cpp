#include "platform/helper_process.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "support/errors.hpp"

using modelstore::ErrorCode;
using modelstore::platform::describe;
using modelstore::platform::HelperProcess;
using modelstore::platform::ProcessEnd;
using Outcome = HelperProcess::Outcome;
using namespace std::chrono_literals;

namespace {

HelperProcess::Limits within(std::chrono::milliseconds time) {
  return {0, HelperProcess::Clock::now() + time, {}};
}

bool is_childless() {
  errno = 0;
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

}  // namespace

// What it does for a process that talks is tested with the decoder.
TEST_SUITE("HelperProcess") {
  TEST_CASE("a process that says nothing and ends is closed, and its exit code is known") {
    HelperProcess process("/bin/false", within(60s));
    std::vector<std::byte> bytes;
    CHECK(process.receive(bytes, 10) == Outcome::Closed);
    CHECK(bytes.empty());
    const ProcessEnd end = process.wait_for_end();
    CHECK(end.known);
    CHECK(end.exit_code == 1);
    CHECK(end.signal == 0);
    CHECK(is_childless());
  }

  TEST_CASE("a process that listens for ever gets what is sent, and is killed with its object") {
    {
      HelperProcess process("/bin/cat", within(60s));
      CHECK(process.send(std::vector<std::byte>(1U << 20U)) == Outcome::Done);
      CHECK_FALSE(is_childless());
    }
    CHECK(is_childless());
  }

  TEST_CASE("waiting ends with the deadline, or when it is cancelled") {
    HelperProcess late("/bin/cat", within(50ms));
    std::vector<std::byte> bytes;
    CHECK(late.receive(bytes, 1) == Outcome::TimedOut);
    HelperProcess unwanted("/bin/cat", {0, HelperProcess::Clock::now() + 60s, [] { return true; }});
    CHECK(test::error_of([&] { return unwanted.receive(bytes, 1); }) == ErrorCode::Cancelled);
    const ProcessEnd end = late.wait_for_end();
    CHECK(end.signal == 9);
  }

  TEST_CASE("what is no program is said to be none") {
    for (const char* path : {"/nonexistent", "/etc/passwd", "/"})
      CHECK(test::error_of([&] {
              const HelperProcess process(path, within(60s));
              return 0;
            }) == ErrorCode::Unsupported);
    CHECK(is_childless());
  }

  TEST_CASE("an end is described in words") {
    CHECK(describe({3, 0, true}) == "ended with exit code 3");
    CHECK(describe({0, 11, true}) == "was killed by signal 11 (Segmentation fault)");
    CHECK(describe({0, 0, false}) == "ended");
  }
}
