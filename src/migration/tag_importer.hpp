/// Brings the tags of a legacy catalogue over. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/legacy_reader.hpp"
#include "modelstore/legacy_importer.hpp"
#include "modelstore/records.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::migration {

class TagImporter {
 public:
  /// Reads the tags; what cannot be taken over is noted in `report`, as is all that follows.
  TagImporter(const catalog::LegacyReader& reader, ImportReport& report);

  /// At the beginning of each transaction: other writers may have changed tags since the last. The first
  /// one of a source creates all of its tags.
  void begin(const sqlite::Connection& database, std::int64_t import, bool first);

  /// The tag that the source's tag became, which is created if it is new. Null if there is no such tag in the
  /// source, or it cannot be taken over. Valid until the next `begin`.
  [[nodiscard]] const Tag* find(const sqlite::Connection& database, std::int64_t legacy_id);

 private:
  struct Source {
    std::string name;
    std::optional<std::string> color;
  };
  [[nodiscard]] bool join(const sqlite::Connection& database, std::int64_t legacy_id, const Source& source);
  void create(const sqlite::Connection& database, std::int64_t legacy_id, const Source& source);
  void remember(const sqlite::Connection& database, std::int64_t legacy_id, Tag tag);
  void note(std::int64_t legacy_id, std::string field, std::string reason, std::string kept,
            std::string lost);

  ImportReport& report_;
  std::int64_t import_ = 0;
  std::unordered_map<std::int64_t, Source> sources_;
  std::vector<std::int64_t> order_;  // of `sources_`, by id
  std::unordered_map<std::int64_t, Tag> tags_;
};

}  // namespace modelstore::migration
