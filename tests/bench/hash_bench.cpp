// Measures hashing against its peers, on this machine and in this run.
//
//   modelstore_bench_hash [FOLDER]     where to make files of 2 GiB; default: a temporary one
//
// One large file in the page cache against Crypto++ over the same bytes in memory; 30,000 unchanged files
// against `find -printf`; memory and the answer to a cancellation while a file of 100 GB is hashed.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <cryptopp/sha.h>

#include "bench/table.hpp"
#include "modelstore/modelstore.hpp"
#include "support/temp_dir.hpp"

namespace fs = std::filesystem;
using bench::Clock;
using bench::print_row;
using bench::seconds_since;
using bench::text;

namespace {

constexpr std::size_t kLargeBytes = std::size_t{2} << 30U;
constexpr int kFiles = 30'000;
constexpr int kRounds = 5;

/// The best of several rounds: noise only ever adds.
template <class Work>
double best_seconds(Work&& work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = Clock::now();
    work();
    best = std::min(best, seconds_since(start));
  }
  return best;
}

void measure_large_file(const fs::path& folder) {
  std::vector<std::uint64_t> content(kLargeBytes / 8);
  std::mt19937_64 random(1);
  for (auto& word : content) word = random();
  const fs::path file = folder / "large.bin";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(kLargeBytes));

  const modelstore::FileHasher hasher(1U);
  double ours = 1e9;
  double peer = 1e9;
  modelstore::Sha256 computed;
  CryptoPP::byte expected[CryptoPP::SHA256::DIGESTSIZE];
  // In turn, so that both see the same of what else the machine does.
  for (int round = 0; round < kRounds; ++round) {
    auto start = Clock::now();
    computed = hasher.hash(file).get().sha256;
    ours = std::min(ours, seconds_since(start));
    start = Clock::now();
    CryptoPP::SHA256 hash;
    hash.Update(reinterpret_cast<const CryptoPP::byte*>(content.data()), kLargeBytes);
    hash.Final(expected);
    peer = std::min(peer, seconds_since(start));
  }
  if (!std::equal(computed.bytes().begin(), computed.bytes().end(), expected))
    throw std::runtime_error("the hash of the large file is wrong");
  constexpr double kGigabytes = static_cast<double>(kLargeBytes) / 1e9;
  print_row("one file of 2 GiB, cached", text(kGigabytes / ours, "GB/s"), text(kGigabytes / peer, "GB/s"),
            peer / ours, ">= 0.95 x Crypto++ in memory");
  fs::remove(file);
}

void measure_unchanged_files(const fs::path& folder) {
  const fs::path models = folder / "models";
  std::vector<fs::path> paths;
  for (int i = 0; i < kFiles; ++i) {
    const fs::path file =
        models / ("type" + std::to_string(i % 30)) / ("model " + std::to_string(i) + ".bin");
    if (i < 30) fs::create_directories(file.parent_path());
    std::ofstream(file) << "model " << i;
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
    paths.push_back(file);
  }
  modelstore::StoreOptions options;
  options.create = true;
  modelstore::Store store = modelstore::Store::open(folder / "store", options);
  const modelstore::FileHasher hasher(store);
  const auto start = Clock::now();
  (void)hasher.hash_all(paths).get();
  const double first = seconds_since(start);
  const std::string command = "find '" + models.string() + "' -type f -printf '%s %T@ %i %p\\n' > /dev/null";
  const double peer = best_seconds([&] {
    if (std::system(command.c_str()) != 0) throw std::runtime_error("find failed");
  });
  double ours = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<fs::path> given = paths;
    const auto begin = Clock::now();
    const modelstore::HashBatch batch = hasher.hash_all(std::move(given)).get();
    ours = std::min(ours, seconds_since(begin));
    if (batch.bytes_hashed != 0) throw std::runtime_error("an unchanged file was read");
  }
  print_row("30,000 unchanged files", text(ours * 1e3, "ms"), text(peer * 1e3, "ms"), ours / peer,
            "<= 2 x find -printf");
  print_row("30,000 small files, first time", text(first * 1e3, "ms"), "-", first / peer, "(no target)");
}

/// In a process of its own, whose memory is then told.
int hash_for_a_while(const char* file) {
  const modelstore::FileHasher hasher(2U);
  const auto job = hasher.hash(file);
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const double gigabytes = static_cast<double>(job.progress().done) / 1e9;
  const auto start = Clock::now();
  job.cancel();
  (void)job.wait_for(std::chrono::seconds(10));
  print_row("cancelling a file of 100 GB, " + text(gigabytes, "GB done"),
            text(seconds_since(start) * 1e3, "ms"), "<= 100 ms");
  return 0;
}

void measure_memory(const fs::path& folder, const char* self) {
  const fs::path file = folder / "sparse.bin";
  std::ofstream(file).close();
  fs::resize_file(file, 100'000'000'000);
  const pid_t child = fork();
  if (child == 0) {
    execl(self, self, "--sparse", file.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child || status != 0) throw std::runtime_error("the child failed");
  print_row("memory while doing so", text(static_cast<double>(usage.ru_maxrss) / 1024, "MiB"), "<= 64 MiB");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 3 && std::string(argv[1]) == "--sparse") return hash_for_a_while(argv[2]);
    if (argc > 2) {
      std::fputs("usage: modelstore_bench_hash [FOLDER]\n", stderr);
      return 2;
    }
    if (argc == 2) setenv("TMPDIR", argv[1], 1);
    const test::TempDir folder;
    bench::print_head();
    measure_memory(folder.path(), "/proc/self/exe");
    measure_large_file(folder.path());
    measure_unchanged_files(folder.path());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
