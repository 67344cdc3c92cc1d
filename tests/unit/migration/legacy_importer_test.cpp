#include "modelstore/legacy_importer.hpp"

#include <doctest/doctest.h>

#include "import_fixture.hpp"

using modelstore::HashState;
using modelstore::ImportReport;
using modelstore::RecordId;
using test::ImportFixture;
using test::plain_model;
using Names = std::vector<std::string>;

TEST_SUITE("LegacyImporter") {
  TEST_CASE("a row with a hash becomes an unverified model, another a pending record under its id") {
    ImportFixture f;
    auto hashed = plain_model("/m/loras/a.safetensors", test::hash_of('A'));
    hashed.type = "loras";
    hashed.extra_json = R"({"description":"d","rating":4.50})";
    f.legacy.add_model(hashed);
    const std::int64_t id = f.legacy.add_model(plain_model("/m/b.safetensors"));
    const ImportReport report = f.import();
    CHECK(report.models_read == 2);
    CHECK(report.active == 1);
    CHECK(report.pending == 1);
    CHECK(test::adds_up(report));
    CHECK(report.conflicts.empty());
    const modelstore::Model model = f.database().model(test::sha256_of('a'));
    CHECK(model.name == "a.safetensors");
    CHECK(model.type == "loras");
    CHECK(model.size_bytes == 4096);
    CHECK(model.created_at == 1'700'000'000'000);
    CHECK_FALSE(model.verified);
    CHECK(model.metadata == R"({"description":"d","rating":4.50})");
    REQUIRE(model.locations.size() == 1);
    CHECK(model.locations[0].path == "/m/loras/a.safetensors");
    CHECK(model.locations[0].state == modelstore::LocationState::Unknown);
    const modelstore::PendingRecord pending = f.database().pending(id);
    CHECK(pending.path == "/m/b.safetensors");
    CHECK(pending.hash_state == HashState::Unknown);
    CHECK(f.store.verify().get().ok());
  }

  TEST_CASE("a hash that is none leaves the row pending, with a note") {
    for (const std::string& hash : {test::hash_of('g'), std::string(63, 'a'), std::string(65, 'a'),
                                    std::string("../../../etc/passwd"), test::hash_of('0')}) {
      CAPTURE(hash);
      ImportFixture f;
      const std::int64_t id = f.legacy.add_model(plain_model("/m/a", hash));
      const ImportReport report = f.import();
      CHECK(report.pending == 1);
      REQUIRE(test::find_note(report, "hash") != nullptr);
      CHECK(test::find_note(report, "hash")->legacy_id == id);
      CHECK(test::find_note(report, "hash")->lost == hash);
      CHECK_FALSE(f.database().pending(id).sha256.has_value());
    }
  }

  TEST_CASE("a hash of another algorithm is no SHA-256") {
    const test::TempDir dir;
    test::LegacyStore legacy(dir / "old", test::LegacyStore::Schema::Version1);
    legacy.add_model(plain_model("/m/a", test::hash_of('a')));
    legacy.add_model(plain_model("/m/b", test::hash_of('b')));
    legacy.execute("UPDATE models SET hash_algo = 'blake3' WHERE path = '/m/b'");
    legacy.add_model(plain_model("/m/c", test::hash_of('c')));
    legacy.execute("UPDATE models SET hash_algo = 'SHA-256' WHERE path = '/m/c'");
    legacy.add_model(plain_model("/m/d", test::hash_of('d')));
    legacy.execute("UPDATE models SET hash_algo = NULL WHERE path = '/m/d'");
    legacy.close();
    const modelstore::Store store = test::new_store(dir / "root");
    modelstore::LegacyImportOptions options;
    options.database = legacy.database();
    const ImportReport report = modelstore::LegacyImporter(store).import(options).get();
    CHECK(report.active == 3);
    CHECK(report.pending == 1);
    REQUIRE(test::find_note(report, "hash") != nullptr);
    CHECK(test::find_note(report, "hash")->reason.find("blake3") != std::string::npos);
  }

  TEST_CASE("rows with one hash are one model: the newest wins, and what lost is in the report") {
    ImportFixture f;
    auto older = plain_model("/m/old.safetensors", test::hash_of('a'));
    older.created_at = 1000;
    older.tags = {"one", "both"};
    older.extra_json = R"({"description":"old","community_links":"example.org","images":["x.png","y.png"]})";
    auto newest = plain_model("/m/new.safetensors", test::hash_of('A'));
    newest.created_at = 3000;
    newest.tags = {"two", "both"};
    newest.extra_json = R"({"description":"new","images":["y.png","z.png"]})";
    auto middle = plain_model("/m/mid.safetensors", test::hash_of('a'));
    middle.created_at = 2000;
    middle.extra_json = R"({"description":"mid","prompts":{"positive":"p"}})";
    const std::int64_t old_id = f.legacy.add_model(older);
    f.legacy.add_model(plain_model("/m/between", test::hash_of('b')));
    f.legacy.add_model(newest);
    f.legacy.add_model(middle);
    for (const char* name : {"x.png", "y.png", "z.png"})
      f.legacy.add_picture(name, test::picture(static_cast<unsigned char>(name[0])));
    const ImportReport report = f.import();
    CHECK(report.active == 2);
    CHECK(report.merged == 2);
    CHECK(test::adds_up(report));
    const modelstore::Model model = f.database().model(test::sha256_of('a'));
    CHECK(model.name == "new.safetensors");
    CHECK(model.created_at == 3000);
    CHECK(model.metadata ==
          R"({"description":"new","prompts":{"positive":"p"},"community_links":"example.org"})");
    CHECK(test::names_of(model.tags) == Names{"both", "one", "two"});
    CHECK(model.locations.size() == 3);
    CHECK(report.images_imported == 3);
    CHECK(model.previews.size() == 3);
    std::vector<std::string> lost;
    for (const auto& note : report.conflicts)
      if (note.field == "description") lost.push_back(note.lost);
    CHECK(lost == Names{"mid", "old"});
    CHECK(std::any_of(report.conflicts.begin(), report.conflicts.end(), [&](const auto& note) {
      return note.field == "name" && note.legacy_id == old_id && note.kept == "new.safetensors" &&
             note.lost == "old.safetensors";
    }));
  }

  TEST_CASE("a date that lost is in the report, and one fills what has none") {
    ImportFixture f;
    auto database = f.database();
    const std::int64_t dated = database.add_pending({.path = "/m/dated"});
    f.legacy.add_model(plain_model("/m/dated"));
    auto undated = plain_model("/m/undated", test::hash_of('a'));
    undated.created_at = 0;
    f.legacy.add_model(undated);
    f.legacy.add_model(plain_model("/m/copy", test::hash_of('a')));
    const ImportReport report = f.import();
    CHECK(report.merged == 2);
    CHECK(database.model(test::sha256_of('a')).created_at == 1'700'000'000'000);
    REQUIRE(test::find_note(report, "created_at") != nullptr);
    CHECK(test::find_note(report, "created_at")->kept == std::to_string(database.pending(dated).created_at));
    CHECK(test::find_note(report, "created_at")->lost == "1700000000000");
  }

  TEST_CASE("a second run finds every row unchanged and changes nothing, whatever happened since") {
    ImportFixture f;
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.tags = {"fine", "gone"};
    f.legacy.add_model(model);
    const std::int64_t edited = f.legacy.add_model(plain_model("/m/b"));
    const std::int64_t trashed = f.legacy.add_model(plain_model("/m/c"));
    const std::int64_t emptied = f.legacy.add_model(plain_model("/m/d"));
    (void)f.import();
    auto database = f.database();
    const auto tags = database.model(test::sha256_of('a')).tags;
    database.delete_tag(
        std::find_if(tags.begin(), tags.end(), [](auto& tag) { return tag.name == "gone"; })->id);
    modelstore::RecordEdit edit;
    edit.name = "mine";
    database.edit(RecordId::pending(edited), edit);
    database.trash(std::vector{RecordId::pending(emptied)});
    database.empty_trash();
    database.trash(std::vector{RecordId::pending(trashed)});
    const auto tag_count = database.tags().size();

    const ImportReport report = f.import();
    CHECK(report.models_read == 4);
    CHECK(report.unchanged == 4);
    CHECK(report.tags == 0);
    CHECK(report.links == 0);
    CHECK(report.conflicts.empty());
    CHECK(database.tags().size() == tag_count);
    CHECK(database.pending(edited).name == "mine");
    CHECK(database.pending(trashed).trashed);
    CHECK_THROWS_AS((void)database.pending(emptied), modelstore::Error);
    CHECK(test::names_of(database.model(test::sha256_of('a')).tags) == Names{"fine"});
  }

  TEST_CASE("a row that is new at the second run comes over, one that changed there is noted") {
    ImportFixture f;
    const std::int64_t first = f.legacy.add_model(plain_model("/m/a"));
    (void)f.import();
    f.legacy.execute("UPDATE models SET name = 'renamed' WHERE id = " + std::to_string(first));
    const std::int64_t second = f.legacy.add_model(plain_model("/m/b"));
    const ImportReport report = f.import();
    CHECK(report.unchanged == 1);
    CHECK(report.pending == 1);
    REQUIRE(report.conflicts.size() == 1);
    CHECK(report.conflicts[0].legacy_id == first);
    CHECK(report.conflicts[0].field == "row");
    CHECK(f.database().pending(first).name == "a");
    CHECK(f.database().pending(second).name == "b");
  }

  TEST_CASE("tags keep id, name and colour, and a renamed tag is followed by later rows") {
    ImportFixture f;
    const std::int64_t tag = f.legacy.add_tag("film look", "tomato", 4711);
    auto model = plain_model("/m/a");
    model.tags = {"film look"};
    f.legacy.add_model(model);
    const ImportReport report = f.import();
    CHECK(report.tags == 8);
    CHECK(report.links == 1);
    auto database = f.database();
    const auto found = database.tags();
    CHECK(std::find(found.begin(), found.end(), modelstore::Tag{tag, "film look", "tomato"}) != found.end());
    database.edit_tag(tag, "analogue", std::nullopt);
    model.path = "/m/b";
    const std::int64_t second = f.legacy.add_model(model);
    const ImportReport again = f.import();
    CHECK(again.tags == 0);
    CHECK(again.links == 1);
    CHECK(test::names_of(database.pending(second).tags) == Names{"analogue"});
  }

  TEST_CASE("a tag that exists is used, and a tag id that is taken deletes nobody's tag") {
    ImportFixture f;
    const auto mine = f.database().add_tags({"mine", "shared"});
    f.legacy.execute("DELETE FROM tags");
    f.legacy.add_tag("theirs", std::nullopt, mine[0].id);
    f.legacy.add_tag("shared", "#ff8800", 900);
    f.legacy.add_tag("odd", std::nullopt, -5);
    auto model = plain_model("/m/a");
    model.tags = {"theirs", "shared", "odd"};
    const std::int64_t id = f.legacy.add_model(model);
    const ImportReport report = f.import();
    CHECK(report.tags == 2);
    CHECK(report.links == 3);
    const auto tags = f.database().pending(id).tags;
    CHECK(test::names_of(tags) == Names{"odd", "shared", "theirs"});
    CHECK(tags[1].id == mine[1].id);
    CHECK(tags[1].color == "#ff8800");
    CHECK(tags[2].id != mine[0].id);
    CHECK(std::count_if(report.conflicts.begin(), report.conflicts.end(),
                        [](const auto& note) { return note.field == "tag id"; }) == 2);
    CHECK(f.database().tags().size() == 4);
  }

  TEST_CASE("tags that cannot be taken over and links that lead nowhere are noted") {
    ImportFixture f;
    f.legacy.insert("tags", {{"id", std::int64_t{100}}, {"name", std::string("\xff")}});
    f.legacy.insert("tags", {{"id", std::int64_t{101}}, {"name", std::string(1025, 'a')}});
    f.legacy.insert("tags", {{"id", std::int64_t{102}}, {"name", std::string("  ")}});
    const std::int64_t id = f.legacy.add_model(plain_model("/m/a"));
    for (const std::int64_t tag : {100, 101, 102, 5000}) f.legacy.link(id, tag);
    f.legacy.link(7777, 1);
    const ImportReport report = f.import();
    CHECK(report.pending == 1);
    CHECK(report.links == 0);
    CHECK(std::count_if(report.conflicts.begin(), report.conflicts.end(),
                        [](const auto& note) { return note.field == "tag"; }) == 3);
    REQUIRE(test::find_note(report, "tags") != nullptr);
    CHECK(test::find_note(report, "tags")->reason.starts_with("2 links"));
  }

  TEST_CASE("records of a scan stay, and get what the legacy catalogue knows") {
    ImportFixture f;
    modelstore::NewPending scanned;
    scanned.path = "/m/loras/a.safetensors";
    scanned.type = "loras";
    scanned.size_bytes = 77;
    const std::int64_t known = f.database().add_pending(scanned);
    scanned.path = "/m/other";
    const std::int64_t other = f.database().add_pending(scanned);
    auto model = plain_model("/m/./loras//a.safetensors", test::hash_of('a'));
    model.type = "lora";
    model.tags = {"t"};
    model.extra_json = R"({"description":"d","images":["x.png"]})";
    f.legacy.add_picture("x.png", test::picture(1));
    f.legacy.add_model(model);
    const ImportReport report = f.import();
    CHECK(report.merged == 1);
    CHECK(report.active == 0);
    const auto record = f.database().pending(known);
    CHECK(record.hash_state == HashState::Claimed);
    CHECK(record.sha256 == test::sha256_of('a'));
    CHECK(record.size_bytes == 77);
    CHECK(record.metadata == R"({"description":"d"})");
    CHECK(test::names_of(record.tags) == Names{"t"});
    CHECK(record.pictures.size() == 1);
    REQUIRE(test::find_note(report, "type") != nullptr);
    CHECK(test::find_note(report, "type")->kept == "loras");
    CHECK(f.database().pending(other).path == "/m/other");
    CHECK(f.import().unchanged == 1);
  }

  TEST_CASE("a row whose hash or path is a model's joins it, also in the trash") {
    ImportFixture f;
    modelstore::NewModel mine;
    mine.sha256 = test::sha256_of('a');
    mine.path = "/m/a";
    mine.name = "my name";
    f.database().add_model(mine);
    f.database().trash(std::vector<RecordId>{mine.sha256});
    f.legacy.add_model(plain_model("/other/a", test::hash_of('a')));
    f.legacy.add_model(plain_model("/m/a", test::hash_of('b')));
    const ImportReport report = f.import();
    CHECK(report.merged == 2);
    const auto model = f.database().model(mine.sha256);
    CHECK(model.trashed);
    CHECK(model.name == "my name");
    CHECK(model.type == "checkpoints");
    CHECK(model.locations.size() == 2);
    CHECK(test::find_note(report, "trash") != nullptr);
    REQUIRE(test::find_note(report, "hash") != nullptr);
    CHECK(test::find_note(report, "hash")->lost == test::hash_of('b'));
  }

  TEST_CASE("ids at the limits and taken ids get new ones above those of all other rows") {
    ImportFixture f;
    modelstore::NewPending mine;
    mine.path = "/mine";
    const std::int64_t taken = f.database().add_pending(mine);
    for (const std::int64_t id : {std::int64_t{0}, std::int64_t{-3}, INT64_MIN, INT64_MAX, taken, taken + 1,
                                  taken + 2, std::int64_t{500}}) {
      auto model = plain_model("/m/" + std::to_string(id));
      model.id = id;
      f.legacy.add_model(model);
    }
    const ImportReport report = f.import();
    CHECK(report.pending == 8);
    CHECK(std::count_if(report.conflicts.begin(), report.conflicts.end(),
                        [](const auto& note) { return note.field == "id"; }) == 5);
    CHECK(f.database().pending(taken).path == "/mine");
    CHECK(f.database().pending(taken + 1).path == "/m/" + std::to_string(taken + 1));
    CHECK(f.database().pending(taken + 2).path == "/m/" + std::to_string(taken + 2));
    CHECK(f.database().pending(500).path == "/m/500");
    CHECK(f.database().pending(501).path == "/m/" + std::to_string(INT64_MIN));
  }

  TEST_CASE("paths of another machine are mapped, Windows or not") {
    ImportFixture f;
    f.legacy.add_model(plain_model("D:\\Models\\Loras\\a.safetensors"));
    f.legacy.add_model(plain_model("/srv/models/b.safetensors", test::hash_of('b')));
    f.legacy.add_model(plain_model("E:\\c.safetensors"));
    auto options = f.options();
    options.path_map = {{"d:\\models", "/mnt/m"}, {"/srv/models", "/mnt/m"}};
    const ImportReport report = f.import(options);
    CHECK(report.pending == 2);
    CHECK(f.database().find_by_path("/mnt/m/Loras/a.safetensors").has_value());
    CHECK(f.database().find_by_path("/mnt/m/b.safetensors") == RecordId(test::sha256_of('b')));
    CHECK(f.database().find_by_path("E:\\c.safetensors").has_value());
  }

  TEST_CASE("a location whose file is there is known by its real path") {
    ImportFixture f;
    test::write_file(f.dir / "real/a.safetensors", "x");
    std::filesystem::create_directory_symlink(f.dir / "real", f.dir / "link");
    f.legacy.add_model(plain_model((f.dir / "link/a.safetensors").string(), test::hash_of('a')));
    (void)f.import();
    const auto model = f.database().model(test::sha256_of('a'));
    REQUIRE(model.locations.size() == 1);
    CHECK(model.locations[0].real_path == f.dir / "real/a.safetensors");
    CHECK(model.locations[0].state == modelstore::LocationState::Present);
  }

  TEST_CASE("imported records are found by a search at once") {
    ImportFixture f;
    auto model = plain_model("/m/Sunset_v2.safetensors");
    model.tags = {"film look"};
    model.extra_json = R"({"description":"evening light"})";
    f.legacy.add_model(model);
    (void)f.import();
    for (const char* query : {"sunset", "EVENING", "film", "/m/sun"}) {
      CAPTURE(query);
      modelstore::RecordQuery request;
      request.filter.text = query;
      request.filter.state = modelstore::StateFilter::All;
      CHECK(f.database().list(request).records.size() == 1);
    }
    CHECK(f.store.verify().get().ok());
  }

  TEST_CASE("an importer does one thing at a time") {
    ImportFixture f;
    test::LegacyFill fill;
    fill.models = 3000;
    f.legacy.fill(fill);
    f.legacy.close();
    modelstore::LegacyImporter importer(f.store);
    const auto first = importer.import(f.options());
    const auto second = importer.import(f.options());
    int busy = 0;
    for (const auto& job : {first, second}) {
      try {
        (void)job.get();
      } catch (const modelstore::Error& error) {
        CHECK(error.code() == modelstore::ErrorCode::Busy);
        ++busy;
      }
    }
    CHECK(busy == 1);
    CHECK(f.database().statistics().models + f.database().statistics().pending == 3000);
  }

  TEST_CASE("two imports of one source at once double nothing") {
    ImportFixture f;
    test::LegacyFill fill;
    fill.models = 3000;
    f.legacy.fill(fill);
    f.legacy.close();
    modelstore::LegacyImporter one(f.store);
    modelstore::LegacyImporter other(f.store);
    const auto first = one.import(f.options());
    const auto second = other.import(f.options());
    const ImportReport a = first.get();
    const ImportReport b = second.get();
    CHECK(a.active + a.pending + b.active + b.pending == 3000);
    CHECK(a.unchanged + b.unchanged == 3000);
    CHECK(f.database().statistics().models + f.database().statistics().pending == 3000);
  }

  TEST_CASE("a cancelled import is continued by the next one, as if nothing had happened") {
    test::LegacyFill fill;
    fill.models = 12'000;
    ImportFixture undisturbed;
    undisturbed.legacy.fill(fill);
    const ImportReport whole = undisturbed.import();
    ImportFixture f;
    f.legacy.fill(fill);
    f.legacy.close();
    int cancelled = 0;
    for (const int wait : {1, 50, 200, 400}) {
      modelstore::LegacyImporter importer(f.store);
      const auto job = importer.import(f.options());
      (void)job.wait_for(std::chrono::milliseconds(wait));
      job.cancel();
      try {
        (void)job.get();
      } catch (const modelstore::Error& error) {
        CHECK(error.code() == modelstore::ErrorCode::Cancelled);
        ++cancelled;
      }
    }
    CHECK(cancelled >= 1);
    const ImportReport rest = f.import();
    CHECK(test::adds_up(rest));
    const auto a = undisturbed.database().statistics();
    const auto b = f.database().statistics();
    CHECK(a.models == b.models);
    CHECK(a.pending == b.pending);
    CHECK(a.tags == b.tags);
    CHECK(a.locations == b.locations);
    CHECK(whole.active + whole.pending == 12'000);
    CHECK(f.store.verify().get().ok());
  }

  TEST_CASE("a dry run reports what the import does, and writes nothing") {
    ImportFixture f;
    test::LegacyFill fill;
    fill.models = 300;
    f.legacy.fill(fill);
    auto model = plain_model("/m/p", test::hash_of('a'));
    model.extra_json = R"({"images":["x.png","missing.png","text.png"]})";
    f.legacy.add_picture("x.png", test::picture(1));
    f.legacy.add_picture("text.png", "no picture");
    f.legacy.add_model(model);
    model.path = "/m/q";
    f.legacy.add_model(model);
    f.legacy.close();
    auto options = f.options();
    options.dry_run = true;
    f.store.close();
    const test::FolderSnapshot before(f.dir / "root");
    {
      modelstore::StoreOptions read_only;
      read_only.read_only = true;
      f.store = modelstore::Store::open(f.dir / "root", read_only);
      const ImportReport planned = f.import(options);
      f.store.close();
      const test::FolderSnapshot after(f.dir / "root");
      for (const auto& found : after.entries()) {
        const std::string& name = found.first;
        if (name.ends_with("-shm")) continue;  // SQLite's, for any reader
        CAPTURE(name);
        REQUIRE(before.entries().contains(name));
        CHECK(before.entries().at(name).content == found.second.content);
      }
      f.store = test::new_store(f.dir / "root");
      const ImportReport done = f.import();
      CHECK(planned.models_read == done.models_read);
      CHECK(planned.active == done.active);
      CHECK(planned.pending == done.pending);
      CHECK(planned.merged == done.merged);
      CHECK(planned.skipped == done.skipped);
      CHECK(planned.tags == done.tags);
      CHECK(planned.links == done.links);
      CHECK(planned.images_imported == done.images_imported);
      CHECK(planned.images_missing == done.images_missing);
      CHECK(planned.images_failed == done.images_failed);
      CHECK(planned.conflicts.size() == done.conflicts.size());
      CHECK(done.images_imported == 1);
      CHECK(done.images_missing == 1);
      CHECK(done.images_failed == 1);
    }
    options.dry_run = true;
    CHECK(f.import(options).unchanged == 302);
  }

  TEST_CASE("paths are not mapped to where a relative path happens to lead") {
    ImportFixture f;
    f.legacy.add_model(plain_model("d:\\models\\a.pt"));
    modelstore::LegacyImportOptions options = f.options();
    for (const char* to : {"models", "~/models", ""}) {
      CAPTURE(to);
      options.path_map = {{"d:\\models", "/mnt/m"}, {"d:", to}};
      CHECK(f.error_of_import(options) == modelstore::ErrorCode::InvalidArgument);
    }
    CHECK(f.import().pending == 1);
  }

  TEST_CASE("a read-only store accepts only dry runs") {
    ImportFixture f;
    f.store.close();
    modelstore::StoreOptions read_only;
    read_only.read_only = true;
    f.store = modelstore::Store::open(f.dir / "root", read_only);
    CHECK(f.error_of_import(f.options()) == modelstore::ErrorCode::ReadOnly);
  }
}
