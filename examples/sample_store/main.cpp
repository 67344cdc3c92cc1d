// Makes a legacy store to try modelstore on: models of many types, hashed and not, with tags, texts and
// pictures, and with the defects that such stores really have.

#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>
#include <vips/vips.h>

#include "legacy_store.hpp"

namespace {

void print(const sample::Summary& summary, const std::string& out) {
  const auto number = [](std::int64_t value) { return static_cast<long long>(value); };
  std::printf("Sample legacy store in %s\n", out.c_str());
  std::printf("  legacy/hikaze_mm.sqlite3  %lld models (%lld hashed, %lld not), %lld tags, %lld links\n",
              number(summary.rows), number(summary.hashed), number(summary.unhashed), number(summary.tags),
              number(summary.links));
  std::printf("  legacy/images/            %d PNG, %d JPEG, %d WebP, %d GIF\n", summary.pictures[0],
              summary.pictures[1], summary.pictures[2], summary.pictures[3]);
  std::printf("  models/                   %lld safetensors files, %.0f MB\n", number(summary.files),
              static_cast<double>(summary.file_bytes) / 1e6);
  std::printf("  some paths begin with     %s, which is the folder models/ here\n",
              summary.windows_root.c_str());
  std::printf("Defects, put there on purpose:\n");
  for (const auto& defect : summary.defects) std::printf("  - %s\n", defect.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes a sample legacy store, with the model files that it speaks of, into a new folder.");
  std::string out;
  std::int64_t models = 60;
  std::uint64_t seed = 1;
  app.add_option("OUT_DIR", out, "where legacy/ and models/ are made")->required();
  app.add_option("--models", models, "number of models, at least " + std::to_string(sample::kLeastModels))
      ->check(CLI::Range(sample::kLeastModels, std::int64_t{100'000}))
      ->capture_default_str();
  app.add_option("--seed", seed, "equal seeds make equal samples")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (VIPS_INIT(argv[0]) != 0) {
    std::fprintf(stderr, "modelstore_sample_store: libvips cannot start: %s\n", vips_error_buffer());
    return 2;
  }
  try {
    print(sample::write_legacy_store(out, models, seed), out);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "modelstore_sample_store: %s\n", error.what());
    return 2;
  }
}
