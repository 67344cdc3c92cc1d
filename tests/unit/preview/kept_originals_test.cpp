#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "digest/sha256_engine.hpp"
#include "modelstore/database.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/legacy_importer.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "modelstore/store.hpp"
#include "support/errors.hpp"
#include "support/legacy_store.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

using modelstore::Database;
using modelstore::ErrorCode;
using modelstore::ImageProcessor;
using modelstore::Preview;
using modelstore::RecordId;
using modelstore::Sha256;
using modelstore::Store;
using modelstore::StoreOptions;

namespace {

const Sha256 kModel = Sha256::from_hex(std::string(64, '1'));

test::Bytes picture(unsigned seed, test::Kind kind = test::Kind::Png) {
  return test::encode(test::photo(50, 40, seed), kind);
}

Store open(const std::filesystem::path& root, bool keep = true) {
  StoreOptions options;
  options.create = true;
  options.threads = 2;
  options.previews.keep_originals = keep;
  return Store::open(root, options);
}

struct Fixture {
  test::TempDir dir;
  Store store = open(dir / "s");
  Database database{store};
  ImageProcessor images{store};

  Fixture() { add_model(kModel, "/models/one"); }

  void add_model(const Sha256& sha256, const std::string& path) {
    modelstore::NewModel model;
    model.sha256 = sha256;
    model.name = "model";
    model.path = path;
    database.add_model(model);
  }

  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(store.root() / "images"))
      if (entry.is_regular_file()) names.insert(entry.path().filename().string());
    return names;
  }

  [[nodiscard]] std::filesystem::path original_of(const Sha256& model, std::size_t index = 0) const {
    return store.root() / "images" / images.previews(model).at(index).original.value().name;
  }

  /// Whether the preview's original is this, in the file that its row names.
  void check_kept(const Preview& preview, const test::Bytes& bytes) const {
    REQUIRE(preview.original);
    CHECK(preview.original->size_bytes == static_cast<std::int64_t>(bytes.size()));
    CHECK(preview.original->sha256 == modelstore::digest::sha256_of(bytes));
    CHECK(images.read_original(preview.id) == bytes);
    CHECK(files().contains(preview.original->name));
  }

  /// The kinds of what verify finds.
  [[nodiscard]] std::string kinds() const {
    std::string text;
    for (const auto& problem : store.verify().get().problems)
      text += (text.empty() ? "" : " ") + std::string(problem_kind_name(problem.kind));
    return text;
  }
};

}  // namespace

