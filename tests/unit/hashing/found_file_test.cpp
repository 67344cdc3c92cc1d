#include "hashing/found_file.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::ErrorCode;
using modelstore::hashing::FileFinder;
using modelstore::hashing::is_unchanged;
namespace fs = std::filesystem;

TEST_SUITE("FileFinder") {
  TEST_CASE("all names of a file lead to one real path") {
    const test::TempDir folder;
    const fs::path file = test::write_file(folder / "models/lora/a.bin", "content");
    fs::create_directory_symlink(folder / "models", folder / "linked folder");
    fs::create_symlink("lora/a.bin", folder / "models/link.bin");
    FileFinder finder;
    for (const fs::path& name : {file, folder / "linked folder/lora/a.bin", folder / "models/link.bin",
                                 folder / "linked folder/link.bin", folder / "models/lora/../lora/./a.bin",
                                 folder / "models//lora///a.bin", fs::relative(file)}) {
      CAPTURE(name);
      const auto found = finder.find(name);
      CHECK(found.real_path == file.native());
      CHECK(found.stat.size_bytes == 7);
    }
  }

  TEST_CASE("a file in the root folder is found") {
    // Not every machine has one.
    for (const auto& entry : fs::directory_iterator("/")) {
      if (entry.is_symlink() || !entry.is_regular_file()) continue;
      CHECK(FileFinder().find(entry.path()).real_path == entry.path().native());
    }
    CHECK(test::error_of([] { (void)FileFinder().find("/no such file"); }) == ErrorCode::FileMissing);
  }

  TEST_CASE("what is no regular file is refused") {
    const test::TempDir folder;
    test::write_file(folder / "file", "content");
    fs::create_symlink("loop", folder / "loop");
    fs::create_symlink("nowhere", folder / "dangling");
    fs::create_directory_symlink(".", folder / "here");
    const auto code = [](const fs::path& path) {
      return test::error_of([&] { (void)FileFinder().find(path); });
    };
    CHECK(code(folder.path()) == ErrorCode::NotRegularFile);
    CHECK(code(folder.path().native() + "/") == ErrorCode::NotRegularFile);
    CHECK(code(folder / ".") == ErrorCode::NotRegularFile);
    CHECK(code(folder / "here") == ErrorCode::NotRegularFile);
    CHECK(code(folder / "loop") == ErrorCode::NotRegularFile);
    CHECK(code("/dev/null") == ErrorCode::NotRegularFile);
    CHECK(code(folder / "dangling") == ErrorCode::FileMissing);
    CHECK(code(folder / "file/") == ErrorCode::FileMissing);
    CHECK(code(folder / "file/below") == ErrorCode::FileMissing);
    CHECK(code(folder / "missing/file") == ErrorCode::FileMissing);
    CHECK(code("") == ErrorCode::InvalidArgument);
    CHECK(code(folder.path() / std::string("file\0hidden", 11)) == ErrorCode::InvalidArgument);
    CHECK(code(folder / std::string(300, 'x')) == ErrorCode::InvalidArgument);
  }

  TEST_CASE("a file is unchanged if size, time and a kept inode number are the same") {
    modelstore::catalog::HashRow row;
    row.size_bytes = 10;
    row.mtime_ns = 20;
    row.ctime_ns = 30;
    row.inode = 40;
    modelstore::platform::FileStat stat;
    stat.size_bytes = 10;
    stat.mtime_ns = 20;
    stat.ctime_ns = 31;
    stat.inode = 40;
    stat.device = 7;
    CHECK(is_unchanged(row, stat));
    stat.device = 8;
    CHECK(is_unchanged(row, stat));
    auto other = stat;
    other.size_bytes = 11;
    CHECK_FALSE(is_unchanged(row, other));
    other = stat;
    other.mtime_ns = 21;
    CHECK_FALSE(is_unchanged(row, other));
    other = stat;
    other.inode = 41;
    CHECK_FALSE(is_unchanged(row, other));
    row.inode.reset();
    CHECK(is_unchanged(row, other));
  }
}
