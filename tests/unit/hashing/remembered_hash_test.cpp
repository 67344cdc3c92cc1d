// FileHasher with a store: what is remembered, and when a file is read again.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "modelstore/error.hpp"
#include "modelstore/file_hasher.hpp"
#include "modelstore/store.hpp"
#include "platform/file.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::ErrorCode;
using modelstore::FileHash;
using modelstore::FileHasher;
using modelstore::HashBatch;
using modelstore::HashBatchOptions;
using modelstore::HashOptions;
using modelstore::Store;
using modelstore::StoreOptions;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

Store new_store(const test::TempDir& folder, unsigned threads = 2) {
  StoreOptions options;
  options.create = true;
  options.threads = threads;
  return Store::open(folder / "store", options);
}

std::int64_t revision(const Store& store) {
  return store.core()->reader()->integer("SELECT value FROM store_state WHERE key = 'revision'").value_or(0);
}

std::int64_t rows(const Store& store) {
  return store.core()->reader()->integer("SELECT count(*) FROM file_hashes").value_or(-1);
}

HashOptions reread() {
  HashOptions options;
  options.reread = true;
  return options;
}

}  // namespace

TEST_SUITE("FileHasher with a store") {
  TEST_CASE("an unchanged file is not read again, under any of its names and by any opening of the store") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    fs::create_symlink("file", folder / "link");
    {
      const Store store = new_store(folder);
      const FileHasher hasher(store);
      CHECK_FALSE(hasher.hash(file).get().cached);
      const auto job = hasher.hash(file);
      const FileHash hash = job.get();
      CHECK(hash.cached);
      CHECK(hash.sha256 == test::hash_of("content"));
      CHECK(hash.size_bytes == 7);
      CHECK(job.progress().done == 7);
      CHECK(job.progress().total == 7);
    }
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    CHECK(hasher.hash(folder / "link").get().cached);
    CHECK(hasher.hash(fs::relative(file)).get().cached);
    const auto batch = hasher.hash_all({file, folder / "link"});
    CHECK(batch.get().items[0].hash->cached);
    CHECK(batch.get().items[1].hash->cached);
    CHECK(batch.get().bytes_hashed == 0);
    CHECK(batch.progress().done == 14);
    CHECK(batch.progress().total == 14);
  }

  TEST_CASE("an unchanged file is not even opened") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    (void)hasher.hash(file).get();
    // Were it read it would be found too long, or too short: the row says what its size is taken for.
    fs::resize_file(file, 8);
    test::aged(file);
    const auto stat = modelstore::platform::stat_path(file);
    store.core()->write([&](auto& transaction) {
      transaction.db().run("UPDATE file_hashes SET size_bytes = ?, mtime_ns = ?", stat->size_bytes,
                           stat->mtime_ns);
    });
    const FileHash hash = hasher.hash(file).get();
    CHECK(hash.cached);
    CHECK(hash.sha256 == test::hash_of("content"));
    HashOptions options = reread();
    const FileHash again = hasher.hash(file, options).get();
    CHECK_FALSE(again.cached);
    CHECK(again.sha256 == test::hash_of(std::string("content\0", 8)));
    CHECK(hasher.hash(file).get().sha256 == again.sha256);
  }

  TEST_CASE("another size, time or inode number means that it is read again") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    (void)hasher.hash(file).get();
    const auto time = fs::last_write_time(file);

    std::ofstream(file, std::ios::app) << "more";
    fs::last_write_time(file, time);
    FileHash hash = hasher.hash(file).get();
    CHECK_FALSE(hash.cached);
    CHECK(hash.sha256 == test::hash_of("contentmore"));
    CHECK(hasher.hash(file).get().cached);

    fs::last_write_time(file, time - 1s);
    CHECK_FALSE(hasher.hash(file).get().cached);
    CHECK(hasher.hash(file).get().cached);

    test::write_file(folder / "other", "CONTENTMORE");
    fs::last_write_time(folder / "other", time - 1s);
    fs::rename(folder / "other", file);
    hash = hasher.hash(file).get();
    CHECK_FALSE(hash.cached);
    CHECK(hash.sha256 == test::hash_of("CONTENTMORE"));
    CHECK(rows(store) == 1);
  }

  TEST_CASE("permissions, further names and the number of the device do not matter") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    (void)hasher.hash(file).get();
    fs::permissions(file, fs::perms::owner_all);
    fs::create_hard_link(file, folder / "second name");
    CHECK(hasher.hash(file).get().cached);
    store.core()->write(
        [](auto& transaction) { transaction.db().run("UPDATE file_hashes SET inode = NULL"); });
    CHECK(hasher.hash(file).get().cached);
    CHECK_FALSE(hasher.hash(folder / "second name").get().cached);
  }

  TEST_CASE("a file that was modified lately or in the future is read every time") {
    const test::TempDir folder;
    const fs::path file = test::write_file(folder / "file", "content");
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    CHECK_FALSE(hasher.hash(file).get().cached);
    CHECK_FALSE(hasher.hash(file).get().cached);
    fs::last_write_time(file, fs::file_time_type::clock::now() + 1h);
    CHECK_FALSE(hasher.hash(file).get().cached);
    CHECK_FALSE(hasher.hash(file).get().cached);
    CHECK_FALSE(hasher.hash_all({file}).get().items[0].hash->cached);
    CHECK(rows(store) == 0);
  }

  TEST_CASE("what was remembered of a file is forgotten when it was modified lately") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    (void)hasher.hash(file).get();
    CHECK(rows(store) == 1);
    test::write_file(file, "CONTENT");
    CHECK(hasher.hash(file).get().sha256 == test::hash_of("CONTENT"));
    CHECK(rows(store) == 0);
  }

  TEST_CASE("reading again replaces what was remembered wrongly") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    (void)hasher.hash(file).get();
    store.core()->write([](auto& transaction) {
      transaction.db().run("UPDATE file_hashes SET sha256 = ?", test::hash_of("something else"));
    });
    CHECK(hasher.hash(file).get().sha256 == test::hash_of("something else"));
    HashBatchOptions options;
    options.reread = true;
    const HashBatch batch = hasher.hash_all({file}, options).get();
    CHECK(batch.items[0].hash->sha256 == test::hash_of("content"));
    CHECK_FALSE(batch.items[0].hash->cached);
    CHECK(hasher.hash(file).get().sha256 == test::hash_of("content"));
  }

  TEST_CASE("the hashes of many small files are written in few transactions, and all are there at the end") {
    const test::TempDir folder;
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    std::vector<fs::path> paths;
    for (int i = 0; i < 1000; ++i)
      paths.push_back(test::aged(
          test::write_file(folder / "models" / std::to_string(i), "content " + std::to_string(i))));
    const auto before = revision(store);
    const HashBatch first = hasher.hash_all(paths).get();
    CHECK(first.bytes_hashed > 0);
    CHECK(revision(store) - before <= 1000 / 16);
    CHECK(rows(store) == 1000);
    const auto after = revision(store);
    const HashBatch second = hasher.hash_all(paths).get();
    CHECK(second.bytes_hashed == 0);
    CHECK(revision(store) == after);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      REQUIRE(second.items[i].hash);
      CHECK(second.items[i].hash->cached);
      CHECK(second.items[i].hash->sha256 == first.items[i].hash->sha256);
    }
  }

  TEST_CASE("a cancelled batch keeps what it has computed") {
    const test::TempDir folder;
    const Store store = new_store(folder, 1);
    const FileHasher hasher(store);
    std::vector<fs::path> paths;
    for (int i = 0; i < 20; ++i)
      paths.push_back(test::aged(test::write_file(folder / std::to_string(i), std::to_string(i))));
    paths.push_back(test::huge_file(folder / "huge"));
    std::atomic<int> known = 0;
    HashBatchOptions options;
    options.on_file = [&](std::size_t, const FileHash*, const modelstore::Failure*) { ++known; };
    const auto job = hasher.hash_all(paths, options);
    CHECK(test::eventually([&] { return known == 20; }));
    job.cancel();
    CHECK(test::error_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
    CHECK(test::eventually([&] { return rows(store) == 20; }));
  }

  TEST_CASE("a hash that was computed while a long file goes on is written within seconds") {
    const test::TempDir folder;
    const Store store = new_store(folder, 1);
    const FileHasher hasher(store);
    const auto job = hasher.hash_all(
        {test::aged(test::write_file(folder / "small", "content")), test::huge_file(folder / "huge")});
    CHECK(test::eventually([&] { return rows(store) == 1; }));
    CHECK_FALSE(job.done());
    job.cancel();
  }

  TEST_CASE("a paused batch leaves the workers to others") {
    const test::TempDir folder;
    const Store store = new_store(folder, 1);
    const FileHasher paused(store);
    const FileHasher other(store);
    const fs::path huge = test::huge_file(folder / "huge");
    const auto batch = paused.hash_all({huge, huge});
    CHECK(test::eventually([&] { return batch.progress().done > 0; }));
    paused.pause();
    const auto small = other.hash_all({test::write_file(folder / "small", "content")});
    CHECK(small.wait_for(10s));
    CHECK_FALSE(batch.done());
    batch.cancel();
  }

  TEST_CASE("neither hashing nor cancelling fails because another writer keeps the store") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "file", "content"));
    std::mutex mutex;
    std::vector<std::string> lines;
    StoreOptions options;
    options.create = true;
    options.threads = 1;
    options.busy_timeout = 300ms;
    options.log = [&](modelstore::LogLevel, std::string_view line) {
      const std::lock_guard lock(mutex);
      lines.emplace_back(line);
    };
    const Store store = Store::open(folder / "store", options);
    const FileHasher hasher(store);
    auto lock = modelstore::platform::LockFile::open(folder / "store/modelstore.lock");
    REQUIRE(test::eventually([&] { return lock.try_lock(); }));
    CHECK(hasher.hash(file).get().sha256 == test::hash_of("content"));
    {
      const std::lock_guard guard(mutex);
      CHECK(lines.size() == 1);
    }
    CHECK(test::answers_in_time([&] {
      std::atomic<bool> known = false;
      HashBatchOptions batch_options;
      batch_options.on_file = [&](std::size_t, const FileHash*, const modelstore::Failure*) { known = true; };
      const auto job = hasher.hash_all({file}, batch_options);
      CHECK(test::eventually([&] { return known.load(); }));
      std::this_thread::sleep_for(5ms);
      const auto start = Clock::now();
      job.cancel();
      CHECK(job.wait_for(10s));
      return Clock::now() - start;
    }));
    lock.unlock();
    (void)hasher.hash(file).get();
    CHECK(hasher.hash(file).get().cached);
  }

  TEST_CASE("a store that is only read gives what it remembers and keeps nothing") {
    const test::TempDir folder;
    const fs::path known = test::aged(test::write_file(folder / "known", "content"));
    const fs::path fresh = test::aged(test::write_file(folder / "new", "other"));
    {
      const Store store = new_store(folder);
      (void)FileHasher(store).hash(known).get();
    }
    StoreOptions options;
    options.read_only = true;
    const Store store = Store::open(folder / "store", options);
    const FileHasher hasher(store);
    CHECK(hasher.hash(known).get().cached);
    CHECK(hasher.hash(fresh).get().sha256 == test::hash_of("other"));
    CHECK_FALSE(hasher.hash(fresh).get().cached);
    CHECK(rows(store) == 1);
  }

  TEST_CASE("a name that is not UTF-8 is hashed and not remembered") {
    const test::TempDir folder;
    const fs::path file = test::aged(test::write_file(folder / "bad\xff name", "content"));
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    CHECK(hasher.hash(file).get().sha256 == test::hash_of("content"));
    CHECK_FALSE(hasher.hash(file).get().cached);
    CHECK(hasher.hash_all({file}).get().items[0].hash->sha256 == test::hash_of("content"));
    CHECK(rows(store) == 0);
  }

  TEST_CASE("closing the store ends all jobs of its hashers, which are closed then") {
    const test::TempDir folder;
    const fs::path huge = test::huge_file(folder / "huge");
    Store store = new_store(folder);
    const FileHasher hasher(store);
    const auto single = hasher.hash(huge);
    const auto batch = hasher.hash_all({huge});
    hasher.pause();
    const auto paused = hasher.hash_all({huge});
    store.close();
    for (const auto* job : {&batch, &paused}) {
      CHECK(job->done());
      CHECK(test::error_of([&] { (void)job->get(); }) == ErrorCode::Cancelled);
    }
    CHECK(test::error_of([&] { (void)single.get(); }) == ErrorCode::Cancelled);
    CHECK(test::error_of([&] { (void)hasher.hash(huge); }) == ErrorCode::Closed);
    CHECK(test::error_of([&] { (void)hasher.hash_all({huge}); }) == ErrorCode::Closed);
    CHECK(test::error_of([&] { (void)FileHasher(store); }) == ErrorCode::Closed);
  }

  TEST_CASE("many threads may hash the same files at once") {
    const test::TempDir folder;
    const Store store = new_store(folder);
    const FileHasher hasher(store);
    std::vector<fs::path> paths;
    for (int i = 0; i < 50; ++i)
      paths.push_back(test::aged(test::write_file(folder / std::to_string(i), std::to_string(i))));
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 50; ++i) {
          const std::string name = std::to_string((i * 7 + thread) % 50);
          if (hasher.hash(folder / name).get().sha256 != test::hash_of(name)) ++wrong;
        }
        for (const auto& item : hasher.hash_all(paths).get().items)
          if (!item.hash || item.hash->sha256 != test::hash_of(item.path.filename().native())) ++wrong;
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(rows(store) == 50);
  }
}
