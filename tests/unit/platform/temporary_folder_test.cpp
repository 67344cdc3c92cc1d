#include "platform/temporary_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "support/temp_dir.hpp"

namespace fs = std::filesystem;

TEST_SUITE("TemporaryFolder") {
  TEST_CASE("it is named without links, open to its owner alone, and goes with its content") {
    const test::TempDir dir;
    fs::create_directory(dir / "real");
    fs::create_directory_symlink(dir / "real", dir / "link");
    const char* before = std::getenv("TMPDIR");
    const std::optional<std::string> saved =
        before == nullptr ? std::nullopt : std::optional<std::string>(before);
    ::setenv("TMPDIR", (dir / "link").c_str(), 1);
    fs::path path;
    {
      const modelstore::platform::TemporaryFolder folder;
      path = folder.path();
      CHECK(path.parent_path() == dir / "real");
      CHECK(fs::status(path).permissions() == fs::perms::owner_all);
      test::write_file(path / "sub/file", "x");
    }
    if (saved)
      ::setenv("TMPDIR", saved->c_str(), 1);
    else
      ::unsetenv("TMPDIR");
    CHECK_FALSE(fs::exists(path));
  }
}
