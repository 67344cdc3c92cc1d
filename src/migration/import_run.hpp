/// One run of an import: the private copy, then the rows, then the search index, then the pictures. Used by
/// the thread of one operation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "catalog/legacy_reader.hpp"
#include "catalog/store_core.hpp"
#include "journal/staging.hpp"
#include "migration/import_target.hpp"
#include "modelstore/legacy_importer.hpp"
#include "platform/temporary_folder.hpp"
#include "runtime/executor.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::migration {

class ImportRun {
 public:
  /// All arguments outlive the object.
  ImportRun(detail::StoreCore& core, const LegacyImportOptions& options, const runtime::JobControl& control);

  /// Errors: see LegacyImporter::import.
  [[nodiscard]] ImportReport run();

 private:
  void import_rows();
  void import_from(const catalog::LegacyReader& reader);
  void import_pictures();
  [[nodiscard]] std::optional<platform::Directory> open_pictures() const;

  detail::StoreCore& core_;
  const LegacyImportOptions& options_;
  const runtime::JobControl& control_;
  std::filesystem::path source_;
  std::string source_id_;
  std::optional<ImportTarget> target_;
  ImportReport report_;
};

}  // namespace modelstore::migration
