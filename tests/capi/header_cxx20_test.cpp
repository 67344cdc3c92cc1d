// The header alone, as C++20.
#include <modelstore.h>

#include <type_traits>

static_assert(std::is_trivially_copyable_v<modelstore_store> &&
              std::is_standard_layout_v<modelstore_preview>);

int main() {
  const modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  return options.struct_size == sizeof options && modelstore_version() != nullptr ? 0 : 1;
}
