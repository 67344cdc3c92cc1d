/* The header alone, as C11. */
#include <modelstore.h>

#if defined(__cplusplus) || __STDC_VERSION__ != 201112L
#error "not C11"
#endif

int main(void) {
  const modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  return options.struct_size == sizeof options && MODELSTORE_C_VERSION_MAJOR == 1 ? 0 : 1;
}
