#include "modelstore/store.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "sqlite/connection.hpp"
#include "support/temp_dir.hpp"

using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::Store;

namespace {

ErrorCode code_of_open(const std::filesystem::path& root, const modelstore::StoreOptions& options) {
  try {
    (void)Store::open(root, options);
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.code();
  }
  FAIL("opening should have failed");
  return ErrorCode::Internal;
}

}  // namespace

TEST_SUITE("Store") {
  TEST_CASE("a new store is made only where that is asked for") {
    const test::TempDir dir;
    CHECK(code_of_open(dir / "absent", {}) == ErrorCode::NotAStore);
    CHECK_FALSE(std::filesystem::exists(dir / "absent"));
    const Store store = Store::open(dir / "new", {.create = true});
    CHECK(store.root() == dir / "new");
    CHECK(std::filesystem::exists(dir / "new/modelstore.db"));
  }

  TEST_CASE("a folder with other files does not become a store") {
    const test::TempDir dir;
    test::write_file(dir / "photos/cat.png", "not ours");
    CHECK(code_of_open(dir / "photos", {.create = true}) == ErrorCode::NotAStore);
    test::write_file(dir / "file", "x");
    CHECK(code_of_open(dir / "file", {.create = true}) == ErrorCode::NotAStore);
  }

  TEST_CASE("a database that is damaged or of another program is refused") {
    const test::TempDir dir;
    test::write_file(dir / "a/modelstore.db", std::string(8192, 'x'));
    CHECK(code_of_open(dir / "a", {}) == ErrorCode::Corrupt);
  }

  TEST_CASE("a store opens twice in one process and closes twice") {
    const test::TempDir dir;
    Store first = Store::open(dir / "s", {.create = true});
    Store second = Store::open(dir / "s");
    first.close();
    first.close();
    CHECK_THROWS_AS((void)first.root(), Error);
    CHECK(second.root() == dir / "s");
  }

  TEST_CASE("a store that was moved from is closed, and the target lives") {
    const test::TempDir dir;
    Store first = Store::open(dir / "s", {.create = true});
    const Store second = std::move(first);
    CHECK_THROWS_AS((void)first.root(), Error);  // NOLINT(bugprone-use-after-move): that is the test
    CHECK(second.root() == dir / "s");
  }

  TEST_CASE("a child's use of its parent's store is refused, and the parent's goes on") {
    const test::TempDir dir;
    Store store = Store::open(dir / "s", {.create = true});
    modelstore::Database database(store);
    (void)database.add_pending({.path = "/m/before.pt"});
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int refused = 0;
      try {
        (void)database.list();
      } catch (const Error& error) {
        refused += error.code() == ErrorCode::Forked ? 1 : 0;
      }
      try {
        (void)database.add_pending({.path = "/m/child.pt"});
      } catch (const Error& error) {
        refused += error.code() == ErrorCode::Forked ? 1 : 0;
      }
      store.close();
      _exit(refused);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 2);
    (void)database.add_pending({.path = "/m/after.pt"});
    CHECK(database.list({.filter = {.state = modelstore::StateFilter::Pending}}).total == 2);
  }

  TEST_CASE("the program around a store is left as it is") {
    const test::TempDir dir;
    const auto handler_of = [](int number) {
      struct sigaction action {};
      sigaction(number, nullptr, &action);
      return action.sa_handler;
    };
    constexpr std::array kSignals = {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGSEGV, SIGBUS, SIGXFSZ};
    std::map<int, void (*)(int)> handlers;
    for (const int number : kSignals) handlers[number] = handler_of(number);
    const mode_t mask = umask(0027);
    const std::string locale = std::setlocale(LC_ALL, nullptr);
    const auto folder = std::filesystem::current_path();
    {
      Store store = Store::open(dir / "s", {.create = true});
      modelstore::Database database(store);
      (void)database.add_pending({.path = "/m/Ä.pt"});
      (void)database.list({.filter = {.text = "ä"}});
    }
    CHECK(umask(mask) == 0027);
    CHECK(locale == std::setlocale(LC_ALL, nullptr));
    CHECK(folder == std::filesystem::current_path());
    for (const int number : kSignals) {
      CAPTURE(number);
      CHECK((handler_of(number) == handlers[number]));
    }
  }

  TEST_CASE("a read-only open works and changes no file") {
    const test::TempDir dir;
    (void)Store::open(dir / "s", {.create = true});
    const std::string before = test::read_file(dir / "s/modelstore.db");
    const Store store = Store::open(dir / "s", {.read_only = true});
    CHECK(store.read_only());
    CHECK(test::read_file(dir / "s/modelstore.db") == before);
  }

  TEST_CASE("a folder with the database of another program is left as it is") {
    const test::TempDir dir;
    std::filesystem::create_directory(dir / "s");
    {
      const auto foreign =
          modelstore::sqlite::Connection::open(dir / "s/modelstore.db", modelstore::sqlite::OpenMode::Create);
      foreign.execute("CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)");
    }
    const std::string before = test::read_file(dir / "s/modelstore.db");
    CHECK(code_of_open(dir / "s", {.create = true}) == ErrorCode::NotAStore);
    CHECK(code_of_open(dir / "s", {.read_only = true}) == ErrorCode::NotAStore);
    for (const auto& entry : std::filesystem::directory_iterator(dir / "s"))
      CHECK(entry.path().filename() == "modelstore.db");
    CHECK(test::read_file(dir / "s/modelstore.db") == before);
  }

  TEST_CASE("all folders on the way to a new store are made") {
    const test::TempDir dir;
    const Store store = Store::open(dir / "a/b/../c/s/", {.create = true});
    CHECK(std::filesystem::equivalent(store.root(), dir / "a/c/s"));
  }

  TEST_CASE("a read-only open without shared memory reads a private copy, log included, and removes it") {
    const test::TempDir dir;
    {
      Store store = Store::open(dir / "s", {.create = true});
      (void)modelstore::Database(store).add_pending({.path = "/m/a.pt"});
    }
    std::filesystem::remove(dir / "s/modelstore.db-shm");
    // A link in the place of the file: not even root can make it then.
    std::filesystem::create_symlink("modelstore.db-shm", dir / "s/modelstore.db-shm");
    std::filesystem::create_directory(dir / "tmp");
    const char* saved = std::getenv("TMPDIR");
    const std::string before = saved == nullptr ? "" : saved;
    ::setenv("TMPDIR", (dir / "tmp").c_str(), 1);
    {
      const Store store = Store::open(dir / "s", {.read_only = true});
      CHECK(modelstore::Database(store).statistics().pending == 1);
      for (const auto& entry : std::filesystem::directory_iterator(dir / "tmp"))
        CHECK(entry.status().permissions() == std::filesystem::perms::owner_all);
      CHECK_FALSE(std::filesystem::is_empty(dir / "tmp"));
    }
    CHECK(std::filesystem::is_empty(dir / "tmp"));
    if (saved == nullptr)
      ::unsetenv("TMPDIR");
    else
      ::setenv("TMPDIR", before.c_str(), 1);
  }
}
