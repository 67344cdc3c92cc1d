/* Handles are made, used and destroyed by several threads at once. */

#include <pthread.h>

#include "check.h"
#include "handle_calls.h"

enum { THREADS = 4, ROUNDS = 60, SHARED = 16 };

static modelstore_store store;
static const char* file;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t shared[KINDS][SHARED];

static uint64_t swap(enum handle_kind kind, uint64_t place, uint64_t value) {
  pthread_mutex_lock(&mutex);
  const uint64_t before = shared[kind][place % SHARED];
  shared[kind][place % SHARED] = value;
  pthread_mutex_unlock(&mutex);
  return before;
}

static uint64_t look(enum handle_kind kind, uint64_t place) {
  pthread_mutex_lock(&mutex);
  const uint64_t value = shared[kind][place % SHARED];
  pthread_mutex_unlock(&mutex);
  return value;
}

/* Destroys what lay at a place, which another thread may be using, or may be about to destroy as well. */
static void destroy(enum handle_kind kind, uint64_t handle) {
  for (int i = 0; i < handle_calls_count; ++i)
    if (handle_calls[i].destroys && handle_calls[i].kind == kind) {
      const modelstore_status status = handle_calls[i].call(handle, NULL);
      CHECK(status == MODELSTORE_OK || status == MODELSTORE_CLOSED);
    }
}

static void* work(void* user_data) {
  uint64_t state = *(const uint64_t*)user_data;
  const modelstore_text path = text(file);
  for (int round = 0; round < ROUNDS; ++round) {
    modelstore_database database;
    CHECK(modelstore_database_create(store, &database, NULL) == MODELSTORE_OK);
    modelstore_file_hasher hasher;
    CHECK(modelstore_file_hasher_create(store, &hasher, NULL) == MODELSTORE_OK);
    modelstore_job job;
    CHECK(modelstore_file_hasher_hash(hasher, path, NULL, &job, NULL) == MODELSTORE_OK);
    destroy(KIND_DATABASE, swap(KIND_DATABASE, next_random(&state), database.value));
    destroy(KIND_HASHER, swap(KIND_HASHER, next_random(&state), hasher.value));
    destroy(KIND_JOB, swap(KIND_JOB, next_random(&state), job.value));
    for (int i = 0; i < 8; ++i) {
      const modelstore_database other = {look(KIND_DATABASE, next_random(&state))};
      modelstore_tag_list* tags;
      (void)modelstore_database_tags(other, &tags, NULL);
      modelstore_free(tags);
      const modelstore_job other_job = {look(KIND_JOB, next_random(&state))};
      modelstore_progress progress;
      (void)modelstore_job_progress(other_job, &progress, NULL);
      const modelstore_file_hasher other_hasher = {look(KIND_HASHER, next_random(&state))};
      int32_t paused;
      (void)modelstore_file_hasher_paused(other_hasher, &paused, NULL);
    }
    destroy(KIND_JOB, look(KIND_JOB, next_random(&state)));
    destroy(KIND_DATABASE, look(KIND_DATABASE, next_random(&state)));
  }
  return NULL;
}

/* Uses a store that another thread destroys meanwhile. */
static void* use(void* user_data) {
  const modelstore_store own = *(const modelstore_store*)user_data;
  modelstore_status status = MODELSTORE_OK;
  while (status == MODELSTORE_OK) {
    modelstore_database database;
    status = modelstore_database_create(own, &database, NULL);
    if (status != MODELSTORE_OK) break;
    modelstore_record_page* page;
    status = modelstore_database_list(database, NULL, &page, NULL);
    modelstore_free(page);
    CHECK(modelstore_database_destroy(database, NULL) == MODELSTORE_OK);
  }
  CHECK(status == MODELSTORE_CLOSED);
  return NULL;
}

static void* destroy_store(void* user_data) {
  const modelstore_store own = *(const modelstore_store*)user_data;
  sleep_ms(50);
  const modelstore_status status = modelstore_store_destroy(own, NULL);
  CHECK(status == MODELSTORE_OK || status == MODELSTORE_CLOSED);
  return NULL;
}

static void many_threads_share_handles(void) {
  store = open_store("store");
  file = write_file("file", "some content");
  pthread_t threads[THREADS];
  uint64_t seeds[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    seeds[i] = (uint64_t)i;
    CHECK(pthread_create(&threads[i], NULL, work, &seeds[i]) == 0);
  }
  for (int i = 0; i < THREADS; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK_OK(modelstore_store_destroy(store, &error));
  for (int kind = 0; kind < KINDS; ++kind)
    for (int i = 0; i < SHARED; ++i)
      if (shared[kind][i]) destroy((enum handle_kind)kind, shared[kind][i]);
}

static void a_store_is_destroyed_while_it_is_used(void) {
  modelstore_store own = open_store("own");
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; ++i)
    CHECK(pthread_create(&threads[i], NULL, i < 2 ? use : destroy_store, &own) == 0);
  for (int i = 0; i < THREADS; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK_STATUS(MODELSTORE_CLOSED, modelstore_store_destroy(own, &error));
}

int main(void) {
  many_threads_share_handles();
  a_store_is_destroyed_while_it_is_used();
  return 0;
}
