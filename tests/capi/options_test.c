/* Structs of options: which members are known, and what the rest means. */

#include "check.h"

static modelstore_store store;
static modelstore_database database;
static modelstore_file_hasher hasher;
static modelstore_scanner scanner;
static modelstore_legacy_importer importer;
static modelstore_reactive_migrator migrator;

static const modelstore_sha256 sha256 = {{7}};

/* One call with these options that gets as far as looking at them, and frees what it got. */
typedef modelstore_status (*call_with)(const void* options);

static modelstore_status end_job(modelstore_status status, modelstore_job job) {
  if (status == MODELSTORE_OK) {
    int32_t done = 0;
    CHECK(modelstore_job_wait(job, -1, &done, NULL) == MODELSTORE_OK);
    CHECK(modelstore_job_destroy(job, NULL) == MODELSTORE_OK);
  }
  return status;
}

static modelstore_status with_store_options(const void* options) {
  modelstore_store opened;
  return modelstore_store_open(text(in_folder("absent")), options, &opened, NULL);
}
static modelstore_status with_preview_options(const void* options) {
  modelstore_tier_set* tiers;
  const modelstore_bytes picture = {(const uint8_t*)"no picture", 10};
  return modelstore_make_tiers(picture, options, &tiers, NULL);
}
static modelstore_status with_verify_options(const void* options) {
  modelstore_job job;
  return end_job(modelstore_store_verify(store, options, &job, NULL), job);
}
static modelstore_status with_repair_options(const void* options) {
  modelstore_job job;
  return end_job(modelstore_store_repair(store, options, &job, NULL), job);
}
static modelstore_status with_filter(const void* options) {
  modelstore_facets* facets;
  const modelstore_status status = modelstore_database_facets(database, options, &facets, NULL);
  modelstore_free(facets);
  return status;
}
static modelstore_status with_query(const void* options) {
  modelstore_record_page* page;
  const modelstore_status status = modelstore_database_list(database, options, &page, NULL);
  modelstore_free(page);
  return status;
}
static modelstore_status with_selection(const void* options) {
  return modelstore_database_trash(database, options, NULL, NULL);
}
static modelstore_status with_edit(const void* options) {
  const modelstore_record_id id = {sha256, 0};
  return modelstore_database_edit(database, &id, options, NULL);
}
static modelstore_status with_new_record(const void* options) {
  return modelstore_database_add_model(database, &sha256, options, NULL);
}
static modelstore_status with_hash_options(const void* options) {
  modelstore_job job;
  return end_job(modelstore_file_hasher_hash_all(hasher, NULL, 0, options, &job, NULL), job);
}
static modelstore_status with_scan_options(const void* options) {
  modelstore_job job;
  const modelstore_text root = text(test_folder());
  return end_job(modelstore_scanner_scan(scanner, &root, 1, options, &job, NULL), job);
}
static modelstore_status with_import_options(const void* options) {
  modelstore_job job;
  return end_job(modelstore_legacy_importer_import(importer, options, &job, NULL), job);
}
static modelstore_status with_migrate_hash_options(const void* options) {
  modelstore_job job;
  return end_job(modelstore_reactive_migrator_hash(migrator, text("/absent"), options, &job, NULL), job);
}
static modelstore_status with_migrate_options(const void* options) {
  modelstore_job job;
  return end_job(modelstore_reactive_migrator_migrate_all(migrator, options, &job, NULL), job);
}

/* A struct that is as its macro sets it, with room behind for members of a later version. */
union room {
  uint32_t struct_size;
  unsigned char bytes[4096];
  double alignment;
  void* pointer;
};

