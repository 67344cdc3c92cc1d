// What the C interface costs above the C++ one: single calls, and lists of 40,000 records.
//
//   modelstore_bench_capi [RECORDS]      40,000 unless given

#include <cstdlib>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/table.hpp"
#include "modelstore.h"
#include "modelstore/modelstore.hpp"
#include "support/legacy_store.hpp"
#include "support/temp_dir.hpp"

namespace {

using bench::print_row;
using bench::seconds_since;
using bench::text;

constexpr int kRounds = 7;
constexpr std::int64_t kPage = 10'000;

/// The best of several rounds: noise only ever adds.
double best_seconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = bench::Clock::now();
    work();
    best = std::min(best, seconds_since(start));
  }
  return best;
}

void check(modelstore_status status) {
  if (status != MODELSTORE_OK) throw std::runtime_error(modelstore_status_name(status));
}

modelstore_text c_text(const std::string& string) {
  return {string.c_str(), string.size()};
}

/// One call of each interface, in nanoseconds.
template <class C, class Cpp>
void compare_call(const char* name, int count, const C& c, const Cpp& cpp) {
  const double ours = best_seconds([&] {
                        for (int i = 0; i < count; ++i) c();
                      }) /
                      count * 1e9;
  const double peer = best_seconds([&] {
                        for (int i = 0; i < count; ++i) cpp();
                      }) /
                      count * 1e9;
  print_row(std::string(name) + ": " + text(ours - peer, "ns more"), text(ours, "ns"), text(peer, "ns"),
            ours / peer, "<= 100 ns more");
}

template <class C, class Cpp>
void compare_bulk(const std::string& name, const C& c, const Cpp& cpp, const char* target) {
  const double ours = best_seconds(c) * 1e3;
  const double peer = best_seconds(cpp) * 1e3;
  print_row(name, text(ours, "ms"), text(peer, "ms"), ours / peer, target);
}

/// Both interfaces to one store.
struct Both {
  explicit Both(const std::string& folder) : store(modelstore::Store::open(folder)), database(store) {
    check(modelstore_store_open(c_text(folder), nullptr, &c_store, nullptr));
    check(modelstore_database_create(c_store, &c_database, nullptr));
  }
  Both(const Both&) = delete;
  Both& operator=(const Both&) = delete;
  ~Both() {
    (void)modelstore_database_destroy(c_database, nullptr);
    (void)modelstore_store_destroy(c_store, nullptr);
  }

  modelstore::Store store;
  modelstore::Database database;
  modelstore_store c_store = {};
  modelstore_database c_database = {};
};

void compare_calls(const Both& both, const std::string& known) {
  int32_t flag = 0;
  modelstore_record_id id;
  bool answer = false;
  compare_call(
      "store_read_only", 1'000'000, [&] { check(modelstore_store_read_only(both.c_store, &flag, nullptr)); },
      [&] { answer ^= both.store.read_only(); });
  const auto job = both.store.verify();
  modelstore_job c_job;
  check(modelstore_store_verify(both.c_store, nullptr, &c_job, nullptr));
  check(modelstore_job_wait(c_job, -1, &flag, nullptr));
  (void)job.get();
  modelstore_progress progress;
  std::uint64_t done = 0;
  compare_call(
      "job_progress", 1'000'000, [&] { check(modelstore_job_progress(c_job, &progress, nullptr)); },
      [&] { done += job.progress().done; });
  check(modelstore_job_destroy(c_job, nullptr));
  compare_call(
      "database_find_by_path", 20'000,
      [&] { check(modelstore_database_find_by_path(both.c_database, c_text(known), &id, &flag, nullptr)); },
      [&] { answer ^= both.database.find_by_path(known).has_value(); });
  volatile bool used = answer || done == 1;
  (void)used;
}

