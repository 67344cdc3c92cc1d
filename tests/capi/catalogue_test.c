/* What a program does with a catalogue: each function once as it should be called, and its errors. */

#include "check.h"

static modelstore_store store;
static modelstore_database database;
static modelstore_image_processor images;

static modelstore_sha256 digest(char first) {
  char hex[65];
  memset(hex, '0', 64);
  hex[0] = first;
  hex[64] = 0;
  modelstore_sha256 sha256;
  CHECK_OK(modelstore_sha256_parse(text(hex), &sha256, &error));
  return sha256;
}

static int64_t add_pending(const char* path) {
  modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  record.path = text(path);
  int64_t id = 0;
  CHECK_OK(modelstore_database_add_pending(database, &record, &id, &error));
  CHECK(id > 0);
  return id;
}

static void a_store_says_where_it_is(void) {
  modelstore_text_block* root = NULL;
  int32_t read_only = 7;
  CHECK_OK(modelstore_store_root(store, &root, &error));
  CHECK(is_text(root->text, in_folder("store")));
  CHECK(root->block_size >= sizeof *root + root->text.size);
  modelstore_free(root);
  CHECK_OK(modelstore_store_read_only(store, &read_only, &error));
  CHECK(read_only == 0);

  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.read_only = 1;
  modelstore_store reader;
  CHECK_OK(modelstore_store_open(text(in_folder("store")), &options, &reader, &error));
  CHECK_OK(modelstore_store_read_only(reader, &read_only, &error));
  CHECK(read_only == 1);
  modelstore_database other;
  CHECK_OK(modelstore_database_create(reader, &other, &error));
  CHECK_STATUS(MODELSTORE_READ_ONLY, modelstore_database_empty_trash(other, NULL, &error));
  CHECK_OK(modelstore_store_destroy(reader, &error));
  CHECK_OK(modelstore_database_destroy(other, &error));
}

static void a_pending_record_is_added_read_and_edited(void) {
  const modelstore_tag_ref tags[] = {{0, text("two words")}, {0, text("hero")}};
  modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  record.path = text("/m/loras/H\xC3\xA9ro.safetensors");
  record.type = text("loras");
  record.size_bytes = 1234;
  record.created_at = 1700000000000;
  record.metadata = text("{\"x\": 1.50}");
  record.tags = tags;
  record.tags_count = 2;
  int64_t id = 0;
  CHECK_OK(modelstore_database_add_pending(database, &record, &id, &error));
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS, modelstore_database_add_pending(database, &record, &id, &error));
  CHECK(id == 0);
  modelstore_record_id found;
  int32_t is_found = 0;
  CHECK_OK(modelstore_database_find_by_path(database, record.path, &found, &is_found, &error));
  CHECK(is_found == 1 && found.pending > 0);

  modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
  edit.name = text("H");
  edit.set_tags = 1;
  edit.tags = tags;
  edit.tags_count = 1;
  CHECK_OK(modelstore_database_edit(database, &found, &edit, &error));

  modelstore_pending_record* read = NULL;
  CHECK_OK(modelstore_database_pending(database, found.pending, &read, &error));
  CHECK(read->id == found.pending && is_text(read->path, record.path.data) && is_text(read->name, "H"));
  CHECK(is_text(read->type, "loras") && read->size_bytes == 1234 && read->created_at == 1700000000000);
  CHECK(is_text(read->metadata, "{\"x\":1.50}") && read->hash_state == MODELSTORE_HASH_UNKNOWN);
  CHECK(read->tags_count == 1 && is_text(read->tags[0].name, "two words") && !read->tags[0].color.data);
  CHECK(read->pictures_count == 0 && read->pictures == NULL && read->last_error == MODELSTORE_OK);
  CHECK(read->last_error_message.data && read->last_error_message.size == 0);
  modelstore_free(read);
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_pending(database, 4711, &read, &error));
  CHECK(read == NULL);
}

