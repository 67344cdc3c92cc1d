// Measures promotions against what the disk allows, on this machine and in this run.
//
//   modelstore_bench_promotion [FOLDER]     where to make a folder for it; default: where temporary files go
//
// Small files without pictures: one call for each, and as a batch, against durable transactions of one row in
// SQLite on the same disk. Then a batch of records with one picture each.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <sqlite3.h>

#include "bench/table.hpp"
#include "modelstore/modelstore.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kTransactions = 1'000;
constexpr int kSingle = 1'000;
constexpr int kBatch = 10'000;
constexpr int kPictures = 100;

double rate(int count, Clock::time_point start) {
  return count / std::chrono::duration<double>(Clock::now() - start).count();
}

/// Durable transactions of one row each second.
double sqlite_rate(const fs::path& path) {
  sqlite3* database = nullptr;
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(database));
  };
  if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) throw std::runtime_error("cannot open a database");
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)");
  const auto start = Clock::now();
  for (int i = 0; i < kTransactions; ++i)
    run("INSERT INTO t(x) VALUES ('a row of some forty characters length')");
  const double result = rate(kTransactions, start);
  sqlite3_close(database);
  return result;
}

/// Pending records with a file of 1 KiB each.
std::vector<std::string> make_records(const modelstore::Store& store, const fs::path& folder, int count) {
  modelstore::Database database(store);
  std::vector<std::string> paths;
  for (int i = 0; i < count; ++i) {
    const std::string name = folder.filename().string() + " " + std::to_string(i);
    paths.push_back(test::write_file(folder / name, name + std::string(1024, 'x')).string());
    database.add_pending(
        {.path = paths.back(), .type = "loras", .metadata = R"({"description":"text"})", .tags = {"lora"}});
  }
  return paths;
}

void print(const char* name, double value, double peer, const char* target) {
  bench::print_row(name, bench::text(value, "/s"), bench::text(peer, "/s"), value / peer, target);
}

void measure(const fs::path& folder) {
  const modelstore::Store store = modelstore::Store::open(folder / "store", {.create = true});
  modelstore::ReactiveMigrator migrator(store);

  const double durable = sqlite_rate(folder / "plain.db");
  const auto single = make_records(store, folder / "single", kSingle);
  auto start = Clock::now();
  for (const std::string& path : single)
    if (!migrator.hash(path).get().migrated) throw std::runtime_error(path + " was not promoted");
  const double one_by_one = rate(kSingle, start);

  (void)make_records(store, folder / "batch", kBatch);
  start = Clock::now();
  if (migrator.migrate_all().get().promoted_ids.size() != kBatch)
    throw std::runtime_error("not all of the batch was promoted");
  const double batch = rate(kBatch, start);

  const auto pictured = make_records(store, folder / "pictured", kPictures);
  modelstore::ImageProcessor images(store);
  modelstore::Database database(store);
  const test::Bytes picture = test::encode(test::photo(1024, 1024), test::Kind::Png);
  for (const std::string& path : pictured) (void)images.add(*database.find_by_path(path), picture);
  start = Clock::now();
  if (migrator.migrate_all().get().promoted_ids.size() != kPictures)
    throw std::runtime_error("not all pictured records were promoted");
  const double with_pictures = rate(kPictures, start);

  bench::print_head();
  print("promotions one by one, to SQLite's transactions", one_by_one, durable, ">= 0.8");
  print("promotions in a batch, to one by one", batch, one_by_one, ">= 5");
  print("with one picture of 1 MP each, to without", with_pictures, batch, "");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1) setenv("TMPDIR", argv[1], 1);
    const test::TempDir folder;
    measure(folder.path());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
