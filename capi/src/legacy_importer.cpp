#include "modelstore/legacy_importer.hpp"

#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "options.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

LegacyImportOptions import_options_of(const modelstore_import_options* options) {
  const auto given = read_required(options);
  LegacyImportOptions result;
  result.database = path_of(given.database);
  if (given.pictures.data) result.pictures = path_of(given.pictures);
  result.path_map = path_map_of(given.path_map, given.path_map_count);
  result.dry_run = given.dry_run != 0;
  result.source_id = std::string(view_of(given.source_id));
  return result;
}

modelstore_skipped_row write_skipped_row(Block& block, const SkippedRow& row) {
  return {.legacy_id = row.legacy_id, .reason = block.text(row.reason)};
}

modelstore_import_conflict write_conflict(Block& block, const ImportConflict& conflict) {
  return {.legacy_id = conflict.legacy_id,
          .field = block.text(conflict.field),
          .reason = block.text(conflict.reason),
          .kept = block.text(conflict.kept),
          .lost = block.text(conflict.lost)};
}

}  // namespace

modelstore_status modelstore_legacy_importer_create(modelstore_store store,
                                                    modelstore_legacy_importer* importer,
                                                    modelstore_error** error) {
  return create_service<LegacyImporterObject>(store, importer, error);
}

modelstore_status modelstore_legacy_importer_destroy(modelstore_legacy_importer importer,
                                                     modelstore_error** error) {
  return destroy_handle<LegacyImporterObject>(importer.value, error);
}

modelstore_status modelstore_legacy_importer_import(modelstore_legacy_importer importer,
                                                    const modelstore_import_options* options,
                                                    modelstore_job* job, modelstore_error** error) {
  return answer(error, Out(job), [&] {
    const auto used = use<LegacyImporterObject>(importer.value);
    *job = job_handle(used->scope, used->service.import(import_options_of(options)));
  });
}

modelstore_status modelstore_legacy_importer_import_result(modelstore_job job,
                                                           modelstore_import_report** report,
                                                           modelstore_error** error) {
  return answer(error, Out(report), [&] {
    read_result<ImportReport>(job, [&](const ImportReport& result) {
      *report = make_block<modelstore_import_report>([&](Block& block) {
        return modelstore_import_report{.block_size = 0,
                                        .models_read = result.models_read,
                                        .active = result.active,
                                        .pending = result.pending,
                                        .merged = result.merged,
                                        .unchanged = result.unchanged,
                                        .skipped = result.skipped,
                                        .tags = result.tags,
                                        .links = result.links,
                                        .images_imported = result.images_imported,
                                        .images_missing = result.images_missing,
                                        .images_failed = result.images_failed,
                                        .skipped_rows = block.array(result.skipped_rows, write_skipped_row),
                                        .skipped_rows_count = result.skipped_rows.size(),
                                        .conflicts = block.array(result.conflicts, write_conflict),
                                        .conflicts_count = result.conflicts.size(),
                                        .elapsed_ms = result.elapsed_ms};
      });
    });
  });
}
