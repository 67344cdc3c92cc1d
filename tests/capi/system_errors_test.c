/* Statuses whose cause lies outside of the program: files, disks, memory, other writers and other versions. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* threads whose stacks are as large as a test wants */
#endif

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static modelstore_status hashed(modelstore_file_hasher hasher, const char* path) {
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(path), NULL, &job, &error));
  modelstore_file_hash* hash = NULL;
  const modelstore_status status = modelstore_file_hasher_hash_result(job, &hash, NULL);
  CHECK((hash == NULL) == (status != MODELSTORE_OK));
  modelstore_free(hash);
  CHECK_OK(modelstore_job_destroy(job, &error));
  return status;
}

static modelstore_status opened(const char* name, int64_t busy_timeout_ms) {
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.threads = 1;
  options.busy_timeout_ms = busy_timeout_ms;
  modelstore_store store;
  const modelstore_status status = modelstore_store_open(text(in_folder(name)), &options, &store, NULL);
  CHECK_OK(modelstore_store_destroy(store, &error));
  return status;
}

static void files_that_cannot_be_hashed(modelstore_file_hasher hasher) {
  CHECK(hashed(hasher, "/absent/file") == MODELSTORE_FILE_MISSING);
  CHECK(hashed(hasher, test_folder()) == MODELSTORE_NOT_REGULAR_FILE);
  CHECK(hashed(hasher, "/dev/null") == MODELSTORE_NOT_REGULAR_FILE);
  CHECK(hashed(hasher, "/proc/self/mem") == MODELSTORE_IO); /* nothing is mapped at its beginning */
}

static void* hash_as_nobody(void* path) {
  /* Root may read everything. Threads have their own user: those of the hasher get this one's. */
  if (geteuid() == 0) CHECK(syscall(SYS_setresuid, -1, 65534, -1) == 0);
  modelstore_file_hasher hasher;
  CHECK_OK(modelstore_file_hasher_create_alone(1, &hasher, &error));
  CHECK(hashed(hasher, path) == MODELSTORE_FILE_UNREADABLE);
  CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
  return NULL;
}

static void a_file_that_may_not_be_read(void) {
  char path[256];
  CHECK(snprintf(path, sizeof path, "%s", write_file("secret", "secret")) > 0);
  CHECK(chmod(test_folder(), 0711) == 0 && chmod(path, 0) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, hash_as_nobody, path) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
}

static int touch(void* user_data, const modelstore_progress* progress) {
  if (progress->done > 0 && progress->done < progress->total) CHECK(futimens(*(int*)user_data, NULL) == 0);
  return 0;
}

static void a_file_that_changes(modelstore_file_hasher hasher) {
  const char* path = write_sparse_file("changes", (int64_t)1 << 30);
  int file = open(path, O_WRONLY | O_CLOEXEC);
  CHECK(file >= 0);
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(path), NULL, &job, &error));
  CHECK_OK(modelstore_job_watch(job, 1, touch, &file, &error));
  modelstore_file_hash* hash = NULL;
  CHECK_STATUS(MODELSTORE_FILE_CHANGED, modelstore_file_hasher_hash_result(job, &hash, &error));
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK(close(file) == 0);
}

static void another_writer_keeps_its_lock(void) {
  CHECK_OK(modelstore_store_destroy(open_store("busy"), &error));
  const int lock = open(in_folder("busy/modelstore.lock"), O_RDWR | O_CLOEXEC);
  CHECK(lock >= 0 && flock(lock, LOCK_EX) == 0);
  CHECK(opened("busy", -1) == MODELSTORE_BUSY);
  CHECK(close(lock) == 0);
  CHECK(opened("busy", -1) == MODELSTORE_OK);
}

/* Puts bytes into the database of a store that is closed; what its log still has is in there too. */
static void overwrite_database(const char* name, off_t place, const char* bytes, size_t size) {
  char path[64];
  CHECK_OK(modelstore_store_destroy(open_store(name), &error));
  CHECK(snprintf(path, sizeof path, "%s/modelstore.db-wal", name) > 0);
  (void)unlink(in_folder(path));
  CHECK(snprintf(path, sizeof path, "%s/modelstore.db", name) > 0);
  const int file = open(in_folder(path), O_WRONLY | O_CLOEXEC);
  CHECK(file >= 0 && pwrite(file, bytes, size, place) == (ssize_t)size && close(file) == 0);
}

