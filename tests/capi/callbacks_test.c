/* Callbacks: when they run, what they may do, and when what they were given is destroyed. */

#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

/* What a callback is given. It counts, so that a second destruction is seen. */
struct probe {
  atomic_int calls;
  atomic_int destroyed;
  atomic_int status;
  modelstore_store store;
  modelstore_file_hasher hasher;
  int answer;
};

static void destroy(void* user_data) {
  struct probe* probe = user_data;
  CHECK(atomic_fetch_add(&probe->destroyed, 1) == 0);
}

static void destroy_that_tries(void* user_data) {
  struct probe* probe = user_data;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_store_destroy(probe->store, &error));
  destroy(user_data);
}

static int on_progress(void* user_data, const modelstore_progress* progress) {
  struct probe* probe = user_data;
  CHECK(progress->done <= progress->total || progress->total == 0);
  atomic_fetch_add(&probe->calls, 1);
  return probe->answer;
}

static void on_done(void* user_data, modelstore_job job, modelstore_status status) {
  struct probe* probe = user_data;
  CHECK(atomic_load(&probe->destroyed) == 0);
  CHECK(job.value != 0);
  atomic_store(&probe->status, status);
  atomic_fetch_add(&probe->calls, 1);
}

static int on_file(void* user_data, uint64_t index, const modelstore_hash_item* item) {
  struct probe* probe = user_data;
  CHECK(atomic_load(&probe->destroyed) == 0);
  CHECK(index < 1000);
  CHECK(item->message.data != NULL);
  CHECK((item->status == MODELSTORE_OK) == (item->message.size == 0));
  atomic_fetch_add(&probe->calls, 1);
  return probe->answer;
}

static void wait_for(atomic_int* number, int value) {
  for (int i = 0; i < 6000 && atomic_load(number) != value; ++i) sleep_ms(10);
  CHECK(atomic_load(number) == value);
}

static void wait_for_end(modelstore_job job) {
  int32_t done = 0;
  CHECK_OK(modelstore_job_wait(job, -1, &done, &error));
  CHECK(done == 1);
}

/* A job that lasts until it is cancelled: it hashes a file without an end. */
static modelstore_job endless_job(modelstore_file_hasher hasher) {
  modelstore_job job;
  const char* path = write_sparse_file("endless", (int64_t)1 << 42);
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(path), NULL, &job, &error));
  return job;
}

static void a_progress_callback_cancels(modelstore_file_hasher hasher) {
  struct probe probe = {.answer = 1};
  const modelstore_job job = endless_job(hasher);
  CHECK_OK(modelstore_job_watch(job, 1, on_progress, &probe, &error));
  CHECK(atomic_load(&probe.calls) >= 1);
  modelstore_file_hash* hash = NULL;
  CHECK_STATUS(MODELSTORE_CANCELLED, modelstore_file_hasher_hash_result(job, &hash, &error));
  CHECK(hash == NULL);
  CHECK_OK(modelstore_job_destroy(job, &error));
}

static void watching_a_job_that_is_done_calls_once(modelstore_file_hasher hasher) {
  struct probe probe = {.answer = 0};
  modelstore_job job;
  const char* path = write_file("abc", "abc");
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(path), NULL, &job, &error));
  wait_for_end(job);
  CHECK_OK(modelstore_job_watch(job, 0, on_progress, &probe, &error));
  CHECK(atomic_load(&probe.calls) == 1);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_job_watch(job, 0, NULL, NULL, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
}

