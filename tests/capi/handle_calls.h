/* Every function that takes a handle, with harmless arguments. */
#ifndef MODELSTORE_TESTS_CAPI_HANDLE_CALLS_H
#define MODELSTORE_TESTS_CAPI_HANDLE_CALLS_H

#include <modelstore.h>
#include <stdbool.h>

enum handle_kind {
  KIND_STORE,
  KIND_DATABASE,
  KIND_IMAGES,
  KIND_HASHER,
  KIND_SCANNER,
  KIND_IMPORTER,
  KIND_MIGRATOR,
  KIND_JOB,
  KINDS
};

struct handle_call {
  const char* name;
  enum handle_kind kind;
  bool destroys;
  modelstore_status (*call)(uint64_t handle, modelstore_error** error);
};

extern const struct handle_call handle_calls[];
extern const int handle_calls_count;

#endif
