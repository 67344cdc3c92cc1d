/// Turns what a legacy row says about its model into metadata and references to pictures. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/legacy_reader.hpp"
#include "migration/row_note.hpp"

namespace modelstore::migration {

struct LegacyMetadata {
  std::string text = "{}";              ///< a JSON object with known keys of the right types
  std::string description;              ///< as it stands in there
  std::vector<std::string> references;  ///< to pictures, in order, each once
  std::vector<RowNote> notes;
};

/// Reads the columns `extra_json` and `meta_json` of a row into `metadata`, which is as new. Returns why the
/// row cannot be imported; nothing if it can.
///
/// Keys that the library knows and that have another type, or a text that is no JSON object, are kept with
/// their text under `legacy_<key>`, and noted.
[[nodiscard]] std::optional<std::string> read_metadata(const catalog::LegacyValue& extra,
                                                       const catalog::LegacyValue& meta,
                                                       LegacyMetadata& metadata);

}  // namespace modelstore::migration
