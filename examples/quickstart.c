/* Takes over the catalogue of an older model manager, hashes what that never hashed, and looks at the result. */

#include <inttypes.h>
#include <modelstore.h>
#include <stdio.h>

/* What went wrong in the last call. As all results it is the caller's, who frees it. */
static modelstore_error* error;

/* Says what went wrong, if a call did. */
static int failed(modelstore_status status) {
  if (status == MODELSTORE_OK) return 0;
  fprintf(stderr, "quickstart: %s (%s)\n", modelstore_error_message(error), modelstore_status_name(status));
  modelstore_error_free(error);
  return 1;
}

/* Shows how far a job has come. Another answer than 0 would cancel it. */
static int show(void* user_data, const modelstore_progress* progress) {
  (void)user_data;
  fprintf(stderr, "\r%" PRIu64 " of %" PRIu64, progress->done, progress->total);
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: quickstart DATA LEGACY_DB WORDS\n");
    return 2;
  }
  modelstore_job job;

  /* One folder holds the catalogue and the pictures. */
  modelstore_store store;
  modelstore_store_options store_options = MODELSTORE_STORE_OPTIONS_INIT;
  store_options.create = 1;
  if (failed(modelstore_store_open(modelstore_text_of(argv[1]), &store_options, &store, &error))) return 1;

  /* Stage 1: rows with a hash become models at once, the others wait as pending records. */
  modelstore_legacy_importer importer;
  modelstore_import_options import_options = MODELSTORE_IMPORT_OPTIONS_INIT;
  import_options.database = modelstore_text_of(argv[2]);
  modelstore_import_report* imported = NULL;
  if (failed(modelstore_legacy_importer_create(store, &importer, &error))) return 1;
  if (failed(modelstore_legacy_importer_import(importer, &import_options, &job, &error))) return 1;
  if (failed(modelstore_job_watch(job, 200, show, NULL, &error))) return 1;
  if (failed(modelstore_legacy_importer_import_result(job, &imported, &error))) return 1;
  printf("%" PRId64 " models, %" PRId64 " pending records\n", imported->active, imported->pending);
  modelstore_free(imported);
  modelstore_job_destroy(job, NULL);
  modelstore_legacy_importer_destroy(importer, NULL);

  /* Stage 2: every file that waits is hashed, and becomes a model as soon as its hash is known. */
  modelstore_reactive_migrator migrator;
  modelstore_migration_report* migrated = NULL;
  if (failed(modelstore_reactive_migrator_create(store, &migrator, &error))) return 1;
  if (failed(modelstore_reactive_migrator_migrate_all(migrator, NULL, &job, &error))) return 1;
  if (failed(modelstore_job_watch(job, 200, show, NULL, &error))) return 1;
  if (failed(modelstore_reactive_migrator_migrate_result(job, &migrated, &error))) return 1;
  printf("%" PRIu64 " promoted, %" PRIu64 " merged\n", migrated->promoted_ids_count,
         migrated->merged_ids_count);
  for (uint64_t i = 0; i < migrated->failed_count; ++i) puts(migrated->failed[i].message.data);
  modelstore_free(migrated);
  modelstore_job_destroy(job, NULL);
  modelstore_reactive_migrator_destroy(migrator, NULL);

  /* Lists show models and pending records alike. */
  modelstore_database database;
  modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
  modelstore_record_query query = MODELSTORE_RECORD_QUERY_INIT;
  modelstore_record_page* page = NULL;
  filter.state = MODELSTORE_STATE_ALL;
  filter.text = modelstore_text_of(argv[3]);
  query.filter = &filter;
  query.sort = MODELSTORE_SORT_SIZE;
  if (failed(modelstore_database_create(store, &database, &error))) return 1;
  if (failed(modelstore_database_list(database, &query, &page, &error))) return 1;
  printf("%" PRId64 " found\n", page->total);

  modelstore_image_processor images;
  if (failed(modelstore_image_processor_create(store, &images, &error))) return 1;
  for (uint64_t i = 0; i < page->records_count; ++i) {
    const modelstore_record_summary* record = &page->records[i];
    char id[65];
    modelstore_record_id_format(&record->id, id);
    printf("%s  %s\n", id, record->name.data);
    if (record->id.pending != 0 || record->images_count == 0) continue;
    modelstore_preview_list* previews = NULL;
    modelstore_bytes_block* webp = NULL;
    if (failed(modelstore_image_processor_previews(images, &record->sha256, &previews, &error))) return 1;
    if (failed(modelstore_image_processor_read(images, previews->previews[0].id, MODELSTORE_TIER_MEDIUM,
                                               &webp, &error)))
      return 1;
    FILE* file = fopen(previews->previews[0].files[MODELSTORE_TIER_MEDIUM].name.data, "wb");
    if (!file || fwrite(webp->bytes.data, 1, webp->bytes.size, file) != webp->bytes.size ||
        fclose(file) != 0) {
      perror("quickstart");
      return 1;
    }
    modelstore_free(webp);
    modelstore_free(previews);
  }
  modelstore_free(page);
  modelstore_image_processor_destroy(images, NULL);
  modelstore_database_destroy(database, NULL);
  if (failed(modelstore_store_destroy(store, &error))) return 1;
  return 0;
}