static void on_done_is_called_once_with_the_status(modelstore_file_hasher hasher) {
  struct probe before = {.status = -1};
  struct probe after = {.status = -1};
  const modelstore_job job = endless_job(hasher);
  CHECK_OK(modelstore_job_on_done(job, on_done, &before, destroy, &error));
  CHECK(atomic_load(&before.calls) == 0);
  CHECK_OK(modelstore_job_cancel(job, &error));
  wait_for(&before.destroyed, 1);
  CHECK(atomic_load(&before.calls) == 1);
  CHECK(atomic_load(&before.status) == MODELSTORE_CANCELLED);
  wait_for_end(job);

  /* The job is done: at once, by this thread. */
  CHECK_OK(modelstore_job_on_done(job, on_done, &after, destroy, &error));
  CHECK(atomic_load(&after.calls) == 1);
  CHECK(atomic_load(&after.destroyed) == 1);
  CHECK(atomic_load(&after.status) == MODELSTORE_CANCELLED);
  CHECK_OK(modelstore_job_destroy(job, &error));
}

static void on_done_of_a_job_whose_handle_is_gone(modelstore_file_hasher hasher) {
  struct probe probe = {.status = -1};
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(write_file("gone", "gone")), NULL, &job, &error));
  CHECK_OK(modelstore_job_on_done(job, on_done, &probe, destroy, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
  wait_for(&probe.destroyed, 1);
  CHECK(atomic_load(&probe.calls) == 1);
  CHECK(atomic_load(&probe.status) == MODELSTORE_OK);
}

static void what_was_given_to_a_call_that_fails_is_destroyed(modelstore_store store,
                                                             modelstore_file_hasher hasher) {
  const modelstore_job no_job = {0};
  struct probe probes[8] = {{.answer = 0}};
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_job_on_done(no_job, on_done, &probes[0], destroy, &error));
  CHECK(atomic_load(&probes[0].destroyed) == 1);

  modelstore_hash_options options = MODELSTORE_HASH_OPTIONS_INIT;
  options.on_file = on_file;
  options.on_file_user_data = &probes[1];
  options.on_file_destroy = destroy;
  modelstore_job job;
  const modelstore_file_hasher no_hasher = {0};
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_file_hasher_hash_all(no_hasher, NULL, 0, &options, &job, &error));
  CHECK(atomic_load(&probes[1].destroyed) == 1);
  options.on_file_user_data = &probes[2];
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_file_hasher_hash_all(hasher, NULL, 1, &options, &job, &error));
  wait_for(&probes[2].destroyed, 1);
  options.on_file_user_data = &probes[3];
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_file_hasher_hash_all(hasher, NULL, 0, &options, NULL, &error));
  CHECK(atomic_load(&probes[3].destroyed) == 1);
  options.on_file_user_data = &probes[4];
  options.reserved = 1;
  CHECK_STATUS(MODELSTORE_UNSUPPORTED,
               modelstore_file_hasher_hash_all(hasher, NULL, 0, &options, &job, &error));
  CHECK(atomic_load(&probes[4].destroyed) == 1);
  /* A single file has no such callback. */
  options.reserved = 0;
  options.on_file_user_data = &probes[5];
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(in_folder("absent")), &options, &job, &error));
  CHECK(atomic_load(&probes[5].destroyed) == 1);
  wait_for_end(job);
  CHECK_OK(modelstore_job_destroy(job, &error));
  for (int i = 0; i < 8; ++i) CHECK(atomic_load(&probes[i].calls) == 0);
  (void)store;
}

