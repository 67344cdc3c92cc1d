/// Brings the rows of a legacy catalogue into ours, one at a time. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/legacy_reader.hpp"
#include "catalog/path_lookup.hpp"
#include "catalog/store_core.hpp"
#include "migration/known_paths.hpp"
#include "migration/legacy_row.hpp"
#include "migration/tag_importer.hpp"
#include "modelstore/legacy_importer.hpp"

namespace modelstore::migration {

class RowImporter {
 public:
  /// All arguments outlive the object. Counts and notes go to `report`.
  RowImporter(const catalog::LegacyReader& reader, const PathMap& map, std::string source_id,
              ImportReport& report);

  /// At the beginning of each transaction.
  void begin(catalog::WriteTransaction& transaction);

  /// Imports one row, whose id must be a number, or says in the report why not.
  void import(catalog::WriteTransaction& transaction, const catalog::LegacyModelRow& row);

  /// A row that cannot be imported.
  void skip(std::int64_t legacy_id, std::string reason);

 private:
  using Transaction = catalog::WriteTransaction;

  [[nodiscard]] catalog::RecordRef place(Transaction& transaction, const LegacyModel& model);
  [[nodiscard]] std::optional<catalog::RecordRef> find_by_path(Transaction& transaction,
                                                               const LegacyModel& model);
  [[nodiscard]] catalog::RecordRef add_model(Transaction& transaction, const LegacyModel& model);
  [[nodiscard]] catalog::RecordRef add_pending(Transaction& transaction, const LegacyModel& model);
  void join_model(Transaction& transaction, std::int64_t model_id, const LegacyModel& model);
  void join_pending(Transaction& transaction, std::int64_t pending_id, const LegacyModel& model);
  void add_location(Transaction& transaction, std::int64_t model_id, const LegacyModel& model);
  void add_pictures(Transaction& transaction, const catalog::RecordRef& record, const LegacyModel& model);
  void link_tags(Transaction& transaction, const catalog::RecordRef& record);
  [[nodiscard]] std::string search_text(const LegacyModel& model) const;
  void note(const LegacyModel& model, RowNote note);
  void fill_text(const LegacyModel& model, std::string_view field, std::string& kept,
                 const std::string& other);
  void fill_date(const LegacyModel& model, std::int64_t& kept);
  void fill_metadata(const LegacyModel& model, std::string& kept);

  const catalog::LegacyReader& reader_;
  const PathMap& map_;
  std::string source_id_;
  ImportReport& report_;
  TagImporter tags_;
  FolderMemory folders_;
  KnownPaths known_paths_;
  std::int64_t import_ = 0;
  std::int64_t largest_id_;

  // Of the row that is being imported.
  std::string real_path_;
  std::vector<std::int64_t> legacy_tags_;
  std::vector<const Tag*> row_tags_;
  bool is_new_ = false;
};

}  // namespace modelstore::migration
