/* Runs a fuzzer's function on the files of a corpus: replay FILE... */

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static int replay(const char* path) {
  static uint8_t bytes[1 << 20];
  FILE* file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return 1;
  }
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  (void)fclose(file);
  return LLVMFuzzerTestOneInput(bytes, size);
}

int main(int argc, char** argv) {
  if (argc < 2) {
    (void)fputs("usage: replay FILE...\n", stderr);
    return 2;
  }
  for (int i = 1; i < argc; ++i)
    if (replay(argv[i]) != 0) return 1;
  return 0;
}
