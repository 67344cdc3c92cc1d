// Imports a legacy catalogue into a new store and prints how long that took and how much memory.
//
//   modelstore_bench_import LEGACY_DB ROOT [PICTURES]

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "modelstore/legacy_importer.hpp"

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print(const char* what, const modelstore::ImportReport& report, double seconds) {
  std::printf(
      "%s: %.2f s; read %lld = active %lld + pending %lld + merged %lld + unchanged %lld + skipped %lld; "
      "tags %lld, links %lld, pictures %lld, missing %lld, failed %lld, notes %zu\n",
      what, seconds, static_cast<long long>(report.models_read), static_cast<long long>(report.active),
      static_cast<long long>(report.pending), static_cast<long long>(report.merged),
      static_cast<long long>(report.unchanged), static_cast<long long>(report.skipped),
      static_cast<long long>(report.tags), static_cast<long long>(report.links),
      static_cast<long long>(report.images_imported), static_cast<long long>(report.images_missing),
      static_cast<long long>(report.images_failed), report.conflicts.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fputs("usage: modelstore_bench_import LEGACY_DB ROOT [PICTURES]\n", stderr);
    return 2;
  }
  try {
    modelstore::LegacyImportOptions options;
    options.database = argv[1];
    if (argc == 4) options.pictures = argv[3];
    modelstore::StoreOptions store_options;
    store_options.create = true;
    const modelstore::Store store = modelstore::Store::open(argv[2], store_options);
    modelstore::LegacyImporter importer(store);
    for (const char* run : {"first run", "second run"}) {
      const auto start = std::chrono::steady_clock::now();
      const modelstore::ImportReport report = importer.import(options).get();
      print(run, report, seconds_since(start));
      rusage usage{};
      getrusage(RUSAGE_SELF, &usage);
      std::printf(
          "%s: peak memory %.0f MiB, processor time %.2f s\n", run,
          static_cast<double>(usage.ru_maxrss) / 1024,
          static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6 +
              static_cast<double>(usage.ru_stime.tv_sec) + static_cast<double>(usage.ru_stime.tv_usec) / 1e6);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "modelstore_bench_import: %s\n", error.what());
    return 1;
  }
}
