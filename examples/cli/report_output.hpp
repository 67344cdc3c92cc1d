/// What the reports of import, scan, migrate and hash have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "json_writer.hpp"
#include "modelstore/path_map.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "text.hpp"

namespace cli {

/// Items of a list that a text shows; JSON has all of them.
inline constexpr std::size_t kShown = 20;

/// The first items of `items`, a line each, under a title with their number. Nothing if there are none.
template <class Items, class Line>
std::string some_lines(const std::string& title, const Items& items, Line&& line) {
  if (items.empty()) return {};
  std::string out = title + " (" + std::to_string(items.size()) + "):\n";
  std::size_t shown = 0;
  for (const auto& item : items) {
    if (shown++ == kShown) {
      out +=
          "  and " + grouped(static_cast<std::int64_t>(items.size() - kShown)) + " more: --json lists all\n";
      break;
    }
    out += "  " + printable(line(item)) + "\n";
  }
  return out;
}

/// The rules that the user gave as FROM=TO, where a relative TO starts from the current folder. Errors: InvalidArgument.
[[nodiscard]] modelstore::PathMap path_map_of(const std::vector<std::string>& rules);

inline constexpr const char* kMapHelp =
    "Paths that begin with FROM continue at TO. FROM may be a Windows path (C:\\models). Repeatable; the "
    "first rule "
    "that matches decides";

inline constexpr const char* kPolicyHelp =
    "What happens to a record whose content is a model already: merge, report, replace, keep, discard";

inline constexpr const char* kPolicies =
    "Policies:\n"
    "  merge    fill the model's empty fields, unite tags, append pictures, add the location\n"
    "  report   change nothing and say so\n"
    "  replace  the record's fields, tags and pictures take the place of the model's; add the location\n"
    "  keep     leave the record pending, with its hash\n"
    "  discard  remove the record; the model gets the location and nothing else\n"
    "A record without texts, pictures or tags of its own just joins the model as another location.";

/// Errors: InvalidArgument.
[[nodiscard]] modelstore::ConflictPolicy policy_of(const std::string& name);

/// What met the model: a pending record, or a model whose claimed hash was wrong, which `mismatches` knows by its
/// path.
[[nodiscard]] modelstore::RecordId record_of(const modelstore::MigrationConflict& conflict,
                                             std::span<const modelstore::ClaimMismatch> mismatches);

void write_conflict(JsonWriter& json, const modelstore::MigrationConflict& conflict,
                    std::span<const modelstore::ClaimMismatch> mismatches);
void write_mismatch(JsonWriter& json, const modelstore::ClaimMismatch& mismatch);

/// One line for a person.
[[nodiscard]] std::string mismatch_line(const modelstore::ClaimMismatch& mismatch);

}  // namespace cli