static void a_model_is_added_and_listed(void) {
  const modelstore_sha256 sha256 = digest('b');
  modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  record.path = text("/m/b.ckpt");
  record.name = text("Model B");
  CHECK_OK(modelstore_database_add_model(database, &sha256, &record, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_add_model(database, NULL, &record, &error));
  modelstore_model* model = NULL;
  CHECK_OK(modelstore_database_model(database, &sha256, &model, &error));
  CHECK(memcmp(&model->sha256, &sha256, sizeof sha256) == 0 && is_text(model->name, "Model B"));
  CHECK(model->locations_count == 1 && is_text(model->locations[0].path, "/m/b.ckpt"));
  CHECK(model->locations[0].real_path.size == 0 && !model->verified);
  modelstore_free(model);

  modelstore_record_query query = MODELSTORE_RECORD_QUERY_INIT;
  modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
  filter.state = MODELSTORE_STATE_ALL;
  query.filter = &filter;
  query.limit = 1;
  int64_t seen = 0;
  do {
    modelstore_record_page* page = NULL;
    CHECK_OK(modelstore_database_list(database, &query, &page, &error));
    CHECK(page->total == 2 && page->records_count == 1);
    ++seen;
    static char cursor[1024];
    CHECK(page->next_cursor.size < sizeof cursor);
    memcpy(cursor, page->next_cursor.data, page->next_cursor.size + 1);
    query.cursor = text(cursor);
    modelstore_free(page);
  } while (query.cursor.size > 0);
  CHECK(seen == 2);

  modelstore_record_id id;
  CHECK_OK(modelstore_database_resolve(database, text("b000"), &id, &error));
  CHECK(id.pending == 0 && memcmp(&id.sha256, &sha256, sizeof sha256) == 0);
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_resolve(database, text("cccc"), &id, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_resolve(database, text("zz"), &id, &error));

  const modelstore_text paths[] = {text("/absent"), text("/m/b.ckpt"), text("/m/../m/b.ckpt")};
  modelstore_found_list* found = NULL;
  CHECK_OK(modelstore_database_find_by_paths(database, paths, 3, &found, &error));
  const modelstore_record_id none = {{{0}}, 0};
  CHECK(found->ids_count == 3 && memcmp(&found->ids[0], &none, sizeof none) == 0);
  CHECK(memcmp(&found->ids[1], &id, sizeof id) != 0 &&
        memcmp(&found->ids[1].sha256, &sha256, sizeof sha256) == 0);
  CHECK(memcmp(&found->ids[1], &found->ids[2], sizeof id) == 0);
  modelstore_free(found);
}

static void tags_facets_and_statistics(void) {
  const modelstore_text names[] = {text("new"), text("hero")};
  modelstore_tag_list* tags = NULL;
  CHECK_OK(modelstore_database_add_tags(database, names, 2, &tags, &error));
  CHECK(tags->tags_count == 2 && is_text(tags->tags[0].name, "new") && is_text(tags->tags[1].name, "hero"));
  const int64_t id = tags->tags[0].id;
  modelstore_free(tags);
  CHECK_OK(modelstore_database_edit_tag(database, id, text(NULL), text("tomato"), &error));
  CHECK_STATUS(MODELSTORE_ALREADY_EXISTS,
               modelstore_database_edit_tag(database, id, text("hero"), text(NULL), &error));
  CHECK_OK(modelstore_database_tags(database, &tags, &error));
  bool coloured = false;
  for (uint64_t i = 0; i < tags->tags_count; ++i)
    coloured |= tags->tags[i].id == id && is_text(tags->tags[i].color, "tomato");
  CHECK(coloured);
  modelstore_free(tags);
  CHECK_OK(modelstore_database_delete_tag(database, id, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_delete_tag(database, id, &error));

  modelstore_facets* facets = NULL;
  modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
  filter.state = MODELSTORE_STATE_PENDING;
  filter.type = text("loras");
  CHECK_OK(modelstore_database_facets(database, &filter, &facets, &error));
  CHECK(facets->total == 1 && facets->types_count == 1 && is_text(facets->types[0].type, "loras"));
  CHECK(facets->tags_count == 1 && facets->tags[0].count == 1);
  modelstore_free(facets);

  modelstore_statistics* statistics = NULL;
  CHECK_OK(modelstore_database_statistics(database, &statistics, &error));
  CHECK(statistics->block_size == sizeof *statistics);
  CHECK(statistics->models == 1 && statistics->pending == 1 && statistics->schema_version > 0);
  modelstore_free(statistics);

  modelstore_text_list* types = NULL;
  CHECK_OK(modelstore_database_types(database, &types, &error));
  CHECK(types->texts_count >= 1);
  for (uint64_t i = 1; i < types->texts_count; ++i)
    CHECK(strcmp(types->texts[i - 1].data, types->texts[i].data) < 0);
  modelstore_free(types);

  int64_t revision = 0;
  int64_t later = 0;
  CHECK_OK(modelstore_database_revision(database, &revision, &error));
  CHECK_OK(modelstore_database_add_tags(database, names, 1, &tags, &error));
  modelstore_free(tags);
  CHECK_OK(modelstore_database_revision(database, &later, &error));
  CHECK(later > revision);

  modelstore_model_preview* preview = NULL;
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_preview(database, 4711, &preview, &error));
  CHECK(preview == NULL);

  modelstore_change_list* changes = NULL;
  CHECK_OK(modelstore_database_changes(database, 0, 0, &changes, &error));
  CHECK(changes->changes_count >= 2 && changes->revision > 0);
  CHECK(changes->changes[0].id.pending > 0 || changes->changes[0].kind == MODELSTORE_CREATED);
  modelstore_free(changes);
}

static void the_trash_takes_and_gives_back(void) {
  const int64_t number = add_pending("/m/trash.ckpt");
  const modelstore_record_id id = {{{0}}, number};
  modelstore_selection selection = MODELSTORE_SELECTION_INIT;
  selection.ids = &id;
  selection.ids_count = 1;
  int64_t count = -1;
  CHECK_OK(modelstore_database_trash(database, &selection, &count, &error));
  CHECK(count == 1);
  CHECK_OK(modelstore_database_restore(database, &selection, &count, &error));
  CHECK(count == 1);
  modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
  filter.state = MODELSTORE_STATE_PENDING;
  filter.text = text("trash");
  modelstore_selection all = MODELSTORE_SELECTION_INIT;
  all.filter = &filter;
  modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
  edit.type = text("old");
  CHECK_OK(modelstore_database_edit_many(database, &all, &edit, &count, &error));
  CHECK(count == 1);
  CHECK_OK(modelstore_database_trash(database, &all, NULL, &error));
  CHECK_OK(modelstore_database_empty_trash(database, &count, &error));
  CHECK(count == 1);
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_database_trash(database, &selection, &count, &error));
  CHECK(count == 0);

  modelstore_relocate_report* report = NULL;
  CHECK_OK(modelstore_database_relocate(database, text("/m"), text("/n"), 1, &report, &error));
  CHECK(report->locations == 1 && report->pending == 1 && report->examples_count > 0);
  CHECK(report->conflicts_count == 0 && report->conflicts == NULL);
  modelstore_free(report);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_relocate(database, text("m"), text(NULL), 0, &report, &error));
}

