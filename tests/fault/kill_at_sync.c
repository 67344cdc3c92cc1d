/* Preloaded into a program, ends it at a given sync of a write-ahead log: SQLite makes one for each commit.
 *
 * MODELSTORE_SYNC_LOG names a file that gets a byte for each such sync. If MODELSTORE_KILL_AT is set, the process
 * is killed, with all its threads, in place of the sync with that number. */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_log(int file) {
  char link[64];
  char path[4096];
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, sizeof path);
  return size >= 4 && memcmp(path + size - 4, "-wal", 4) == 0;
}

static void note_sync(void) {
  static atomic_long syncs;
  const long number = atomic_fetch_add(&syncs, 1) + 1;
  const char* log = getenv("MODELSTORE_SYNC_LOG");
  const int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
  if (file < 0 || write(file, ".", 1) != 1) abort();
  (void)close(file);
  const char* kill_at = getenv("MODELSTORE_KILL_AT");
  if (kill_at && number == strtol(kill_at, NULL, 10)) (void)kill(getpid(), SIGKILL);
}

static int (*original)(int file);

__attribute__((constructor)) static void find_original(void) {
  /* POSIX lets an object's address be a function's; ISO C does not let it be converted. */
  void* symbol = dlsym(RTLD_NEXT, "fdatasync");
  memcpy(&original, &symbol, sizeof original);
}

int fdatasync(int file) {
  if (is_log(file)) note_sync();
  return original(file);
}
