// How long after the start of a scan all files are listed, can be searched and can be tagged.
//
//   modelstore_bench_scan [FILES]      40,000 unless given

#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "bench/table.hpp"
#include "modelstore/modelstore.hpp"
#include "support/temp_dir.hpp"

namespace {

void measure(int files) {
  const test::TempDir folder;
  const std::filesystem::path root = folder / "models";
  for (int i = 0; i < files; ++i) {
    const auto path = root / ("type" + std::to_string(i % 20)) / ("sub" + std::to_string(i % 400)) /
                      ("Model number " + std::to_string(i) + ".safetensors");
    if (i < 400) std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << i;
  }
  const modelstore::Store store = modelstore::Store::open(folder / "store", {.create = true});
  modelstore::Database database(store);
  modelstore::RecordFilter all;
  all.state = modelstore::StateFilter::Pending;
  modelstore::RecordFilter found = all;
  found.text = "model number";

  const auto start = bench::Clock::now();
  const auto job = modelstore::Scanner(store).scan({root});
  double first = 0;
  while (!job.wait_for(std::chrono::milliseconds(20)))
    if (first == 0 && database.list({.filter = all}).total > 0) first = bench::seconds_since(start);
  const double done = bench::seconds_since(start);
  if (job.get().added != files || database.list({.filter = all}).total != files)
    throw std::runtime_error("not all files are listed");
  if (database.list({.filter = found}).total != files) throw std::runtime_error("not all files are found");
  const double searched = bench::seconds_since(start);
  modelstore::RecordEdit edit;
  edit.add_tags = {"new"};
  if (database.edit_many(found, edit) != files) throw std::runtime_error("not all files are tagged");
  const double tagged = bench::seconds_since(start);
  const auto again = bench::Clock::now();
  if (modelstore::Scanner(store).scan({root}).get().known != files)
    throw std::runtime_error("not all files are known");

  bench::print_row(std::to_string(files) + " new files: the first are listed", bench::text(first, "s"), "");
  bench::print_row("all are listed", bench::text(done, "s"), "<= 60 s");
  bench::print_row("all are found by a search", bench::text(searched, "s"), "<= 60 s");
  bench::print_row("all are tagged, in one call", bench::text(tagged, "s"), "<= 60 s");
  bench::print_row("scanned again, nothing new", bench::text(bench::seconds_since(again), "s"), "");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 2) {
    std::fputs("usage: modelstore_bench_scan [FILES]\n", stderr);
    return 2;
  }
  bench::print_head();
  measure(argc > 1 ? std::stoi(argv[1]) : 40'000);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "modelstore_bench_scan: %s\n", error.what());
  return 1;
}
