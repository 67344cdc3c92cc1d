/* Sequences of calls of the C interface. */

#include "calls_by_bytes.h"
#include "check.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  (void)calls_by_bytes(in_folder("store"), bytes, size);
  return 0;
}
