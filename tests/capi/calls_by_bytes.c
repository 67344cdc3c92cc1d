#include "calls_by_bytes.h"

#include <modelstore.h>
#include <stdatomic.h>

#include "check.h"
#include "handle_calls.h"

enum { PLACES = 12 };

struct input {
  const uint8_t* bytes;
  size_t size;
  const char* folder;
  uint64_t handles[PLACES];
  int callbacks;
  atomic_int destroyed;
};

static uint64_t take(struct input* input, size_t count) {
  uint64_t value = 0;
  for (; count > 0 && input->size > 0; --count, --input->size) value = value << 8 | *input->bytes++;
  return value;
}

/* A handle of any kind, or now and then a number that is none. */
static uint64_t take_handle(struct input* input) {
  const uint64_t place = take(input, 1);
  if (place < 240) return input->handles[place % PLACES];
  return place < 248 ? take(input, 8) : input->handles[place % PLACES] + take(input, 1);
}

/* Destroys what a handle stands for, of whatever kind it is. */
static void destroy(uint64_t handle, bool store) {
  for (int i = 0; i < handle_calls_count; ++i)
    if (handle_calls[i].destroys && (handle_calls[i].kind == KIND_STORE) == store)
      (void)handle_calls[i].call(handle, NULL);
}

static void keep(struct input* input, uint64_t handle) {
  if (handle == 0) return;
  uint64_t* place = &input->handles[take(input, 1) % PLACES];
  destroy(*place, false);
  destroy(*place, true);
  *place = handle;
}

static modelstore_text take_text(struct input* input) {
  static const char* const texts[] = {"",          "/",  "a",   "pending:1", "/m/a.ckpt", "/m/../m//b.ckpt",
                                      "\xFF\xC3(", "{}", "[1]", "{\"a\":1}", "abcd",      "\xE2\x82\xAC x\ny",
                                      "file",      ".."};
  const uint64_t which = take(input, 1);
  if (which < 200) return text(texts[which % (sizeof texts / sizeof texts[0])]);
  if (which < 210) return text(NULL);
  if (which < 215) return (modelstore_text){NULL, take(input, 8)};
  const uint64_t wanted = take(input, 1);
  const uint64_t size = wanted < input->size ? wanted : input->size;
  const modelstore_text bytes = {(const char*)input->bytes, size};
  input->bytes += size;
  input->size -= size;
  return bytes;
}

static modelstore_record_id take_id(struct input* input) {
  modelstore_record_id id = {{{0}}, 0};
  const uint64_t which = take(input, 1);
  if (which % 2) id.pending = (int64_t)take(input, 1) % 8 - 1;
  if (which % 3 == 0) id.sha256.bytes[0] = (uint8_t)take(input, 1);
  return id;
}

static uint32_t take_struct_size(struct input* input, size_t size) {
  const uint64_t which = take(input, 1);
  if (which >= 250) return UINT32_MAX - (uint32_t)take(input, 1); /* larger than any struct */
  return which < 230 ? (uint32_t)size : (uint32_t)(which % (size + 1));
}

static void on_done(void* user_data, modelstore_job job, modelstore_status status) {
  (void)user_data;
  CHECK(status >= MODELSTORE_OK && status <= MODELSTORE_INTERNAL);
  CHECK(modelstore_job_cancel(job, NULL) != MODELSTORE_INTERNAL);
}

static void count_destroyed(void* user_data) {
  atomic_fetch_add((atomic_int*)user_data, 1);
}

static int on_file(void* user_data, uint64_t index, const modelstore_hash_item* item) {
  (void)user_data;
  (void)item;
  return index % 2 == 1;
}

static modelstore_record_filter take_filter(struct input* input, modelstore_text* tag) {
  modelstore_record_filter filter = MODELSTORE_RECORD_FILTER_INIT;
  filter.struct_size = take_struct_size(input, sizeof filter);
  filter.state = (int32_t)take(input, 1) % 6 - 1;
  if (take(input, 1) % 4 == 0) filter.type = take_text(input);
  if (take(input, 1) % 4 == 0) filter.text = take_text(input);
  *tag = take_text(input);
  if (take(input, 1) % 4 == 0) {
    filter.tags = tag;
    filter.tags_count = 1;
  }
  return filter;
}

static modelstore_status read_lists(struct input* input, modelstore_database database) {
  modelstore_text tag;
  modelstore_record_filter filter = take_filter(input, &tag);
  modelstore_record_query query = MODELSTORE_RECORD_QUERY_INIT;
  query.struct_size = take_struct_size(input, sizeof query);
  query.filter = &filter;
  query.sort = (int32_t)take(input, 1) % 6 - 1;
  query.order = (int32_t)take(input, 1) % 3;
  query.limit = (int64_t)take(input, 1) - 2;
  query.cursor = take_text(input);
  modelstore_record_page* page = NULL;
  const modelstore_status status = modelstore_database_list(database, &query, &page, NULL);
  CHECK((status == MODELSTORE_OK) == (page != NULL));
  modelstore_free(page);
  return status;
}