static void on_file_is_called_for_each_file(modelstore_file_hasher hasher) {
  struct probe probe = {.answer = 0};
  modelstore_hash_options options = MODELSTORE_HASH_OPTIONS_INIT;
  options.on_file = on_file;
  options.on_file_user_data = &probe;
  options.on_file_destroy = destroy;
  const modelstore_text paths[] = {text(write_file("one", "abc")), text(in_folder("absent")),
                                   text(write_file("two", ""))};
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash_all(hasher, paths, 3, &options, &job, &error));
  modelstore_hash_batch* batch = NULL;
  CHECK_OK(modelstore_file_hasher_hash_all_result(job, &batch, &error));
  CHECK(batch->items_count == 3 && batch->bytes_hashed == 3);
  CHECK(batch->items[0].status == MODELSTORE_OK && batch->items[0].size_bytes == 3);
  CHECK(batch->items[1].status == MODELSTORE_FILE_MISSING && batch->items[1].message.size > 0);
  CHECK(is_text(batch->items[1].path, in_folder("absent")));
  char digest[65];
  modelstore_sha256_format(&batch->items[0].sha256, digest);
  CHECK(strcmp(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
  modelstore_free(batch);
  wait_for(&probe.destroyed, 1);
  CHECK(atomic_load(&probe.calls) == 3);
  CHECK_OK(modelstore_job_destroy(job, &error));
}

static void on_file_cancels_its_batch(modelstore_file_hasher hasher) {
  struct probe probe = {.answer = 1};
  modelstore_hash_options options = MODELSTORE_HASH_OPTIONS_INIT;
  options.on_file = on_file;
  options.on_file_user_data = &probe;
  options.on_file_destroy = destroy;
  const modelstore_text paths[] = {text(in_folder("absent")),
                                   text(write_sparse_file("endless", (int64_t)1 << 42)),
                                   text(in_folder("absent"))};
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash_all(hasher, paths, 3, &options, &job, &error));
  modelstore_hash_batch* batch = NULL;
  CHECK_STATUS(MODELSTORE_CANCELLED, modelstore_file_hasher_hash_all_result(job, &batch, &error));
  CHECK(batch == NULL);
  wait_for(&probe.destroyed, 1);
  CHECK(atomic_load(&probe.calls) == 1);
  CHECK_OK(modelstore_job_destroy(job, &error));
}

/* What a callback does that wants its store gone. */
static void on_done_that_destroys(void* user_data, modelstore_job job, modelstore_status status) {
  struct probe* probe = user_data;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_store_destroy(probe->store, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_file_hasher_destroy(probe->hasher, &error));
  /* It may use anything else. */
  int32_t done = 0;
  CHECK_OK(modelstore_job_done(job, &done, &error));
  CHECK(done == 1);
  modelstore_database database;
  CHECK_OK(modelstore_database_create(probe->store, &database, &error));
  modelstore_tag_list* tags = NULL;
  CHECK_OK(modelstore_database_tags(database, &tags, &error));
  modelstore_free(tags);
  CHECK_OK(modelstore_database_destroy(database, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
  on_done(user_data, job, status);
}

static void a_callback_does_not_destroy_its_store(modelstore_store store, modelstore_file_hasher hasher) {
  struct probe probe = {.store = store};
  CHECK_OK(modelstore_file_hasher_create_alone(1, &probe.hasher, &error));
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(write_file("again", "again")), NULL, &job, &error));
  CHECK_OK(modelstore_job_on_done(job, on_done_that_destroys, &probe, destroy_that_tries, &error));
  wait_for(&probe.destroyed, 1);
  CHECK(atomic_load(&probe.calls) == 1);
  CHECK_OK(modelstore_file_hasher_destroy(probe.hasher, &error));
}

static void on_done_that_takes_long(void* user_data, modelstore_job job, modelstore_status status) {
  sleep_ms(200);
  on_done(user_data, job, status);
}

