#include "modelstore/version.hpp"

#define MODELSTORE_TEXT_OF(number) #number
#define MODELSTORE_TEXT(number) MODELSTORE_TEXT_OF(number)

namespace modelstore {

std::string_view version() noexcept {
  return MODELSTORE_TEXT(MODELSTORE_VERSION_MAJOR) "." MODELSTORE_TEXT(
      MODELSTORE_VERSION_MINOR) "." MODELSTORE_TEXT(MODELSTORE_VERSION_PATCH);
}

}  // namespace modelstore
