/* 100,000 calls with random handles and arguments neither fail in the library nor leave anything behind. */

#include "calls_by_bytes.h"
#include "check.h"

int main(void) {
  uint64_t state = 20;
  static uint8_t bytes[20000];
  int calls = 0;
  while (calls < 100000) {
    for (size_t i = 0; i < sizeof bytes; ++i) bytes[i] = (uint8_t)next_random(&state);
    calls += calls_by_bytes(in_folder("store"), bytes, sizeof bytes);
  }
  return 0;
}
