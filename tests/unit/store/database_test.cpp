#include "modelstore/database.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "modelstore/store.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using test::error_of;

namespace {

Sha256 digest(char digit) {
  return Sha256::from_hex(std::string(64, digit));
}

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 2});
  Database database{store};
};

std::vector<std::string> names(const RecordPage& page) {
  std::vector<std::string> result;
  for (const RecordSummary& record : page.records) result.push_back(record.name);
  return result;
}

std::vector<std::string> tag_names(const std::vector<Tag>& tags) {
  std::vector<std::string> result;
  for (const Tag& tag : tags) result.push_back(tag.name);
  return result;
}

}  // namespace

TEST_SUITE("Database") {
  TEST_CASE_FIXTURE(Fixture, "a pending record is read back as it was added") {
    const std::int64_t id = database.add_pending({.path = "/models/loras/Héro_v2.safetensors",
                                                  .type = "loras",
                                                  .size_bytes = 1234,
                                                  .created_at = 1'700'000'000'000,
                                                  .metadata = R"({"description": "a hero", "x": 1.50})",
                                                  .tags = {"hero", "two words"}});
    const PendingRecord record = database.pending(id);
    CHECK(record.id == id);
    CHECK(record.name == "Héro_v2.safetensors");
    CHECK(record.path == "/models/loras/Héro_v2.safetensors");
    CHECK(record.type == "loras");
    CHECK(record.size_bytes == 1234);
    CHECK(record.created_at == 1'700'000'000'000);
    CHECK(record.metadata == R"({"description":"a hero","x":1.50})");
    CHECK(tag_names(record.tags) == std::vector<std::string>{"hero", "two words"});
    CHECK(record.hash_state == HashState::Unknown);
    CHECK_FALSE(record.sha256);
    CHECK(database.find_by_path("/models/loras/../loras/Héro_v2.safetensors") == RecordId::pending(id));
    CHECK(database.resolve("pending:" + std::to_string(id)) == RecordId::pending(id));
  }

  TEST_CASE_FIXTURE(Fixture, "a path or a hash is given to one record only") {
    database.add_model({.sha256 = digest('a'), .path = "/m/a.ckpt"});
    const std::int64_t id = database.add_pending({.path = "/m/b.ckpt"});
    CHECK(error_of([&] { return database.add_pending({.path = "/m/a.ckpt"}); }) == ErrorCode::AlreadyExists);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/x/../b.ckpt"}); }) ==
          ErrorCode::AlreadyExists);
    CHECK(error_of([&] {
            database.add_model({.sha256 = digest('a')});
            return 0;
          }) == ErrorCode::AlreadyExists);
    CHECK(error_of([&] {
            database.edit(RecordId::pending(id), {.path = "/m/a.ckpt"});
            return 0;
          }) == ErrorCode::AlreadyExists);
    CHECK(database.list({.filter = {.state = StateFilter::All}}).total == 2);
  }

  TEST_CASE_FIXTURE(Fixture, "records that are malformed are refused and change nothing") {
    const std::int64_t revision = database.statistics().revision;
    CHECK(error_of([&] { return database.add_pending({.path = ""}); }) == ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/\xff.pt"}); }) ==
          ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.add_pending({.path = std::string("/m/\0.pt", 7)}); }) ==
          ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.add_pending({.path = "/" + std::string(5000, 'x')}); }) ==
          ErrorCode::LimitExceeded);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/a", .name = std::string(5000, 'x')}); }) ==
          ErrorCode::LimitExceeded);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/a", .size_bytes = -1}); }) ==
          ErrorCode::InvalidArgument);
    for (const char* metadata : {"", "[]", "null", "{", "{\"a\":NaN}", "{\"description\":1}",
                                 "{\"prompts\":[]}", "{\"prompts\":{\"positive\":1}}", "{} x"}) {
      CAPTURE(metadata);
      CHECK(error_of([&] { return database.add_pending({.path = "/m/a", .metadata = metadata}); }) ==
            ErrorCode::InvalidArgument);
    }
    std::string deep;
    for (int i = 0; i < 200; ++i) deep += "{\"a\":";
    deep += "1" + std::string(200, '}');
    CHECK(error_of([&] { return database.add_pending({.path = "/m/a", .metadata = deep}); }) ==
          ErrorCode::LimitExceeded);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/a", .tags = {"  "}}); }) ==
          ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/a", .tags = {std::int64_t{77}}}); }) ==
          ErrorCode::NotFound);
    CHECK(database.statistics().revision == revision);
    CHECK(database.list({.filter = {.state = StateFilter::All}}).total == 0);
    CHECK(database.tags().empty());
  }

  TEST_CASE_FIXTURE(Fixture, "what is not there is not found") {
    CHECK(error_of([&] { return database.model(digest('c')); }) == ErrorCode::NotFound);
    CHECK(error_of([&] { return database.pending(5); }) == ErrorCode::NotFound);
    CHECK(error_of([&] { return database.resolve("pending:5"); }) == ErrorCode::NotFound);
    CHECK(error_of([&] { return database.resolve("abcd"); }) == ErrorCode::NotFound);
    CHECK(error_of([&] { return database.resolve("abc"); }) == ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.resolve("not hex"); }) == ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.resolve(std::string(65, 'a')); }) == ErrorCode::InvalidArgument);
    CHECK(error_of([&] {
            database.edit(digest('c'), {.name = "x"});
            return 0;
          }) == ErrorCode::NotFound);
    CHECK(error_of([&] { return database.trash(std::vector<RecordId>{digest('c')}); }) ==
          ErrorCode::NotFound);
    CHECK(error_of([&] {
            database.delete_tag(9);
            return 0;
          }) == ErrorCode::NotFound);
    CHECK_FALSE(database.find_by_path("/nowhere"));
  }

  TEST_CASE_FIXTURE(Fixture, "a prefix that only one model has is enough") {
    database.add_model({.sha256 = Sha256::from_hex("abcd1" + std::string(59, '0'))});
    database.add_model({.sha256 = Sha256::from_hex("abcd2" + std::string(59, '0'))});
    CHECK(database.resolve("ABCD1").sha256().hex().substr(0, 5) == "abcd1");
    CHECK(error_of([&] { return database.resolve("abcd"); }) == ErrorCode::Conflict);
  }

  TEST_CASE_FIXTURE(Fixture, "an edit replaces the keys that it has and keeps the text of the others") {
    database.add_model(
        {.sha256 = digest('a'),
         .metadata = R"({"description":"old","weight":1.0e0,"prompts":{"positive":"p","extra":[1, 2]}})"});
    database.edit(digest('a'),
                  {.name = "new name",
                   .metadata = R"({"description":"new","rating":5,"images_count":9,"weight2":null})"});
    const Model model = database.model(digest('a'));
    CHECK(model.name == "new name");
    CHECK(model.metadata ==
          R"({"description":"new","weight":1.0e0,"prompts":{"positive":"p","extra":[1, 2]},"rating":5})");
    database.edit(digest('a'), {.metadata = R"({"weight":null})"});
    CHECK(database.model(digest('a')).metadata.find("weight") == std::string::npos);
  }

  TEST_CASE_FIXTURE(Fixture, "tags are set, added and removed by name or id") {
    database.add_model({.sha256 = digest('a'), .tags = {"one", "two"}});
    const Tag one = database.tags().front();
    database.edit(digest('a'), {.add_tags = {"three", one.id}, .remove_tags = {"two", "never seen"}});
    CHECK(tag_names(database.model(digest('a')).tags) == std::vector<std::string>{"one", "three"});
    database.edit(digest('a'), {.tags = std::vector<TagRef>{"four"}});
    CHECK(tag_names(database.model(digest('a')).tags) == std::vector<std::string>{"four"});
    CHECK(tag_names(database.tags()) == std::vector<std::string>{"four", "one", "three", "two"});
    database.edit(digest('a'), {.tags = std::vector<TagRef>{}});
    CHECK(database.model(digest('a')).tags.empty());
  }

  TEST_CASE_FIXTURE(Fixture, "an edit of many is all or nothing") {
    const std::int64_t pending = database.add_pending({.path = "/m/p.pt"});
    database.add_model({.sha256 = digest('a'), .name = "a"});
    const std::vector<RecordId> both{digest('a'), RecordId::pending(pending)};
    CHECK(error_of([&] {
            return database.edit_many(both, {.path = "/m/elsewhere.pt", .add_tags = {"t"}});
          }) == ErrorCode::InvalidArgument);
    CHECK(database.model(digest('a')).tags.empty());
    CHECK(database.pending(pending).path == "/m/p.pt");
    CHECK(database.tags().empty());
    CHECK(database.edit_many(both, {.add_tags = {"t"}}) == 2);
    CHECK(database.edit_many(RecordFilter{.state = StateFilter::All, .tags = {"t"}}, {.type = "loras"}) == 2);
    CHECK(database.model(digest('a')).type == "loras");
    CHECK(database.pending(pending).type == "loras");
  }

  TEST_CASE_FIXTURE(Fixture, "a path that is edited forgets what was known of the old file's hash") {
    const std::int64_t id = database.add_pending({.path = "/m/old.pt"});
    database.edit(RecordId::pending(id), {.path = "/m/new.pt"});
    CHECK(database.find_by_path("/m/new.pt") == RecordId::pending(id));
    CHECK_FALSE(database.find_by_path("/m/old.pt"));
  }

  TEST_CASE_FIXTURE(Fixture, "tags are got or created in order, renamed, coloured and deleted") {
    const auto tags = database.add_tags({" b ", "a", "", "b", "  "});
    CHECK(tag_names(tags) == std::vector<std::string>{"b", "a", "b"});
    CHECK(tags[0].id == tags[2].id);
    database.add_model({.sha256 = digest('a'), .name = "m", .tags = {"a"}});
    database.edit_tag(tags[1].id, "renamed", "#ff8800");
    CHECK(database.model(digest('a')).tags == std::vector<Tag>{{tags[1].id, "renamed", "#ff8800"}});
    CHECK(database.list({.filter = {.text = "rename"}}).total == 1);
    CHECK(error_of([&] {
            database.edit_tag(tags[1].id, "b", std::nullopt);
            return 0;
          }) == ErrorCode::AlreadyExists);
    database.edit_tag(tags[1].id, std::nullopt, "");
    CHECK_FALSE(database.model(digest('a')).tags.front().color);
    database.delete_tag(tags[1].id);
    CHECK(database.model(digest('a')).tags.empty());
    CHECK(database.list({.filter = {.text = "rename"}}).total == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "the trash hides records, gives them back, and is emptied only on request") {
    database.add_model({.sha256 = digest('a'), .path = "/m/a.pt", .name = "a", .tags = {"t"}});
    const std::int64_t pending = database.add_pending({.path = "/m/b.pt", .name = "b"});
    CHECK(database.trash(std::vector<RecordId>{digest('a'), RecordId::pending(pending)}) == 2);
    CHECK(database.trash(std::vector<RecordId>{digest('a')}) == 0);
    CHECK(database.list({.filter = {.state = StateFilter::All}}).total == 0);
    CHECK(names(database.list({.filter = {.state = StateFilter::Trash}})) ==
          std::vector<std::string>{"a", "b"});
    CHECK(database.model(digest('a')).trashed);
    CHECK(tag_names(database.model(digest('a')).tags) == std::vector<std::string>{"t"});
    CHECK(database.restore(std::vector<RecordId>{digest('a')}) == 1);
    CHECK(database.restore(std::vector<RecordId>{digest('a')}) == 0);
    CHECK(names(database.list()) == std::vector<std::string>{"a"});
    CHECK(database.empty_trash() == 1);
    CHECK(error_of([&] { return database.pending(pending); }) == ErrorCode::NotFound);
    CHECK(database.model(digest('a')).name == "a");
    CHECK(database.empty_trash() == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "statistics count what is there") {
    database.add_model({.sha256 = digest('a'), .path = "/m/a", .size_bytes = 10});
    database.add_model({.sha256 = digest('b'), .size_bytes = 20});
    (void)database.add_pending({.path = "/m/p", .size_bytes = 5, .tags = {"t"}});
    (void)database.trash(std::vector<RecordId>{digest('b')});
    const Statistics statistics = database.statistics();
    CHECK(statistics.models == 1);
    CHECK(statistics.models_unverified == 1);
    CHECK(statistics.pending == 1);
    CHECK(statistics.trashed == 1);
    CHECK(statistics.locations == 1);
    CHECK(statistics.tags == 1);
    CHECK(statistics.model_bytes == 10);
    CHECK(statistics.pending_bytes == 5);
    CHECK(statistics.schema_version == 1);
    CHECK(statistics.database_bytes > 0);
  }

  TEST_CASE_FIXTURE(Fixture, "changes tell a follower in another store what was committed") {
    const Store other_store = Store::open(dir / "store");
    const Database follower(other_store);
    const std::int64_t start = follower.changes(0).revision;
    const std::int64_t pending = database.add_pending({.path = "/m/p"});
    database.edit(RecordId::pending(pending), {.name = "edited"});
    database.add_model({.sha256 = digest('a')});
    ChangeList list = follower.changes(start);
    REQUIRE(list.changes.size() == 2);
    CHECK(list.changes[0].id == RecordId::pending(pending));
    CHECK(list.changes[0].kind == ChangeKind::Created);
    CHECK(list.changes[1].id == RecordId(digest('a')));
    CHECK(list.changes[0].revision < list.changes[1].revision);
    CHECK(list.revision == follower.statistics().revision);
    CHECK(follower.changes(list.revision).changes.empty());
    (void)database.trash(std::vector<RecordId>{digest('a')});
    (void)database.empty_trash();
    list = follower.changes(list.revision);
    REQUIRE(list.changes.size() == 1);
    CHECK(list.changes[0].kind == ChangeKind::Deleted);
    CHECK(list.changes[0].id == RecordId(digest('a')));
    CHECK(error_of([&] { return follower.changes(-1); }) == ErrorCode::InvalidArgument);
  }

  TEST_CASE_FIXTURE(Fixture, "changes come in pages that end with a commit") {
    for (int i = 0; i < 10; ++i) (void)database.add_pending({.path = "/m/" + std::to_string(i)});
    std::int64_t since = 0;
    std::size_t seen = 0;
    for (int page = 0; page < 20; ++page) {
      const ChangeList list = database.changes(since, 3);
      CHECK(list.changes.size() <= 3);
      seen += list.changes.size();
      if (list.revision == since) break;
      since = list.revision;
    }
    CHECK(seen == 10);
    CHECK(since == database.statistics().revision);
  }

  TEST_CASE_FIXTURE(Fixture, "folders are relocated at component borders, once previewed") {
    database.add_model({.sha256 = digest('a'), .path = "D:\\Models\\loras\\a.safetensors", .name = "a"});
    database.add_model({.sha256 = digest('b'), .path = "/old/models/b.pt"});
    const std::int64_t pending = database.add_pending({.path = "d:\\models\\p.pt"});
    (void)database.add_pending({.path = "/old/models2/c.pt"});
    const RelocateReport preview = database.relocate("D:\\models", "/mnt/m", true);
    CHECK(preview.locations == 1);
    CHECK(preview.pending == 1);
    CHECK(database.pending(pending).path == "d:\\models\\p.pt");
    const RelocateReport done = database.relocate("D:\\models\\", "/mnt/m/", false);
    CHECK(done.locations == 1);
    CHECK(done.examples == preview.examples);
    CHECK(database.model(digest('a')).locations.front().path == "/mnt/m/loras/a.safetensors");
    CHECK(database.pending(pending).path == "/mnt/m/p.pt");
    CHECK(database.list({.filter = {.text = "mnt loras"}}).total == 1);
    CHECK(database.relocate("/old/models", "/new").locations == 1);
    CHECK(database.find_by_path("/old/models2/c.pt"));
  }

  TEST_CASE_FIXTURE(Fixture, "a relocation onto another record's path leaves that one file where it is") {
    (void)database.add_pending({.path = "/a/x.pt"});
    (void)database.add_pending({.path = "/a/y.pt"});
    (void)database.add_pending({.path = "/b/x.pt"});
    const RelocateReport report = database.relocate("/a", "/b");
    CHECK(report.pending == 1);
    CHECK(report.conflicts == std::vector<std::string>{"/a/x.pt"});
    CHECK(database.find_by_path("/a/x.pt"));
    CHECK(database.find_by_path("/b/y.pt"));
    for (const auto& [from, to] : {std::pair{"a", "/b"}, {"/a", "b"}, {"", "/b"}}) {
      CHECK(error_of([&, from = from, to = to] { return database.relocate(from, to); }) ==
            ErrorCode::InvalidArgument);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "a folder may move into one of its own names") {
    (void)database.add_pending({.path = "/a/b/x.pt"});
    (void)database.add_pending({.path = "/a/x.pt"});
    CHECK(database.relocate("/a", "/a/b").pending == 2);
    CHECK(database.find_by_path("/a/b/b/x.pt"));
    CHECK(database.find_by_path("/a/b/x.pt"));
  }

  TEST_CASE_FIXTURE(Fixture, "a read-only store reads and refuses to change") {
    (void)database.add_pending({.path = "/m/p"});
    const Store reading = Store::open(dir / "store", {.read_only = true});
    Database reader(reading);
    CHECK(reader.list({.filter = {.state = StateFilter::All}}).total == 1);
    CHECK(error_of([&] { return reader.add_pending({.path = "/m/q"}); }) == ErrorCode::ReadOnly);
    CHECK(error_of([&] { return reader.empty_trash(); }) == ErrorCode::ReadOnly);
  }

  TEST_CASE_FIXTURE(Fixture, "after closing every call says so") {
    store.close();
    CHECK(error_of([&] { return database.list(); }) == ErrorCode::Closed);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/p"}); }) == ErrorCode::Closed);
    CHECK(error_of([&] { return Database(store).tags(); }) == ErrorCode::Closed);
  }

  TEST_CASE("writers of two stores and many threads take turns and lose nothing") {
    const test::TempDir dir;
    Store first = Store::open(dir / "store", {.create = true, .busy_timeout = std::chrono::seconds(60)});
    Store second = Store::open(dir / "store", {.busy_timeout = std::chrono::seconds(60)});
    constexpr int kThreads = 4;
    constexpr int kRecords = 25;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        Database database(t % 2 == 0 ? first : second);
        for (int i = 0; i < kRecords; ++i) {
          (void)database.add_pending(
              {.path = "/m/" + std::to_string(t) + "/" + std::to_string(i), .tags = {"shared"}});
          (void)database.list({.filter = {.state = StateFilter::All}, .limit = 5});
        }
      });
    for (std::thread& thread : threads) thread.join();
    const Database database(first);
    CHECK(database.list({.filter = {.state = StateFilter::Pending, .tags = {"shared"}}}).total ==
          kThreads * kRecords);
    CHECK(database.tags().size() == 1);
  }

  TEST_CASE("a writer that waits for longer than allowed gives up") {
    const test::TempDir dir;
    Store holder = Store::open(dir / "store", {.create = true});
    Store waiter = Store::open(dir / "store", {.busy_timeout = std::chrono::milliseconds(50)});
    // A program that keeps the lock: flock on the same file, as another process would.
    const std::string lock = (dir / "store/modelstore.lock").string();
    const std::string command =
        "flock -x " + lock + " -c 'echo locked > " + (dir / "ready").string() + "; sleep 1'";
    std::thread other([&] { CHECK(std::system(command.c_str()) == 0); });
    while (!std::filesystem::exists(dir / "ready")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    Database database(waiter);
    CHECK(error_of([&] { return database.add_pending({.path = "/m/p"}); }) == ErrorCode::Busy);
    CHECK(database.list({.filter = {.state = StateFilter::All}}).total == 0);
    other.join();
    CHECK(database.add_pending({.path = "/m/p"}) == 1);
  }
}