/* A picture of one pixel. */
static const uint8_t gif[] = {'G', 'I',  'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 255,  0, 0, 0,   0,
                              0,   0x2C, 0,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x44, 1, 0, 0x3B};

static void pictures_are_added_read_and_removed(void) {
  const modelstore_bytes picture = {gif, sizeof gif};
  modelstore_tier_set* tiers = NULL;
  CHECK_OK(modelstore_make_tiers(picture, NULL, &tiers, &error));
  for (int i = 0; i < 3; ++i) {
    CHECK(tiers->tiers[i].width == 1 && tiers->tiers[i].height == 1);
    CHECK(tiers->tiers[i].webp.size > 12 && memcmp(tiers->tiers[i].webp.data, "RIFF", 4) == 0);
  }
  CHECK(is_text(tiers->source_format, "gif"));
  modelstore_free(tiers);
  const modelstore_bytes half = {gif, 10};
  CHECK_STATUS(MODELSTORE_BAD_IMAGE, modelstore_make_tiers(half, NULL, &tiers, &error));
  const modelstore_bytes null = {NULL, 100};
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_make_tiers(null, NULL, &tiers, &error));

  const modelstore_record_id model = {digest('b'), 0};
  int64_t first = 0;
  int64_t second = 0;
  CHECK_OK(modelstore_image_processor_add_bytes(images, &model, picture, text("a.gif"), &first, &error));
  FILE* file = fopen(in_folder("b.gif"), "wb");
  CHECK(file && fwrite(gif, 1, sizeof gif, file) == sizeof gif && fclose(file) == 0);
  modelstore_job job;
  CHECK_OK(modelstore_image_processor_add_async(images, &model, text(in_folder("b.gif")), &job, &error));
  CHECK_OK(modelstore_image_processor_add_result(job, &second, &error));
  CHECK(second > first);
  modelstore_file_hash* hash = NULL;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_file_hasher_hash_result(job, &hash, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
  const int64_t order[] = {second, first};
  CHECK_OK(modelstore_image_processor_reorder(images, &model, order, 2, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_image_processor_reorder(images, &model, order, 1, &error));
  modelstore_preview_list* previews = NULL;
  CHECK_OK(modelstore_image_processor_previews(images, &model.sha256, &previews, &error));
  CHECK(previews->previews_count == 2 && previews->previews[0].id == second);
  CHECK(previews->previews[0].files[2].size_bytes > 0 && !previews->previews[0].original.name.data);
  modelstore_free(previews);
  modelstore_bytes_block* bytes = NULL;
  CHECK_OK(modelstore_image_processor_read(images, first, MODELSTORE_TIER_MEDIUM, &bytes, &error));
  CHECK(bytes->bytes.size > 12 && memcmp(bytes->bytes.data + 8, "WEBP", 4) == 0);
  modelstore_free(bytes);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_image_processor_read(images, first, 3, &bytes, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_image_processor_read(images, 999, 0, &bytes, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_image_processor_read_original(images, first, &bytes, &error));
  CHECK_OK(modelstore_image_processor_remove(images, &model, first, &error));
  CHECK_STATUS(MODELSTORE_NOT_FOUND, modelstore_image_processor_remove(images, &model, first, &error));

  const modelstore_record_id pending = {{{0}}, add_pending("/m/pictures.ckpt")};
  CHECK_OK(modelstore_image_processor_add(images, &pending, text(in_folder("b.gif")), &first, &error));
  modelstore_pending_picture_list* pictures = NULL;
  CHECK_OK(modelstore_image_processor_pending_pictures(images, pending.pending, &pictures, &error));
  CHECK(pictures->pictures_count == 1 && is_text(pictures->pictures[0].original_name, "b.gif"));
  modelstore_free(pictures);
  CHECK_OK(modelstore_image_processor_read_pending(images, first, &bytes, &error));
  CHECK(bytes->bytes.size == sizeof gif && memcmp(bytes->bytes.data, gif, sizeof gif) == 0);
  modelstore_free(bytes);
  CHECK_OK(modelstore_image_processor_remove(images, &pending, first, &error));
  CHECK_STATUS(MODELSTORE_FILE_MISSING,
               modelstore_image_processor_add(images, &pending, text("/absent"), NULL, &error));
}

static void a_scan_an_import_and_a_migration_report(void) {
  (void)write_file("model.ckpt", "abc");
  modelstore_scanner scanner;
  CHECK_OK(modelstore_scanner_create(store, &scanner, &error));
  const modelstore_text root = text(test_folder());
  const modelstore_text endings[] = {text(".ckpt")};
  modelstore_scan_options options = MODELSTORE_SCAN_OPTIONS_INIT;
  options.extensions = endings;
  options.extensions_count = 1;
  modelstore_job job;
  CHECK_OK(modelstore_scanner_scan(scanner, &root, 1, &options, &job, &error));
  modelstore_scan_report* scanned = NULL;
  CHECK_OK(modelstore_scanner_scan_result(job, &scanned, &error));
  CHECK(scanned->files_seen == 1 && scanned->added == 1 && scanned->pending_ids_count == 1);
  const modelstore_record_id id = {{{0}}, scanned->pending_ids[0]};
  modelstore_free(scanned);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_scanner_destroy(scanner, &error));

  modelstore_reactive_migrator migrator;
  CHECK_OK(modelstore_reactive_migrator_create(store, &migrator, &error));
  CHECK_OK(modelstore_reactive_migrator_migrate(migrator, &id, 1, NULL, &job, &error));
  modelstore_migration_report* migrated = NULL;
  CHECK_OK(modelstore_reactive_migrator_migrate_result(job, &migrated, &error));
  CHECK(migrated->promoted_ids_count == 1 && migrated->promoted_ids[0] == id.pending);
  CHECK(migrated->failed_count == 0 && migrated->bytes_hashed == 3);
  modelstore_free(migrated);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_reactive_migrator_migrate(migrator, &id, 1, NULL, &job, &error));
  CHECK_OK(modelstore_reactive_migrator_migrate_result(job, &migrated, &error));
  CHECK(migrated->failed_count == 1 && migrated->failed[0].status == MODELSTORE_NOT_FOUND);
  modelstore_free(migrated);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_reactive_migrator_hash(migrator, text(in_folder("model.ckpt")), NULL, &job, &error));
  modelstore_migrate_hash_result* hashed = NULL;
  CHECK_OK(modelstore_reactive_migrator_hash_result(job, &hashed, &error));
  CHECK(hashed->size_bytes == 3 && !hashed->migrated && !hashed->conflict && !hashed->mismatch);
  modelstore_free(hashed);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_reactive_migrator_destroy(migrator, &error));

  modelstore_legacy_importer importer;
  CHECK_OK(modelstore_legacy_importer_create(store, &importer, &error));
  modelstore_import_options import = MODELSTORE_IMPORT_OPTIONS_INIT;
  import.database = text(in_folder("absent"));
  modelstore_import_report* imported = NULL;
  CHECK_OK(modelstore_legacy_importer_import(importer, &import, &job, &error));
  CHECK_STATUS(MODELSTORE_FILE_MISSING, modelstore_legacy_importer_import_result(job, &imported, &error));
  CHECK(imported == NULL);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_legacy_importer_destroy(importer, &error));

  modelstore_verify_report* verified = NULL;
  CHECK_OK(modelstore_store_verify(store, NULL, &job, &error));
  CHECK_OK(modelstore_store_verify_result(job, &verified, &error));
  CHECK(verified->problems_count == 0 && verified->files_checked > 0);
  modelstore_free(verified);
  CHECK_OK(modelstore_job_destroy(job, &error));

  (void)write_file("store/images/stray", "x");
  modelstore_repair_report* repaired = NULL;
  modelstore_repair_options repair = MODELSTORE_REPAIR_OPTIONS_INIT;
  CHECK_OK(modelstore_store_repair(store, &repair, &job, &error));
  CHECK_OK(modelstore_store_repair_result(job, &repaired, &error));
  CHECK(repaired->repairs_count == 1 && !repaired->repairs[0].done && repaired->repairs[0].action.size > 0);
  modelstore_free(repaired);
  CHECK_OK(modelstore_job_destroy(job, &error));
}

