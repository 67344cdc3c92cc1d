#include "support/folder_snapshot.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "support/temp_dir.hpp"

using test::FolderSnapshot;
namespace fs = std::filesystem;

TEST_SUITE("FolderSnapshot") {
  TEST_CASE("reading changes nothing") {
    const test::TempDir folder;
    test::write_file(folder / "a/b.txt", "content");
    fs::create_symlink("a/b.txt", folder / "link");
    const FolderSnapshot before(folder.path());
    CHECK(test::read_file(folder / "a/b.txt") == "content");
    const FolderSnapshot after(folder.path());
    CHECK(after == before);
    CHECK(after.changes_since(before).empty());
    CHECK(before.entries().size() == 4);
  }

  TEST_CASE("one byte is noticed although size and time are the same") {
    const test::TempDir folder;
    const auto file = test::write_file(folder / "f", "content");
    const auto time = fs::last_write_time(file);
    const FolderSnapshot before(folder.path());
    test::write_file(file, "contenT");
    fs::last_write_time(file, time);
    const auto changes = FolderSnapshot(folder.path()).changes_since(before);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0] == "changed: f (content, ctime)");
  }

  TEST_CASE("a file that came and went shows in the time of its folder") {
    const test::TempDir folder;
    const FolderSnapshot before(folder.path());
    fs::remove(test::write_file(folder / "f", ""));
    const auto changes = FolderSnapshot(folder.path()).changes_since(before);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].starts_with("changed: . ("));
  }

  TEST_CASE("what was added, removed, retargeted or made read-only is named") {
    const test::TempDir folder;
    test::write_file(folder / "gone", "1");
    test::write_file(folder / "locked", "2");
    fs::create_symlink("gone", folder / "link");
    const FolderSnapshot before(folder.path());
    fs::remove(folder / "gone");
    fs::permissions(folder / "locked", fs::perms::owner_read);
    // Made before the other one goes, so that it does not get the same inode.
    fs::create_symlink("locked", folder / "link2");
    fs::rename(folder / "link2", folder / "link");
    test::write_file(folder / "new", "3");
    std::string all;
    for (const auto& change : FolderSnapshot(folder.path()).changes_since(before)) all += change + "\n";
    CAPTURE(all);
    CHECK(all.find("removed: gone\n") != std::string::npos);
    CHECK(all.find("changed: locked (mode, ctime)\n") != std::string::npos);
    CHECK(all.find("changed: link (inode, size, content") != std::string::npos);
    CHECK(all.find("added: new\n") != std::string::npos);
  }

  TEST_CASE("a folder that does not exist is an error") {
    const test::TempDir folder;
    CHECK_THROWS_AS(FolderSnapshot(folder / "none"), std::runtime_error);
  }
}
