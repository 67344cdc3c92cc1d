/// The version of the library.
///
/// The macros tell which headers a program was compiled against, `version()` which library it runs
/// with. Versions follow Semantic Versioning 2.0.0.
#pragma once

#include <string_view>

#define MODELSTORE_VERSION_MAJOR 1
#define MODELSTORE_VERSION_MINOR 0
#define MODELSTORE_VERSION_PATCH 0

namespace modelstore {

/// The version of the linked library as "major.minor.patch". Valid for the life of the program.
/// Safe to call from any thread; never fails.
[[nodiscard]] std::string_view version() noexcept;

}  // namespace modelstore
