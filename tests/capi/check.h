/* What the tests in C share: checks that say where they failed, and a folder of their own. */
#ifndef MODELSTORE_TESTS_CAPI_CHECK_H
#define MODELSTORE_TESTS_CAPI_CHECK_H

#include <modelstore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* A failed check ends the test: what follows would build on it. */
#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) check_failed(__FILE__, __LINE__, #condition, NULL, NULL); \
  } while (0)

/* That a call, whose last argument is `&error`, answers `expected`, and that its error says the same. */
#define CHECK_STATUS(expected, call)                                               \
  do {                                                                             \
    modelstore_error* error = NULL;                                                \
    const modelstore_status answered = (call);                                     \
    if (answered != (expected))                                                    \
      check_failed(__FILE__, __LINE__, #call, modelstore_status_name(answered),    \
                   modelstore_error_message(error));                               \
    if (modelstore_error_status(error) != answered)                                \
      check_failed(__FILE__, __LINE__, #call, "an error of another status", NULL); \
    modelstore_error_free(error);                                                  \
  } while (0)

#define CHECK_OK(call) CHECK_STATUS(MODELSTORE_OK, call)

_Noreturn void check_failed(const char* file, int line, const char* what, const char* status,
                            const char* message);

/* Makes the folder of this test, which is removed when the program ends well. */
const char* test_folder(void);

/* A path below it, valid for the next 63 calls. Not for several threads at once. */
const char* in_folder(const char* name);

/* Writes a file below the folder and returns its path. */
const char* write_file(const char* name, const char* content);

/* An empty file of this size, which takes no space. */
const char* write_sparse_file(const char* name, int64_t size);

/* A new store with two threads. */
modelstore_store open_store(const char* name);

static inline modelstore_text text(const char* string) {
  return modelstore_text_of(string);
}

static inline bool is_text(modelstore_text value, const char* string) {
  return value.size == strlen(string) && memcmp(value.data, string, value.size) == 0 &&
         value.data[value.size] == 0;
}

/* A number from a generator with a seed of its own. */
uint64_t next_random(uint64_t* state);

void sleep_ms(int milliseconds);

#endif