#define STRUCT(name, MACRO, call, all_zero_answer)                                       \
  do {                                                                                   \
    const modelstore_##name made = MODELSTORE_##MACRO##_INIT;                            \
    modelstore_##name zero;                                                              \
    memset(&zero, 0, sizeof zero);                                                       \
    zero.struct_size = (uint32_t)sizeof zero;                                            \
    CHECK(memcmp(&made, &zero, sizeof made) == 0);                                       \
    try_sizes(#name, call, sizeof made, _Alignof(modelstore_##name), (all_zero_answer)); \
  } while (0)

static void expect(const char* name, size_t size, modelstore_status answered, modelstore_status expected) {
  if (answered == expected) return;
  fprintf(stderr, "%s of %zu bytes: ", name, size);
  check_failed(__FILE__, __LINE__, name, modelstore_status_name(answered), modelstore_status_name(expected));
}

static void try_sizes(const char* name, call_with call, size_t known, size_t alignment,
                      modelstore_status all_zero_answer) {
  union room room;
  memset(&room, 0, sizeof room);
  CHECK(known + 64 <= sizeof room);
  for (size_t size = 0; size <= known + 64; ++size) {
    room.struct_size = (uint32_t)size;
    expect(name, size, call(&room),
           size == 0 || size % alignment != 0 ? MODELSTORE_INVALID_ARGUMENT : all_zero_answer);
  }
  room.struct_size = 4096;
  expect(name, room.struct_size, call(&room), all_zero_answer);
  /* Nothing is read at these sizes: there is no room for them. */
  for (uint64_t size = 4096 + alignment; size <= UINT32_MAX; size *= 3) {
    room.struct_size = (uint32_t)(size / alignment * alignment);
    expect(name, room.struct_size, call(&room), MODELSTORE_INVALID_ARGUMENT);
  }
  room.struct_size = UINT32_MAX / 8 * 8;
  expect(name, room.struct_size, call(&room), MODELSTORE_INVALID_ARGUMENT);
  /* What lies behind the struct is nobody's business unless its size says otherwise. */
  memset(room.bytes + known, 0xFF, sizeof room - known);
  room.struct_size = (uint32_t)known;
  expect(name, known, call(&room), all_zero_answer);
  memset(room.bytes + known, 0, sizeof room - known);
  for (size_t place = known; place < known + 16; ++place) {
    room.bytes[place] = 1;
    room.struct_size = (uint32_t)(known + 16);
    expect(name, place, call(&room), MODELSTORE_UNSUPPORTED);
    room.bytes[place] = 0;
  }
  /* Members that a program of an earlier version does not know are defaults, whatever stands there. */
  memset(room.bytes + alignment, 0xFF, known - alignment);
  room.struct_size = (uint32_t)alignment;
  if (alignment == sizeof(uint32_t)) expect(name, alignment, call(&room), all_zero_answer);
}

#define UNSUPPORTED(name, MACRO, member, call)                            \
  do {                                                                    \
    modelstore_##name options = MODELSTORE_##MACRO##_INIT;                \
    options.member = 1;                                                   \
    expect(#name "." #member, 0, call(&options), MODELSTORE_UNSUPPORTED); \
  } while (0)

#define INVALID(name, MACRO, member, value, call)                              \
  do {                                                                         \
    modelstore_##name options = MODELSTORE_##MACRO##_INIT;                     \
    options.member = value;                                                    \
    expect(#name "." #member, 0, call(&options), MODELSTORE_INVALID_ARGUMENT); \
  } while (0)

static void sizes_are_read(void) {
  STRUCT(store_options, STORE_OPTIONS, with_store_options, MODELSTORE_NOT_A_STORE);
  STRUCT(preview_options, PREVIEW_OPTIONS, with_preview_options, MODELSTORE_UNSUPPORTED_FORMAT);
  STRUCT(verify_options, VERIFY_OPTIONS, with_verify_options, MODELSTORE_OK);
  STRUCT(repair_options, REPAIR_OPTIONS, with_repair_options, MODELSTORE_OK);
  STRUCT(record_filter, RECORD_FILTER, with_filter, MODELSTORE_OK);
  STRUCT(record_query, RECORD_QUERY, with_query, MODELSTORE_OK);
  STRUCT(selection, SELECTION, with_selection, MODELSTORE_OK);
  STRUCT(record_edit, RECORD_EDIT, with_edit, MODELSTORE_OK);
  STRUCT(new_record, NEW_RECORD, with_new_record, MODELSTORE_ALREADY_EXISTS);
  STRUCT(hash_options, HASH_OPTIONS, with_hash_options, MODELSTORE_OK);
  STRUCT(scan_options, SCAN_OPTIONS, with_scan_options, MODELSTORE_OK);
  STRUCT(import_options, IMPORT_OPTIONS, with_import_options, MODELSTORE_INVALID_ARGUMENT);
  STRUCT(migrate_hash_options, MIGRATE_HASH_OPTIONS, with_migrate_hash_options, MODELSTORE_OK);
  STRUCT(migrate_options, MIGRATE_OPTIONS, with_migrate_options, MODELSTORE_OK);
}

static void null_stands_for_the_defaults(void) {
  CHECK(with_store_options(NULL) == MODELSTORE_NOT_A_STORE);
  CHECK(with_preview_options(NULL) == MODELSTORE_UNSUPPORTED_FORMAT);
  CHECK(with_verify_options(NULL) == MODELSTORE_OK);
  CHECK(with_repair_options(NULL) == MODELSTORE_OK);
  CHECK(with_filter(NULL) == MODELSTORE_OK);
  CHECK(with_query(NULL) == MODELSTORE_OK);
  CHECK(with_hash_options(NULL) == MODELSTORE_OK);
  CHECK(with_scan_options(NULL) == MODELSTORE_OK);
  CHECK(with_migrate_hash_options(NULL) == MODELSTORE_OK);
  CHECK(with_migrate_options(NULL) == MODELSTORE_OK);
  CHECK(with_selection(NULL) == MODELSTORE_INVALID_ARGUMENT);
  CHECK(with_edit(NULL) == MODELSTORE_INVALID_ARGUMENT);
  CHECK(with_new_record(NULL) == MODELSTORE_INVALID_ARGUMENT);
  CHECK(with_import_options(NULL) == MODELSTORE_INVALID_ARGUMENT);
}

static void reserved_members_are_not_known_yet(void) {
  UNSUPPORTED(record_query, RECORD_QUERY, reserved, with_query);
  UNSUPPORTED(selection, SELECTION, reserved, with_selection);
  UNSUPPORTED(new_record, NEW_RECORD, reserved, with_new_record);
  UNSUPPORTED(hash_options, HASH_OPTIONS, reserved, with_hash_options);
  UNSUPPORTED(scan_options, SCAN_OPTIONS, reserved, with_scan_options);
  UNSUPPORTED(migrate_options, MIGRATE_OPTIONS, reserved, with_migrate_options);
}

static void numbers_that_stand_for_nothing_are_refused(void) {
  INVALID(record_filter, RECORD_FILTER, state, 4, with_filter);
  INVALID(record_filter, RECORD_FILTER, state, -1, with_filter);
  INVALID(record_query, RECORD_QUERY, sort, 4, with_query);
  INVALID(record_query, RECORD_QUERY, order, 2, with_query);
  INVALID(record_query, RECORD_QUERY, limit, -1, with_query);
  INVALID(record_query, RECORD_QUERY, limit, 10001, with_query);
  INVALID(migrate_options, MIGRATE_OPTIONS, policy, 6, with_migrate_options);
  INVALID(migrate_options, MIGRATE_OPTIONS, policy, -1, with_migrate_options);
  INVALID(migrate_hash_options, MIGRATE_HASH_OPTIONS, policy, INT32_MAX, with_migrate_hash_options);
  INVALID(migrate_hash_options, MIGRATE_HASH_OPTIONS, policy, INT32_MIN, with_migrate_hash_options);
  INVALID(store_options, STORE_OPTIONS, busy_timeout_ms, -2, with_store_options);
}

static void more_threads_than_any_machine_has_are_refused(void) {
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.threads = UINT32_MAX;
  modelstore_store opened;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_store_open(text(in_folder("store")), &options, &opened, &error));
  modelstore_file_hasher alone;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_file_hasher_create_alone(UINT32_MAX, &alone, &error));
}

static void arrays_and_texts_that_are_null_are_empty(void) {
  INVALID(record_filter, RECORD_FILTER, tags_count, 1, with_filter);
  INVALID(record_filter, RECORD_FILTER, not_tags_count, UINT64_MAX, with_filter);
  INVALID(record_filter, RECORD_FILTER, text.size, 1, with_filter);
  INVALID(record_filter, RECORD_FILTER, type.size, UINT64_MAX, with_filter);
  INVALID(selection, SELECTION, ids_count, UINT64_MAX, with_selection);
  INVALID(record_edit, RECORD_EDIT, add_tags_count, UINT64_MAX / 2, with_edit);
  INVALID(record_edit, RECORD_EDIT, name.size, UINT64_MAX, with_edit);
  INVALID(new_record, NEW_RECORD, tags_count, 1, with_new_record);
  INVALID(migrate_options, MIGRATE_OPTIONS, path_map_count, UINT64_MAX, with_migrate_options);
}

int main(void) {
  store = open_store("store");
  CHECK_OK(modelstore_database_create(store, &database, &error));
  CHECK_OK(modelstore_file_hasher_create(store, &hasher, &error));
  CHECK_OK(modelstore_scanner_create(store, &scanner, &error));
  CHECK_OK(modelstore_legacy_importer_create(store, &importer, &error));
  CHECK_OK(modelstore_reactive_migrator_create(store, &migrator, &error));
  const modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  CHECK_OK(modelstore_database_add_model(database, &sha256, &record, &error));

  sizes_are_read();
  null_stands_for_the_defaults();
  reserved_members_are_not_known_yet();
  numbers_that_stand_for_nothing_are_refused();
  more_threads_than_any_machine_has_are_refused();
  arrays_and_texts_that_are_null_are_empty();
  CHECK_OK(modelstore_store_destroy(store, &error));
  return 0;
}