std::size_t list_with_c(const Both& both) {
  std::size_t count = 0;
  std::string cursor;
  do {
    modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
    filter.state = MODELSTORE_STATE_ALL;
    modelstore_record_query query = MODELSTORE_RECORD_QUERY_INIT;
    query.filter = &filter;
    query.limit = kPage;
    query.cursor = c_text(cursor);
    modelstore_record_page* page = nullptr;
    check(modelstore_database_list(both.c_database, &query, &page, nullptr));
    count += page->records_count;
    cursor.assign(page->next_cursor.data, page->next_cursor.size);
    modelstore_free(page);
  } while (!cursor.empty());
  return count;
}

std::size_t list_with_cpp(const Both& both) {
  std::size_t count = 0;
  modelstore::RecordQuery query;
  query.filter.state = modelstore::StateFilter::All;
  query.limit = kPage;
  do {
    const modelstore::RecordPage page = both.database.list(query);
    count += page.records.size();
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  return count;
}

void find_with_c(const Both& both, const std::vector<std::filesystem::path>& paths, std::size_t expected) {
  std::vector<modelstore_text> texts;
  texts.reserve(paths.size());
  for (const auto& path : paths) texts.push_back(c_text(path.native()));
  modelstore_found_list* found = nullptr;
  check(modelstore_database_find_by_paths(both.c_database, texts.data(), texts.size(), &found, nullptr));
  std::size_t count = 0;
  for (std::uint64_t i = 0; i < found->ids_count; ++i) {
    const auto& id = found->ids[i];
    if (id.pending != 0 || id.sha256.bytes[0] != 0 || id.sha256.bytes[1] != 0 || id.sha256.bytes[2] != 0)
      ++count;
  }
  modelstore_free(found);
  if (count != expected) throw std::runtime_error("found " + std::to_string(count));
}

void compare_paths(const Both& both, const char* name, const std::vector<std::filesystem::path>& paths,
                   std::size_t expected) {
  compare_bulk(
      std::to_string(paths.size()) + " paths, " + name, [&] { find_with_c(both, paths, expected); },
      [&] { (void)both.database.find_by_paths(paths); }, "<= 100 ms for 40,000");
}

void measure(std::int64_t records) {
  const test::TempDir folder;
  {
    const modelstore::Store store = modelstore::Store::open(folder / "store", {.create = true});
    test::LegacyStore legacy(folder / "legacy");
    test::LegacyFill fill;
    fill.models = records;
    fill.links_per_model = 3;
    legacy.fill(fill);
    legacy.close();
    modelstore::LegacyImporter importer(store);
    if (importer.import({.database = legacy.database()}).get().models_read != records)
      throw std::runtime_error("not all rows were imported");
  }
  const Both both((folder / "store").string());
  std::vector<std::filesystem::path> known;
  std::vector<std::filesystem::path> absent;
  std::vector<std::filesystem::path> unknown;
  modelstore::RecordQuery query;
  query.filter.state = modelstore::StateFilter::All;
  query.limit = kPage;
  do {
    const auto page = both.database.list(query);
    for (const auto& record : page.records) {
      known.emplace_back(record.path);
      absent.emplace_back(record.path + ".absent");
    }
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  for (std::size_t i = 0; i < known.size(); ++i)
    unknown.push_back(
        test::write_file(folder / ("files/" + std::to_string(i % 100) + "/" + std::to_string(i)), ""));

  compare_calls(both, known.front().string());
  compare_bulk(
      "list of " + std::to_string(known.size()) + " records with tags",
      [&] {
        if (list_with_c(both) != known.size()) throw std::runtime_error("the list");
      },
      [&] { (void)list_with_cpp(both); }, "a few ms more");
  compare_paths(both, "of records", known, known.size());
  compare_paths(both, "of no file", absent, 0);
  compare_paths(both, "of files without a record", unknown, 0);
}

}  // namespace

int main(int argc, char** argv) try {
  bench::print_head();
  measure(argc > 1 ? std::atoll(argv[1]) : 40'000);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "modelstore_bench_capi: %s\n", error.what());
  return 1;
}
