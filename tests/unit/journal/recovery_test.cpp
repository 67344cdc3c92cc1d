#include "journal/recovery.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "journal/operation_rows.hpp"
#include "platform/file.hpp"
#include "support/journal_fixture.hpp"

using modelstore::ErrorCode;
using modelstore::Store;
using modelstore::catalog::WriteTransaction;
using modelstore::journal::insert_operation;
using modelstore::journal::leftovers;
using modelstore::journal::recover;
using modelstore::journal::Removal;
using modelstore::journal::Role;
using test::JournalFixture;

namespace {

const std::string kDead = "0f0e0d0c-0b0a-4908-8706-050403020100";

/// Journals an operation of `owner` with one file, as a process that was killed leaves it.
std::int64_t journal(const JournalFixture& store, const std::string& owner, bool done, const Removal& file) {
  return store.core->write([&](WriteTransaction& transaction) {
    const std::int64_t id = insert_operation(transaction.db(), owner, "test", done);
    insert_file(transaction.db(), id, done ? Role::Removed : Role::Published, file);
    return id;
  });
}

/// While it lives no file of this process can be written, which is an error that no disk recovers from.
class NoMoreWrites {
 public:
  NoMoreWrites() : before_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    struct rlimit none = limit_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  NoMoreWrites(const NoMoreWrites&) = delete;
  NoMoreWrites& operator=(const NoMoreWrites&) = delete;
  ~NoMoreWrites() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }

 private:
  struct rlimit limit_ {};
  void (*before_)(int);
};

void delete_row(const JournalFixture& store, std::int64_t seq) {
  store.core->write([&](WriteTransaction& transaction) { store.delete_row(transaction, seq); });
}

}  // namespace

TEST_SUITE("journal recovery") {
  TEST_CASE("an operation of a dead owner that was not done is undone") {
    const JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    (void)journal(store, kDead, false, file);
    CHECK(leftovers(*store.core).size() == 1);
    CHECK(std::filesystem::exists(store.image(0)));
    const auto report = recover(*store.core);
    CHECK(report.undone == 1);
    CHECK(report.finished == 0);
    CHECK(store.files().empty());
    CHECK(store.journal_rows() == 0);
    CHECK(leftovers(*store.core).empty());
    CHECK(recover(*store.core).undone == 0);
  }

  TEST_CASE("an operation of a dead owner that was done is finished") {
    const JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    (void)journal(store, kDead, true, file);
    CHECK(recover(*store.core).finished == 1);
    CHECK(store.files().empty());
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("files that are gone already, named by a row, or changed do not stop recovery") {
    const JournalFixture store;
    const Removal named = store.publish("named", 0);
    const Removal changed = store.publish("before", 1);
    const Removal gone = store.publish("gone", 2);
    delete_row(store, 1);
    delete_row(store, 2);
    test::write_file(store.image(1), "after!");
    std::filesystem::remove(store.image(2));
    for (const Removal& file : {named, changed, gone}) (void)journal(store, kDead, false, file);
    CHECK(recover(*store.core).undone == 3);
    CHECK(store.files() == std::vector{store.name(0), store.name(1)});
    CHECK(store.journal_rows() == 0);
  }

  TEST_CASE("a link in place of a published file is neither followed nor removed") {
    const JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    std::filesystem::rename(store.image(0), store.root() / "images" / "elsewhere");
    std::filesystem::create_symlink("elsewhere", store.image(0));
    (void)journal(store, kDead, false, file);
    (void)recover(*store.core);
    CHECK(std::filesystem::is_symlink(store.image(0)));
    CHECK(std::filesystem::exists(store.root() / "images" / "elsewhere"));
  }

  TEST_CASE("operations and staged files of live owners are left alone") {
    const JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    const Store other = Store::open(store.root());
    (void)journal(store, other.core()->owner(), false, file);
    (void)journal(store, store.core->owner(), false, file);
    modelstore::journal::Staging staging(*other.core());
    (void)staging.add(test::to_bytes("staged"));
    CHECK(leftovers(*store.core).empty());
    const auto report = recover(*store.core);
    CHECK(report.undone == 0);
    CHECK(report.staging_folders == 0);
    CHECK(store.files().size() == 1);
  }

  TEST_CASE("opening recovers, gives back claims, and removes what dead owners staged") {
    JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    const std::int64_t operation = journal(store, kDead, false, file);
    store.core->write([&](WriteTransaction& transaction) {
      transaction.db().run(
          "INSERT INTO pending_import(path, real_path, name, type, size_bytes, created_at, hash_state, "
          "metadata, operation_id) VALUES ('/a', '', 'a', '', 0, 0, 0, '{}', ?)",
          operation);
      transaction.pending_changed(transaction.db().last_insert_id());
    });
    test::write_file(store.root() / "staging" / kDead / "0" / "0", "staged");
    test::write_file(store.root() / "owners" / (kDead + ".lock"), "");
    CHECK(leftovers(*store.core).size() == 2);
    const Store again = Store::open(store.root());
    CHECK(store.files().empty());
    CHECK(leftovers(*again.core()).empty());
    store.check_nothing_left();
    CHECK_FALSE(std::filesystem::exists(store.root() / "staging" / kDead));
    CHECK_FALSE(std::filesystem::exists(store.root() / "owners" / (kDead + ".lock")));
  }

  TEST_CASE("a read-only opening recovers nothing") {
    JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    (void)journal(store, kDead, false, file);
    const Store reader = Store::open(store.root(), {.read_only = true});
    CHECK(store.files().size() == 1);
    CHECK(store.count("operations") == 1);
  }

  TEST_CASE("an owner's name is never made into a path outside the store") {
    const JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    (void)journal(store, "../../outside", false, file);
    CHECK(recover(*store.core).undone == 1);
    CHECK_FALSE(std::filesystem::exists(store.root().parent_path() / "outside.lock"));
  }

  TEST_CASE("a recovery whose commit fails poisons the store") {
    const JournalFixture store;
    const Removal file = store.publish("content", 0);
    delete_row(store, 0);
    (void)journal(store, kDead, false, file);
    {
      const NoMoreWrites no_more_writes;
      CHECK(test::code_of([&] { (void)recover(*store.core); }) == ErrorCode::Io);
    }
    CHECK(test::code_of([&] { store.core->check_writable(); }) == ErrorCode::Poisoned);
    const Store again = Store::open(store.root());
    CHECK(leftovers(*again.core()).empty());
  }
}
