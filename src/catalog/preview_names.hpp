/// Names of the files below `images/`. They are contract: other programs read the folder. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "modelstore/records.hpp"
#include "modelstore/sha256.hpp"

namespace modelstore::catalog {

/// What the name of a tier file says.
struct TierFileName {
  Sha256 model;
  std::int64_t seq = 0;
  Tier tier = Tier::High;

  friend bool operator==(const TierFileName&, const TierFileName&) = default;
};

/// `<sha256>_<seq>_<tier>.webp`, the tier being `high`, `medium` or `low`.
[[nodiscard]] std::string tier_file_name(const Sha256& model, std::int64_t seq, Tier tier);

/// Nothing if `tier_file_name` never gives this name.
[[nodiscard]] std::optional<TierFileName> parse_tier_file_name(std::string_view name) noexcept;

/// What the name of a kept original says.
struct OriginalFileName {
  Sha256 model;
  std::int64_t seq = 0;
  std::string_view extension;  ///< part of the name that was parsed
};

/// `<sha256>_<seq>_original.<extension>`, the extension being that of a picture's format.
[[nodiscard]] std::string original_file_name(const Sha256& model, std::int64_t seq,
                                             std::string_view extension);

/// Nothing if `original_file_name` never gives this name for a picture.
[[nodiscard]] std::optional<OriginalFileName> parse_original_file_name(std::string_view name) noexcept;

/// What the name of any file of a preview says.
struct PreviewFileName {
  Sha256 model;
  std::int64_t seq = 0;
  bool original = false;
};

/// Nothing if neither `tier_file_name` nor `original_file_name` gives this name.
[[nodiscard]] std::optional<PreviewFileName> parse_preview_file_name(std::string_view name) noexcept;

/// What the name of a pending record's picture says.
struct PendingFileName {
  std::int64_t id = 0;
  std::string_view extension;  ///< part of the name that was parsed
};

/// `<id>.<extension>`.
[[nodiscard]] std::string pending_file_name(std::int64_t id, std::string_view extension);

/// Nothing if it is not a positive number without leading zeros, a point, and 1 to 8 lowercase letters or
/// digits.
[[nodiscard]] std::optional<PendingFileName> parse_pending_file_name(std::string_view name) noexcept;

}  // namespace modelstore::catalog
