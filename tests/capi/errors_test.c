/* The errors that each function of a store has of its own. */

#include "check.h"

static modelstore_store store;
static modelstore_database database;
static modelstore_image_processor images;

/* A picture of one pixel. */
static const uint8_t gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
static const modelstore_bytes picture = {gif, sizeof gif - 1};

/* Two models whose digests begin alike, and what is nobody's. */
static const modelstore_record_id first = {{{0xAB, 0xCD, 1}}, 0};
static const modelstore_record_id second = {{{0xAB, 0xCD, 2}}, 0};
static const modelstore_record_id nobody = {{{0xFF}}, 0};
static const modelstore_record_id no_record = {{{0}}, 4711};

static int64_t add_pending(const char* path) {
  modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  record.path = text(path);
  int64_t id = 0;
  CHECK_OK(modelstore_database_add_pending(database, &record, &id, &error));
  return id;
}

static void reading_records_fails(void) {
  modelstore_record_id id;
  CHECK_STATUS(MODELSTORE_CONFLICT, modelstore_database_resolve(database, text("abcd"), &id, &error));
  CHECK_OK(modelstore_database_resolve(database, text("abcd02"), &id, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_resolve(database, text("abcd03"), &id, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_resolve(database, text("xyz"), &id, &error));

  modelstore_model* model = NULL;
  modelstore_model_preview* preview = NULL;
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_model(database, &nobody.sha256, &model, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_database_preview_at(database, &nobody.sha256, 0, &preview, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_database_preview_at(database, &first.sha256, 0, &preview, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_database_preview_at(database, &first.sha256, -1, &preview, &error));

  modelstore_record_query query = MODELSTORE_RECORD_QUERY_INIT;
  query.cursor = text("no cursor");
  modelstore_record_page* page = NULL;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_list(database, &query, &page, &error));
  CHECK(page == NULL);
  modelstore_change_list* changes = NULL;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_changes(database, -1, 0, &changes, &error));
}

static void changing_records_fails(void) {
  int64_t id = 7;
  modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS,
               modelstore_database_add_model(database, &first.sha256, &record, &error));
  record.path = text("/m/taken");
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS,
               modelstore_database_add_model(database, &nobody.sha256, &record, &error));
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS, modelstore_database_add_pending(database, &record, &id, &error));

  const modelstore_record_id pending = {{{0}}, add_pending("/m/moves")};
  const modelstore_tag_ref no_tag = {4711, {NULL, 0}};
  modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_edit(database, &nobody, &edit, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_edit(database, &no_record, &edit, &error));
  edit.add_tags = &no_tag;
  edit.add_tags_count = 1;
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_edit(database, &first, &edit, &error));
  edit.add_tags_count = 0;
  edit.path = text("/m/taken");
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS, modelstore_database_edit(database, &pending, &edit, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_edit(database, &first, &edit, &error));
  edit.path = text(NULL);
  edit.metadata = text("[]");
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_edit(database, &first, &edit, &error));
  char deep[1024];
  memset(deep, '[', sizeof deep);
  memcpy(deep, "{\"x\":", 5);
  edit.metadata = (modelstore_text){deep, sizeof deep};
  CHECK_STATUS(MODELSTORE_LIMIT_EXCEEDED, modelstore_database_edit(database, &first, &edit, &error));
  edit.metadata = text(NULL);

  /* All or none: the one that is there stays as it was. */
  const modelstore_record_id ids[] = {first, nobody};
  modelstore_selection selection = MODELSTORE_SELECTION_INIT;
  selection.ids = ids;
  selection.ids_count = 2;
  edit.name = text("renamed");
  int64_t count = 7;
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_database_edit_many(database, &selection, &edit, &count, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_trash(database, &selection, &count, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_restore(database, &selection, &count, &error));
  CHECK(count == 0);
  modelstore_model* model = NULL;
  CHECK_OK(modelstore_database_model(database, &first.sha256, &model, &error));
  CHECK(!is_text(model->name, "renamed"));
  modelstore_free(model);
}