/* Bytes that are no UTF-8 do no harm, and no message repeats them. */
static void texts_that_are_no_utf8_are_answered_with_clean_messages(void) {
  const modelstore_text bad[] = {text("/m/\xFF\xFE.ckpt"),
                                 text("/m/\xC3"),
                                 text("/m/\xED\xA0\x80"),
                                 text("/m/new\nline"),
                                 {"/m/\0x", 5}};
  for (int i = 0; i < 5; ++i) {
    modelstore_error* reason = NULL;
    modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
    record.path = bad[i];
    int64_t id = 0;
    (void)modelstore_database_add_pending(database, &record, &id, &reason);
    for (const char* c = modelstore_error_message(reason); *c; ++c) CHECK(*c != '\n' && (*c & 0xFF) != 0xFF);
    modelstore_error_free(reason);
    modelstore_record_id found;
    int32_t is_found = 0;
    (void)modelstore_database_find_by_path(database, bad[i], &found, &is_found, NULL);
    modelstore_job job;
    modelstore_file_hasher hasher;
    CHECK_OK(modelstore_file_hasher_create(store, &hasher, &error));
    if (modelstore_file_hasher_hash(hasher, bad[i], NULL, &job, NULL) == MODELSTORE_OK) {
      modelstore_file_hash* hash = NULL;
      CHECK(modelstore_file_hasher_hash_result(job, &hash, &reason) == MODELSTORE_FILE_MISSING);
      for (const char* c = modelstore_error_message(reason); *c; ++c)
        CHECK(*c != '\n' && (*c & 0xFF) != 0xFF);
      modelstore_error_free(reason);
      CHECK_OK(modelstore_job_destroy(job, &error));
    } else {
      CHECK(memchr(bad[i].data, 0, bad[i].size) != NULL);
    }
    CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
  }
  modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
  filter.text = bad[0];
  filter.type = bad[1];
  modelstore_facets* facets = NULL;
  (void)modelstore_database_facets(database, &filter, &facets, NULL);
  modelstore_free(facets);
}

