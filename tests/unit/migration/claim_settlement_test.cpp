#include "migration/claim_settlement.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "catalog/model_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/store_core.hpp"
#include "journal/operation.hpp"
#include "migration_support.hpp"

using namespace modelstore;
using test::digest_of;
using test::MigrationStore;
using test::small_picture;

namespace {

const Sha256 kWrong = digest_of("what a catalogue believed");

/// The names of the files in `images/` that belong to a model.
std::size_t files_of(const MigrationStore& s, const Sha256& sha256) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(s.root() / "images"))
    count += entry.path().filename().string().starts_with(sha256.hex()) ? 1 : 0;
  return count;
}

}  // namespace

TEST_SUITE("ClaimSettlement") {
  TEST_CASE("a claim that holds makes the model and the location verified") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.claim(digest_of("x"), path);
    CHECK_FALSE(s.database.model(digest_of("x")).verified);
    const auto report = ReactiveMigrator(s.store).verify_claims().get();
    CHECK(report.verified == std::vector{digest_of("x")});
    CHECK(report.bytes_hashed == 1);
    const Model model = s.database.model(digest_of("x"));
    CHECK(model.verified);
    CHECK(model.size_bytes == 1);
    CHECK(model.locations[0] == Location{path, path, LocationState::Present, true});
    CHECK(ReactiveMigrator(s.store).verify_claims().get().verified.empty());
    CHECK(s.problems().empty());
  }

  TEST_CASE("hashing one file settles its model's claim too") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.claim(digest_of("x"), path);
    const auto result = s.hash(path);
    CHECK_FALSE(result.migrated);
    CHECK_FALSE(result.mismatch);
    CHECK(s.database.model(digest_of("x")).verified);
  }

  TEST_CASE("a model that was never verified takes the computed hash, its previews too") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.claim(kWrong, path, R"({"description":"d"})", {"anime"});
    for (unsigned i = 0; i < 3; ++i) s.add_preview(kWrong, small_picture(i));
    const Model before = s.database.model(kWrong);
    const std::int64_t since = s.database.statistics().revision;

    const auto report = ReactiveMigrator(s.store).verify_claims().get();
    REQUIRE(report.mismatches.size() == 1);
    CHECK(report.mismatches[0].record == RecordId(kWrong));
    CHECK(report.mismatches[0].claimed == kWrong);
    CHECK(report.mismatches[0].computed == digest_of("x"));
    CHECK(report.mismatches[0].path == path);
    CHECK(report.mismatches[0].rekeyed);
    CHECK(report.conflicts.empty());
    CHECK(report.failed.empty());

    CHECK_FALSE(s.has_model(kWrong));
    const Model model = s.database.model(digest_of("x"));
    CHECK(model.verified);
    CHECK(model.size_bytes == 1);
    CHECK(model.metadata == before.metadata);
    CHECK(model.tags == before.tags);
    CHECK(model.created_at == before.created_at);
    REQUIRE(model.previews.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(model.previews[i].id == before.previews[i].id);
      for (std::size_t tier = 0; tier < 3; ++tier) {
        CHECK(model.previews[i].files[tier].sha256 == before.previews[i].files[tier].sha256);
        CHECK(catalog::parse_tier_file_name(model.previews[i].files[tier].name)->model == digest_of("x"));
      }
    }
    CHECK(files_of(s, kWrong) == 0);
    CHECK(files_of(s, digest_of("x")) == 9);
    CHECK(s.problems().empty());

    const auto changes = s.database.changes(since).changes;
    const auto has = [&](const RecordId& id, ChangeKind kind) {
      return std::any_of(changes.begin(), changes.end(),
                         [&](const RecordChange& change) { return change.id == id && change.kind == kind; });
    };
    CHECK(has(kWrong, ChangeKind::Deleted));
    CHECK(has(digest_of("x"), ChangeKind::Created));
  }

  TEST_CASE("a wrong claim about one of several files moves that location alone") {
    MigrationStore s;
    const std::string one = s.file("1", "x");
    const std::string two = s.folder() / "models/2";
    s.claim(kWrong, one, R"({"description":"d"})");
    s.store.core()->write([&](catalog::WriteTransaction& transaction) {
      const auto row = catalog::require_model(transaction.db(), kWrong);
      catalog::put_location(transaction.db(), row.id, {two, "", LocationState::Unknown, false});
      transaction.model_changed(row.id, kWrong);
    });
    const auto result = s.hash(one);
    REQUIRE(result.mismatch);
    CHECK_FALSE(result.mismatch->rekeyed);
    const Model old = s.database.model(kWrong);
    CHECK_FALSE(old.verified);
    CHECK(old.metadata == R"({"description":"d"})");
    REQUIRE(old.locations.size() == 1);
    CHECK(old.locations[0].path == two);
    const Model fresh = s.database.model(digest_of("x"));
    CHECK(fresh.verified);
    CHECK(fresh.name == "1");
    CHECK(fresh.type == "loras");
    CHECK(fresh.metadata == "{}");
    CHECK(fresh.locations[0].path == one);
    CHECK(s.problems().empty());
  }

  TEST_CASE("a verified file whose content changed is a new model, and the old one misses its file") {
    MigrationStore s;
    const std::string path = s.file("a", "old");
    s.add_picture(s.pending(path, R"({"description":"d"})"), small_picture(1));
    const Sha256 former = s.promote(path);
    s.file("a", "changed");
    const auto result = s.hash(path);
    REQUIRE(result.mismatch);
    CHECK(result.mismatch->claimed == former);
    CHECK(result.mismatch->changed);
    CHECK_FALSE(result.mismatch->rekeyed);
    const Model old = s.database.model(former);
    CHECK(old.verified);
    CHECK(old.previews.size() == 1);
    REQUIRE(old.locations.size() == 1);
    CHECK(old.locations[0].path == path);
    CHECK(old.locations[0].state == LocationState::Missing);
    const Model fresh = s.database.model(digest_of("changed"));
    CHECK(fresh.name == old.name);
    CHECK(fresh.metadata == "{}");
    CHECK(fresh.previews.empty());
    CHECK(fresh.locations[0] == Location{path, path, LocationState::Present, true});
    CHECK(s.problems().empty());

    SUBCASE("and finds it again when the content comes back") {
      s.file("a", "old");
      CHECK(s.hash(path).mismatch->claimed == digest_of("changed"));
      CHECK(s.database.model(former).locations.at(0).state == LocationState::Present);
      CHECK(s.database.model(digest_of("changed")).locations.at(0).state == LocationState::Missing);
      CHECK(s.problems().empty());
    }
  }

  TEST_CASE("a wrong claim of a model that exists: the policy decides") {
    struct Case {
      ConflictPolicy policy;
      bool wrong_stays;
    };
    for (const Case& row : {Case{ConflictPolicy::Merge, false}, Case{ConflictPolicy::Replace, false},
                            Case{ConflictPolicy::Discard, false}, Case{ConflictPolicy::Report, true},
                            Case{ConflictPolicy::Keep, true}}) {
      const ConflictPolicy policy = row.policy;
      CAPTURE(conflict_policy_name(policy));
      MigrationStore s;
      const std::string right = s.file("right", "x");
      s.add_picture(s.pending(right, R"({"description":"right"})", {"base"}), small_picture(1));
      s.promote(right);
      const std::string path = s.file("wrong", "x");
      s.claim(kWrong, path, R"({"description":"wrong"})", {"extra"});
      s.add_preview(kWrong, small_picture(2));
      const Model before = s.database.model(digest_of("x"));
      const Model wrong = s.database.model(kWrong);

      const auto report = ReactiveMigrator(s.store).verify_claims({.policy = policy}).get();
      REQUIRE(report.mismatches.size() == 1);
      CHECK_FALSE(report.mismatches[0].rekeyed);
      REQUIRE(report.conflicts.size() == 1);
      CHECK(report.conflicts[0].pending_id == 0);
      CHECK(report.conflicts[0].resolution == policy);
      CHECK(s.has_model(kWrong) == row.wrong_stays);
      const Model after = s.database.model(digest_of("x"));
      if (row.wrong_stays) {
        CHECK(after == before);
        CHECK(s.database.model(kWrong) == wrong);
      } else {
        CHECK(after.locations.size() == 2);
        CHECK(files_of(s, kWrong) == 0);
      }
      if (policy == ConflictPolicy::Merge) {
        CHECK(test::names(after.tags) == std::vector<std::string>{"base", "extra"});
        CHECK(after.previews.size() == 2);
        CHECK(after.metadata.find(R"("description":"wrong")") != std::string::npos);
        CHECK(after.metadata.starts_with(R"({"description":"right")"));
      }
      if (policy == ConflictPolicy::Replace) {
        CHECK(test::names(after.tags) == std::vector<std::string>{"extra"});
        REQUIRE(after.previews.size() == 1);
        CHECK(after.previews[0].files[0].sha256 == wrong.previews[0].files[0].sha256);
        CHECK(after.metadata == R"({"description":"wrong"})");
      }
      if (policy == ConflictPolicy::Discard) {
        CHECK(after.previews == before.previews);
        CHECK(after.metadata == before.metadata);
      }
      CHECK(s.problems().empty());
    }
  }

  TEST_CASE("a wrong claim without user data joins the model that exists, under every policy") {
    MigrationStore s;
    const std::string right = s.file("right", "x");
    s.pending(right, R"({"description":"right"})");
    s.promote(right);
    s.claim(kWrong, s.file("wrong", "x"), "{}", {"lora"});
    const auto report = ReactiveMigrator(s.store).verify_claims().get();
    CHECK(report.conflicts.empty());
    CHECK(report.mismatches.size() == 1);
    CHECK_FALSE(s.has_model(kWrong));
    CHECK(s.database.model(digest_of("x")).locations.size() == 2);
    CHECK(s.problems().empty());
  }

  TEST_CASE("a model in the trash is confirmed there, and left alone if its claim is wrong") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.claim(digest_of("x"), path);
    const std::string other = s.file("b", "y");
    s.claim(kWrong, other);
    s.database.trash(std::vector<RecordId>{digest_of("x"), kWrong});
    CHECK_FALSE(s.hash(path).mismatch);
    CHECK(s.database.model(digest_of("x")).trashed);
    CHECK(s.database.model(digest_of("x")).verified);
    REQUIRE(s.hash(other).mismatch);
    CHECK(s.database.model(kWrong).trashed);
    CHECK_FALSE(s.has_model(digest_of("y")));
    CHECK(ReactiveMigrator(s.store).verify_claims().get().mismatches.empty());
    const auto report = s.migrate({kWrong});
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].code == ErrorCode::Conflict);
  }

  TEST_CASE("a model's file is found by the path map, and the path is stored") {
    MigrationStore s;
    const std::string path = s.file("loras/a", "x");
    s.claim(digest_of("x"), R"(D:\models\loras\a)");
    const auto report = ReactiveMigrator(s.store)
                            .verify_claims({.path_map = {{R"(d:\models)", (s.folder() / "models").string()}}})
                            .get();
    CHECK(report.verified.size() == 1);
    const Model model = s.database.model(digest_of("x"));
    REQUIRE(model.locations.size() == 1);
    CHECK(model.locations[0] == Location{path, path, LocationState::Present, true});
    CHECK(s.problems().empty());
  }

  TEST_CASE("a model without a file that can be reached fails and stays") {
    MigrationStore s;
    s.claim(kWrong, "/nowhere/a");
    s.claim(digest_of("z"), "");
    const auto report = ReactiveMigrator(s.store).verify_claims().get();
    REQUIRE(report.failed.size() == 2);
    for (const MigrationFailure& failure : report.failed) CHECK(failure.code == ErrorCode::FileMissing);
    CHECK(s.has_model(kWrong));
    CHECK(s.has_model(digest_of("z")));
  }

  TEST_CASE("a location that was deleted is not taken for one that got its number") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.claim(kWrong, path);
    const auto model = catalog::require_model(*s.store.core()->reader(), kWrong);
    const std::int64_t id = catalog::locations_of(*s.store.core()->reader(), model.id).at(0).id;
    hashing::Digested digested;
    digested.sha256 = digest_of("x");
    digested.real_path = path;
    migration::ClaimSettlement settlement(*s.store.core(), id, path, digested, ConflictPolicy::Merge);
    s.store.core()->write([&](catalog::WriteTransaction& transaction) {
      catalog::delete_location(transaction.db(), id);
      catalog::put_location(transaction.db(), model.id, {"/elsewhere", "", LocationState::Unknown, false});
      transaction.model_changed(model.id, kWrong);
    });
    REQUIRE(catalog::locations_of(*s.store.core()->reader(), model.id).at(0).id == id);
    CHECK_THROWS_AS(journal::perform_one(*s.store.core(), settlement.draft()), migration::OutOfDate);
    CHECK(s.database.model(kWrong).locations.at(0).path == "/elsewhere");
    CHECK(s.problems().empty());
  }
}
