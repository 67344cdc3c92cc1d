#include "handle_calls.h"

#include <stddef.h>

/* Where results go; what a call leaves here is freed. */
static _Thread_local union {
  int64_t number;
  modelstore_record_id id;
  modelstore_progress progress;
} value_out;
static _Thread_local int32_t flag;

static const modelstore_sha256 sha256 = {{1}};
static const modelstore_record_id record_id = {{{1}}, 0};
static const modelstore_text no_path = {"/absent/file", 12};
static const modelstore_bytes no_bytes = {NULL, 0};
static const modelstore_text no_text = {NULL, 0};
static const modelstore_selection selection = MODELSTORE_SELECTION_INIT;
static const modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
static const modelstore_new_record new_record = MODELSTORE_NEW_RECORD_INIT;
static const modelstore_import_options import_options = {
    .struct_size = (uint32_t)sizeof(modelstore_import_options), .database = {"/absent/file", 12}};

static int stop(void* user_data, const modelstore_progress* progress) {
  (void)user_data;
  (void)progress;
  return 1;
}

static void ignore(void* user_data, modelstore_job job, modelstore_status status) {
  (void)user_data;
  (void)job;
  (void)status;
}

#define CALL(function, type, ...)                                                      \
  static modelstore_status call_##function(uint64_t value, modelstore_error** error) { \
    const modelstore_##type handle = {value};                                          \
    return modelstore_##function(handle, __VA_ARGS__);                                 \
  }

/* A call whose result, `out`, is a block. */
#define BLOCK(function, type, block, ...)                                              \
  static modelstore_status call_##function(uint64_t value, modelstore_error** error) { \
    const modelstore_##type handle = {value};                                          \
    modelstore_##block* out = NULL;                                                    \
    const modelstore_status status = modelstore_##function(handle, __VA_ARGS__);       \
    modelstore_free(out);                                                              \
    return status;                                                                     \
  }

/* A call whose result, `out`, is a handle. */
#define MAKE(function, type, made, ...)                                                \
  static modelstore_status call_##function(uint64_t value, modelstore_error** error) { \
    const modelstore_##type handle = {value};                                          \
    modelstore_##made out = {0};                                                       \
    const modelstore_status status = modelstore_##function(handle, __VA_ARGS__);       \
    (void)modelstore_##made##_destroy(out, NULL);                                      \
    return status;                                                                     \
  }

CALL(store_destroy, store, error)
BLOCK(store_root, store, text_block, &out, error)
CALL(store_read_only, store, &flag, error)
MAKE(store_verify, store, job, NULL, &out, error)
MAKE(store_repair, store, job, NULL, &out, error)
MAKE(database_create, store, database, &out, error)
MAKE(image_processor_create, store, image_processor, &out, error)
MAKE(file_hasher_create, store, file_hasher, &out, error)
MAKE(scanner_create, store, scanner, &out, error)
MAKE(legacy_importer_create, store, legacy_importer, &out, error)
MAKE(reactive_migrator_create, store, reactive_migrator, &out, error)

CALL(database_destroy, database, error)
BLOCK(database_model, database, model, &sha256, &out, error)
BLOCK(database_pending, database, pending_record, 1, &out, error)
CALL(database_resolve, database, no_path, &value_out.id, error)
CALL(database_find_by_path, database, no_path, &value_out.id, &flag, error)
BLOCK(database_find_by_paths, database, found_list, &no_path, 1, &out, error)
BLOCK(database_list, database, record_page, NULL, &out, error)
BLOCK(database_facets, database, facets, NULL, &out, error)
BLOCK(database_types, database, text_list, &out, error)
BLOCK(database_preview, database, model_preview, 1, &out, error)
BLOCK(database_preview_at, database, model_preview, &sha256, 0, &out, error)
CALL(database_revision, database, &value_out.number, error)
BLOCK(database_tags, database, tag_list, &out, error)
BLOCK(database_statistics, database, statistics, &out, error)
BLOCK(database_changes, database, change_list, 0, 0, &out, error)
CALL(database_add_pending, database, &new_record, &value_out.number, error)
CALL(database_add_model, database, &sha256, &new_record, error)
CALL(database_edit, database, &record_id, &edit, error)
CALL(database_edit_many, database, &selection, &edit, NULL, error)
CALL(database_trash, database, &selection, NULL, error)
CALL(database_restore, database, &selection, NULL, error)
CALL(database_empty_trash, database, NULL, error)
BLOCK(database_relocate, database, relocate_report, no_path, no_path, 1, &out, error)
BLOCK(database_add_tags, database, tag_list, NULL, 0, &out, error)
CALL(database_edit_tag, database, 1, no_text, no_text, error)
CALL(database_delete_tag, database, 1, error)

