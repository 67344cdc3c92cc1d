// The whole sample: a legacy store in OUT/legacy and the model files that it speaks of in OUT/models.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sample {

/// The least number of rows: each of them shows something.
inline constexpr std::int64_t kLeastModels = 50;

struct Summary {
  std::int64_t rows = 0;
  std::int64_t hashed = 0;
  std::int64_t unhashed = 0;
  std::int64_t tags = 0;
  std::int64_t links = 0;
  std::int64_t files = 0;
  std::int64_t file_bytes = 0;
  std::array<int, 4> pictures{};       ///< PNG, JPEG, WebP, GIF
  std::vector<std::string> defects{};  ///< one line each
  std::string windows_root{};          ///< the folder that stands in the paths of another machine
};

/// Writes it into `out`, the same for the same seed. `models` is the number of rows, kLeastModels or more.
/// Throws std::runtime_error, also if a store is there already.
Summary write_legacy_store(const std::filesystem::path& out, std::int64_t models, std::uint64_t seed);

}  // namespace sample