static void changing_tags_fails(void) {
  const modelstore_text names[] = {text("one"), text("two")};
  modelstore_tag_list* tags = NULL;
  CHECK_OK(modelstore_database_add_tags(database, names, 2, &tags, &error));
  const int64_t one = tags->tags[0].id;
  modelstore_free(tags);
  const modelstore_text none = text(NULL);
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS,
               modelstore_database_edit_tag(database, one, text("two"), none, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_edit_tag(database, one, text(" "), none, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_edit_tag(database, 4711, text("x"), none, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_delete_tag(database, 4711, &error));
  static char long_name[1025];
  memset(long_name, 'x', sizeof long_name);
  const modelstore_text too_long = {long_name, sizeof long_name};
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_add_tags(database, &too_long, 1, &tags, &error));
}

static modelstore_status added(const modelstore_record_id* record, const char* path) {
  modelstore_job job;
  CHECK_OK(modelstore_image_processor_add_async(images, record, text(path), &job, &error));
  int64_t id = 7;
  const modelstore_status status = modelstore_image_processor_add_result(job, &id, NULL);
  CHECK(status != MODELSTORE_OK && id == 0);
  CHECK_OK(modelstore_job_destroy(job, &error));
  return status;
}

static void pictures_fail(void) {
  const char* note = write_file("note.txt", "no picture");
  const modelstore_text no_name = text(NULL);
  int64_t id = 7;
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_image_processor_add_bytes(images, &nobody, picture, no_name, &id, &error));
  CHECK(id == 0);
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_image_processor_add_bytes(images, &no_record, picture, no_name, NULL, &error));
  const modelstore_bytes words = {(const uint8_t*)"no picture", 10};
  CHECK_STATUS(MODELSTORE_UNSUPPORTED_FORMAT,
               modelstore_image_processor_add_bytes(images, &first, words, no_name, NULL, &error));
  const modelstore_bytes half = {gif, 10};
  CHECK_STATUS(MODELSTORE_BAD_IMAGE,
               modelstore_image_processor_add_bytes(images, &first, half, no_name, NULL, &error));
  CHECK_STATUS(MODELSTORE_UNSUPPORTED_FORMAT,
               modelstore_image_processor_add(images, &first, text(note), NULL, &error));
  CHECK_STATUS(MODELSTORE_NOT_REGULAR_FILE,
               modelstore_image_processor_add(images, &first, text(test_folder()), NULL, &error));
  CHECK(added(&first, "/absent/picture") == MODELSTORE_FILE_MISSING);
  CHECK(added(&first, test_folder()) == MODELSTORE_NOT_REGULAR_FILE);
  CHECK(added(&first, note) == MODELSTORE_UNSUPPORTED_FORMAT);

  modelstore_preview_list* previews = NULL;
  modelstore_pending_picture_list* pictures = NULL;
  modelstore_bytes_block* bytes = NULL;
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_image_processor_previews(images, &nobody.sha256, &previews, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND,
               modelstore_image_processor_pending_pictures(images, 4711, &pictures, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_image_processor_read_pending(images, 4711, &bytes, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_image_processor_reorder(images, &nobody, NULL, 0, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_image_processor_remove(images, &no_record, 1, &error));
  modelstore_preview_options options = MODELSTORE_PREVIEW_OPTIONS_INIT;
  options.max_source_bytes = 10;
  modelstore_tier_set* tiers = NULL;
  CHECK_STATUS(MODELSTORE_LIMIT_EXCEEDED, modelstore_make_tiers(picture, &options, &tiers, &error));
}

static modelstore_status scanned(const char* root) {
  modelstore_scanner scanner;
  CHECK_OK(modelstore_scanner_create(store, &scanner, &error));
  const modelstore_text roots[] = {text(root)};
  modelstore_job job;
  modelstore_status status = modelstore_scanner_scan(scanner, roots, 1, NULL, &job, NULL);
  if (status == MODELSTORE_OK) {
    modelstore_scan_report* report = NULL;
    status = modelstore_scanner_scan_result(job, &report, NULL);
    modelstore_free(report);
    CHECK_OK(modelstore_job_destroy(job, &error));
  }
  CHECK_OK(modelstore_scanner_destroy(scanner, &error));
  return status;
}

static modelstore_status imported(const char* path) {
  modelstore_legacy_importer importer;
  CHECK_OK(modelstore_legacy_importer_create(store, &importer, &error));
  modelstore_import_options options = MODELSTORE_IMPORT_OPTIONS_INIT;
  options.database = text(path);
  modelstore_job job;
  CHECK_OK(modelstore_legacy_importer_import(importer, &options, &job, &error));
  modelstore_import_report* report = NULL;
  const modelstore_status status = modelstore_legacy_importer_import_result(job, &report, NULL);
  modelstore_free(report);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_legacy_importer_destroy(importer, &error));
  return status;
}

static void scans_and_imports_fail(void) {
  CHECK(scanned("/absent/models") == MODELSTORE_FILE_MISSING);
  CHECK(scanned("") == MODELSTORE_INVALID_ARGUMENT);
  CHECK(imported("/absent/legacy") == MODELSTORE_FILE_MISSING);
  CHECK(imported(test_folder()) == MODELSTORE_NOT_REGULAR_FILE);
  CHECK(imported(write_file("legacy", "no database")) == MODELSTORE_UNSUPPORTED_FORMAT);
}

static modelstore_status migrated(modelstore_job job) {
  modelstore_migration_report* report = NULL;
  const modelstore_status status = modelstore_reactive_migrator_migrate_result(job, &report, NULL);
  CHECK((report == NULL) == (status != MODELSTORE_OK));
  modelstore_free(report);
  CHECK_OK(modelstore_job_destroy(job, &error));
  return status;
}

static void migrations_fail(void) {
  modelstore_reactive_migrator migrator;
  modelstore_migrate_hash_result* hashed = NULL;
  modelstore_job job;
  CHECK_OK(modelstore_reactive_migrator_create(store, &migrator, &error));
  CHECK_OK(modelstore_reactive_migrator_hash(migrator, text("/absent/model"), NULL, &job, &error));
  CHECK_STATUS(MODELSTORE_FILE_MISSING, modelstore_reactive_migrator_hash_result(job, &hashed, &error));
  CHECK(hashed == NULL && migrated(job) == MODELSTORE_INVALID_ARGUMENT); /* of another kind */
  CHECK_OK(modelstore_reactive_migrator_hash(migrator, text(test_folder()), NULL, &job, &error));
  CHECK_STATUS(MODELSTORE_NOT_REGULAR_FILE, modelstore_reactive_migrator_hash_result(job, &hashed, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));

  /* One batch at a time, and none ends by itself that hashes this. */
  const modelstore_record_id endless = {{{0}}, add_pending(write_sparse_file("endless", (int64_t)1 << 42))};
  modelstore_job running;
  CHECK_OK(modelstore_reactive_migrator_migrate(migrator, &endless, 1, NULL, &running, &error));
  modelstore_progress progress = {0, 0, 0, 0};
  for (int i = 0; i < 6000 && progress.total == 0; ++i, sleep_ms(10))
    CHECK_OK(modelstore_job_progress(running, &progress, &error));
  CHECK(progress.total > 0);
  CHECK_OK(modelstore_reactive_migrator_migrate_all(migrator, NULL, &job, &error));
  CHECK(migrated(job) == MODELSTORE_BUSY);
  CHECK_OK(modelstore_reactive_migrator_verify_claims(migrator, NULL, &job, &error));
  CHECK(migrated(job) == MODELSTORE_BUSY);
  CHECK_OK(modelstore_job_cancel(running, &error));
  CHECK(migrated(running) == MODELSTORE_CANCELLED);

  /* What fails for one record is an item of the report. */
  const modelstore_record_id gone = {{{0}}, add_pending("/absent/model")};
  modelstore_migration_report* report = NULL;
  CHECK_OK(modelstore_reactive_migrator_migrate(migrator, &gone, 1, NULL, &job, &error));
  CHECK_OK(modelstore_reactive_migrator_migrate_result(job, &report, &error));
  CHECK(report->failed_count == 1 && report->failed[0].status == MODELSTORE_FILE_MISSING);
  CHECK(report->failed[0].id.pending == gone.pending && report->failed[0].message.size > 0);
  modelstore_free(report);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_reactive_migrator_destroy(migrator, &error));
}

