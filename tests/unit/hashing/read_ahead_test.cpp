#include "hashing/read_ahead.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "platform/file.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::ErrorCode;
using modelstore::hashing::ReadAhead;
using modelstore::runtime::Executor;
using modelstore::runtime::JobControl;
using namespace std::chrono_literals;

namespace {

/// Gives the text, then its end.
ReadAhead::Source source_of(const std::string& text) {
  return [&text, at = std::make_shared<std::size_t>(0)](std::span<std::byte> buffer) {
    const std::size_t count = std::min(buffer.size(), text.size() - *at);
    if (count > 0) std::memcpy(buffer.data(), text.data() + *at, count);
    *at += count;
    return count;
  };
}

std::string read_all(Executor& executor, std::uint64_t expected, const ReadAhead::Source& source) {
  return executor
      .operation<std::string>([&](const JobControl& control) {
        const auto content = ReadAhead::start(executor, expected, source);
        std::string result;
        for (auto bytes = content->next(control); !bytes.empty(); bytes = content->next(control))
          result.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        CHECK(content->next(control).empty());
        return result;
      })
      .get();
}

}  // namespace

TEST_SUITE("ReadAhead") {
  TEST_CASE("all bytes arrive in order, whatever their number and the number expected") {
    Executor executor(1);
    constexpr std::size_t kBlock = ReadAhead::kBlockBytes;
    constexpr std::size_t kRing = kBlock * ReadAhead::kBlocks;
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097}, kBlock - 1,
          kBlock, kBlock + 1, kRing - 1, kRing, kRing + 1, 3 * kRing + 5}) {
      const std::string text = test::random_text(size, size);
      for (const std::uint64_t expected : {std::uint64_t{0}, std::uint64_t{size}, ~std::uint64_t{0}}) {
        CAPTURE(size);
        CAPTURE(expected);
        CHECK((read_all(executor, expected, source_of(text)) == text));
      }
    }
  }

  TEST_CASE("reading goes ahead of a slow consumer, as far as there is room") {
    Executor executor(1);
    std::atomic<int> reads = 0;
    const auto job = executor.operation<int>([&](const JobControl& control) {
      const auto content =
          ReadAhead::start(executor, ReadAhead::kBlockBytes * 100, [&](std::span<std::byte> buffer) {
            ++reads;
            return buffer.size();
          });
      (void)content->next(control);
      CHECK(test::eventually([&] { return reads >= static_cast<int>(ReadAhead::kBlocks); }));
      std::this_thread::sleep_for(20ms);
      return reads.load();
    });
    CHECK(job.get() == static_cast<int>(ReadAhead::kBlocks));
  }

  TEST_CASE("what was read before a failure arrives, then the failure") {
    Executor executor(1);
    const auto job = executor.operation<int>([&](const JobControl& control) {
      const auto content =
          ReadAhead::start(executor, ReadAhead::kBlockBytes * 9,
                           [reads = std::make_shared<int>(0)](std::span<std::byte> buffer) -> std::size_t {
                             if (++*reads > 3) throw modelstore::Error(ErrorCode::Io, "the disk is broken");
                             return buffer.size();
                           });
      int blocks = 0;
      while (!content->next(control).empty()) ++blocks;
      return blocks;
    });
    CHECK(test::error_of([&] { (void)job.get(); }) == ErrorCode::Io);
  }

  TEST_CASE("a consumer is cancelled at once although the read hangs") {
    Executor executor(1);
    CHECK(test::answers_in_time([&] {
      std::array<int, 2> ends{};
      REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
      const modelstore::platform::FileDescriptor writer(ends[1]);
      std::atomic<bool> hangs = false;
      const auto reader = std::make_shared<modelstore::platform::FileDescriptor>(ends[0]);
      const auto job = executor.operation<int>([&](const JobControl& control) {
        const auto content =
            ReadAhead::start(executor, 1 << 20, [&hangs, reader](std::span<std::byte> buffer) {
              hangs = true;
              return modelstore::platform::read_fully(*reader, buffer, "pipe");
            });
        return static_cast<int>(content->next(control).size());
      });
      CHECK(test::eventually([&] { return hangs.load(); }));
      std::this_thread::sleep_for(5ms);
      const auto start = std::chrono::steady_clock::now();
      job.cancel();
      CHECK(test::error_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
      return std::chrono::steady_clock::now() - start;
    }));
  }
}
