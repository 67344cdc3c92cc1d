#include "platform/system.hpp"

#include <doctest/doctest.h>

TEST_SUITE("system") {
  TEST_CASE("the code knows the file that it was loaded from") {
    const std::filesystem::path file = modelstore::platform::own_file();
    CHECK(file.is_absolute());
    CHECK(std::filesystem::equivalent(file, "/proc/self/exe"));
  }
}
