/* Calls whose order and arguments are read from bytes: random ones, or those of a fuzzer. */
#ifndef MODELSTORE_TESTS_CAPI_CALLS_BY_BYTES_H
#define MODELSTORE_TESTS_CAPI_CALLS_BY_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Uses the store in `folder`, destroys all that it made, and returns how many calls those were. */
int calls_by_bytes(const char* folder, const uint8_t* bytes, size_t size);

#endif
