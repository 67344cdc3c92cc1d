#include "modelstore/image_processor.hpp"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "support/blocked_readers.hpp"
#include "support/journal_fixture.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

using modelstore::Database;
using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::ImageProcessor;
using modelstore::RecordId;
using modelstore::Sha256;
using modelstore::Store;
using modelstore::Tier;
using test::code_of;

namespace {

const Sha256 kModel = Sha256::from_hex(std::string(64, '1'));
const Sha256 kOther = Sha256::from_hex(std::string(64, '2'));

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "s", {.create = true});
  Database database{store};
  ImageProcessor images{store};
  std::int64_t pending = 0;

  Fixture() {
    modelstore::NewModel model;
    model.sha256 = kModel;
    model.name = "model";
    database.add_model(model);
    modelstore::NewPending record;
    record.path = "/models/a.safetensors";
    pending = database.add_pending(record);
  }

  [[nodiscard]] RecordId pending_id() const { return RecordId::pending(pending); }

  [[nodiscard]] std::filesystem::path picture(const std::string& name, unsigned seed = 1) const {
    const auto bytes = test::encode(test::photo(120, 90, seed), test::Kind::Png);
    return test::write_file(dir / name,
                            std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }

  /// Files below `images/`, those of pending records included.
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / "s/images"))
      if (entry.is_regular_file()) ++count;
    return count;
  }

  [[nodiscard]] std::int64_t journal_rows() const {
    return store.core()->reader()->integer("SELECT count(*) FROM operations").value_or(-1);
  }
};

}  // namespace

