/* Handles that are none, were destroyed, are of another kind or were made up are refused by every function. */

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "handle_calls.h"

static uint64_t handles[KINDS];

static void make_handles(modelstore_store store) {
  modelstore_database database;
  modelstore_image_processor images;
  modelstore_file_hasher hasher;
  modelstore_scanner scanner;
  modelstore_legacy_importer importer;
  modelstore_reactive_migrator migrator;
  modelstore_job job;
  int32_t done = 0;
  CHECK_OK(modelstore_database_create(store, &database, &error));
  CHECK_OK(modelstore_image_processor_create(store, &images, &error));
  CHECK_OK(modelstore_file_hasher_create(store, &hasher, &error));
  CHECK_OK(modelstore_scanner_create(store, &scanner, &error));
  CHECK_OK(modelstore_legacy_importer_create(store, &importer, &error));
  CHECK_OK(modelstore_reactive_migrator_create(store, &migrator, &error));
  CHECK_OK(modelstore_store_verify(store, NULL, &job, &error));
  CHECK_OK(modelstore_job_wait(job, -1, &done, &error));
  CHECK(done == 1);
  handles[KIND_STORE] = store.value;
  handles[KIND_DATABASE] = database.value;
  handles[KIND_IMAGES] = images.value;
  handles[KIND_HASHER] = hasher.value;
  handles[KIND_SCANNER] = scanner.value;
  handles[KIND_IMPORTER] = importer.value;
  handles[KIND_MIGRATOR] = migrator.value;
  handles[KIND_JOB] = job.value;
}

static void expect(const struct handle_call* call, uint64_t handle, modelstore_status expected) {
  modelstore_error* error = NULL;
  const modelstore_status status = call->call(handle, &error);
  if (status != expected)
    check_failed(__FILE__, __LINE__, call->name, modelstore_status_name(status),
                 modelstore_error_message(error));
  CHECK(modelstore_error_status(error) == expected);
  CHECK((error != NULL) == (expected != MODELSTORE_OK));
  if (error) CHECK(modelstore_error_message(error)[0] != 0);
  modelstore_error_free(error);
  if (expected != MODELSTORE_OK) CHECK(call->call(handle, NULL) == expected);
}

static void no_handle_is_refused(void) {
  for (int i = 0; i < handle_calls_count; ++i)
    expect(&handle_calls[i], 0, handle_calls[i].destroys ? MODELSTORE_OK : MODELSTORE_INVALID_ARGUMENT);
}

static void another_kind_is_refused(void) {
  for (int i = 0; i < handle_calls_count; ++i)
    for (int kind = 0; kind < KINDS; ++kind)
      if (kind != (int)handle_calls[i].kind)
        expect(&handle_calls[i], handles[kind], MODELSTORE_INVALID_ARGUMENT);
}

static void a_made_up_handle_is_refused(void) {
  for (int i = 0; i < handle_calls_count; ++i) {
    const uint64_t handle = handles[handle_calls[i].kind];
    expect(&handle_calls[i], handle + 1, MODELSTORE_INVALID_ARGUMENT);
    expect(&handle_calls[i], handle | 0xFFFFFFFFU, MODELSTORE_INVALID_ARGUMENT);
    expect(&handle_calls[i], handle | ((uint64_t)0xFFFFFF << 32), MODELSTORE_INVALID_ARGUMENT);
    expect(&handle_calls[i], handle & ~(uint64_t)0xFFFFFFFFU, MODELSTORE_INVALID_ARGUMENT);
    /* The kind that is asked for, on the slot of another. */
    for (int kind = 0; kind < KINDS; ++kind)
      if (kind != (int)handle_calls[i].kind)
        expect(&handle_calls[i], (handle >> 56 << 56) | (handles[kind] & 0xFFFFFFFFFFFFFFU),
               MODELSTORE_INVALID_ARGUMENT);
  }
}

static void a_child_is_refused(void) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    for (int i = 0; i < handle_calls_count; ++i)
      expect(&handle_calls[i], handles[handle_calls[i].kind], MODELSTORE_FORKED);
    _exit(0);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void what_lost_its_store_is_closed(void) {
  for (int i = 0; i < handle_calls_count; ++i)
    if (!handle_calls[i].destroys && handle_calls[i].kind != KIND_JOB && handle_calls[i].kind != KIND_STORE)
      expect(&handle_calls[i], handles[handle_calls[i].kind], MODELSTORE_CLOSED);
}

static void a_job_outlives_its_store(modelstore_job job) {
  modelstore_verify_report* report = NULL;
  CHECK_OK(modelstore_store_verify_result(job, &report, &error));
  CHECK(report->problems_count == 0);
  modelstore_free(report);
}

static void a_destroyed_handle_is_closed(void) {
  for (int i = 0; i < handle_calls_count; ++i)
    expect(&handle_calls[i], handles[handle_calls[i].kind], MODELSTORE_CLOSED);
}

static void destroy_all(void) {
  for (int i = 0; i < handle_calls_count; ++i)
    if (handle_calls[i].destroys && handle_calls[i].kind != KIND_STORE)
      expect(&handle_calls[i], handles[handle_calls[i].kind], MODELSTORE_OK);
}

int main(void) {
  const modelstore_store store = open_store("store");
  make_handles(store);
  no_handle_is_refused();
  another_kind_is_refused();
  a_made_up_handle_is_refused();
  a_child_is_refused();
  CHECK_OK(modelstore_store_destroy(store, &error));
  what_lost_its_store_is_closed();
  const modelstore_job job = {handles[KIND_JOB]};
  a_job_outlives_its_store(job);
  destroy_all();
  a_destroyed_handle_is_closed();

  /* Their places are taken by others: the old values stay closed. */
  uint64_t old[KINDS];
  memcpy(old, handles, sizeof old);
  const modelstore_store second = open_store("second");
  make_handles(second);
  for (int i = 0; i < handle_calls_count; ++i) {
    CHECK(old[handle_calls[i].kind] != handles[handle_calls[i].kind]);
    expect(&handle_calls[i], old[handle_calls[i].kind], MODELSTORE_CLOSED);
  }
  destroy_all();
  CHECK_OK(modelstore_store_destroy(second, &error));
  return 0;
}
