#include "migration/picture_importer.hpp"

#include <sys/stat.h>

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "import_fixture.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "support/blocked_readers.hpp"
#include "support/errors.hpp"

using modelstore::ImportReport;
using modelstore::RecordId;
using modelstore::Store;
using test::ImportFixture;
using test::plain_model;

namespace {

/// A JSON string for extra_json.
std::string json_string(std::string_view text) {
  std::string result = "\"";
  constexpr const char* kDigits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || c == '"' || c == '\\')
      result += std::string("\\u00") + kDigits[byte >> 4U] + kDigits[byte & 15U];
    else
      result += c;
  }
  return result + "\"";
}

std::string images(const std::vector<std::string>& references) {
  std::string json = R"({"images":[)";
  for (const std::string& reference : references)
    json += (json.back() == '[' ? "" : ",") + json_string(reference);
  return json + "]}";
}

}  // namespace

TEST_SUITE("PictureImporter") {
  TEST_CASE("an import can be cancelled while a picture is decoded, and the next one brings it") {
    for (const bool pending : {false, true}) {
      CAPTURE(pending);
      ImportFixture f;
      auto model = plain_model("/m/a", pending ? "" : test::hash_of('a'));
      model.extra_json = images({f.legacy.add_picture("p.png", test::picture(1))});
      f.legacy.add_model(model);
      f.legacy.close();
      {
        const test::BlockedReaders decoding_takes_long(f.store);
        modelstore::LegacyImporter importer(f.store);
        const auto job = importer.import(f.options());
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (job.progress().unit != modelstore::ProgressUnit::Pictures &&
               std::chrono::steady_clock::now() < end)
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        CHECK_FALSE(job.wait_for(std::chrono::milliseconds(200)));
        job.cancel();
        REQUIRE(job.wait_for(std::chrono::seconds(30)));
        CHECK(test::error_of([&] { (void)job.get(); }) == modelstore::ErrorCode::Cancelled);
      }
      CHECK(f.database().statistics().previews + f.database().statistics().pending_pictures == 0);
      CHECK(f.import().images_imported == 1);
    }
  }

  TEST_CASE("all pictures come over, in order: tiers for models, originals for pending records") {
    ImportFixture f;
    const test::Kind kinds[] = {test::Kind::Jpeg, test::Kind::Png, test::Kind::Gif, test::Kind::WebP};
    const std::vector<std::string> formats = {"jpeg", "png", "gif", "webp"};
    std::vector<std::string> references;
    for (unsigned i = 0; i < 4; ++i)
      // The extension lies, as it may.
      references.push_back(
          f.legacy.add_picture("p" + std::to_string(i) + ".png", test::picture(i + 1, kinds[i])));
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images(references);
    f.legacy.add_model(model);
    model = plain_model("/m/b");
    model.extra_json = images(references);
    const std::int64_t id = f.legacy.add_model(model);
    const ImportReport report = f.import();
    CHECK(report.images_imported == 8);
    CHECK(report.images_missing == 0);
    CHECK(report.images_failed == 0);
    const auto previews = f.database().model(test::sha256_of('a')).previews;
    const auto pictures = f.database().pending(id).pictures;
    REQUIRE(previews.size() == 4);
    REQUIRE(pictures.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(i);
      CHECK(previews[i].source_format == formats[i]);
      CHECK(pictures[i].format == formats[i]);
      CHECK(pictures[i].original_name == "p" + std::to_string(i) + ".png");
      CHECK(test::read_file(f.dir / "root/images/pending" / pictures[i].file_name) ==
            test::picture(static_cast<unsigned>(i) + 1, kinds[i]));
    }
    CHECK(f.store.verify().get().ok());
    const ImportReport again = f.import();
    CHECK(again.images_imported == 0);
    CHECK(f.database().model(test::sha256_of('a')).previews.size() == 4);
    CHECK(f.database().pending(id).pictures.size() == 4);
  }

  TEST_CASE("a missing picture is counted, and comes over once it is there") {
    ImportFixture f;
    const std::string there = f.legacy.add_picture("b.png", test::picture(2));
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images({"/media/a.png", there, "/media/c.png"});
    const std::int64_t id = f.legacy.add_model(model);
    const ImportReport report = f.import();
    CHECK(report.images_imported == 1);
    CHECK(report.images_missing == 2);
    REQUIRE(test::find_note(report, "images") != nullptr);
    CHECK(test::find_note(report, "images")->legacy_id == id);
    CHECK(test::find_note(report, "images")->lost == "/media/a.png");
    f.legacy.add_picture("a.png", test::picture(1));
    const ImportReport again = f.import();
    CHECK(again.unchanged == 1);
    CHECK(again.images_imported == 1);
    CHECK(again.images_missing == 1);
    const auto previews = f.database().model(test::sha256_of('a')).previews;
    REQUIRE(previews.size() == 2);
    // The first reference is shown first, although it came second.
    CHECK(previews[0].id > previews[1].id);
  }

  TEST_CASE("an import without the folder is completed by one with it") {
    ImportFixture f;
    f.legacy.add_picture("a.png", test::picture(1));
    std::filesystem::rename(f.legacy.pictures(), f.dir / "elsewhere");
    auto model = plain_model("/m/a");
    model.extra_json = images({"a.png"});
    const std::int64_t id = f.legacy.add_model(model);
    CHECK(f.import().images_missing == 1);
    auto options = f.options();
    options.pictures = f.dir / "elsewhere";
    CHECK(f.import(options).images_imported == 1);
    CHECK(f.database().pending(id).pictures.size() == 1);
    options.pictures = f.dir / "absent";
    CHECK(f.error_of_import(options) == modelstore::ErrorCode::FileMissing);
    options.pictures = f.legacy.database();
    CHECK(f.error_of_import(options) == modelstore::ErrorCode::NotRegularFile);
  }

  TEST_CASE("what is not a picture fails alone") {
    ImportFixture f;
    const std::string whole = test::picture(1);
    std::vector<std::string> references = {
        f.legacy.add_picture("text.png", "hello"), f.legacy.add_picture("empty.png", ""),
        f.legacy.add_picture("half.png", whole.substr(0, whole.size() / 2)),
        f.legacy.add_picture("svg.png", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        f.legacy.add_picture("good.png", whole)};
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images(references);
    f.legacy.add_model(model);
    model = plain_model("/m/b");
    model.extra_json = images(references);
    f.legacy.add_model(model);
    const ImportReport report = f.import();
    CHECK(report.images_failed == 8);
    CHECK(report.images_imported == 2);
    CHECK(f.store.verify().get().ok());
  }

  TEST_CASE("nothing outside the pictures folder is ever read") {
    ImportFixture f;
    const std::string secret = test::picture(9);
    test::write_file(f.dir / "old/secret.png", secret);
    test::write_file(f.dir / "secret.png", secret);
    std::filesystem::create_symlink(f.dir / "secret.png", f.legacy.pictures() / "link.png");
    std::filesystem::create_directory_symlink(f.dir.path(), f.legacy.pictures() / "folder.png");
    std::filesystem::create_directory(f.legacy.pictures() / "real-folder.png");
    test::write_file(f.legacy.pictures() / "sub/secret.png", secret);
    REQUIRE(::mkfifo((f.legacy.pictures() / "fifo.png").c_str(), 0600) == 0);
    std::vector<std::string> references;
    const std::string absolute = (f.dir / "secret.png").string();
    for (const std::string& start :
         {std::string(), std::string("./"), std::string("/"), std::string("../"), std::string("..\\"),
          std::string("../../"), std::string("%2e%2e/"), std::string("%2e%2e%2f"), std::string("..%5c"),
          std::string("sub/"), std::string("file://"), std::string("http://host/"), std::string("C:\\"),
          std::string("\\\\host\\"), std::string("images/../../")})
      for (const std::string& end :
           {std::string("secret.png"), std::string("x/../secret.png"), std::string("..%2fsecret.png"),
            std::string("..\\secret.png"), absolute, std::string("..%00secret.png"),
            std::string("\nsecret.png"), std::string("secret.png?"), std::string("secret.png#x"),
            std::string("secret.png\0", 11)})
        references.push_back(start + end);
    for (const char* special :
         {"..", ".", "", "/", "\\", "/dev/zero", "/dev/stdin", "/etc/passwd", "NUL", "CON", "link.png",
          "folder.png", "real-folder.png", "fifo.png", "%2e%2e", "file:///etc/passwd"})
      references.emplace_back(special);
    for (std::size_t i = references.size(); i < 200; ++i)
      references.push_back(std::string(i, 'a') + "/../../secret.png");
    std::int64_t number = 0;
    for (const std::string& reference : references) {
      auto model = plain_model("/m/" + std::to_string(number));
      model.extra_json = images({reference});
      if (number % 2 == 0) model.hash = test::hash_of('a').replace(0, 6, std::to_string(100000 + number));
      ++number;
      f.legacy.add_model(model);
    }
    const ImportReport report = f.import();
    CHECK(references.size() >= 166);
    CHECK(report.active + report.pending == number);
    CHECK(report.images_imported == 0);
    CHECK(report.images_missing + report.images_failed == number);
    CHECK(report.images_failed >= 6);
  }

  TEST_CASE("two models that refer to one file both get it") {
    ImportFixture f;
    const std::string reference = f.legacy.add_picture("a.png", test::picture(1));
    for (const char digit : {'a', 'b'}) {
      auto model = plain_model(std::string("/m/") + digit, test::hash_of(digit));
      model.extra_json = images({reference});
      f.legacy.add_model(model);
    }
    CHECK(f.import().images_imported == 2);
    CHECK(f.database().model(test::sha256_of('a')).previews.size() == 1);
    CHECK(f.database().model(test::sha256_of('b')).previews.size() == 1);
  }

  TEST_CASE("a picture is found under its decoded name, or under its odd one") {
    ImportFixture f;
    f.legacy.add_picture("a b.png", test::picture(1));
    f.legacy.add_picture("50%25.png", test::picture(2));
    f.legacy.add_picture("odd?#.png", test::picture(3));
    f.legacy.add_picture("line\nbreak.png", test::picture(4));
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json =
        images({"http://host/media/a%20b.png?w=3", "50%25.png", "D:\\x\\odd?#.png", "line\nbreak.png"});
    f.legacy.add_model(model);
    CHECK(f.import().images_imported == 4);
  }

  TEST_CASE("the same catalogue from another place does not double the pictures") {
    ImportFixture f;
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images({f.legacy.add_picture("a.png", test::picture(1))});
    f.legacy.add_model(model);
    model = plain_model("/m/b");
    model.extra_json = images({"a.png"});
    const std::int64_t pending = f.legacy.add_model(model);
    CHECK(f.import().images_imported == 2);
    std::filesystem::copy(f.legacy.folder(), f.dir / "moved", std::filesystem::copy_options::recursive);
    auto options = f.options();
    options.database = f.dir / "moved/hikaze_mm.sqlite3";
    for (const bool dry_run : {true, false}) {
      options.dry_run = dry_run;
      const ImportReport report = f.import(options);
      CHECK(report.merged == 2);
      CHECK(report.images_imported == 0);
    }
    CHECK(f.database().model(test::sha256_of('a')).previews.size() == 1);
    CHECK(f.database().pending(pending).pictures.size() == 1);
    CHECK(f.import(options).unchanged == 2);
  }

  TEST_CASE("what was deleted after its import is not brought back") {
    ImportFixture f;
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images({f.legacy.add_picture("a.png", test::picture(1)), "missing.png"});
    f.legacy.add_model(model);
    auto other = plain_model("/m/b", test::hash_of('b'));
    other.extra_json = images({"missing.png"});
    f.legacy.add_model(other);
    (void)f.import();
    modelstore::ImageProcessor processor(f.store);
    processor.remove(test::sha256_of('a'), processor.previews(test::sha256_of('a')).at(0).id);
    f.database().trash(std::vector<RecordId>{test::sha256_of('b')});
    f.database().empty_trash();
    f.legacy.add_picture("missing.png", test::picture(3));
    const ImportReport report = f.import();
    CHECK(report.unchanged == 2);
    CHECK(report.images_imported == 1);
    CHECK(processor.previews(test::sha256_of('a')).size() == 1);
  }

  TEST_CASE("a model that is re-keyed while its pictures are published gets them under its new name") {
    ImportFixture f;
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images({f.legacy.add_picture("a.png", test::picture(1))});
    f.legacy.add_model(model);
    // At the one moment that counts: when the names of the files are in the journal.
    f.store.core()->with_writer_lock([](const modelstore::sqlite::Connection& database) {
      database.execute(
          "CREATE TEMP TRIGGER rekey AFTER INSERT ON main.operation_files BEGIN "
          "UPDATE models SET sha256 = x'" +
          test::hash_of('b') + "' WHERE sha256 = x'" + test::hash_of('a') + "'; END");
    });
    CHECK(f.import().images_imported == 1);
    const auto previews = f.database().model(test::sha256_of('b')).previews;
    REQUIRE(previews.size() == 1);
    for (const auto& file : previews[0].files)
      CHECK(std::filesystem::exists(f.dir / "root/images" / file.name));
    CHECK(f.store.core()->reader()->integer("SELECT count(*) FROM operations") == 0);
  }

  TEST_CASE("pictures that are still to come follow their model into the one that has its content") {
    ImportFixture f;
    const std::string right = test::write_file(f.dir / "right", "x").string();
    const std::string wrong = test::write_file(f.dir / "wrong", "x").string();
    auto model = plain_model(wrong, test::hash_of('a'));
    SUBCASE("with tags of its own") {
      model.tags = {"kept"};
    }
    SUBCASE("without") {}
    model.extra_json = images({"first.png", "second.png"});
    f.legacy.add_model(model);
    CHECK(f.import().images_missing == 2);
    modelstore::ReactiveMigrator migrator(f.store);
    f.database().add_pending({.path = right});
    const modelstore::Sha256 target = migrator.hash(right).get().sha256;
    CHECK(migrator.hash(wrong).get().mismatch);
    f.legacy.add_picture("first.png", test::picture(1));
    f.legacy.add_picture("second.png", test::picture(2));
    const ImportReport again = f.import();
    CHECK(again.unchanged == 1);
    CHECK(again.images_imported == 2);
    CHECK(f.database().model(target).previews.size() == 2);
    CHECK(f.store.verify().get().ok());
  }

  TEST_CASE("a dry run counts the pictures that the import will count") {
    ImportFixture f;
    const std::string whole = test::picture(1);
    modelstore::StoreOptions limited;
    limited.previews.max_source_pixels = 40 * 30;
    limited.previews.max_source_bytes = 100'000;
    f.store.close();
    f.store = Store::open(f.dir / "root", limited);
    const test::Bytes large = test::encode(test::photo(41, 30, 2), test::Kind::Png);
    std::vector<std::string> references = {
        f.legacy.add_picture("good.png", whole),
        f.legacy.add_picture("half.png", whole.substr(0, whole.size() / 2)),
        f.legacy.add_picture("text.png", "hello"),
        f.legacy.add_picture("pixels.png",
                             std::string(reinterpret_cast<const char*>(large.data()), large.size())),
        f.legacy.add_picture("bytes.png", whole + std::string(100'000, 'x')),
        "missing.png"};
    auto model = plain_model("/m/a", test::hash_of('a'));
    model.extra_json = images(references);
    f.legacy.add_model(model);
    auto options = f.options();
    for (const bool dry_run : {true, false}) {
      CAPTURE(dry_run);
      options.dry_run = dry_run;
      const ImportReport report = f.import(options);
      CHECK(report.images_imported == 1);
      CHECK(report.images_missing == 1);
      CHECK(report.images_failed == 4);
    }
  }
}
