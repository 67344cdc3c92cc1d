#include <array>
#include <utility>

#include "modelstore/reactive_migrator.hpp"

namespace modelstore {
namespace {

constexpr std::array kNames = {
    std::pair{ConflictPolicy::Merge, "merge"}, std::pair{ConflictPolicy::Report, "report"},
    std::pair{ConflictPolicy::Replace, "replace"}, std::pair{ConflictPolicy::Keep, "keep"},
    std::pair{ConflictPolicy::Discard, "discard"}};

}  // namespace

std::string_view conflict_policy_name(ConflictPolicy policy) noexcept {
  for (const auto& [value, name] : kNames)
    if (value == policy) return name;
  return "unknown";
}

std::optional<ConflictPolicy> parse_conflict_policy(std::string_view name) noexcept {
  for (const auto& [value, text] : kNames)
    if (name == text) return value;
  return std::nullopt;
}

}  // namespace modelstore
