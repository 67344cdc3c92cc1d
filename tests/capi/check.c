#include "check.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[64];

void check_failed(const char* file, int line, const char* what, const char* status, const char* message) {
  fprintf(stderr, "%s:%d: %s", file, line, what);
  if (status) fprintf(stderr, " -> %s", status);
  if (message) fprintf(stderr, ": %s", message);
  fputc('\n', stderr);
  abort();
}

static int remove_entry(const char* path, const struct stat* info, int type, struct FTW* place) {
  (void)info;
  (void)type;
  (void)place;
  return remove(path);
}

static void remove_folder(void) {
  nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char* test_folder(void) {
  if (folder[0]) return folder;
  strcpy(folder, "/tmp/modelstore-test-XXXXXX");
  CHECK(mkdtemp(folder) != NULL);
  CHECK(atexit(remove_folder) == 0);
  return folder;
}

const char* in_folder(const char* name) {
  static char paths[64][256];
  static unsigned next = 0;
  char* path = paths[next++ % 64];
  CHECK((size_t)snprintf(path, sizeof paths[0], "%s/%s", test_folder(), name) < sizeof paths[0]);
  return path;
}

const char* write_file(const char* name, const char* content) {
  const char* path = in_folder(name);
  FILE* file = fopen(path, "wb");
  CHECK(file != NULL);
  CHECK(fwrite(content, 1, strlen(content), file) == strlen(content));
  CHECK(fclose(file) == 0);
  return path;
}

const char* write_sparse_file(const char* name, int64_t size) {
  const char* path = in_folder(name);
  const int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  CHECK(file >= 0);
  CHECK(ftruncate(file, size) == 0);
  CHECK(close(file) == 0);
  return path;
}

modelstore_store open_store(const char* name) {
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.create = 1;
  options.threads = 2;
  modelstore_store store;
  CHECK_OK(modelstore_store_open(text(in_folder(name)), &options, &store, &error));
  return store;
}

uint64_t next_random(uint64_t* state) {
  uint64_t value = (*state += 0x9E3779B97F4A7C15U);
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

void sleep_ms(int milliseconds) {
  const struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
  nanosleep(&time, NULL);
}