static void destroying_a_store_waits_for_its_callbacks(void) {
  struct probe done = {.status = -1};
  struct probe file = {.answer = 0};
  const modelstore_store store = open_store("waits");
  modelstore_file_hasher hasher;
  CHECK_OK(modelstore_file_hasher_create(store, &hasher, &error));
  const modelstore_job job = endless_job(hasher);
  CHECK_OK(modelstore_job_on_done(job, on_done_that_takes_long, &done, destroy, &error));
  modelstore_hash_options options = MODELSTORE_HASH_OPTIONS_INIT;
  options.on_file = on_file;
  options.on_file_user_data = &file;
  options.on_file_destroy = destroy;
  const modelstore_text endless = text(in_folder("endless"));
  modelstore_job batch;
  CHECK_OK(modelstore_file_hasher_hash_all(hasher, &endless, 1, &options, &batch, &error));
  CHECK_OK(modelstore_store_destroy(store, &error));
  CHECK(atomic_load(&done.calls) == 1);
  CHECK(atomic_load(&done.status) == MODELSTORE_CANCELLED);
  CHECK(atomic_load(&done.destroyed) == 1);
  CHECK(atomic_load(&file.destroyed) == 1);

  /* The job is there to be read, and calls nobody any more. */
  modelstore_file_hash* hash = NULL;
  CHECK_STATUS(MODELSTORE_CANCELLED, modelstore_file_hasher_hash_result(job, &hash, &error));
  struct probe late = {.status = -1};
  CHECK_STATUS(MODELSTORE_CLOSED, modelstore_job_on_done(job, on_done, &late, destroy, &error));
  CHECK_OK(modelstore_job_watch(job, 1, on_progress, &late, &error));
  CHECK(atomic_load(&late.calls) == 0 && atomic_load(&late.destroyed) == 1);
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK_OK(modelstore_job_destroy(batch, &error));
  CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
}

static int on_file_that_asks(void* user_data, uint64_t index, const modelstore_hash_item* item) {
  struct probe* probe = user_data;
  int32_t paused = 0;
  const modelstore_status status = modelstore_file_hasher_paused(probe->hasher, &paused, NULL);
  CHECK(status == MODELSTORE_OK || status == MODELSTORE_CLOSED);
  return on_file(user_data, index, item);
}

static void destroying_a_hasher_of_its_own_cancels(void) {
  struct probe probe = {.answer = 0};
  struct probe done = {.status = -1};
  modelstore_file_hasher hasher;
  CHECK_OK(modelstore_file_hasher_create_alone(2, &hasher, &error));
  probe.hasher = hasher;
  modelstore_hash_options options = MODELSTORE_HASH_OPTIONS_INIT;
  options.on_file = on_file_that_asks;
  options.on_file_user_data = &probe;
  options.on_file_destroy = destroy;
  const modelstore_text paths[] = {text(in_folder("absent")),
                                   text(write_sparse_file("endless", (int64_t)1 << 42))};
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash_all(hasher, paths, 2, &options, &job, &error));
  CHECK_OK(modelstore_job_on_done(job, on_done, &done, destroy, &error));
  CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
  CHECK(atomic_load(&probe.destroyed) == 1);
  CHECK(atomic_load(&done.destroyed) == 1 && atomic_load(&done.calls) == 1);
  modelstore_hash_batch* batch = NULL;
  CHECK_STATUS(MODELSTORE_CANCELLED, modelstore_file_hasher_hash_all_result(job, &batch, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
}

static void on_log(void* user_data, modelstore_log_level level, modelstore_text line) {
  struct probe* probe = user_data;
  CHECK(atomic_load(&probe->destroyed) == 0);
  CHECK(level >= MODELSTORE_LOG_DEBUG && level <= MODELSTORE_LOG_ERROR);
  CHECK(line.data != NULL);
  atomic_fetch_add(&probe->calls, 1);
}

static void a_log_lives_as_long_as_its_store(void) {
  struct probe log = {.answer = 0};
  struct probe post = {.answer = 0};
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.create = 1;
  options.log = on_log;
  options.log_user_data = &log;
  options.log_destroy = destroy;
  options.post_user_data = &post; /* without a function: nothing is ever called with it */
  options.post_destroy = destroy;
  modelstore_store store;
  CHECK_OK(modelstore_store_open(text(in_folder("logged")), &options, &store, &error));
  CHECK(atomic_load(&log.destroyed) == 0);
  CHECK(atomic_load(&post.destroyed) == 1);
  CHECK_OK(modelstore_store_destroy(store, &error));
  CHECK(atomic_load(&log.destroyed) == 1);

  /* If the store does not open, there is nothing to log. */
  struct probe failed[3] = {{.answer = 0}};
  options.post_destroy = NULL;
  options.create = 0;
  options.log_user_data = &failed[0];
  CHECK_STATUS(MODELSTORE_NOT_A_STORE,
               modelstore_store_open(text(in_folder("nowhere")), &options, &store, &error));
  CHECK(store.value == 0 && atomic_load(&failed[0].destroyed) == 1);
  options.log_user_data = &failed[1];
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_store_open(text(in_folder("logged")), &options, NULL, &error));
  CHECK(atomic_load(&failed[1].destroyed) == 1);
  options.log_user_data = &failed[2];
  options.busy_timeout_ms = -7;
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_store_open(text(in_folder("logged")), &options, &store, &error));
  CHECK(atomic_load(&failed[2].destroyed) == 1);
}