CALL(image_processor_destroy, image_processor, error)
CALL(image_processor_add, image_processor, &record_id, no_path, NULL, error)
CALL(image_processor_add_bytes, image_processor, &record_id, no_bytes, no_text, NULL, error)
MAKE(image_processor_add_async, image_processor, job, &record_id, no_path, &out, error)
BLOCK(image_processor_previews, image_processor, preview_list, &sha256, &out, error)
BLOCK(image_processor_pending_pictures, image_processor, pending_picture_list, 1, &out, error)
BLOCK(image_processor_read, image_processor, bytes_block, 1, MODELSTORE_TIER_LOW, &out, error)
BLOCK(image_processor_read_original, image_processor, bytes_block, 1, &out, error)
BLOCK(image_processor_read_pending, image_processor, bytes_block, 1, &out, error)
CALL(image_processor_reorder, image_processor, &record_id, NULL, 0, error)
CALL(image_processor_remove, image_processor, &record_id, 1, error)

CALL(file_hasher_destroy, file_hasher, error)
MAKE(file_hasher_hash, file_hasher, job, no_path, NULL, &out, error)
MAKE(file_hasher_hash_all, file_hasher, job, &no_path, 1, NULL, &out, error)
CALL(file_hasher_pause, file_hasher, error)
CALL(file_hasher_resume, file_hasher, error)
CALL(file_hasher_paused, file_hasher, &flag, error)

CALL(scanner_destroy, scanner, error)
MAKE(scanner_scan, scanner, job, &no_path, 1, NULL, &out, error)

CALL(legacy_importer_destroy, legacy_importer, error)
MAKE(legacy_importer_import, legacy_importer, job, &import_options, &out, error)

CALL(reactive_migrator_destroy, reactive_migrator, error)
MAKE(reactive_migrator_hash, reactive_migrator, job, no_path, NULL, &out, error)
MAKE(reactive_migrator_migrate, reactive_migrator, job, &record_id, 1, NULL, &out, error)
MAKE(reactive_migrator_migrate_all, reactive_migrator, job, NULL, &out, error)
MAKE(reactive_migrator_verify_claims, reactive_migrator, job, NULL, &out, error)

CALL(job_destroy, job, error)
CALL(job_done, job, &flag, error)
CALL(job_wait, job, 0, &flag, error)
CALL(job_watch, job, 1, stop, NULL, error)
CALL(job_progress, job, &value_out.progress, error)
CALL(job_cancel, job, error)
CALL(job_on_done, job, ignore, NULL, NULL, error)
BLOCK(store_verify_result, job, verify_report, &out, error)
BLOCK(store_repair_result, job, repair_report, &out, error)
CALL(image_processor_add_result, job, &value_out.number, error)
BLOCK(file_hasher_hash_result, job, file_hash, &out, error)
BLOCK(file_hasher_hash_all_result, job, hash_batch, &out, error)
BLOCK(scanner_scan_result, job, scan_report, &out, error)
BLOCK(legacy_importer_import_result, job, import_report, &out, error)
BLOCK(reactive_migrator_hash_result, job, migrate_hash_result, &out, error)
BLOCK(reactive_migrator_migrate_result, job, migration_report, &out, error)

