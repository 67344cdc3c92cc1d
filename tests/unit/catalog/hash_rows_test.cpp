#include "catalog/hash_rows.hpp"

#include <cstdint>
#include <limits>
#include <optional>

#include <doctest/doctest.h>

#include "catalog/schema.hpp"
#include "modelstore/sha256.hpp"
#include "sqlite/connection.hpp"

using modelstore::Sha256;
using modelstore::catalog::find_hash;
using modelstore::catalog::HashRow;
using modelstore::catalog::put_hash;
using modelstore::catalog::remove_hash;

namespace {

modelstore::sqlite::Connection catalogue() {
  auto database = modelstore::sqlite::Connection::in_memory();
  modelstore::catalog::migrate_schema(database);
  return database;
}

HashRow row() {
  Sha256::Bytes digest{};
  digest.fill(0xAB);
  return {"/models/a.bin", 5'000'000'000, 1'700'000'000'123'456'789, 7, 42, Sha256(digest)};
}

}  // namespace

TEST_SUITE("hash rows") {
  TEST_CASE("a row is found as it was put, and no other") {
    const auto database = catalogue();
    put_hash(database, row());
    const auto found = find_hash(database, "/models/a.bin");
    REQUIRE(found);
    CHECK(found->path == row().path);
    CHECK(found->size_bytes == row().size_bytes);
    CHECK(found->mtime_ns == row().mtime_ns);
    CHECK(found->ctime_ns == row().ctime_ns);
    CHECK(found->inode == row().inode);
    CHECK(found->sha256 == row().sha256);
    CHECK_FALSE(find_hash(database, "/models/A.bin"));
    CHECK_FALSE(find_hash(database, ""));
  }

  TEST_CASE("every inode number is kept, and that there is none") {
    const auto database = catalogue();
    for (const std::optional<std::uint64_t> inode :
         {std::optional<std::uint64_t>{}, std::optional<std::uint64_t>{0},
          std::optional<std::uint64_t>{std::numeric_limits<std::uint64_t>::max()}}) {
      HashRow changed = row();
      changed.inode = inode;
      put_hash(database, changed);
      CHECK(find_hash(database, changed.path)->inode == inode);
    }
  }

  TEST_CASE("putting replaces, removing removes") {
    const auto database = catalogue();
    put_hash(database, row());
    HashRow other = row();
    other.size_bytes = 1;
    other.mtime_ns = -1;
    other.ctime_ns = -2;
    other.sha256 = Sha256();
    put_hash(database, other);
    const auto found = find_hash(database, other.path);
    REQUIRE(found);
    CHECK(found->size_bytes == 1);
    CHECK(found->mtime_ns == -1);
    CHECK(found->ctime_ns == -2);
    CHECK(found->sha256 == Sha256());
    CHECK(database.integer("SELECT count(*) FROM file_hashes") == 1);
    remove_hash(database, other.path);
    remove_hash(database, other.path);
    CHECK_FALSE(find_hash(database, other.path));
  }
}