TEST_SUITE("ImageProcessor") {
  TEST_CASE("adding a picture can be cancelled while it is decoded, and then adds nothing") {
    Fixture f;
    const auto file = f.picture("a.png");
    for (const RecordId& record : {RecordId(kModel), f.pending_id()}) {
      {
        const test::BlockedReaders decoding_takes_long(f.store);
        const auto job = f.images.add_async(record, file);
        CHECK_FALSE(job.wait_for(std::chrono::milliseconds(200)));
        job.cancel();
        REQUIRE(job.wait_for(std::chrono::seconds(30)));
        CHECK(code_of([&] { (void)job.get(); }) == ErrorCode::Cancelled);
      }
      CHECK(f.files() == 0);
      CHECK(f.journal_rows() == 0);
      (void)f.images.add_async(record, file).get();
      CHECK(f.files() > 0);
      if (record.is_model()) f.images.remove(kModel, f.images.previews(kModel).front().id);
    }
  }

  TEST_CASE("what is no picture is named") {
    Fixture f;
    const auto text = test::write_file(f.dir / "no picture.png", "some text");
    const std::string cut = test::read_file(f.picture("whole.png"));
    const auto damaged = test::write_file(f.dir / "damaged.png", cut.substr(0, cut.size() / 2));
    for (const RecordId& record : {RecordId(kModel), f.pending_id()}) {
      for (const auto& [file, code] :
           {std::pair(text, ErrorCode::UnsupportedFormat), std::pair(damaged, ErrorCode::BadImage)}) {
        try {
          (void)f.images.add(record, file);
          FAIL("it should have been refused");
        } catch (const Error& error) {
          CHECK(error.code() == code);
          CHECK(std::string(error.what()).starts_with(file.string() + ": "));
        }
      }
    }
  }

  TEST_CASE("a model's picture becomes three files that its row describes") {
    Fixture f;
    ImageProcessor& images = f.images;
    const std::int64_t id = images.add(kModel, f.picture("a.png"));
    const auto previews = images.previews(kModel);
    REQUIRE(previews.size() == 1);
    CHECK(previews[0].id == id);
    CHECK(previews[0].position == 0);
    CHECK(previews[0].width == 120);
    CHECK(previews[0].height == 90);
    CHECK(previews[0].source_format == "png");
    CHECK(previews[0].files[0].name == kModel.hex() + "_0_high.webp");
    for (const Tier tier : modelstore::kTiers) {
      const auto bytes = images.read(id, tier);
      CHECK(static_cast<std::int64_t>(bytes.size()) == previews[0].file(tier).size_bytes);
      CHECK(std::filesystem::file_size(f.store.root() / "images" / previews[0].file(tier).name) ==
            bytes.size());
      CHECK(test::decode(bytes).width > 0);
    }
    CHECK(f.files() == 3);
    CHECK(f.journal_rows() == 0);
    CHECK(f.database.model(kModel).previews == previews);
  }

  TEST_CASE("a pending record's picture is stored byte for byte") {
    Fixture f;
    ImageProcessor& images = f.images;
    const auto path = f.picture("odd name.PNG");
    const std::int64_t id = images.add(f.pending_id(), path);
    const auto pictures = images.pending_pictures(f.pending);
    REQUIRE(pictures.size() == 1);
    CHECK(pictures[0].id == id);
    CHECK(pictures[0].original_name == "odd name.PNG");
    CHECK(pictures[0].format == "png");
    CHECK(pictures[0].file_name == std::to_string(id) + ".png");
    const auto bytes = images.read_pending(id);
    CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == test::read_file(path));
    CHECK(test::read_file(f.store.root() / "images/pending" / pictures[0].file_name) ==
          test::read_file(path));
  }

  TEST_CASE("previews are shown in the order that was asked for, and no file is renamed") {
    Fixture f;
    ImageProcessor& images = f.images;
    std::vector<std::int64_t> ids;
    for (unsigned i = 0; i < 3; ++i) ids.push_back(images.add(kModel, f.picture("a.png", i)));
    const auto names = [&] {
      std::vector<std::string> result;
      for (const auto& preview : images.previews(kModel)) result.push_back(preview.files[0].name);
      return result;
    };
    const auto before = names();
    images.reorder(kModel, {ids[2], ids[0], ids[1]});
    CHECK(names() == std::vector{before[2], before[0], before[1]});
    images.remove(kModel, ids[0]);
    const auto previews = images.previews(kModel);
    REQUIRE(previews.size() == 2);
    CHECK(previews[0].id == ids[2]);
    CHECK(previews[1].id == ids[1]);
    CHECK(previews[1].position == 1);
    CHECK(f.files() == 6);
    CHECK(f.journal_rows() == 0);
  }

  TEST_CASE("an order that is not made of all pictures, each once, is refused") {
    Fixture f;
    ImageProcessor& images = f.images;
    const std::int64_t first = images.add(kModel, f.picture("a.png"));
    const std::int64_t second = images.add(kModel, f.picture("b.png", 2));
    for (const std::vector<std::int64_t>& ids : {std::vector<std::int64_t>{},
                                                 {first},
                                                 {first, first},
                                                 {first, second, second},
                                                 {first, second + 1},
                                                 {first, second, second + 1}})
      CHECK(code_of([&] { images.reorder(kModel, ids); }) == ErrorCode::InvalidArgument);
    CHECK(images.previews(kModel)[0].id == first);
  }

  TEST_CASE("a name is not given twice after its preview went") {
    Fixture f;
    ImageProcessor& images = f.images;
    images.remove(kModel, images.add(kModel, f.picture("a.png")));
    CHECK(f.files() == 0);
    (void)images.add(kModel, f.picture("a.png"));
    CHECK(images.previews(kModel)[0].files[0].name == kModel.hex() + "_1_high.webp");
    const std::int64_t first = images.add(f.pending_id(), f.picture("a.png"));
    images.remove_pending(f.pending, first);
    CHECK(images.add(f.pending_id(), f.picture("a.png")) > first);
    CHECK(f.files() == 4);
  }

  TEST_CASE("files that nobody knows are neither adopted nor overwritten") {
    Fixture f;
    ImageProcessor& images = f.images;
    const auto stray =
        test::write_file(f.store.root() / "images" / (kModel.hex() + "_0_medium.webp"), "not ours");
    const auto stray_original = test::write_file(f.store.root() / "images/pending/1.png", "not ours");
    (void)images.add(kModel, f.picture("a.png"));
    CHECK(images.add(f.pending_id(), f.picture("a.png")) == 2);
    CHECK(images.previews(kModel)[0].files[0].name == kModel.hex() + "_1_high.webp");
    CHECK(test::read_file(stray) == "not ours");
    CHECK(test::read_file(stray_original) == "not ours");
  }

  TEST_CASE("records and pictures that are not there are not found") {
    Fixture f;
    ImageProcessor& images = f.images;
    const auto picture = f.picture("a.png");
    const std::int64_t id = images.add(kModel, picture);
    const RecordId nobody = RecordId::pending(f.pending + 1);
    CHECK(code_of([&] { (void)images.add(kOther, picture); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { (void)images.add(nobody, picture); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { (void)images.previews(kOther); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { (void)images.pending_pictures(f.pending + 1); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { (void)images.read(id + 1, Tier::Low); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { (void)images.read_pending(1); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { images.remove(kModel, id + 1); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { images.remove(kOther, id); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { images.remove_pending(f.pending, 1); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { images.reorder(kOther, {}); }) == ErrorCode::NotFound);
    CHECK(images.previews(kModel).size() == 1);
    CHECK(f.files() == 3);
  }

  TEST_CASE("a picture of another model cannot be removed through this one") {
    Fixture f;
    Database& database = f.database;
    ImageProcessor& images = f.images;
    modelstore::NewModel other;
    other.sha256 = kOther;
    database.add_model(other);
    const std::int64_t id = images.add(kModel, f.picture("a.png"));
    CHECK(code_of([&] { images.remove(kOther, id); }) == ErrorCode::NotFound);
    CHECK(images.previews(kModel).size() == 1);
  }

  TEST_CASE("what is no picture, or no file, is refused and leaves no trace") {
    Fixture f;
    ImageProcessor& images = f.images;
    const auto picture = f.picture("a.png");
    const auto cut = test::write_file(f.dir / "cut.png", test::read_file(picture).substr(0, 500));
    const auto text = test::write_file(f.dir / "text.png", "hello");
    const auto empty = test::write_file(f.dir / "empty.png", "");
    const auto fifo = f.dir / "fifo.png";
    REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    for (const RecordId& record : {RecordId(kModel), f.pending_id()}) {
      CHECK(code_of([&] { (void)images.add(record, cut); }) == ErrorCode::BadImage);
      CHECK(code_of([&] { (void)images.add(record, text); }) == ErrorCode::UnsupportedFormat);
      CHECK(code_of([&] { (void)images.add(record, empty); }) == ErrorCode::UnsupportedFormat);
      CHECK(code_of([&] { (void)images.add(record, fifo); }) == ErrorCode::NotRegularFile);
      CHECK(code_of([&] { (void)images.add(record, f.dir.path()); }) == ErrorCode::NotRegularFile);
      CHECK(code_of([&] { (void)images.add(record, f.dir / "absent.png"); }) == ErrorCode::FileMissing);
    }
    CHECK(code_of([&] {
            (void)images.add(f.pending_id(), test::to_bytes(test::read_file(picture)), "\xFF.png");
          }) == ErrorCode::InvalidArgument);
    CHECK(f.files() == 0);
    CHECK(f.journal_rows() == 0);
  }

  TEST_CASE("a picture larger than the limit is refused unread") {
    const test::TempDir dir;
    modelstore::StoreOptions options;
    options.create = true;
    options.previews.max_source_bytes = 1000;
    const Store store = Store::open(dir / "s", options);
    modelstore::NewModel model;
    model.sha256 = kModel;
    Database(store).add_model(model);
    const auto large = dir / "large.png";
    test::write_file(large, "x");
    std::filesystem::resize_file(large, 1LL << 40);
    CHECK(code_of([&] { (void)ImageProcessor(store).add(kModel, large); }) == ErrorCode::LimitExceeded);
    const auto bytes = test::encode(test::photo(120, 90), test::Kind::Png);
    CHECK(code_of([&] { (void)ImageProcessor(store).add(kModel, bytes); }) == ErrorCode::LimitExceeded);
  }

  TEST_CASE("a record that is being promoted accepts no change of its pictures") {
    Fixture f;
    ImageProcessor& images = f.images;
    const std::int64_t id = images.add(f.pending_id(), f.picture("a.png"));
    f.store.core()->write([&](modelstore::catalog::WriteTransaction& transaction) {
      transaction.db().run("UPDATE pending_import SET operation_id = 5 WHERE id = ?", f.pending);
    });
    CHECK(code_of([&] { (void)images.add(f.pending_id(), f.picture("b.png")); }) == ErrorCode::Conflict);
    CHECK(code_of([&] { images.remove_pending(f.pending, id); }) == ErrorCode::Conflict);
    CHECK(code_of([&] { images.reorder(f.pending_id(), {id}); }) == ErrorCode::Conflict);
    CHECK(f.files() == 1);
  }

  TEST_CASE("a claim of a process that died does not stand in the way") {
    Fixture f;
    f.store.core()->write([&](modelstore::catalog::WriteTransaction& transaction) {
      transaction.db().run(
          "INSERT INTO operations(id, owner, kind, done) VALUES (5, '0f0e0d0c-0b0a-4908-8706-050403020100', "
          "'promotion', 0)");
      transaction.db().run("UPDATE pending_import SET operation_id = 5 WHERE id = ?", f.pending);
    });
    CHECK(ImageProcessor(f.store).add(f.pending_id(), f.picture("a.png")) == 1);
    CHECK(f.journal_rows() == 0);
  }

  TEST_CASE("a file that is gone or of another length is an error that names it") {
    Fixture f;
    ImageProcessor& images = f.images;
    const std::int64_t id = images.add(kModel, f.picture("a.png"));
    const auto file = f.store.root() / "images" / images.previews(kModel)[0].files[0].name;
    std::filesystem::resize_file(file, 10);
    CHECK(code_of([&] { (void)images.read(id, Tier::High); }) == ErrorCode::Io);
    std::filesystem::resize_file(file, 1'000'000);
    CHECK(code_of([&] { (void)images.read(id, Tier::High); }) == ErrorCode::Io);
    std::filesystem::remove(file);
    CHECK(code_of([&] { (void)images.read(id, Tier::High); }) == ErrorCode::FileMissing);
  }

  TEST_CASE("jobs add pictures, and closing the store ends them") {
    Fixture f;
    std::vector<modelstore::Job<std::int64_t>> jobs;
    const auto picture = f.picture("a.png");
    for (int i = 0; i < 8; ++i) jobs.push_back(f.images.add_async(kModel, picture));
    for (const auto& job : jobs) CHECK(job.get() > 0);
    CHECK(jobs[0].progress() == modelstore::Progress{1, 1, modelstore::ProgressUnit::Pictures});
    CHECK(f.images.previews(kModel).size() == 8);
    jobs.clear();
    for (int i = 0; i < 50; ++i) jobs.push_back(f.images.add_async(kModel, picture));
    f.store.close();
    for (const auto& job : jobs) {
      try {
        (void)job.get();
      } catch (const Error& error) {
        CHECK((error.code() == ErrorCode::Cancelled || error.code() == ErrorCode::Closed));
      }
    }
    CHECK(std::filesystem::is_empty(f.dir / "s/staging"));
    const Store again = Store::open(f.dir / "s");
    CHECK(f.files() == ImageProcessor(again).previews(kModel).size() * 3);
  }

  TEST_CASE("a read-only store shows pictures and accepts none") {
    Fixture f;
    const std::int64_t id = ImageProcessor(f.store).add(kModel, f.picture("a.png"));
    const Store reader = Store::open(f.store.root(), {.read_only = true});
    ImageProcessor images(reader);
    CHECK(images.read(id, Tier::Low).size() > 0);
    CHECK(code_of([&] { (void)images.add(kModel, f.picture("a.png")); }) == ErrorCode::ReadOnly);
    CHECK(code_of([&] { (void)images.add_async(kModel, f.picture("a.png")); }) == ErrorCode::ReadOnly);
    CHECK(code_of([&] { images.remove(kModel, id); }) == ErrorCode::ReadOnly);
  }

  TEST_CASE("threads and two stores add, remove and read at once") {
    Fixture f;
    const Store second = Store::open(f.store.root());
    const auto picture = test::encode(test::photo(40, 30), test::Kind::Png);
    std::atomic<int> failures = 0;
    const auto work = [&](const Store& store, const RecordId& record) {
      try {
        ImageProcessor images(store);
        for (int round = 0; round < 6; ++round) {
          const std::int64_t id = images.add(record, picture);
          if (record.is_model()) {
            (void)images.read(id, Tier::High);
            if (round % 2 == 0) images.remove(kModel, id);
          } else {
            (void)images.read_pending(id);
            if (round % 2 == 0) images.remove_pending(record.number(), id);
          }
        }
      } catch (...) {
        ++failures;
      }
    };
    std::vector<std::thread> threads;
    for (const Store* store : {&std::as_const(f.store), &second})
      for (const RecordId& record : {RecordId(kModel), f.pending_id()})
        threads.emplace_back([&, store, record] { work(*store, record); });
    for (std::thread& thread : threads) thread.join();
    CHECK(failures == 0);
    CHECK(f.images.previews(kModel).size() == 6);
    CHECK(f.images.pending_pictures(f.pending).size() == 6);
    CHECK(f.files() == 6 * 3 + 6);
    CHECK(f.journal_rows() == 0);
  }
}