static modelstore_status change_records(struct input* input, modelstore_database database) {
  const modelstore_record_id id = take_id(input);
  const modelstore_tag_ref tag = {(int64_t)take(input, 1) % 4, take_text(input)};
  int64_t number = 0;
  switch (take(input, 1) % 5) {
    case 0: {
      modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
      record.struct_size = take_struct_size(input, sizeof record);
      record.path = take_text(input);
      record.metadata = take_text(input);
      record.tags = &tag;
      record.tags_count = take(input, 1) % 2;
      return modelstore_database_add_pending(database, &record, &number, NULL);
    }
    case 1: {
      modelstore_record_edit edit = MODELSTORE_RECORD_EDIT_INIT;
      edit.struct_size = take_struct_size(input, sizeof edit);
      edit.name = take_text(input);
      edit.metadata = take_text(input);
      edit.add_tags = &tag;
      edit.add_tags_count = take(input, 1) % 2;
      return modelstore_database_edit(database, &id, &edit, NULL);
    }
    case 2: {
      modelstore_selection selection = MODELSTORE_SELECTION_INIT;
      selection.ids = &id;
      selection.ids_count = 1;
      return modelstore_database_trash(database, &selection, &number, NULL);
    }
    case 3: {
      const modelstore_text name = take_text(input);
      modelstore_tag_list* tags = NULL;
      const modelstore_status status = modelstore_database_add_tags(database, &name, 1, &tags, NULL);
      modelstore_free(tags);
      return status;
    }
    default:
      return modelstore_database_edit_tag(database, (int64_t)take(input, 1) % 4, take_text(input),
                                          take_text(input), NULL);
  }
}

static modelstore_status hash(struct input* input, modelstore_file_hasher hasher) {
  const modelstore_text paths[2] = {take_text(input), take_text(input)};
  modelstore_hash_options options = MODELSTORE_HASH_OPTIONS_INIT;
  options.struct_size = take_struct_size(input, sizeof options);
  options.parallel = (uint32_t)take(input, 1) % 4;
  options.on_file = take(input, 1) % 2 ? on_file : NULL;
  options.on_file_user_data = &input->destroyed;
  options.on_file_destroy = count_destroyed;
  const size_t all_members =
      offsetof(modelstore_hash_options, on_file_destroy) + sizeof options.on_file_destroy;
  if (options.struct_size >= all_members && options.struct_size <= sizeof options &&
      options.struct_size % 8 == 0)
    ++input->callbacks;
  modelstore_job job;
  const modelstore_status status = modelstore_file_hasher_hash_all(hasher, paths, 2, &options, &job, NULL);
  keep(input, job.value);
  return status;
}

static modelstore_status make_handle(struct input* input) {
  const modelstore_store store = {take_handle(input)};
  uint64_t handle = 0;
  modelstore_status status = MODELSTORE_OK;
  switch (take(input, 1) % 5) {
    case 0:
      status = modelstore_database_create(store, (modelstore_database*)(void*)&handle, NULL);
      break;
    case 1:
      status = modelstore_file_hasher_create(store, (modelstore_file_hasher*)(void*)&handle, NULL);
      break;
    case 2:
      status = modelstore_store_verify(store, NULL, (modelstore_job*)(void*)&handle, NULL);
      break;
    case 3:
      status =
          modelstore_reactive_migrator_create(store, (modelstore_reactive_migrator*)(void*)&handle, NULL);
      break;
    default:
      status = modelstore_scanner_create(store, (modelstore_scanner*)(void*)&handle, NULL);
  }
  CHECK((status == MODELSTORE_OK) == (handle != 0));
  keep(input, handle);
  return status;
}

static modelstore_status open_again(struct input* input) {
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.struct_size = take_struct_size(input, sizeof options);
  options.create = 1;
  options.threads = 1;
  options.busy_timeout_ms = -1;
  modelstore_store store;
  const modelstore_status status = modelstore_store_open(text(input->folder), &options, &store, NULL);
  keep(input, store.value);
  return status;
}

static modelstore_status use_job(struct input* input) {
  const modelstore_job job = {take_handle(input)};
  modelstore_verify_report* report = NULL;
  modelstore_hash_batch* batch = NULL;
  modelstore_status status = MODELSTORE_OK;
  switch (take(input, 1) % 4) {
    case 0:
      status = modelstore_store_verify_result(job, &report, NULL);
      break;
    case 1:
      status = modelstore_file_hasher_hash_all_result(job, &batch, NULL);
      break;
    case 2:
      ++input->callbacks;
      status = modelstore_job_on_done(job, on_done, &input->destroyed, count_destroyed, NULL);
      break;
    default:
      status = modelstore_job_cancel(job, NULL);
  }
  modelstore_free(report);
  modelstore_free(batch);
  return status;
}

/* Any function with any handle, its results thrown away. */
static modelstore_status call_any(struct input* input) {
  const struct handle_call* call = &handle_calls[take(input, 1) % (uint64_t)handle_calls_count];
  const uint64_t handle = take_handle(input);
  modelstore_error* error = NULL;
  const modelstore_status status =
      call->destroys || take(input, 1) % 8 == 0 ? call->call(handle, &error) : MODELSTORE_OK;
  CHECK(modelstore_error_status(error) == status);
  modelstore_error_free(error);
  return status;
}

int calls_by_bytes(const char* folder, const uint8_t* bytes, size_t size) {
  int calls = 0;
  struct input input = {.bytes = bytes, .size = size, .folder = folder};
  (void)open_again(&input);
  while (input.size > 0) {
    const uint64_t which = take(&input, 1);
    const modelstore_database database = {take_handle(&input)};
    const modelstore_file_hasher hasher = {database.value};
    modelstore_status status = MODELSTORE_OK;
    if (which < 60)
      status = make_handle(&input);
    else if (which < 61)
      status = open_again(&input);
    else if (which < 110)
      status = read_lists(&input, database);
    else if (which < 115)
      status = change_records(&input, database);
    else if (which < 150)
      status = hash(&input, hasher);
    else if (which < 200)
      status = use_job(&input);
    else
      status = call_any(&input);
    CHECK(status >= MODELSTORE_OK && status < MODELSTORE_INTERNAL);
    ++calls;
  }
  for (int place = 0; place < PLACES; ++place) destroy(input.handles[place], false);
  for (int place = 0; place < PLACES; ++place) destroy(input.handles[place], true);
  CHECK(atomic_load(&input.destroyed) == input.callbacks);
  return calls;
}
