/* The function that libFuzzer calls, and the replay of a corpus. */
#ifndef MODELSTORE_TESTS_FUZZ_FUZZ_H
#define MODELSTORE_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

#endif