static void a_store_for_reading_is_not_changed(void) {
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.read_only = 1;
  modelstore_store reader;
  CHECK_OK(modelstore_store_open(text(in_folder("store")), &options, &reader, &error));
  modelstore_database other;
  modelstore_image_processor pictures;
  CHECK_OK(modelstore_database_create(reader, &other, &error));
  CHECK_OK(modelstore_image_processor_create(reader, &pictures, &error));
  const modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
  const modelstore_text name = text("tag");
  modelstore_tag_list* tags = NULL;
  CHECK_STATUS(MODELSTORE_READ_ONLY, modelstore_database_edit(other, &first, &edit, &error));
  CHECK_STATUS(MODELSTORE_READ_ONLY, modelstore_database_add_tags(other, &name, 1, &tags, &error));
  CHECK_STATUS(MODELSTORE_READ_ONLY,
               modelstore_image_processor_add_bytes(pictures, &first, picture, name, NULL, &error));

  modelstore_repair_options repair = MODELSTORE_REPAIR_OPTIONS_INIT;
  repair.apply = 1;
  modelstore_job job;
  modelstore_repair_report* report = NULL;
  CHECK_OK(modelstore_store_repair(reader, &repair, &job, &error));
  CHECK_STATUS(MODELSTORE_READ_ONLY, modelstore_store_repair_result(job, &report, &error));
  modelstore_verify_report* verified = NULL;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_store_verify_result(job, &verified, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_store_destroy(reader, &error));
  CHECK_OK(modelstore_database_destroy(other, &error));
  CHECK_OK(modelstore_image_processor_destroy(pictures, &error));
}

int main(void) {
  store = open_store("store");
  CHECK_OK(modelstore_database_create(store, &database, &error));
  CHECK_OK(modelstore_image_processor_create(store, &images, &error));
  modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  CHECK_OK(modelstore_database_add_model(database, &second.sha256, &record, &error));
  record.path = text("/m/taken");
  CHECK_OK(modelstore_database_add_model(database, &first.sha256, &record, &error));
  reading_records_fails();
  changing_records_fails();
  changing_tags_fails();
  pictures_fail();
  scans_and_imports_fail();
  migrations_fail();
  a_store_for_reading_is_not_changed();
  CHECK_OK(modelstore_database_destroy(database, &error));
  CHECK_OK(modelstore_image_processor_destroy(images, &error));
  CHECK_OK(modelstore_store_destroy(store, &error));
  return 0;
}
