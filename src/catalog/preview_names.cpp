#include "catalog/preview_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "image/picture_format.hpp"

namespace modelstore::catalog {
namespace {

constexpr std::array<std::string_view, 3> kTierNames = {"high", "medium", "low"};
constexpr std::string_view kOriginal = "original.";
constexpr std::size_t kLongestExtension = 8;

/// A number as `std::to_string` writes it, from `smallest` on.
std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t smallest) noexcept {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < smallest) return std::nullopt;
  return value;
}

/// What the names of all files of one preview begin with.
struct Stem {
  Sha256 model;
  std::int64_t seq = 0;
};

/// Takes `<sha256>_<seq>_` off the beginning of `name`.
std::optional<Stem> take_stem(std::string_view& name) noexcept {
  if (name.size() <= Sha256::kHexDigits || name[Sha256::kHexDigits] != '_') return std::nullopt;
  const std::string_view hex = name.substr(0, Sha256::kHexDigits);
  const auto model = Sha256::parse(hex);
  const bool lowercase = std::none_of(hex.begin(), hex.end(), [](char c) { return c >= 'A' && c <= 'F'; });
  if (!model || !lowercase) return std::nullopt;
  const std::string_view rest = name.substr(Sha256::kHexDigits + 1);
  const std::size_t underscore = rest.find('_');
  if (underscore == std::string_view::npos) return std::nullopt;
  const auto seq = parse_number(rest.substr(0, underscore), 0);
  if (!seq) return std::nullopt;
  name = rest.substr(underscore + 1);
  return Stem{*model, *seq};
}

}  // namespace

std::string tier_file_name(const Sha256& model, std::int64_t seq, Tier tier) {
  return model.hex() + "_" + std::to_string(seq) + "_" +
         std::string(kTierNames[static_cast<std::size_t>(tier)]) + ".webp";
}

std::optional<TierFileName> parse_tier_file_name(std::string_view name) noexcept {
  constexpr std::string_view kEnding = ".webp";
  if (!name.ends_with(kEnding)) return std::nullopt;
  name.remove_suffix(kEnding.size());
  const auto stem = take_stem(name);
  const auto* const tier = std::find(kTierNames.begin(), kTierNames.end(), name);
  if (!stem || tier == kTierNames.end()) return std::nullopt;
  return TierFileName{stem->model, stem->seq, static_cast<Tier>(tier - kTierNames.begin())};
}

std::string original_file_name(const Sha256& model, std::int64_t seq, std::string_view extension) {
  return model.hex() + "_" + std::to_string(seq) + "_" + std::string(kOriginal) + std::string(extension);
}

std::optional<OriginalFileName> parse_original_file_name(std::string_view name) noexcept {
  const auto stem = take_stem(name);
  if (!stem || !name.starts_with(kOriginal)) return std::nullopt;
  name.remove_prefix(kOriginal.size());
  if (!image::is_file_extension(name)) return std::nullopt;
  return OriginalFileName{stem->model, stem->seq, name};
}

std::optional<PreviewFileName> parse_preview_file_name(std::string_view name) noexcept {
  if (const auto tier = parse_tier_file_name(name)) return PreviewFileName{tier->model, tier->seq, false};
  if (const auto original = parse_original_file_name(name))
    return PreviewFileName{original->model, original->seq, true};
  return std::nullopt;
}

std::string pending_file_name(std::int64_t id, std::string_view extension) {
  return std::to_string(id) + "." + std::string(extension);
}

std::optional<PendingFileName> parse_pending_file_name(std::string_view name) noexcept {
  const std::size_t point = name.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto id = parse_number(name.substr(0, point), 1);
  const std::string_view extension = name.substr(point + 1);
  const bool known_form = !extension.empty() && extension.size() <= kLongestExtension &&
                          std::all_of(extension.begin(), extension.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                          });
  if (!id || !known_form) return std::nullopt;
  return PendingFileName{*id, extension};
}

}  // namespace modelstore::catalog
