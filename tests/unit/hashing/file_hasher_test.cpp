#include "modelstore/file_hasher.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::Failure;
using modelstore::FileHash;
using modelstore::FileHasher;
using modelstore::HashBatch;
using modelstore::HashBatchOptions;
using modelstore::Job;
using modelstore::ProgressUnit;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

TEST_SUITE("FileHasher without a store") {
  TEST_CASE("one file is hashed, under the name that was given") {
    const test::TempDir folder;
    const std::string content = test::random_text(3'000'000, 1);
    const fs::path file = fs::relative(test::write_file(folder / "file", content));
    const FileHasher hasher(1U);
    const Job<FileHash> job = hasher.hash(file);
    const FileHash hash = job.get();
    CHECK(hash.path == file);
    CHECK(hash.sha256 == test::hash_of(content));
    CHECK(hash.size_bytes == 3'000'000);
    CHECK_FALSE(hash.cached);
    CHECK(job.progress() == modelstore::Progress{3'000'000, 3'000'000, ProgressUnit::Bytes});
    CHECK_FALSE(hasher.hash(file).get().cached);
  }

  TEST_CASE("what is no regular file is refused at once") {
    const test::TempDir folder;
    REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
    const int socket_file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder / "socket").native().copy(std::data(address.sun_path), sizeof address.sun_path - 1);
    REQUIRE(::bind(socket_file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    fs::create_directory(folder / "folder");
    fs::create_symlink("fifo", folder / "link to fifo");
    const FileHasher hasher(1U);
    for (const fs::path& path : {folder / "fifo", folder / "socket", folder / "folder",
                                 folder / "link to fifo", fs::path("/dev/null"), fs::path("/dev/zero")}) {
      CAPTURE(path);
      CHECK(test::answers_in_time([&] {
        const auto start = Clock::now();
        CHECK(test::error_of([&] { (void)hasher.hash(path).get(); }) == ErrorCode::NotRegularFile);
        return Clock::now() - start;
      }));
    }
    ::close(socket_file);
  }

  TEST_CASE("a missing file and no path at all are errors of the job") {
    const test::TempDir folder;
    const FileHasher hasher(1U);
    CHECK(test::error_of([&] { (void)hasher.hash(folder / "missing").get(); }) == ErrorCode::FileMissing);
    CHECK(test::error_of([&] { (void)hasher.hash("").get(); }) == ErrorCode::InvalidArgument);
  }

  TEST_CASE("a file that may not be read is FileUnreadable") {
    const test::TempDir folder;
    fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_exec);
    const fs::path file = test::write_file(folder / "file", "secret");
    fs::permissions(file, fs::perms::none);
    std::optional<ErrorCode> code;
    // Root may read everything. Threads have their own user: those of the hasher get this one's.
    std::thread([&] {
      if (::geteuid() == 0) REQUIRE(::syscall(SYS_setresuid, -1, 65534, -1) == 0);
      code = test::error_of([&] { (void)FileHasher(1U).hash(file).get(); });
    }).join();
    CHECK(code == ErrorCode::FileUnreadable);
  }

  TEST_CASE("a file of any size is given up at once when it is cancelled") {
    const test::TempDir folder;
    const fs::path file = test::huge_file(folder / "huge");
    const FileHasher hasher(1U);
    CHECK(test::answers_in_time([&] {
      const auto job = hasher.hash(file);
      CHECK(test::eventually([&] { return job.progress().done > 0; }));
      CHECK(job.progress().total == 100'000'000'000);
      const auto start = Clock::now();
      job.cancel();
      CHECK(test::error_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
      return Clock::now() - start;
    }));
    CHECK(test::answers_in_time([&] {
      const auto job = hasher.hash_all({file, file});
      CHECK(test::eventually([&] { return job.progress().done > 0; }));
      const auto start = Clock::now();
      job.cancel();
      CHECK(test::error_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
      return Clock::now() - start;
    }));
  }

  TEST_CASE("a batch tells the outcome of every file, in its place and once") {
    const test::TempDir folder;
    std::vector<fs::path> paths;
    std::vector<std::string> contents;
    for (std::size_t i = 0; i < 600; ++i) {
      contents.push_back(test::random_text(i * 37 % 5000, i));
      paths.push_back(test::write_file(folder / std::to_string(i), contents.back()));
    }
    for (const std::size_t i : {0U, 7U, 599U}) fs::remove(paths[i]);
    fs::remove(paths[300]);
    fs::create_directory(paths[300]);
    paths[301] = "";
    const FileHasher hasher(3U);
    std::vector<int> calls(paths.size());
    std::atomic<int> inside = 0;
    bool overlapped = false;
    HashBatchOptions options;
    std::vector<std::optional<modelstore::Sha256>> told(paths.size());
    std::vector<std::optional<ErrorCode>> refused(paths.size());
    options.on_file = [&](std::size_t index, const FileHash* hash, const Failure* failure) {
      overlapped = overlapped || ++inside != 1;
      ++calls[index];
      if (hash != nullptr) told[index] = hash->sha256;
      if (failure != nullptr) refused[index] = failure->code;
      --inside;
    };
    const auto job = hasher.hash_all(paths, options);
    const HashBatch batch = job.get();
    REQUIRE(batch.items.size() == paths.size());
    CHECK_FALSE(overlapped);
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      CAPTURE(i);
      const auto& item = batch.items[i];
      CHECK(calls[i] == 1);
      CHECK(item.path == paths[i]);
      CHECK(item.hash.has_value() != item.failure.has_value());
      if (item.hash) {
        CHECK(item.hash->path == paths[i]);
        CHECK(item.hash->sha256 == test::hash_of(contents[i]));
        CHECK(told[i] == item.hash->sha256);
        CHECK_FALSE(refused[i]);
        bytes += item.hash->size_bytes;
      } else {
        CHECK_FALSE(told[i]);
        CHECK(refused[i] == item.failure->code);
        CHECK(item.failure->code == (i == 300   ? ErrorCode::NotRegularFile
                                     : i == 301 ? ErrorCode::InvalidArgument
                                                : ErrorCode::FileMissing));
      }
    }
    CHECK(batch.bytes_hashed == bytes);
    const auto progress = job.progress();
    CHECK(progress.done == static_cast<std::uint64_t>(bytes));
    CHECK(progress.total == progress.done);
    CHECK(progress.unit == ProgressUnit::Bytes);
  }

  TEST_CASE("an empty batch is done") {
    const FileHasher hasher(1U);
    CHECK(hasher.hash_all({}).get().items.empty());
  }

  TEST_CASE("progress reaches the total although a file fails half-way") {
    const FileHasher hasher(1U);
    const test::TempDir folder;
    const auto job =
        hasher.hash_all({"/proc/self/stat", "/proc/self/mem", test::write_file(folder / "file", "12345678")});
    const HashBatch batch = job.get();
    REQUIRE(batch.items[0].failure);
    CHECK(batch.items[0].failure->code == ErrorCode::FileChanged);
    REQUIRE(batch.items[1].failure);
    CHECK(batch.items[1].failure->code == ErrorCode::Io);
    CHECK(job.progress().done == job.progress().total);
    CHECK(job.progress().total >= 8);
  }

  TEST_CASE("an interactive hash is done at once while a batch runs on the only worker") {
    const test::TempDir folder;
    const fs::path huge = test::huge_file(folder / "huge");
    const fs::path small = test::write_file(folder / "small", "content");
    const FileHasher hasher(1U);
    const auto batch = hasher.hash_all({huge, huge, huge});
    CHECK(test::eventually([&] { return batch.progress().done > 0; }));
    CHECK(test::answers_in_time([&] {
      const auto start = Clock::now();
      CHECK(hasher.hash(small).get().sha256 == test::hash_of("content"));
      return Clock::now() - start;
    }));
    CHECK_FALSE(batch.done());
    batch.cancel();
  }

  TEST_CASE("a paused batch stands still until it is resumed, and interactive calls go on") {
    const test::TempDir folder;
    const fs::path huge = test::huge_file(folder / "huge");
    const fs::path small = test::write_file(folder / "small", "content");
    const FileHasher hasher(1U);
    const auto batch = hasher.hash_all({huge, huge});
    CHECK(test::eventually([&] { return batch.progress().done > 0; }));
    CHECK_FALSE(hasher.paused());
    hasher.pause();
    hasher.pause();
    CHECK(hasher.paused());
    std::uint64_t done = 0;
    CHECK(test::eventually([&] {
      done = batch.progress().done;
      std::this_thread::sleep_for(test::kAnswer);
      return batch.progress().done == done;
    }));
    CHECK(hasher.hash(small).get().sha256 == test::hash_of("content"));
    std::this_thread::sleep_for(50ms);
    CHECK(batch.progress().done == done);
    hasher.resume();
    CHECK_FALSE(hasher.paused());
    CHECK(test::eventually([&] { return batch.progress().done > done; }));
    batch.cancel();
    CHECK(test::error_of([&] { (void)batch.get(); }) == ErrorCode::Cancelled);
  }

  TEST_CASE("pausing again and again changes no hash") {
    const test::TempDir folder;
    std::vector<fs::path> paths;
    std::vector<std::string> contents;
    for (std::size_t i = 0; i < 12; ++i) {
      contents.push_back(test::random_text(2'000'000, i));
      paths.push_back(test::write_file(folder / std::to_string(i), contents.back()));
    }
    const FileHasher hasher(2U);
    const auto job = hasher.hash_all(paths);
    while (!job.done()) {
      hasher.pause();
      std::this_thread::sleep_for(1ms);
      hasher.resume();
      std::this_thread::sleep_for(1ms);
    }
    const HashBatch batch = job.get();
    for (std::size_t i = 0; i < paths.size(); ++i) {
      REQUIRE(batch.items[i].hash);
      CHECK(batch.items[i].hash->sha256 == test::hash_of(contents[i]));
    }
    CHECK(job.progress().done == 12 * 2'000'000);
  }

  TEST_CASE("a paused batch can be cancelled, and one that starts paused waits") {
    const test::TempDir folder;
    const fs::path small = test::write_file(folder / "small", "content");
    const FileHasher hasher(1U);
    hasher.pause();
    const auto batch = hasher.hash_all({small});
    CHECK_FALSE(batch.wait_for(50ms));
    const auto start = Clock::now();
    batch.cancel();
    CHECK(test::error_of([&] { (void)batch.get(); }) == ErrorCode::Cancelled);
    CHECK(Clock::now() - start < 1s);
    const auto other = hasher.hash_all({small});
    hasher.resume();
    CHECK(other.get().items.at(0).hash);
  }

  TEST_CASE("a hasher of its own cancels its jobs when it goes, and its handles stay") {
    const test::TempDir folder;
    const fs::path huge = test::huge_file(folder / "huge");
    std::optional<Job<FileHash>> single;
    std::optional<Job<HashBatch>> batch;
    std::optional<Job<HashBatch>> paused;
    {
      FileHasher hasher(1U);
      single = hasher.hash(huge);
      batch = hasher.hash_all({huge});
      CHECK(test::eventually([&] { return batch->progress().done > 0; }));
      hasher.pause();
      paused = hasher.hash_all({huge});
    }
    CHECK(single->done());
    CHECK(batch->done());
    CHECK(test::error_of([&] { (void)single->get(); }) == ErrorCode::Cancelled);
    CHECK(test::error_of([&] { (void)batch->get(); }) == ErrorCode::Cancelled);
    CHECK(test::error_of([&] { (void)paused->get(); }) == ErrorCode::Cancelled);
  }

  TEST_CASE("after a fork the child's use is refused, and it can go") {
    const test::TempDir folder;
    const fs::path file = test::write_file(folder / "file", "content");
    auto hasher = std::make_unique<FileHasher>(1U);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int status = 1;
      try {
        (void)hasher->hash(file);
      } catch (const Error& error) {
        status = error.code() == ErrorCode::Forked ? 0 : 2;
      }
      hasher.reset();
      ::_exit(status);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(hasher->hash(file).get().size_bytes == 7);
  }

  TEST_CASE("moving keeps the jobs, and the empty one says that it is closed") {
    const test::TempDir folder;
    const fs::path huge = test::huge_file(folder / "huge");
    FileHasher first(1U);
    const auto job = first.hash(huge);
    FileHasher second(std::move(first));
    CHECK_FALSE(job.done());
    CHECK(test::error_of([&] { (void)first.hash(huge); }) == ErrorCode::Closed);
    CHECK(test::error_of([&] { first.pause(); }) == ErrorCode::Closed);
    second = FileHasher(1U);
    CHECK(job.done());
  }
}
