// What each WebP effort costs, in processor time and in bytes, for each tier of a picture.
//   modelstore_bench_tiers [--write FOLDER [--efforts HML]] [PICTURE...]
// Without pictures it makes a JPEG of ten megapixels and a PNG of 1024 x 1536. With --write the tiers that the
// defaults, or three efforts such as 244, give are written as FOLDER/<n>_<tier>.webp, for a comparison with other
// encoders, and the processor time of them all is printed.

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/table.hpp"
#include "image/decoder.hpp"
#include "image/picture_source.hpp"
#include "image/reduce.hpp"
#include "image/tier_maker.hpp"
#include "image/tier_size.hpp"
#include "image/vips_scope.hpp"
#include "image/webp_encoder.hpp"
#include "support/pictures.hpp"

namespace {

using modelstore::PreviewOptions;
using modelstore::TierOptions;
using modelstore::TierSet;
using modelstore::image::make_tiers;

constexpr int kRuns = 5;
constexpr std::array<const char*, 3> kTierNames = {"high", "medium", "low"};
constexpr std::array<TierOptions PreviewOptions::*, 3> kTierOptions = {
    &PreviewOptions::high, &PreviewOptions::medium, &PreviewOptions::low};

double processor_ms() {
  return bench::processor_seconds() * 1e3;
}

// The least of several runs: what disturbs a run only ever adds to it.
std::pair<double, TierSet> measure(const test::Bytes& picture, const PreviewOptions& options) {
  double least = 1e300;
  TierSet set;
  for (int run = 0; run < kRuns; ++run) {
    const double start = processor_ms();
    set = make_tiers(picture, options);
    least = std::min(least, processor_ms() - start);
  }
  return {least, std::move(set)};
}

PreviewOptions with_efforts(int effort) {
  PreviewOptions options;
  for (const auto tier : kTierOptions) (options.*tier).effort = effort;
  return options;
}

void report(const std::string& name, const test::Bytes& picture) {
  const auto [floor_ms, floor_set] = measure(picture, with_efforts(0));
  std::printf("%s: %zu bytes, high tier %d x %d, all tiers at effort 0: %.1f ms\n", name.c_str(),
              picture.size(), floor_set.tiers[0].width, floor_set.tiers[0].height, floor_ms);
  std::printf("  %-7s %6s %10s %10s\n", "tier", "effort", "more ms", "bytes");
  for (std::size_t tier = 0; tier < 3; ++tier) {
    for (int effort = 0; effort <= 6; ++effort) {
      PreviewOptions options = with_efforts(0);
      (options.*kTierOptions[tier]).effort = effort;
      const auto [ms, set] = measure(picture, options);
      std::printf("  %-7s %6d %10.1f %10zu\n", kTierNames[tier], effort, ms - floor_ms,
                  set.tiers[tier].webp.size());
    }
  }
  const auto [ms, set] = measure(picture, {});
  std::printf("  the defaults: %.1f ms, %zu bytes\n", ms,
              set.tiers[0].webp.size() + set.tiers[1].webp.size() + set.tiers[2].webp.size());
}

/// How many times a picture is decoded: what the whole takes beyond its encoding, in units of one decoding.
void count_decodings(const std::string& name, const test::Bytes& picture) {
  const PreviewOptions options = with_efforts(0);
  const double whole = measure(picture, options).first;
  const modelstore::image::VipsScope scope;
  const auto least_ms = [](const auto& work) {
    double least = 1e300;
    for (int run = 0; run < kRuns; ++run) {
      const double start = processor_ms();
      work();
      least = std::min(least, processor_ms() - start);
    }
    return least;
  };
  std::unique_ptr<modelstore::image::Pixels> high;
  const double decoding = least_ms([&] {
    modelstore::image::PictureSource source(picture, options);
    const auto upright = source.upright_size();
    high = modelstore::image::decode_upright(
        source, modelstore::image::high_tier_size(upright.width, upright.height, options.max_pixels));
  });
  const double encoding = least_ms([&] {
    for (const auto tier : kTierOptions) {
      const auto size = modelstore::image::scaled_tier_size(high->size, (options.*tier).scale);
      (void)modelstore::image::encode_webp(
          size == high->size ? *high : *modelstore::image::reduce(*high, size), options.*tier);
    }
  });
  bench::print_row(name + ": decodings", bench::text(whole - encoding, "ms"), bench::text(decoding, "ms"),
                   (whole - encoding) / decoding, "1");
}

void write_tiers(const std::string& folder, std::size_t number, const test::Bytes& picture,
                 const PreviewOptions& options) {
  const TierSet set = make_tiers(picture, options);
  for (std::size_t tier = 0; tier < 3; ++tier) {
    std::ofstream out(folder + "/" + std::to_string(number) + "_" + kTierNames[tier] + ".webp",
                      std::ios::binary);
    out.write(reinterpret_cast<const char*>(set.tiers[tier].webp.data()),
              static_cast<std::streamsize>(set.tiers[tier].webp.size()));
  }
}

test::Bytes read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  return test::to_bytes(content);
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::string folder;
  if (arguments.size() >= 2 && arguments[0] == "--write") {
    folder = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  PreviewOptions options;
  if (arguments.size() >= 2 && arguments[0] == "--efforts" && arguments[1].size() == 3) {
    for (std::size_t tier = 0; tier < 3; ++tier) {
      (options.*kTierOptions[tier]).effort = arguments[1][tier] - '0';
    }
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  std::vector<std::pair<std::string, test::Bytes>> pictures;
  for (const std::string& path : arguments) pictures.emplace_back(path, read_bytes(path));
  if (pictures.empty()) {
    pictures.emplace_back("JPEG 3872 x 2592", test::encode(test::photo(3872, 2592), test::Kind::Jpeg));
    pictures.emplace_back("PNG 1024 x 1536", test::encode(test::photo(1024, 1536, 2), test::Kind::Png));
  }
  if (folder.empty()) {
    bench::print_head();
    for (const auto& [name, picture] : pictures) count_decodings(name, picture);
  }
  const double start = processor_ms();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (folder.empty()) {
      report(pictures[i].first, pictures[i].second);
    } else {
      write_tiers(folder, i, pictures[i].second, options);
    }
  }
  if (!folder.empty()) std::printf("%.1f ms\n", processor_ms() - start);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
