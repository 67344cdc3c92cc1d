#include "hashing/file_digest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::ErrorCode;
using modelstore::Sha256;
using modelstore::hashing::digest_file;
using modelstore::hashing::Digested;
using modelstore::hashing::FileDigest;
using modelstore::hashing::FileFinder;
using modelstore::hashing::is_settled;
using modelstore::hashing::PauseGate;
using modelstore::hashing::ReadAhead;
using modelstore::runtime::Executor;
using modelstore::runtime::JobControl;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Digested digest(Executor& executor, const fs::path& path) {
  return executor
      .operation<Digested>(
          [&](const JobControl& control) { return digest_file(nullptr, executor, control, path, false, {}); })
      .get();
}

/// Hashes a file of some blocks, does something to it half-way, and goes on.
Digested digest_with_interruption(const fs::path& path, const std::function<void()>& interruption) {
  Executor executor(1);
  return executor
      .operation<Digested>([&](const JobControl& control) {
        PauseGate gate;
        FileDigest digest(executor, path, FileFinder().find(path), false);
        REQUIRE_FALSE(digest.advance(control, &gate, [&](std::uint64_t) { gate.pause(); }));
        interruption();
        gate.resume();
        auto result = digest.advance(control, &gate, {});
        REQUIRE(result);
        return *result;
      })
      .get();
}

