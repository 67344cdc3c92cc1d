// What interfaces over lists ask for: types, previews by id and position, the first picture of each row.
#include <utility>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "modelstore/store.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using test::error_of;

namespace {

const Sha256 kModel = Sha256::from_hex(std::string(64, 'a'));

struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true, .threads = 2});
  Database database{store};
  ImageProcessor images{store};

  std::int64_t add_picture(const RecordId& record) {
    return images.add(record, test::encode(test::photo(40, 30), test::Kind::Png), "a.png");
  }
};

}  // namespace

TEST_SUITE("List facts") {
  TEST_CASE_FIXTURE(Fixture, "the types of models and pending records are listed once, in order") {
    CHECK(database.types().empty());
    database.add_model({.sha256 = kModel, .type = "vae"});
    database.add_pending({.path = "/a", .type = "loras"});
    database.add_pending({.path = "/b", .type = "vae"});
    const std::int64_t trashed = database.add_pending({.path = "/c", .type = "unet"});
    database.add_pending({.path = "/d"});
    (void)database.trash(std::vector<RecordId>{RecordId::pending(trashed)});
    CHECK(database.types() == std::vector<std::string>{"loras", "vae"});
  }

  TEST_CASE_FIXTURE(Fixture, "a preview is found by its id and by its position") {
    database.add_model({.sha256 = kModel});
    const std::int64_t first = add_picture(kModel);
    const std::int64_t second = add_picture(kModel);
    images.reorder(kModel, {second, first});
    const std::vector<Preview> all = images.previews(kModel);
    for (const Preview& preview : all) {
      CHECK(database.preview(preview.id).model == kModel);
      CHECK(database.preview(preview.id).preview == preview);
      CHECK(database.preview(kModel, preview.position).preview == preview);
    }
    CHECK(error_of([&] { (void)database.preview(999); }) == ErrorCode::NotFound);
    for (const std::int64_t position : {-1, 2})
      CHECK(error_of([&] { (void)database.preview(kModel, position); }) == ErrorCode::NotFound);
    CHECK(error_of([&] { (void)database.preview(Sha256(), 0); }) == ErrorCode::NotFound);
  }

  TEST_CASE_FIXTURE(Fixture, "a list names the first picture of each record, and counts them") {
    database.add_model({.sha256 = kModel, .name = "model"});
    const std::int64_t pending = database.add_pending({.path = "/pending"});
    for (const RecordSummary& record : database.list({.filter = {.state = StateFilter::All}}).records) {
      CHECK(record.first_image.empty());
      CHECK(record.images_count == 0);
    }
    const std::int64_t first = add_picture(kModel);
    const std::int64_t second = add_picture(kModel);
    images.reorder(kModel, {second, first});
    (void)add_picture(RecordId::pending(pending));
    const RecordSummary model = database.list().records.at(0);
    CHECK(model.images_count == 2);
    CHECK(model.first_image == database.preview(second).preview.file(Tier::Low).name);
    const RecordSummary record = database.list({.filter = {.state = StateFilter::Pending}}).records.at(0);
    CHECK(record.images_count == 1);
    CHECK(record.first_image == images.pending_pictures(pending).at(0).file_name);
  }

  TEST_CASE_FIXTURE(Fixture, "a list says why a record could not be promoted") {
    const std::int64_t pending = database.add_pending({.path = (dir / "absent").string()});
    CHECK_FALSE(database.list({.filter = {.state = StateFilter::Pending}}).records.at(0).last_error);
    (void)ReactiveMigrator(store).migrate({RecordId::pending(pending)}).get();
    const RecordSummary record = database.list({.filter = {.state = StateFilter::Pending}}).records.at(0);
    REQUIRE(record.last_error);
    CHECK(record.last_error->code == ErrorCode::FileMissing);
    CHECK(record.last_error == database.pending(pending).last_error);
  }

  TEST_CASE_FIXTURE(Fixture, "the revision is raised by every change and by nothing else") {
    std::int64_t revision = database.revision();
    const auto raised = [&] { return database.revision() > std::exchange(revision, database.revision()); };
    database.add_model({.sha256 = kModel});
    CHECK(raised());
    const std::int64_t tag = database.add_tags({"tag"}).at(0).id;
    CHECK(raised());
    database.edit_tag(tag, std::nullopt, "tomato");
    CHECK(raised());
    (void)add_picture(kModel);
    CHECK(raised());
    (void)database.list();
    (void)database.statistics();
    CHECK_FALSE(raised());
  }
}
