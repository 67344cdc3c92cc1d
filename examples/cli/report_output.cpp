#include "report_output.hpp"

#include <algorithm>
#include <filesystem>

#include "modelstore/error.hpp"
#include "record_output.hpp"

namespace cli {

using modelstore::Error;
using modelstore::ErrorCode;

modelstore::PathMap path_map_of(const std::vector<std::string>& rules) {
  modelstore::PathMap map;
  map.reserve(rules.size());
  for (const auto& rule : rules) {
    auto& parsed = map.emplace_back(modelstore::PathRule::parse(rule));
    parsed.to = std::filesystem::absolute(parsed.to).lexically_normal().string();
  }
  return map;
}

modelstore::ConflictPolicy policy_of(const std::string& name) {
  const auto policy = modelstore::parse_conflict_policy(name);
  if (!policy)
    throw Error(ErrorCode::InvalidArgument,
                "no such policy: " + printable(name) + " (merge, report, replace, keep or discard)");
  return *policy;
}

modelstore::RecordId record_of(const modelstore::MigrationConflict& conflict,
                               std::span<const modelstore::ClaimMismatch> mismatches) {
  if (conflict.pending_id != 0) return modelstore::RecordId::pending(conflict.pending_id);
  const auto mismatch = std::find_if(mismatches.begin(), mismatches.end(), [&](const auto& one) {
    return one.path == conflict.pending_path && one.computed == conflict.sha256;
  });
  if (mismatch == mismatches.end())
    throw Error(ErrorCode::Internal, "a conflict at " + conflict.pending_path + " belongs to no record");
  return mismatch->record;
}

void write_conflict(JsonWriter& json, const modelstore::MigrationConflict& conflict,
                    std::span<const modelstore::ClaimMismatch> mismatches) {
  const modelstore::RecordId record = record_of(conflict, mismatches);
  json.begin_object().key("pending").begin_object();
  record.is_pending() ? json.member("id", record.number()) : json.member("id", record.to_string());
  json.member("path", conflict.pending_path).end_object();
  json.key("existing")
      .begin_object()
      .member("id", conflict.sha256.hex())
      .member("path", conflict.existing_path)
      .end_object();
  json.member("resolution", modelstore::conflict_policy_name(conflict.resolution)).end_object();
}

void write_mismatch(JsonWriter& json, const modelstore::ClaimMismatch& mismatch) {
  json.begin_object()
      .member("id", mismatch.record.to_string())
      .member("path", mismatch.path)
      .member("claimed", mismatch.claimed.hex())
      .member("computed", mismatch.computed.hex())
      .member("rekeyed", mismatch.rekeyed)
      .member("changed", mismatch.changed)
      .end_object();
}

std::string mismatch_line(const modelstore::ClaimMismatch& mismatch) {
  const std::string hashes = short_id(mismatch.claimed) + ", is " + short_id(mismatch.computed);
  if (mismatch.changed) return mismatch.path + ": was " + hashes + " now";
  return mismatch.path + ": claimed " + hashes + (mismatch.rekeyed ? "; the model took the new hash" : "");
}

}  // namespace cli