static void arguments_that_are_null_are_refused(void) {
  const modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
  const modelstore_text endless = {NULL, UINT64_MAX};
  const modelstore_text longer_than_memory = {"x", UINT64_MAX};
  const modelstore_record_id both = {{{1}}, 1};
  const modelstore_record_id negative = {{{0}}, -1};
  modelstore_record_id id;
  int32_t found = 0;
  modelstore_found_list* list = NULL;
  modelstore_tag_list* tags = NULL;
  modelstore_model* model = NULL;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_edit(database, NULL, &edit, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_edit(database, &both, &edit, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_edit(database, &negative, &edit, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_model(database, NULL, &model, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_tags(database, NULL, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_find_by_path(database, text(NULL), &id, &found, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_find_by_path(database, endless, &id, &found, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_find_by_path(database, longer_than_memory, &id, &found, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_find_by_path(database, text("/m"), NULL, &found, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_find_by_paths(database, NULL, UINT64_MAX, &list, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_find_by_paths(database, &endless, UINT64_MAX, &list, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_database_add_tags(database, NULL, 3, &tags, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_database_add_tags(database, &endless, 1, &tags, &error));
}

static void originals_are_kept_where_that_is_asked_for(void) {
  modelstore_preview_options previews = MODELSTORE_PREVIEW_OPTIONS_INIT;
  previews.keep_originals = 1;
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.create = 1;
  options.previews = &previews;
  modelstore_store keeper;
  CHECK_OK(modelstore_store_open(text(in_folder("keeper")), &options, &keeper, &error));
  modelstore_database catalogue;
  modelstore_image_processor pictures;
  CHECK_OK(modelstore_database_create(keeper, &catalogue, &error));
  CHECK_OK(modelstore_image_processor_create(keeper, &pictures, &error));
  const modelstore_record_id model = {digest('c'), 0};
  const modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  CHECK_OK(modelstore_database_add_model(catalogue, &model.sha256, &record, &error));
  const modelstore_bytes picture = {gif, sizeof gif};
  int64_t id = 0;
  CHECK_OK(modelstore_image_processor_add_bytes(pictures, &model, picture, text(NULL), &id, &error));
  modelstore_preview_list* list = NULL;
  CHECK_OK(modelstore_image_processor_previews(pictures, &model.sha256, &list, &error));
  CHECK(list->previews[0].original.name.size > 0 && list->previews[0].original.size_bytes == sizeof gif);
  modelstore_free(list);
  modelstore_bytes_block* bytes = NULL;
  CHECK_OK(modelstore_image_processor_read_original(pictures, id, &bytes, &error));
  CHECK(bytes->bytes.size == sizeof gif && memcmp(bytes->bytes.data, gif, sizeof gif) == 0);
  modelstore_free(bytes);
  CHECK_OK(modelstore_image_processor_destroy(pictures, &error));
  CHECK_OK(modelstore_database_destroy(catalogue, &error));
  CHECK_OK(modelstore_store_destroy(keeper, &error));
}

static void a_decoder_that_cannot_be_used_is_unsupported(void) {
  modelstore_preview_options options = MODELSTORE_PREVIEW_OPTIONS_INIT;
  options.isolated = 1;
  options.decoder = text("/absent/decoder");
  const modelstore_bytes picture = {gif, sizeof gif};
  modelstore_tier_set* tiers = NULL;
  CHECK_STATUS(MODELSTORE_UNSUPPORTED, modelstore_make_tiers(picture, &options, &tiers, &error));
  options.decoder_memory_bytes = -2;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_make_tiers(picture, &options, &tiers, &error));
}

static void blank_names_are_no_tags(void) {
  const modelstore_text names[] = {text("  spaced "), text(" "), text("")};
  modelstore_tag_list* tags = NULL;
  CHECK_OK(modelstore_database_add_tags(database, names, 3, &tags, &error));
  CHECK(tags->tags_count == 1 && is_text(tags->tags[0].name, "spaced"));
  modelstore_free(tags);
}

int main(void) {
  store = open_store("store");
  CHECK_OK(modelstore_database_create(store, &database, &error));
  CHECK_OK(modelstore_image_processor_create(store, &images, &error));
  a_store_says_where_it_is();
  a_pending_record_is_added_read_and_edited();
  a_model_is_added_and_listed();
  tags_facets_and_statistics();
  the_trash_takes_and_gives_back();
  pictures_are_added_read_and_removed();
  a_scan_an_import_and_a_migration_report();
  texts_that_are_no_utf8_are_answered_with_clean_messages();
  arguments_that_are_null_are_refused();
  originals_are_kept_where_that_is_asked_for();
  a_decoder_that_cannot_be_used_is_unsupported();
  blank_names_are_no_tags();
  CHECK_OK(modelstore_database_destroy(database, &error));
  CHECK_OK(modelstore_image_processor_destroy(images, &error));
  CHECK_OK(modelstore_store_destroy(store, &error));
  return 0;
}
