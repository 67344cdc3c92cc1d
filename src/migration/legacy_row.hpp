/// Checks the rows of a legacy catalogue and brings them into the library's terms. Pure but for
/// FolderMemory, which looks at the file system; that one is used by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/legacy_reader.hpp"
#include "migration/legacy_metadata.hpp"
#include "migration/row_note.hpp"
#include "modelstore/path_map.hpp"
#include "modelstore/sha256.hpp"

namespace modelstore::migration {

/// A row that can be imported.
struct LegacyModel {
  std::int64_t id = 0;
  std::string path;  ///< after the path map
  std::string name;
  std::string type;
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;
  std::optional<Sha256> hash;
  LegacyMetadata metadata;
  std::vector<RowNote> notes;  ///< beside those of the metadata
};

/// What the row says. Nothing if it cannot be imported; then `reason` says why.
[[nodiscard]] std::optional<LegacyModel> read_model(const catalog::LegacyModelRow& row, const PathMap& map,
                                                    std::string& reason);

/// The hash that a row states, if it is one.
[[nodiscard]] std::optional<Sha256> read_hash(const catalog::LegacyValue& hash,
                                              const catalog::LegacyValue& algorithm);

/// Milliseconds since the epoch; 0 where the row says nothing of use.
[[nodiscard]] std::int64_t read_created_at(const catalog::LegacyValue& value) noexcept;

/// The digest of all values of a row, by which a later run tells that it was changed.
[[nodiscard]] Sha256 digest_of(const catalog::LegacyModelRow& row);

/// Real paths of files, with a memory for their folders: a catalogue has many files in few folders, and
/// most of those of another machine do not exist.
class FolderMemory {
 public:
  /// Empty if there is no such file.
  [[nodiscard]] std::string real_path(const std::string& path);

 private:
  std::unordered_map<std::string, std::string> real_folders_;
};

}  // namespace modelstore::migration
