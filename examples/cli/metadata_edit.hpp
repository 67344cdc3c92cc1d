/// What `set` changes: KEY=VALUE arguments as one edit of a record.
///
/// `name`, `type` and `path` are fields of the record. `description` and `community_links` are texts of its metadata,
/// `prompts.positive` and `prompts.negative` members of an object there. Every other key is a key of the metadata
/// whose value is JSON if it is well-formed, otherwise a text. An empty value clears a text and removes any other
/// key.
#pragma once

#include <string>
#include <vector>

#include "modelstore/database.hpp"

namespace cli {

/// The edit that `assignments` ask for, applied in order. `metadata` is what the record has now.
/// Errors: InvalidArgument (no `=`, an empty key, not UTF-8).
[[nodiscard]] modelstore::RecordEdit edit_of(const std::vector<std::string>& assignments,
                                             const std::string& metadata);

}  // namespace cli
