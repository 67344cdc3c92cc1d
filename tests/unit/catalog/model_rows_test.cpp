#include "catalog/model_rows.hpp"

#include <doctest/doctest.h>

#include "catalog/path_lookup.hpp"
#include "catalog/schema.hpp"

using namespace modelstore;

namespace {

sqlite::Connection catalogue() {
  sqlite::Connection database = sqlite::Connection::in_memory();
  catalog::migrate_schema(database);
  return database;
}

std::int64_t add_model(const sqlite::Connection& database, int number) {
  catalog::ModelRow row;
  row.sha256 = Sha256::from_hex(std::string(63, '0') + std::to_string(number));
  row.name = "m";
  return catalog::insert_model(database, row);
}

}  // namespace

TEST_SUITE("model rows") {
  TEST_CASE("a path that is put to a model leaves the model that had it") {
    const auto database = catalogue();
    const auto first = add_model(database, 1);
    const auto second = add_model(database, 2);
    catalog::put_location(database, first, {"/a", "/a", LocationState::Present, true});
    catalog::put_location(database, second, {"/a", "/a", LocationState::Present, false});
    CHECK(catalog::locations_of(database, first).empty());
    REQUIRE(catalog::locations_of(database, second).size() == 1);
    CHECK_FALSE(catalog::locations_of(database, second)[0].location.verified);
  }

  TEST_CASE("putting a model's own path again updates it in place") {
    const auto database = catalogue();
    const auto model = add_model(database, 1);
    catalog::put_location(database, model, {"/a", "", LocationState::Unknown, false});
    const auto id = catalog::locations_of(database, model)[0].id;
    catalog::put_location(database, model, {"/a", "/real", LocationState::Present, true});
    REQUIRE(catalog::locations_of(database, model).size() == 1);
    CHECK(catalog::locations_of(database, model)[0].id == id);
    CHECK(catalog::locations_of(database, model)[0].location ==
          Location{"/a", "/real", LocationState::Present, true});
  }

  TEST_CASE("a model keeps a path as missing while another model's content is there") {
    const auto database = catalogue();
    const auto former = add_model(database, 1);
    const auto current = add_model(database, 2);
    catalog::put_location(database, former, {"/a", "/a", LocationState::Present, true});
    const auto old_location = catalog::locations_of(database, former)[0].id;
    catalog::set_location_state(database, old_location, LocationState::Missing);
    catalog::put_location(database, current, {"/a", "/a", LocationState::Present, true});
    REQUIRE(catalog::locations_of(database, former).size() == 1);
    CHECK(catalog::find_location(database, "/a")->model_id == current);
    CHECK(catalog::find_record_by_path(database, "/a") == catalog::RecordRef{false, current});

    catalog::set_location_state(database, old_location, LocationState::Present);
    CHECK(catalog::locations_of(database, former)[0].location.state == LocationState::Missing);

    catalog::delete_location(database, catalog::locations_of(database, current)[0].id);
    catalog::set_location_state(database, old_location, LocationState::Present);
    CHECK(catalog::find_location(database, "/a")->model_id == former);
  }
}