#define ENTRY(kind, function) \
  { #function, kind, false, call_##function }
#define DESTROY(kind, function) \
  { #function, kind, true, call_##function }

const struct handle_call handle_calls[] = {
    DESTROY(KIND_STORE, store_destroy),
    ENTRY(KIND_STORE, store_root),
    ENTRY(KIND_STORE, store_read_only),
    ENTRY(KIND_STORE, store_verify),
    ENTRY(KIND_STORE, store_repair),
    ENTRY(KIND_STORE, database_create),
    ENTRY(KIND_STORE, image_processor_create),
    ENTRY(KIND_STORE, file_hasher_create),
    ENTRY(KIND_STORE, scanner_create),
    ENTRY(KIND_STORE, legacy_importer_create),
    ENTRY(KIND_STORE, reactive_migrator_create),
    DESTROY(KIND_DATABASE, database_destroy),
    ENTRY(KIND_DATABASE, database_model),
    ENTRY(KIND_DATABASE, database_pending),
    ENTRY(KIND_DATABASE, database_resolve),
    ENTRY(KIND_DATABASE, database_find_by_path),
    ENTRY(KIND_DATABASE, database_find_by_paths),
    ENTRY(KIND_DATABASE, database_list),
    ENTRY(KIND_DATABASE, database_facets),
    ENTRY(KIND_DATABASE, database_types),
    ENTRY(KIND_DATABASE, database_preview),
    ENTRY(KIND_DATABASE, database_preview_at),
    ENTRY(KIND_DATABASE, database_revision),
    ENTRY(KIND_DATABASE, database_tags),
    ENTRY(KIND_DATABASE, database_statistics),
    ENTRY(KIND_DATABASE, database_changes),
    ENTRY(KIND_DATABASE, database_add_pending),
    ENTRY(KIND_DATABASE, database_add_model),
    ENTRY(KIND_DATABASE, database_edit),
    ENTRY(KIND_DATABASE, database_edit_many),
    ENTRY(KIND_DATABASE, database_trash),
    ENTRY(KIND_DATABASE, database_restore),
    ENTRY(KIND_DATABASE, database_empty_trash),
    ENTRY(KIND_DATABASE, database_relocate),
    ENTRY(KIND_DATABASE, database_add_tags),
    ENTRY(KIND_DATABASE, database_edit_tag),
    ENTRY(KIND_DATABASE, database_delete_tag),
    DESTROY(KIND_IMAGES, image_processor_destroy),
    ENTRY(KIND_IMAGES, image_processor_add),
    ENTRY(KIND_IMAGES, image_processor_add_bytes),
    ENTRY(KIND_IMAGES, image_processor_add_async),
    ENTRY(KIND_IMAGES, image_processor_previews),
    ENTRY(KIND_IMAGES, image_processor_pending_pictures),
    ENTRY(KIND_IMAGES, image_processor_read),
    ENTRY(KIND_IMAGES, image_processor_read_original),
    ENTRY(KIND_IMAGES, image_processor_read_pending),
    ENTRY(KIND_IMAGES, image_processor_reorder),
    ENTRY(KIND_IMAGES, image_processor_remove),
    DESTROY(KIND_HASHER, file_hasher_destroy),
    ENTRY(KIND_HASHER, file_hasher_hash),
    ENTRY(KIND_HASHER, file_hasher_hash_all),
    ENTRY(KIND_HASHER, file_hasher_pause),
    ENTRY(KIND_HASHER, file_hasher_resume),
    ENTRY(KIND_HASHER, file_hasher_paused),
    DESTROY(KIND_SCANNER, scanner_destroy),
    ENTRY(KIND_SCANNER, scanner_scan),
    DESTROY(KIND_IMPORTER, legacy_importer_destroy),
    ENTRY(KIND_IMPORTER, legacy_importer_import),
    DESTROY(KIND_MIGRATOR, reactive_migrator_destroy),
    ENTRY(KIND_MIGRATOR, reactive_migrator_hash),
    ENTRY(KIND_MIGRATOR, reactive_migrator_migrate),
    ENTRY(KIND_MIGRATOR, reactive_migrator_migrate_all),
    ENTRY(KIND_MIGRATOR, reactive_migrator_verify_claims),
    DESTROY(KIND_JOB, job_destroy),
    ENTRY(KIND_JOB, job_done),
    ENTRY(KIND_JOB, job_wait),
    ENTRY(KIND_JOB, job_watch),
    ENTRY(KIND_JOB, job_progress),
    ENTRY(KIND_JOB, job_cancel),
    ENTRY(KIND_JOB, job_on_done),
    ENTRY(KIND_JOB, store_verify_result),
    ENTRY(KIND_JOB, store_repair_result),
    ENTRY(KIND_JOB, image_processor_add_result),
    ENTRY(KIND_JOB, file_hasher_hash_result),
    ENTRY(KIND_JOB, file_hasher_hash_all_result),
    ENTRY(KIND_JOB, scanner_scan_result),
    ENTRY(KIND_JOB, legacy_importer_import_result),
    ENTRY(KIND_JOB, reactive_migrator_hash_result),
    ENTRY(KIND_JOB, reactive_migrator_migrate_result),
};

const int handle_calls_count = (int)(sizeof handle_calls / sizeof handle_calls[0]);
