// Writes a large legacy store for measuring imports.
//
//   modelstore_bench_legacy OUT_DB MODELS LINKS_PER_MODEL [SEED]

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/legacy_store.hpp"

namespace {

std::int64_t number(const char* text, std::int64_t most) {
  std::size_t used = 0;
  const std::int64_t value = std::stoll(text, &used);
  if (text[used] != '\0' || value < 0 || value > most) throw std::invalid_argument(text);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::fputs(
        "usage: modelstore_bench_legacy OUT_DB MODELS LINKS_PER_MODEL [SEED]\n"
        "Writes a legacy catalogue of MODELS rows (half of them hashed) with as many tag links each,\n"
        "and an empty folder of pictures, images, beside it.\n",
        stderr);
    return 2;
  }
  try {
    const std::filesystem::path target = std::filesystem::absolute(argv[1]);
    test::LegacyFill fill;
    fill.models = number(argv[2], 100'000'000);
    fill.links_per_model = static_cast<int>(number(argv[3], 200));
    if (argc == 5) fill.seed = static_cast<std::uint64_t>(number(argv[4], INT64_MAX));
    if (std::filesystem::exists(target)) throw std::runtime_error("exists: " + target.string());

    const auto start = std::chrono::steady_clock::now();
    test::LegacyStore store(target.parent_path(), target.filename().string());
    store.fill(fill);
    store.close();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    const auto links = static_cast<long long>(fill.models) * fill.links_per_model;
    std::printf("%lld models, %lld links, %.1f MiB in %.2f s: %s\n", static_cast<long long>(fill.models),
                links, static_cast<double>(std::filesystem::file_size(target)) / (1024.0 * 1024.0),
                elapsed.count(), target.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "modelstore_bench_legacy: %s\n", error.what());
    return 2;
  }
}