/* A picture of one pixel. */
static const uint8_t gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

struct logbook {
  modelstore_database database;
  int lines;
};

static void on_log_that_writes(void* user_data, modelstore_log_level level, modelstore_text line) {
  struct logbook* logbook = user_data;
  (void)level;
  modelstore_tag_list* tags = NULL;
  CHECK_OK(modelstore_database_add_tags(logbook->database, &line, 1, &tags, &error));
  modelstore_free(tags);
  ++logbook->lines;
}

static void a_log_may_change_its_store(void) {
  struct logbook logbook = {{0}, 0};
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.create = 1;
  options.log = on_log_that_writes;
  options.log_user_data = &logbook;
  modelstore_store store;
  modelstore_image_processor images;
  CHECK_OK(modelstore_store_open(text(in_folder("log")), &options, &store, &error));
  CHECK_OK(modelstore_database_create(store, &logbook.database, &error));
  CHECK_OK(modelstore_image_processor_create(store, &images, &error));
  const modelstore_record_id model = {{{1}}, 0};
  const modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  CHECK_OK(modelstore_database_add_model(logbook.database, &model.sha256, &record, &error));
  const modelstore_bytes picture = {gif, sizeof gif - 1};
  int64_t id = 0;
  CHECK_OK(modelstore_image_processor_add_bytes(images, &model, picture, text("a.gif"), &id, &error));

  /* A tier that somebody changed is left where it is, and the log says so. */
  modelstore_preview_list* list = NULL;
  CHECK_OK(modelstore_image_processor_previews(images, &model.sha256, &list, &error));
  char name[256];
  CHECK(snprintf(name, sizeof name, "log/images/%s", list->previews[0].files[2].name.data) > 0);
  modelstore_free(list);
  CHECK(remove(in_folder(name)) == 0);
  write_file(name, "changed");
  CHECK_OK(modelstore_image_processor_remove(images, &model, id, &error));
  CHECK(logbook.lines == 1);
  CHECK_OK(modelstore_store_destroy(store, &error));
  CHECK_OK(modelstore_image_processor_destroy(images, &error));
  CHECK_OK(modelstore_database_destroy(logbook.database, &error));
}

int main(void) {
  const modelstore_store store = open_store("store");
  modelstore_file_hasher hasher;
  CHECK_OK(modelstore_file_hasher_create(store, &hasher, &error));
  a_progress_callback_cancels(hasher);
  watching_a_job_that_is_done_calls_once(hasher);
  on_done_is_called_once_with_the_status(hasher);
  on_done_of_a_job_whose_handle_is_gone(hasher);
  what_was_given_to_a_call_that_fails_is_destroyed(store, hasher);
  on_file_is_called_for_each_file(hasher);
  on_file_cancels_its_batch(hasher);
  a_callback_does_not_destroy_its_store(store, hasher);
  CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
  CHECK_OK(modelstore_store_destroy(store, &error));
  destroying_a_store_waits_for_its_callbacks();
  destroying_a_hasher_of_its_own_cancels();
  a_log_lives_as_long_as_its_store();
  a_log_may_change_its_store();
  return 0;
}
