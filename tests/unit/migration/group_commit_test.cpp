#include "migration/group_commit.hpp"

#include <atomic>

#include <doctest/doctest.h>

#include "catalog/pending_rows.hpp"
#include "migration_support.hpp"

using namespace modelstore;
using migration::Candidate;
using migration::GroupCommit;
using test::MigrationStore;

namespace {

/// Writes a number into a record's size, or fails.
class Change final : public Candidate {
 public:
  Change(std::int64_t id, std::int64_t size, bool fails = false) : id_(id), size_(size), fails_(fails) {}

  [[nodiscard]] journal::Draft draft() override {
    journal::Draft draft;
    draft.kind = "test change";
    draft.commit = [this](catalog::WriteTransaction& transaction) {
      auto row = catalog::require_pending(transaction.db(), id_);
      row.size_bytes = size_;
      catalog::update_pending(transaction.db(), row);
      if (fails_) throw Error(ErrorCode::Conflict, "the test's own failure");
      return std::vector<journal::Removal>{};
    };
    return draft;
  }
  [[nodiscard]] std::size_t picture_count() const noexcept override { return 0; }

 private:
  std::int64_t id_;
  std::int64_t size_;
  bool fails_;
};

struct Groups {
  MigrationStore s;
  std::int64_t id = s.pending("/a");
  detail::TypedJobState<int> state;
  runtime::JobControl control{state};
  std::mutex mutex;
  std::vector<std::size_t> sizes;
  std::size_t failed = 0;
  GroupCommit commits{*s.store.core(), control, [this](std::vector<GroupCommit::Entry> entries) {
                        const std::lock_guard lock(mutex);
                        sizes.push_back(entries.size());
                        for (const auto& entry : entries) failed += entry.failure ? 1 : 0;
                      }};

  std::size_t settled() {
    const std::lock_guard lock(mutex);
    std::size_t sum = 0;
    for (const std::size_t size : sizes) sum += size;
    return sum;
  }
};

}  // namespace

TEST_SUITE("GroupCommit") {
  TEST_CASE("many candidates share few transactions, and one that fails does not disturb the others") {
    Groups groups;
    const std::int64_t before = groups.s.database.statistics().revision;
    for (std::size_t i = 0; i < 500; ++i)
      groups.commits.add(i, std::make_unique<Change>(groups.id, static_cast<std::int64_t>(i), i == 499));
    groups.commits.flush();
    CHECK(groups.settled() == 500);
    CHECK(groups.failed == 1);
    CHECK(groups.s.database.pending(groups.id).size_bytes == 498);
    CHECK(groups.s.database.statistics().revision - before <= 500 / 64 + 2);
  }

  TEST_CASE("a candidate does not wait for others for long") {
    Groups groups;
    groups.commits.add(0, std::make_unique<Change>(groups.id, 7));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (groups.settled() == 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(groups.s.database.pending(groups.id).size_bytes == 7);
  }

  TEST_CASE("failures of items are told in their order with the candidates") {
    Groups groups;
    groups.commits.add_failure(3, std::make_exception_ptr(Error(ErrorCode::FileMissing, "no file")));
    groups.commits.flush();
    CHECK(groups.settled() == 1);
    CHECK(groups.failed == 1);
  }

  TEST_CASE("after a cancellation nothing more is accepted or committed") {
    Groups groups;
    groups.state.cancel();
    CHECK_THROWS_AS(groups.commits.add(0, std::make_unique<Change>(groups.id, 7)), Error);
    CHECK_THROWS_AS(groups.commits.flush(), Error);
    CHECK(groups.s.database.pending(groups.id).size_bytes == 0);
  }

  TEST_CASE("what a commit fails with as a whole reaches whoever adds") {
    Groups groups;
    groups.s.store.core()->poison("by the test");
    groups.commits.add(0, std::make_unique<Change>(groups.id, 7));
    try {
      groups.commits.flush();
      FAIL("flushing should have failed");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::Poisoned);
    }
    CHECK_THROWS_AS(groups.commits.add(1, std::make_unique<Change>(groups.id, 8)), Error);
  }
}
