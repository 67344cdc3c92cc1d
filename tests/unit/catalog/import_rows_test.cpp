#include "catalog/import_rows.hpp"

#include <doctest/doctest.h>

#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/schema.hpp"
#include "catalog/tag_rows.hpp"
#include "modelstore/error.hpp"

namespace catalog = modelstore::catalog;
using catalog::RecordRef;

namespace {

const modelstore::Sha256 kDigest = modelstore::Sha256::from_hex(std::string(64, 'a'));

struct Catalogue {
  modelstore::sqlite::Connection db = modelstore::sqlite::Connection::in_memory();
  Catalogue() { catalog::migrate_schema(db); }

  [[nodiscard]] RecordRef pending(std::int64_t id) const {
    catalog::PendingRow row;
    row.id = id;
    row.path = "/m/" + std::to_string(id);
    return {true, catalog::insert_pending(db, row)};
  }
  [[nodiscard]] RecordRef model() const {
    catalog::ModelRow row;
    row.sha256 = kDigest;
    return {false, catalog::insert_model(db, row)};
  }
};

}  // namespace

TEST_SUITE("import_rows") {
  TEST_CASE("a row that was imported stays known when its record goes") {
    const Catalogue store;
    const std::int64_t import = catalog::insert_import(store.db, "/old/hikaze_mm.sqlite3");
    CHECK(catalog::find_import(store.db, "/old/hikaze_mm.sqlite3") == import);
    CHECK_FALSE(catalog::find_import(store.db, "/other").has_value());
    const RecordRef record = store.pending(7);
    catalog::insert_import_row(store.db, import, 7, record, kDigest);
    catalog::delete_pending(store.db, record.id);
    CHECK(catalog::find_import_row(store.db, import, 7) == kDigest);
    CHECK_FALSE(catalog::find_import_row(store.db, import, 8).has_value());
    CHECK_THROWS_AS(catalog::insert_import_row(store.db, import, 7, store.pending(7), kDigest),
                    modelstore::Error);
  }

  TEST_CASE("pictures that are to do go with their record") {
    const Catalogue store;
    const std::int64_t import = catalog::insert_import(store.db, "s");
    const RecordRef record = store.pending(7);
    catalog::insert_import_image(store.db, import,
                                 {.legacy_id = 7, .reference = "a.png", .position = 0, .record = record});
    REQUIRE(catalog::import_images_to_do(store.db, import, 0, 10).size() == 1);
    catalog::delete_pending(store.db, record.id);
    CHECK(catalog::import_images_to_do(store.db, import, 0, 10).empty());
  }

  TEST_CASE("a picture that is done is not to do any more, one that is missing or failed is") {
    const Catalogue store;
    const std::int64_t import = catalog::insert_import(store.db, "s");
    const RecordRef record = store.model();
    for (const char* name : {"a.png", "b.png", "c.png"})
      catalog::insert_import_image(store.db, import,
                                   {.legacy_id = 1, .reference = name, .position = 0, .record = record});
    const auto images = catalog::import_images_to_do(store.db, import, 0, 10);
    REQUIRE(images.size() == 3);
    catalog::set_import_image_done(store.db, images[0].id, kDigest);
    catalog::set_import_image_state(store.db, images[1].id, catalog::ImportImageState::Missing);
    catalog::set_import_image_state(store.db, images[2].id, catalog::ImportImageState::Failed);
    CHECK(catalog::count_import_images_to_do(store.db, import) == 2);
    CHECK_FALSE(catalog::find_import_image_to_do(store.db, images[0].id).has_value());
    CHECK(catalog::find_import_image_to_do(store.db, images[1].id)->reference == "b.png");
    CHECK(catalog::import_references(store.db, import, record).size() == 3);
    const std::int64_t other = catalog::insert_import(store.db, "t");
    CHECK(catalog::imported_elsewhere(store.db, other, record, kDigest));
    CHECK_FALSE(catalog::imported_elsewhere(store.db, import, record, kDigest));
  }

  TEST_CASE("a promotion hands the memory of imports on to the model, behind its pictures") {
    const Catalogue store;
    const std::int64_t import = catalog::insert_import(store.db, "s");
    const RecordRef record = store.pending(7);
    const RecordRef model = store.model();
    catalog::insert_import_row(store.db, import, 7, record, kDigest);
    catalog::insert_import_image(store.db, import,
                                 {.legacy_id = 7, .reference = "a.png", .position = 1, .record = record});
    CHECK(catalog::next_picture_position(store.db, record) == 2);
    CHECK(catalog::next_picture_position(store.db, model) == 0);
    catalog::redirect_import_images(store.db, record, model.id, 5);
    catalog::delete_pending(store.db, record.id);
    const auto images = catalog::import_images_to_do(store.db, import, 0, 10);
    REQUIRE(images.size() == 1);
    CHECK(images[0].record == model);
    CHECK(images[0].position == 6);
    CHECK(catalog::next_picture_position(store.db, model) == 7);
    CHECK(store.db.integer("SELECT model_id FROM import_rows") == model.id);
  }

  TEST_CASE("tags of a source are known until the tag is deleted") {
    const Catalogue store;
    const std::int64_t import = catalog::insert_import(store.db, "s");
    const std::int64_t tag = catalog::insert_tag(store.db, {.id = 3, .name = "lora", .color = {}});
    catalog::insert_import_tag(store.db, import, 30, tag);
    CHECK(catalog::import_tags(store.db, import).at(30).id == 3);
    store.db.run("DELETE FROM tags WHERE id = ?", tag);
    CHECK(catalog::import_tags(store.db, import).empty());
  }
}