TEST_SUITE("kept originals") {
  TEST_CASE("the picture stands beside its tiers, as it came, under its format's extension") {
    const Fixture f;
    ImageProcessor images(f.store);
    const std::string extensions[] = {"png", "jpg", "webp", "gif"};
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      (void)images.add(kModel, picture(1, test::kKinds[i]));
      const Preview preview = images.previews(kModel).at(i);
      f.check_kept(preview, picture(1, test::kKinds[i]));
      CHECK(preview.original->name == kModel.hex() + "_" + std::to_string(i) + "_original." + extensions[i]);
      bytes += preview.original->size_bytes;
      for (const auto& file : preview.files) bytes += file.size_bytes;
    }
    CHECK(f.files().size() == 16);
    CHECK(f.database.statistics().preview_bytes == bytes);
    CHECK(f.database.model(kModel).previews == images.previews(kModel));
    CHECK(f.store.verify().get().files_checked == 16);
    CHECK(f.kinds().empty());
  }

  TEST_CASE("without the option none is kept, and one store may have both") {
    Fixture f;
    (void)f.images.add(kModel, picture(1));
    f.store.close();
    const Store store = open(f.dir / "s", false);
    ImageProcessor images(store);
    const std::int64_t id = images.add(kModel, picture(2));
    const auto previews = images.previews(kModel);
    CHECK(images.read_original(previews.at(0).id) == picture(1));
    CHECK_FALSE(previews.at(1).original);
    CHECK(test::error_of([&] { return images.read_original(id); }) == ErrorCode::NotFound);
    CHECK(test::error_of([&] { return images.read_original(999); }) == ErrorCode::NotFound);
    CHECK(store.verify().get().ok());
  }

  TEST_CASE("it goes with its preview, and with its model") {
    Fixture f;
    (void)f.images.add(kModel, picture(1));
    (void)f.images.add(kModel, picture(2));
    f.images.remove(kModel, f.images.previews(kModel).at(0).id);
    CHECK(f.files().size() == 4);
    f.check_kept(f.images.previews(kModel).at(0), picture(2));
    f.database.trash(std::vector<RecordId>{kModel});
    (void)f.database.empty_trash();
    CHECK(f.files().empty());
    CHECK(f.kinds().empty());
  }

  TEST_CASE("a picture that cannot be decoded leaves nothing") {
    Fixture f;
    test::Bytes cut = picture(1);
    cut.resize(cut.size() - 40);
    CHECK(test::error_of([&] { return f.images.add(kModel, cut); }) == ErrorCode::BadImage);
    CHECK(f.files().empty());
    CHECK(f.kinds().empty());
  }

  TEST_CASE("a name that a stray file has is passed over") {
    Fixture f;
    const std::string stray = kModel.hex() + "_0_original.png";
    (void)test::write_file(f.store.root() / "images" / stray, "stray");
    (void)f.images.add(kModel, picture(1));
    CHECK(f.original_of(kModel).filename() == kModel.hex() + "_1_original.png");
    CHECK(test::read_file(f.store.root() / "images" / stray) == "stray");
    CHECK(f.kinds() == "UnknownFile");
  }

  TEST_CASE("promotion keeps what waited with the record") {
    Fixture f;
    const std::string path = test::write_file(f.dir / "m.safetensors", "content");
    const std::int64_t pending = f.database.add_pending({.path = path});
    (void)f.images.add(RecordId::pending(pending), picture(1, test::Kind::Jpeg));
    (void)f.images.add(RecordId::pending(pending), picture(2));
    CHECK(modelstore::ReactiveMigrator(f.store).migrate_all().get().promoted_ids.size() == 1);
    const auto previews = f.images.previews(modelstore::digest::sha256_of(test::to_bytes("content")));
    REQUIRE(previews.size() == 2);
    f.check_kept(previews[0], picture(1, test::Kind::Jpeg));
    f.check_kept(previews[1], picture(2));
    CHECK(f.kinds().empty());
  }

  TEST_CASE("an import keeps the pictures of models") {
    Fixture f;
    test::LegacyStore legacy(f.dir / "old");
    const test::Bytes bytes = picture(1, test::Kind::Gif);
    const std::string reference =
        legacy.add_picture("p.gif", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    test::LegacyModel model;
    model.path = "/m/a";
    model.hash = std::string(64, 'a');
    model.extra_json = R"({"images":[")" + reference + R"("]})";
    legacy.add_model(model);
    legacy.close();
    modelstore::LegacyImportOptions options;
    options.database = legacy.database();
    CHECK(modelstore::LegacyImporter(f.store).import(options).get().images_imported == 1);
    f.check_kept(f.images.previews(Sha256::from_hex(model.hash)).at(0), bytes);
    CHECK(f.kinds().empty());
  }

  TEST_CASE("it moves with its preview when the model takes another hash, or joins another model") {
    for (const bool joins : {false, true}) {
      CAPTURE(joins);
      Fixture f;
      const Sha256 wrong = Sha256::from_hex(std::string(64, 'f'));
      const Sha256 right = modelstore::digest::sha256_of(test::to_bytes("content"));
      f.add_model(wrong, test::write_file(f.dir / "m.safetensors", "content").string());
      (void)f.images.add(wrong, picture(1));
      if (joins) {
        f.add_model(right, (f.dir / "other.safetensors").string());
        (void)f.images.add(right, picture(2));
      }
      const auto report = modelstore::ReactiveMigrator(f.store)
                              .verify_claims({.policy = modelstore::ConflictPolicy::Merge})
                              .get();
      CHECK(report.mismatches.size() == 1);
      const auto previews = f.images.previews(right);
      REQUIRE(previews.size() == (joins ? 2 : 1));
      f.check_kept(previews.back(), picture(1));
      CHECK(previews.back().original->name.starts_with(right.hex()));
      CHECK(f.files().size() == 4 * previews.size());
      CHECK(f.kinds().empty());
    }
  }

  TEST_CASE("repair forgets a damaged original and leaves the tiers, and takes it along with damaged tiers") {
    Fixture f;
    (void)f.images.add(kModel, picture(1));
    (void)f.images.add(kModel, picture(2));
    (void)test::write_file(f.original_of(kModel), "damaged");
    std::filesystem::remove(f.store.root() / "images" / f.images.previews(kModel)[1].files[0].name);
    CHECK(f.store.repair({.dry_run = false}).get().repairs.size() == 2);
    const auto previews = f.images.previews(kModel);
    REQUIRE(previews.size() == 1);
    CHECK_FALSE(previews[0].original);
    CHECK(f.files().size() == 3);
    CHECK(f.kinds().empty());
  }

  TEST_CASE("verify finds an original that is gone, changed, unknown or misnamed") {
    Fixture f;
    (void)f.images.add(kModel, picture(1));
    const auto file = f.original_of(kModel);
    const std::string content = test::read_file(file);
    std::filesystem::remove(file);
    CHECK(f.kinds() == "PreviewFileMissing");
    CHECK(test::error_of([&] { return f.images.read_original(f.images.previews(kModel)[0].id); }) ==
          ErrorCode::FileMissing);
    std::string changed = content;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    (void)test::write_file(file, changed);
    CHECK(f.kinds() == "PreviewFileDiffers");
    (void)test::write_file(file, content);
    CHECK(f.kinds().empty());
    (void)test::write_file(f.store.root() / "images" / (kModel.hex() + "_0_original.jpg"), content);
    CHECK(f.kinds() == "UnknownFile");
    (void)test::write_file(f.store.root() / "images" / (kModel.hex() + "_0_original.exe"), content);
    const std::string found = f.kinds();
    CHECK(found.find("BadFileName") != std::string::npos);
    CHECK(found.find("UnknownFile") != std::string::npos);
  }
}
