#include "journal/operation.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "catalog/preview_names.hpp"
#include "journal/recovery.hpp"
#include "support/journal_fixture.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::Sha256;
using modelstore::Store;
using modelstore::Tier;
using modelstore::catalog::tier_file_name;
using modelstore::catalog::WriteTransaction;
using modelstore::journal::Draft;
using modelstore::journal::Publication;
using modelstore::journal::Removal;
using modelstore::journal::Staging;
using test::code_of;
using test::JournalFixture;

TEST_SUITE("journal operation") {
  TEST_CASE("a file and its row appear together, and nothing else is left") {
    JournalFixture store;
    store.publish("content", 0);
    CHECK(store.files() == std::vector{store.name(0)});
    CHECK(test::read_file(store.image(0)) == "content");
    CHECK(store.rows() == 1);
    store.check_nothing_left();
  }

  TEST_CASE("a draft that refuses in its intent leaves no trace") {
    JournalFixture store;
    Staging staging(*store.core);
    Draft draft = store.draft(staging, "content", 0);
    draft.prepare = [](WriteTransaction&, std::int64_t) -> std::vector<Publication> {
      throw Error(ErrorCode::Conflict, "no");
    };
    CHECK(code_of([&] { perform_one(*store.core, draft); }) == ErrorCode::Conflict);
    CHECK(store.files().empty());
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("a draft that refuses at its commit takes back its files, its rows and its claim") {
    JournalFixture store;
    bool undone = false;
    {
      Staging staging(*store.core);
      Draft draft = store.draft(staging, "content", 0);
      const auto commit = draft.commit;
      draft.commit = [&](WriteTransaction& transaction) {
        (void)commit(transaction);
        CHECK(store.files().size() == 1);
        if (store.rows_in(transaction) == 1) throw Error(ErrorCode::Conflict, "no");
        return std::vector<Removal>();
      };
      draft.undo = [&](WriteTransaction&) { undone = true; };
      CHECK(code_of([&] { perform_one(*store.core, draft); }) == ErrorCode::Conflict);
    }
    CHECK(undone);
    CHECK(store.rows() == 0);
    CHECK(store.files().empty());
    store.check_nothing_left();
  }

  TEST_CASE("one draft that fails does not sink the others of its batch") {
    JournalFixture store;
    Staging staging(*store.core);
    std::vector<Draft> drafts;
    for (int i = 0; i < 5; ++i) drafts.push_back(store.draft(staging, "content " + std::to_string(i), i));
    drafts[1].prepare = [](WriteTransaction&, std::int64_t) -> std::vector<Publication> {
      throw Error(ErrorCode::NotFound, "no");
    };
    const auto commit = drafts[3].commit;
    drafts[3].commit = [&](WriteTransaction& transaction) -> std::vector<Removal> {
      (void)commit(transaction);
      throw Error(ErrorCode::Conflict, "no");
    };
    const auto errors = perform(*store.core, drafts);
    for (std::size_t i = 0; i < errors.size(); ++i) CHECK((errors[i] != nullptr) == (i == 1 || i == 3));
    CHECK(store.files() == std::vector{store.name(0), store.name(2), store.name(4)});
    CHECK(store.rows() == 3);
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("a taken name is never adopted: the next one is chosen") {
    JournalFixture store;
    test::write_file(store.image(0), "somebody else's");
    Staging staging(*store.core);
    std::int64_t seq = 0;
    int prepared = 0;
    int undone = 0;
    Draft draft = store.draft(staging, "content", 0);
    const auto file = staging.add(test::to_bytes("content"));
    draft.prepare = [&](WriteTransaction&, std::int64_t) {
      seq = prepared++;
      return std::vector{store.publication(staging, file, seq)};
    };
    draft.commit = [&](WriteTransaction& transaction) {
      store.insert_row(transaction, file, seq);
      return std::vector<Removal>();
    };
    draft.undo = [&](WriteTransaction&) { ++undone; };
    perform_one(*store.core, draft);
    CHECK(prepared == 2);
    CHECK(undone == 1);
    CHECK(test::read_file(store.image(0)) == "somebody else's");
    CHECK(test::read_file(store.image(1)) == "content");
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("names that are never free end in a conflict") {
    JournalFixture store;
    test::write_file(store.image(0), "somebody else's");
    Staging staging(*store.core);
    CHECK(code_of([&] { perform_one(*store.core, store.draft(staging, "content", 0)); }) ==
          ErrorCode::Conflict);
    CHECK(test::read_file(store.image(0)) == "somebody else's");
    CHECK(store.rows() == 0);
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("removing takes the row first and the file after it") {
    JournalFixture store;
    const Removal file = store.publish("content", 0);
    Draft draft;
    draft.kind = "remove";
    draft.commit = [&](WriteTransaction& transaction) {
      store.delete_row(transaction, 0);
      CHECK(std::filesystem::exists(store.image(0)));
      return std::vector{file};
    };
    perform_one(*store.core, draft);
    CHECK(store.files().empty());
    CHECK(store.rows() == 0);
    store.check_nothing_left();
  }

  TEST_CASE("a file that a row names, or that is another than the journal says, is not removed") {
    JournalFixture store;
    const Removal named = store.publish("content", 0);
    Removal other = store.publish("old content", 1);
    test::write_file(store.image(1), "new content");
    Draft draft;
    draft.kind = "remove";
    draft.commit = [&](WriteTransaction& transaction) {
      store.delete_row(transaction, 1);
      return std::vector{named, other};
    };
    perform_one(*store.core, draft);
    CHECK(store.files() == std::vector{store.name(0), store.name(1)});
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("a published file gets a second name before it loses the first") {
    JournalFixture store;
    const Removal old = store.publish("content", 0);
    Draft draft;
    draft.kind = "move";
    draft.prepare = [&](WriteTransaction&, std::int64_t) {
      Publication publication;
      publication.published = &store.core->images();
      publication.file = {old.name, old.size_bytes, old.sha256};
      publication.name = store.name(7);
      return std::vector{publication};
    };
    draft.commit = [&](WriteTransaction& transaction) {
      CHECK(store.files() == std::vector{store.name(0), store.name(7)});
      store.set_seq(transaction, 0, 7);
      return std::vector{old};
    };
    perform_one(*store.core, draft);
    CHECK(store.files() == std::vector{store.name(7)});
    CHECK(test::read_file(store.image(7)) == "content");
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("a staging folder goes with its object, and the owner's with the store") {
    JournalFixture store;
    {
      Staging staging(*store.core);
      (void)staging.add(test::to_bytes("a"));
      (void)staging.add(test::to_bytes("b"));
      Staging moved(std::move(staging));
      CHECK(std::filesystem::exists(store.root() / "staging" / store.core->owner()));
    }
    CHECK(std::filesystem::is_empty(store.root() / "staging" / store.core->owner()));
    store.store.close();
    CHECK(std::filesystem::is_empty(store.root() / "staging"));
    CHECK(std::filesystem::is_empty(store.root() / "owners"));
  }

  TEST_CASE("threads that publish and remove at once agree in the end") {
    JournalFixture store;
    constexpr int kThreads = 4;
    constexpr int kRounds = 5;
    std::vector<std::thread> threads;
    std::atomic<int> failures = 0;
    for (int thread = 0; thread < kThreads; ++thread)
      threads.emplace_back([&, thread] {
        try {
          for (int round = 0; round < kRounds; ++round) {
            const int seq = thread * kRounds + round;
            const Removal file = store.publish("content " + std::to_string(seq), seq);
            if (round % 2 == 0) continue;
            Draft draft;
            draft.kind = "remove";
            draft.commit = [&](WriteTransaction& transaction) {
              store.delete_row(transaction, seq);
              return std::vector{file};
            };
            perform_one(*store.core, draft);
          }
        } catch (...) {
          ++failures;
        }
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(failures == 0);
    CHECK(store.rows() == kThreads * 3);
    CHECK(store.files().size() == kThreads * 3);
    store.check_nothing_left();
  }

  TEST_CASE("a store that was closed performs nothing") {
    JournalFixture store;
    Staging staging(*store.core);
    const Draft draft = store.draft(staging, "content", 0);
    store.store.close();
    CHECK(code_of([&] { perform_one(*store.core, draft); }) == ErrorCode::Closed);
    CHECK(store.files().empty());
  }
}
