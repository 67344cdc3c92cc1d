#include "decode/isolated_decoder.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "decode/picture_decoder.hpp"
#include "image/tier_maker.hpp"
#include "support/bad_decoder.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::PreviewOptions;
using modelstore::TierSet;
using modelstore::decode::check_decodable;
using modelstore::decode::make_tiers;
using namespace std::chrono_literals;

namespace {

const test::Bytes& picture() {
  static const test::Bytes bytes = test::encode(test::photo(120, 90), test::Kind::Png);
  return bytes;
}

/// The code and the message with which a picture is refused.
std::pair<std::optional<ErrorCode>, std::string> refusal(const PreviewOptions& options,
                                                         const test::Bytes& bytes = picture()) {
  try {
    (void)make_tiers(bytes, options);
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

/// No process of ours is left, not even a dead one.
void check_childless() {
  errno = 0;
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (int i = 0; i < 1024; ++i) count += ::fcntl(i, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  file >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

bool same(const TierSet& a, const TierSet& b) {
  bool result = a.source_format == b.source_format && a.source_text == b.source_text;
  for (std::size_t i = 0; i < 3; ++i)
    result = result && a.tiers[i].width == b.tiers[i].width && a.tiers[i].height == b.tiers[i].height &&
             a.tiers[i].webp == b.tiers[i].webp;
  return result;
}

}  // namespace

TEST_SUITE("isolated decoder") {
  TEST_CASE("tiers are the same byte for byte as those made in process") {
    for (const test::Kind kind : test::kKinds) {
      const test::Bytes bytes = test::encode(test::photo(1'300, 900, 3, 4), kind);
      CHECK(same(make_tiers(bytes, test::isolated()), make_tiers(bytes, {})));
      CHECK(check_decodable(bytes, test::isolated()) == check_decodable(bytes, {}));
    }
    const test::Bytes talking =
        test::with_png_chunk(picture(), "tEXt", std::string("parameters\0Steps: 20", 20));
    CHECK(make_tiers(talking, test::isolated()).source_text == R"({"parameters":"Steps: 20"})");
    check_childless();
  }

  TEST_CASE("options reach the decoder") {
    PreviewOptions options = test::isolated();
    options.max_pixels = 5'000;
    options.medium = {0.5, 10, 0};
    options.low = {0.25, 99, 6};
    PreviewOptions in_process = options;
    in_process.isolated = false;
    CHECK(same(make_tiers(picture(), options), make_tiers(picture(), in_process)));
    const test::Bytes tiff = test::encode(test::photo(60, 40), test::Kind::Tiff);
    CHECK(refusal(test::isolated(), tiff).first == ErrorCode::UnsupportedFormat);
    options.accept_more_formats = true;
    CHECK(make_tiers(tiff, options).source_format == "tiff");
  }

  TEST_CASE("what is wrong with a picture is said in the same words") {
    test::Bytes truncated = picture();
    truncated.resize(truncated.size() / 2);
    PreviewOptions few_pixels = test::isolated();
    few_pixels.max_source_pixels = 100;
    struct Row {
      test::Bytes bytes;
      PreviewOptions options;
      ErrorCode code;
    };
    for (Row& row :
         std::vector<Row>{{truncated, test::isolated(), ErrorCode::BadImage},
                          {test::to_bytes("no picture"), test::isolated(), ErrorCode::UnsupportedFormat},
                          {{}, test::isolated(), ErrorCode::UnsupportedFormat},
                          {picture(), few_pixels, ErrorCode::LimitExceeded}}) {
      const auto isolated = refusal(row.options, row.bytes);
      row.options.isolated = false;
      CHECK(isolated.first == row.code);
      CHECK(isolated == refusal(row.options, row.bytes));
    }
  }

  TEST_CASE("a decoder that dies, answers nonsense or takes too much costs one picture") {
    const test::TempDir dir;
    const std::size_t before = open_descriptors();
    for (const char* deed :
         {"segfault", "segfault-unread", "exit", "exit-half-way", "closed-but-alive", "garbage",
          "garbage-body", "huge", "huge-message", "unasked-kind", "large-tiers", "forged-code"}) {
      CAPTURE(deed);
      const auto [code, message] = refusal(test::isolated_with(dir, deed));
      CHECK(code == ErrorCode::DecoderCrashed);
      CHECK(message.find("decoder") != std::string::npos);
      check_childless();
    }
    CHECK(refusal(test::isolated_with(dir, "exit")).second.find("exit code 3") != std::string::npos);
    CHECK(open_descriptors() == before);
    CHECK(same(make_tiers(picture(), test::isolated()), make_tiers(picture(), {})));
  }

  TEST_CASE("a picture larger than what a socket holds meets a decoder that does not read it") {
    const test::TempDir dir;
    const test::Bytes large(std::size_t{20} << 20);
    CHECK(refusal(test::isolated_with(dir, "segfault-unread"), large).first == ErrorCode::DecoderCrashed);
    PreviewOptions options = test::isolated_with(dir, "loop-unread");
    options.decoder_timeout = 300ms;
    CHECK(refusal(options, large).first == ErrorCode::DecoderCrashed);
    check_childless();
  }

  TEST_CASE("a decoder that takes too long is killed") {
    const test::TempDir dir;
    PreviewOptions options = test::isolated_with(dir, "loop");
    options.decoder_timeout = 400ms;
    const auto [code, message] = refusal(options);
    CHECK(code == ErrorCode::DecoderCrashed);
    CHECK(message == "the picture's decoder took more than 400 ms");
    check_childless();
  }

  TEST_CASE("a decoder that takes too much memory fails") {
    const test::TempDir dir;
    PreviewOptions options = test::isolated_with(dir, "memory");
    options.decoder_memory_bytes = 1LL << 30;
    const auto [code, message] = refusal(options);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    CHECK(message == "there was memory enough");  // sanitizers cannot live with a limit
#else
    CHECK(code == ErrorCode::DecoderCrashed);
    CHECK(message == "the picture's decoder needed more than 1073741824 bytes of memory");
#endif
  }

  TEST_CASE("a program that cannot decode is no fault of the picture") {
    const test::TempDir dir;
    const auto check_refused = [](const PreviewOptions& options) {
      const auto [code, message] = refusal(options);
      CHECK(code == ErrorCode::Unsupported);
      CHECK(message.find(options.decoder.string()) != std::string::npos);
    };
    for (const char* deed : {"segfault-first", "exit-first", "stranger", "other-version"})
      check_refused(test::isolated_with(dir, deed));
    PreviewOptions options = test::isolated();
    for (const char* path : {"/nonexistent/modelstore-decode", "/bin/true", "/", "/etc/passwd"}) {
      options.decoder = path;
      check_refused(options);
    }
    options = test::isolated_with(dir, "loop-first");
    options.decoder_timeout = 300ms;
    check_refused(options);
    check_childless();
  }

  TEST_CASE("a message of the decoder is one line") {
    const test::TempDir dir;
    const auto [code, message] = refusal(test::isolated_with(dir, "many-lines"));
    CHECK(code == ErrorCode::BadImage);
    CHECK(message == "one?two?[1m");
  }

  TEST_CASE("the decoder has no descriptor, signal setting or right that it does not need") {
    const test::TempDir dir;
    const int inherited = ::open("/dev/null", O_RDONLY);  // NOLINT: not close-on-exec, on purpose
    REQUIRE(inherited > 2);
    sigset_t blocked;
    sigset_t before;
    (void)::sigemptyset(&blocked);
    (void)::sigaddset(&blocked, SIGUSR1);
    (void)::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    CHECK(refusal(test::isolated_with(dir, "descriptors")).second == "0 1 2");
    CHECK(refusal(test::isolated_with(dir, "signals")).second == "open default");
    PreviewOptions options = test::isolated_with(dir, "limits");
    options.decoder_memory_bytes = 1LL << 30;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    CHECK(refusal(options).second == "none 0 1048576");
#else
    CHECK(refusal(options).second == "1073741824 0 1048576");
#endif
    (void)::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    (void)::close(inherited);
  }

  TEST_CASE(
      "it works in a program that has closed its standard descriptors' numbers or ignores its children") {
    const int kept = ::dup(0);
    (void)::close(0);
    CHECK(make_tiers(picture(), test::isolated()).source_format == "png");
    if (kept >= 0) {
      (void)::dup2(kept, 0);
      (void)::close(kept);
    }
    struct sigaction ignore {};
    struct sigaction before {};
    ignore.sa_handler = SIG_IGN;
    (void)::sigaction(SIGCHLD, &ignore, &before);
    const test::TempDir dir;
    CHECK(make_tiers(picture(), test::isolated()).source_format == "png");
    CHECK(refusal(test::isolated_with(dir, "segfault")).first == ErrorCode::DecoderCrashed);
    struct sigaction now {};
    (void)::sigaction(SIGCHLD, &before, &now);
    CHECK((now.sa_handler == SIG_IGN));
    check_childless();
  }

  TEST_CASE("cancelling kills the decoder") {
    const test::TempDir dir;
    for (const char* deed : {"loop", "loop-unread", "loop-first"}) {
      std::atomic<bool> cancelled = false;
      std::optional<ErrorCode> code;
      std::thread thread([&] {
        code = test::error_of([&] {
          return make_tiers(picture(), test::isolated_with(dir, deed), [&] { return cancelled.load(); });
        });
      });
      std::this_thread::sleep_for(50ms);
      cancelled = true;
      thread.join();
      CHECK(code == ErrorCode::Cancelled);
      check_childless();
    }
  }

  TEST_CASE("many threads decode at once, and one crash does not touch the others") {
    const test::TempDir dir;
    const PreviewOptions crashing = test::isolated_with(dir, "segfault");
    const TierSet expected = make_tiers(picture(), {});
    std::atomic<int> equal = 0;
    std::atomic<int> crashed = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&, i] {
        for (int round = 0; round < 3; ++round) {
          if (i % 2 == 0)
            equal += same(make_tiers(picture(), test::isolated()), expected) ? 1 : 0;
          else
            crashed += refusal(crashing).first == ErrorCode::DecoderCrashed ? 1 : 0;
        }
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(equal == 12);
    CHECK(crashed == 12);
    check_childless();
  }

  TEST_CASE("a picture that needs much memory takes none of ours") {
    constexpr std::int64_t kMostGrowth = 24LL << 20;  // half of what the pixels have
    const test::Bytes bomb =
        test::encode(test::plain(4'000, 4'000, {10, 20, 30}), test::Kind::Png, {.interlaced = true});
    (void)make_tiers(picture(), test::isolated());
    const std::int64_t before = resident_bytes();
    std::atomic<bool> done = false;
    std::int64_t most = before;
    std::jthread watch([&](const std::stop_token& stop) {
      while (!done && !stop.stop_requested()) {
        most = std::max(most, resident_bytes());
        std::this_thread::sleep_for(1ms);
      }
    });
    const TierSet set = make_tiers(bomb, test::isolated());
    done = true;
    watch.join();
    CHECK(set.tiers[0].width == 1'414);
    CHECK(most - before < kMostGrowth);
  }

  TEST_CASE("options out of their range are refused before anything is started") {
    PreviewOptions options = test::isolated();
    options.decoder = "/nonexistent";
    options.decoder_timeout = 0ms;
    CHECK(refusal(options).first == ErrorCode::InvalidArgument);
    options.decoder_timeout = 25h;
    CHECK(refusal(options).first == ErrorCode::InvalidArgument);
    options.decoder_timeout = 1s;
    options.decoder_memory_bytes = -1;
    CHECK(refusal(options).first == ErrorCode::InvalidArgument);
    options.decoder_memory_bytes = 0;
    CHECK(refusal(options).first == ErrorCode::Unsupported);
  }
}