/// Overwrites the file as it is, without making it anew.
void overwrite(const fs::path& path, const std::string& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  REQUIRE(::pwrite(file, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
  ::close(file);
}

}  // namespace

TEST_SUITE("FileDigest") {
  TEST_CASE("a file is hashed in as many turns as it takes, each to its time") {
    const test::TempDir folder;
    const std::string text = test::random_text(10 * ReadAhead::kBlockBytes + 1, 5);
    const fs::path path = test::aged(test::write_file(folder / "file", text));
    Executor executor(1);
    int turns = 0;
    const Digested digested = executor
                                  .operation<Digested>([&](const JobControl& control) {
                                    FileDigest digest(executor, path, FileFinder().find(path), false);
                                    for (;;) {
                                      ++turns;
                                      const auto now = std::chrono::steady_clock::now();
                                      if (auto result = digest.advance(control, nullptr, {}, now))
                                        return *result;
                                    }
                                  })
                                  .get();
    CHECK(turns == 12);
    CHECK(digested.sha256 == test::hash_of(text));
  }

  TEST_CASE("files of every length around the borders of blocks have the right hash") {
    const test::TempDir folder;
    Executor executor(2);
    constexpr std::size_t kBlock = ReadAhead::kBlockBytes;
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{55}, std::size_t{56}, std::size_t{63}, std::size_t{64},
          std::size_t{65}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097}, kBlock - 1, kBlock,
          kBlock + 1, 2 * kBlock, 8 * kBlock - 1, 8 * kBlock, 8 * kBlock + 1, 20 * kBlock + 77}) {
      CAPTURE(size);
      const std::string content = test::random_text(size, size);
      const fs::path file = test::aged(test::write_file(folder / "file", content));
      const Digested digested = digest(executor, file);
      CHECK(digested.sha256 == test::hash_of(content));
      CHECK(digested.stat.size_bytes == static_cast<std::int64_t>(size));
      CHECK_FALSE(digested.cached);
      CHECK(digested.real_path == file.native());
      REQUIRE(digested.to_remember);
      CHECK(digested.to_remember->path == file.native());
      CHECK(digested.to_remember->inode == digested.stat.inode);
    }
  }

  TEST_CASE("the bytes that are counted are those of the file") {
    const test::TempDir folder;
    const fs::path file = test::write_file(folder / "file", std::string(1'000'000, 'x'));
    Executor executor(1);
    std::uint64_t counted = 0;
    (void)executor
        .operation<Digested>([&](const JobControl& control) {
          return digest_file(nullptr, executor, control, file, false,
                             [&](std::uint64_t bytes) { counted += bytes; });
        })
        .get();
    CHECK(counted == 1'000'000);
  }

  TEST_CASE("a digest that was interrupted goes on where it was") {
    const test::TempDir folder;
    const std::string content = test::random_text(ReadAhead::kBlockBytes * 20, 3);
    const fs::path file = test::write_file(folder / "file", content);
    CHECK(digest_with_interruption(file, [] {}).sha256 == test::hash_of(content));
  }

  TEST_CASE("whatever happens to a file while it is read is noticed") {
    const test::TempDir folder;
    for (const std::size_t size : {ReadAhead::kBlockBytes * 2, ReadAhead::kBlockBytes * 20}) {
      const std::string content = test::random_text(size, 4);
      const fs::path file = test::write_file(folder / "file", content);
      const auto code = [&](const std::function<void()>& interruption) {
        test::write_file(file, content);
        return test::error_of([&] { (void)digest_with_interruption(file, interruption); });
      };
      CHECK(code([&] { std::ofstream(file, std::ios::app) << "more"; }) == ErrorCode::FileChanged);
      CHECK(code([&] { fs::resize_file(file, 10); }) == ErrorCode::FileChanged);
      CHECK(code([&] { overwrite(file, "other"); }) == ErrorCode::FileChanged);
      CHECK(code([&] {
              const auto time = fs::last_write_time(file);
              overwrite(file, "other");
              fs::last_write_time(file, time);
            }) == ErrorCode::FileChanged);
      CHECK(code([&] { fs::remove(file); }) == ErrorCode::FileChanged);
      CHECK(code([&] {
              test::write_file(folder / "new", content);
              fs::rename(folder / "new", file);
            }) == ErrorCode::FileChanged);
      CHECK(code([&] {
              fs::remove(file);
              fs::create_directory(file);
            }) == ErrorCode::FileChanged);
      fs::remove(file);
    }
  }

  TEST_CASE("a link that leads elsewhere by now is noticed") {
    const test::TempDir folder;
    const std::string content = test::random_text(ReadAhead::kBlockBytes * 3, 5);
    test::write_file(folder / "one", content);
    test::write_file(folder / "two", content);
    fs::create_symlink("one", folder / "link");
    const auto code = test::error_of([&] {
      (void)digest_with_interruption(folder / "link", [&] {
        fs::remove(folder / "link");
        fs::create_symlink("two", folder / "link");
      });
    });
    CHECK(code == ErrorCode::FileChanged);
  }

  TEST_CASE("a file that is written all the time never gets a wrong hash") {
    const test::TempDir folder;
    Executor executor(4);
    constexpr std::size_t kFiles = 20;
    constexpr std::size_t kRounds = 10;
    constexpr std::size_t kBytes = 300'000;
    const auto content = [](std::size_t round) {
      return std::string(kBytes, static_cast<char>('a' + round));
    };
    std::vector<Sha256> known;
    for (std::size_t round = 0; round <= kRounds; ++round) known.push_back(test::hash_of(content(round)));
    std::vector<fs::path> files;
    for (std::size_t i = 0; i < kFiles; ++i)
      files.push_back(test::write_file(folder / std::to_string(i), content(0)));
    std::atomic<int> wrong = 0;
    std::atomic<int> ended = 0;
    for (std::size_t round = 1; round <= kRounds; ++round) {
      std::thread writer([&] {
        std::mt19937 random(static_cast<unsigned>(round));
        for (const auto& file : files) {
          std::this_thread::sleep_for(std::chrono::microseconds(random() % 6000));
          overwrite(file, content(round));
        }
      });
      (void)executor
          .operation<int>([&](const JobControl& control) {
            executor.for_each(control, kFiles, 0, [&](std::size_t i) {
              try {
                const Sha256 hash = digest_file(nullptr, executor, control, files[i], false, {}).sha256;
                if (hash != known[round] && hash != known[round - 1]) ++wrong;
              } catch (const modelstore::Error& error) {
                if (error.code() != ErrorCode::FileChanged) ++wrong;
              }
              ++ended;
            });
            return 0;
          })
          .get();
      writer.join();
    }
    CHECK(ended == kFiles * kRounds);
    CHECK(wrong == 0);
  }

  TEST_CASE("a write in the same tick of the clock as the one before is not missed") {
    const test::TempDir folder;
    Executor executor(1);
    // The hash is asked for at once after a write, and the next write follows at once.
    for (int round = 0; round < 20; ++round) {
      const std::string before(200'000, 'a');
      const std::string after(200'000, 'b');
      const fs::path file = test::write_file(folder / std::to_string(round), before);
      const auto job = executor.operation<Digested>([&](const JobControl& control) {
        return digest_file(nullptr, executor, control, file, false, {});
      });
      overwrite(file, after);
      try {
        const Sha256 hash = job.get().sha256;
        const bool whole = hash == test::hash_of(after) || hash == test::hash_of(before);
        CHECK(whole);
      } catch (const modelstore::Error& error) {
        CHECK(error.code() == ErrorCode::FileChanged);
      }
    }
  }

  TEST_CASE("a file that was modified lately or in the future is not to be remembered") {
    const test::TempDir folder;
    Executor executor(1);
    const fs::path file = test::write_file(folder / "file", "content");
    CHECK_FALSE(digest(executor, file).to_remember);
    fs::last_write_time(file, fs::file_time_type::clock::now() + 1h);
    CHECK_FALSE(digest(executor, file).to_remember);
    fs::last_write_time(file, fs::file_time_type::clock::now() - 3s);
    CHECK(digest(executor, file).to_remember);
  }

  TEST_CASE("settled is what was modified two seconds ago or earlier") {
    constexpr std::int64_t kSecond = 1'000'000'000;
    CHECK(is_settled(10 * kSecond, 12 * kSecond));
    CHECK(is_settled(10 * kSecond, 1000 * kSecond));
    CHECK(is_settled(-kSecond, kSecond));
    CHECK_FALSE(is_settled(10 * kSecond + 1, 12 * kSecond));
    CHECK_FALSE(is_settled(10 * kSecond, 10 * kSecond));
    CHECK_FALSE(is_settled(13 * kSecond, 12 * kSecond));
    CHECK_FALSE(is_settled(1000 * kSecond, 12 * kSecond));
    CHECK_FALSE(is_settled(INT64_MAX, 0));
  }

  TEST_CASE("a file that cannot be read, or has more to give than it says, is an error") {
    Executor executor(1);
    const auto code = [&](const char* path) { return test::error_of([&] { (void)digest(executor, path); }); };
    CHECK(code("/proc/self/mem") == ErrorCode::Io);
    CHECK(code("/proc/self/stat") == ErrorCode::FileChanged);
  }
}
