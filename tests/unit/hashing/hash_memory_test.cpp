#include "hashing/hash_memory.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "modelstore/store.hpp"
#include "unit/hashing/hashing_support.hpp"

using modelstore::Store;
using modelstore::hashing::Digested;
using modelstore::hashing::HashMemory;
using modelstore::runtime::JobControl;
using namespace std::chrono_literals;

namespace {

Digested computed(const std::string& path) {
  Digested digested;
  digested.real_path = path;
  digested.to_remember = modelstore::catalog::HashRow{path, 1, 2, 3, 4, test::hash_of(path)};
  return digested;
}

struct Fixture {
  test::TempDir folder;
  Store store = [this] {
    modelstore::StoreOptions options;
    options.create = true;
    options.threads = 1;
    return Store::open(folder / "store", options);
  }();

  [[nodiscard]] std::int64_t rows() const {
    return store.core()->reader()->integer("SELECT count(*) FROM file_hashes").value_or(-1);
  }
  void finish(HashMemory& memory) const {
    (void)store.core()
        ->executor()
        .operation<int>([&](const JobControl& control) {
          memory.finish(control);
          return 0;
        })
        .get();
  }
};

}  // namespace

TEST_SUITE("HashMemory") {
  TEST_CASE("what was added is durable at the end, and not a transaction each before") {
    const Fixture fixture;
    const auto memory = HashMemory::make(fixture.store.core().get());
    for (int i = 0; i < 10; ++i) memory->add(computed("/file " + std::to_string(i)));
    CHECK(fixture.rows() == 0);
    fixture.finish(*memory);
    CHECK(fixture.rows() == 10);
    fixture.finish(*memory);
    CHECK(fixture.rows() == 10);
  }

  TEST_CASE("many are written before the end") {
    const Fixture fixture;
    const auto memory = HashMemory::make(fixture.store.core().get());
    for (std::size_t i = 0; i < HashMemory::kMostHeld; ++i) memory->add(computed(std::to_string(i)));
    CHECK(test::eventually([&] { return fixture.rows() == HashMemory::kMostHeld; }));
  }

  TEST_CASE("few are written when a second has passed") {
    const Fixture fixture;
    const auto memory = HashMemory::make(fixture.store.core().get());
    memory->add(computed("/file"));
    CHECK(test::eventually([&] {
      memory->tick();
      return fixture.rows() == 1;
    }));
  }

  TEST_CASE("what was remembered before is not written, what changed too lately is forgotten") {
    const Fixture fixture;
    const auto memory = HashMemory::make(fixture.store.core().get());
    memory->add(computed("/file"));
    fixture.finish(*memory);
    CHECK(fixture.rows() == 1);
    Digested cached = computed("/cached");
    cached.cached = true;
    memory->add(cached);
    Digested late = computed("/file");
    late.to_remember.reset();
    late.had_row = true;
    memory->add(late);
    fixture.finish(*memory);
    CHECK(fixture.rows() == 0);
  }

  TEST_CASE("without a store nothing happens") {
    const Fixture fixture;
    const auto memory = HashMemory::make(nullptr);
    for (int i = 0; i < 100; ++i) memory->add(computed("/file"));
    memory->tick();
    fixture.finish(*memory);
    CHECK(fixture.rows() == 0);
  }
}