static void a_catalogue_that_cannot_be_used(void) {
  overwrite_database("newer", 60, "\0\1\0\0", 4); /* the version of the schema */
  CHECK(opened("newer", 0) == MODELSTORE_SCHEMA_TOO_NEW);
  overwrite_database("damaged", 100, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
  CHECK(opened("damaged", 0) == MODELSTORE_CORRUPT);
}

/* No file may have more than 16 bytes, which is fewer than any tier has. */
static void a_disk_that_is_full(void) {
  static const uint8_t gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
  const modelstore_bytes picture = {gif, sizeof gif - 1};
  const modelstore_record_id model = {{{1}}, 0};
  const modelstore_new_record record = MODELSTORE_NEW_RECORD_INIT;
  const modelstore_store store = open_store("full");
  modelstore_database database;
  modelstore_image_processor images;
  CHECK_OK(modelstore_database_create(store, &database, &error));
  CHECK_OK(modelstore_image_processor_create(store, &images, &error));
  CHECK_OK(modelstore_database_add_model(database, &model.sha256, &record, &error));
  struct rlimit before;
  CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && getrlimit(RLIMIT_FSIZE, &before) == 0);
  const struct rlimit little = {16, before.rlim_max};
  CHECK(setrlimit(RLIMIT_FSIZE, &little) == 0);
  CHECK_STATUS(MODELSTORE_NO_SPACE,
               modelstore_image_processor_add_bytes(images, &model, picture, text(NULL), NULL, &error));
  CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK_OK(modelstore_image_processor_add_bytes(images, &model, picture, text(NULL), NULL, &error));
  CHECK_OK(modelstore_image_processor_destroy(images, &error));
  CHECK_OK(modelstore_database_destroy(database, &error));
  CHECK_OK(modelstore_store_destroy(store, &error));
}

#ifndef __SANITIZE_ADDRESS__ /* it takes addresses for itself in each thread, and dies without */
/* Each thread takes a gibibyte of addresses, and there is room for a few. */
static void a_system_that_refuses_threads(void) {
  CHECK_OK(modelstore_store_destroy(open_store("threads"), &error));
  const rlim_t stack = (rlim_t)1 << 30;
  unsigned long pages = 0;
  FILE* statm = fopen("/proc/self/statm", "r");
  CHECK(statm && fscanf(statm, "%lu", &pages) == 1 && fclose(statm) == 0);
  pthread_attr_t usual;
  pthread_attr_t large;
  struct rlimit before;
  CHECK(pthread_getattr_default_np(&usual) == 0 && pthread_getattr_default_np(&large) == 0);
  CHECK(pthread_attr_setstacksize(&large, stack) == 0 && pthread_setattr_default_np(&large) == 0);
  CHECK(getrlimit(RLIMIT_AS, &before) == 0);
  const struct rlimit few = {(rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + 5 * stack, before.rlim_max};
  CHECK(setrlimit(RLIMIT_AS, &few) == 0);
  modelstore_file_hasher hasher;
  const modelstore_status alone = modelstore_file_hasher_create_alone(200, &hasher, NULL);
  const modelstore_status store = opened("threads", 0);
  CHECK(setrlimit(RLIMIT_AS, &before) == 0 && pthread_setattr_default_np(&usual) == 0);
  CHECK(alone == MODELSTORE_OUT_OF_MEMORY && store == MODELSTORE_OUT_OF_MEMORY);
  CHECK(pthread_attr_destroy(&usual) == 0 && pthread_attr_destroy(&large) == 0);
  CHECK(opened("threads", 0) == MODELSTORE_OK);
}
#endif

static void a_decoder_that_crashes(void) {
  modelstore_preview_options options = MODELSTORE_PREVIEW_OPTIONS_INIT;
  options.isolated = 1;
  options.decoder = text(in_folder("segfault")); /* which it does, under this name */
  CHECK(symlink(TEST_BAD_DECODER, options.decoder.data) == 0);
  const modelstore_bytes picture = {(const uint8_t*)"any picture", 11};
  modelstore_tier_set* tiers = NULL;
  CHECK_STATUS(MODELSTORE_DECODER_CRASHED, modelstore_make_tiers(picture, &options, &tiers, &error));
}

int main(void) {
  modelstore_file_hasher hasher;
  CHECK_OK(modelstore_file_hasher_create_alone(2, &hasher, &error));
  files_that_cannot_be_hashed(hasher);
  a_file_that_changes(hasher);
  CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
  a_file_that_may_not_be_read();
  another_writer_keeps_its_lock();
  a_catalogue_that_cannot_be_used();
  a_disk_that_is_full();
  a_decoder_that_crashes();
#ifndef __SANITIZE_ADDRESS__
  a_system_that_refuses_threads();
#endif
  return 0;
}
