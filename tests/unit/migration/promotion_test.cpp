#include "migration/promotion.hpp"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "catalog/pending_rows.hpp"
#include "catalog/store_core.hpp"
#include "journal/operation_rows.hpp"
#include "migration_support.hpp"
#include "modelstore/image_processor.hpp"

using namespace modelstore;
using test::digest_of;
using test::MigrationStore;
using test::small_picture;

namespace {

constexpr const char* kTexts = R"({"description":"from the record"})";

/// Two records of one content; the first is a model already.
struct Twin {
  MigrationStore s;
  std::string first = s.file("first.bin", "content");
  std::string second = s.file("sub/second.bin", "content");
  Sha256 sha256 = digest_of("content");
  std::int64_t id = 0;

  explicit Twin(bool user_data, bool trashed = false, bool pictures = false) {
    const auto model = s.pending(first, R"({"description":"from the model"})", {"base"});
    if (pictures) s.add_picture(model, small_picture(1));
    s.promote(first);
    if (trashed) s.database.trash(std::vector<RecordId>{sha256});
    id = user_data ? s.pending(second, kTexts, {"extra"}) : s.pending(second, "{}", {"lora"});
    if (user_data && pictures) s.add_picture(id, small_picture(2));
  }

  [[nodiscard]] Model model() const { return s.database.model(sha256); }
};

std::vector<std::string> paths(const Model& model) {
  std::vector<std::string> result;
  for (const Location& location : model.locations) result.push_back(location.path);
  return result;
}

ErrorCode code_of(const Job<MigrateHashResult>& job) {
  try {
    (void)job.get();
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.code();
  }
  FAIL("the job should have failed");
  return ErrorCode::Internal;
}

constexpr ConflictPolicy kPolicies[] = {ConflictPolicy::Merge, ConflictPolicy::Report,
                                        ConflictPolicy::Replace, ConflictPolicy::Keep,
                                        ConflictPolicy::Discard};

}  // namespace

TEST_SUITE("Promotion") {
  TEST_CASE("a record becomes a model with everything that it had, under every policy") {
    for (const ConflictPolicy policy : kPolicies) {
      CAPTURE(conflict_policy_name(policy));
      MigrationStore s;
      const std::string path = s.file("a b.bin", "hello");
      const auto id = s.pending(path, R"({"description":"d","n":1.0})", {"lora", "anime"});
      const PendingRecord before = s.database.pending(id);
      for (unsigned i = 0; i < 4; ++i) s.add_picture(id, small_picture(i, test::kKinds[i]));

      const auto result = s.hash(path, policy);
      CHECK(result.sha256 == digest_of("hello"));
      CHECK(result.size_bytes == 5);
      CHECK(result.migrated);
      CHECK_FALSE(result.conflict);
      CHECK_FALSE(result.mismatch);
      CHECK_FALSE(s.has_pending(id));

      const Model model = s.database.model(result.sha256);
      CHECK(model.name == before.name);
      CHECK(model.type == "loras");
      CHECK(model.size_bytes == 5);
      CHECK(model.created_at == before.created_at);
      CHECK(model.verified);
      CHECK_FALSE(model.trashed);
      CHECK(model.metadata == R"({"description":"d","n":1.0})");
      CHECK(model.tags == before.tags);
      REQUIRE(model.locations.size() == 1);
      CHECK(model.locations[0] == Location{path, path, LocationState::Present, true});
      REQUIRE(model.previews.size() == 4);
      const char* formats[] = {"png", "jpeg", "webp", "gif"};
      for (std::size_t i = 0; i < 4; ++i) {
        CHECK(model.previews[i].source_format == formats[i]);
        CHECK(model.previews[i].width == 64);
      }
      CHECK(s.problems().empty());
    }
  }

  TEST_CASE("a record without user data joins the model as a location, under every policy") {
    for (const bool trashed : {false, true})
      for (const ConflictPolicy policy : kPolicies) {
        CAPTURE(conflict_policy_name(policy));
        const Twin twin(false, trashed);
        const Model before = twin.model();
        const auto result = twin.s.hash(twin.second, policy);
        CHECK(result.migrated);
        CHECK_FALSE(result.conflict);
        CHECK_FALSE(twin.s.has_pending(twin.id));
        const Model after = twin.model();
        CHECK(paths(after) == std::vector{twin.first, twin.second});
        CHECK(after.trashed == trashed);
        CHECK(after.metadata == before.metadata);
        CHECK(after.tags == before.tags);
        CHECK(twin.s.problems().empty());
      }
  }

  TEST_CASE("merge fills, unites and appends, keeps what differs, and takes the model out of the trash") {
    for (const bool trashed : {false, true}) {
      const Twin twin(true, trashed, true);
      const auto result = twin.s.hash(twin.second, ConflictPolicy::Merge);
      CHECK(result.migrated);
      REQUIRE(result.conflict);
      CHECK(result.conflict->pending_id == twin.id);
      CHECK(result.conflict->pending_path == twin.second);
      CHECK(result.conflict->existing_path == twin.first);
      CHECK(result.conflict->resolution == ConflictPolicy::Merge);
      CHECK_FALSE(twin.s.has_pending(twin.id));
      const Model model = twin.model();
      CHECK_FALSE(model.trashed);
      CHECK(model.metadata == R"({"description":"from the model","merged_from":[{"path":")" + twin.second +
                                  R"(","description":"from the record"}]})");
      CHECK(test::names(model.tags) == std::vector<std::string>{"base", "extra"});
      CHECK(paths(model) == std::vector{twin.first, twin.second});
      REQUIRE(model.previews.size() == 2);
      CHECK(model.previews[0].files[0].sha256 != model.previews[1].files[0].sha256);
      CHECK(twin.s.problems().empty());
    }
  }

  TEST_CASE("report and keep leave both as they are and note the hash") {
    for (const bool trashed : {false, true})
      for (const ConflictPolicy policy : {ConflictPolicy::Report, ConflictPolicy::Keep}) {
        const Twin twin(true, trashed, true);
        const Model before = twin.model();
        const auto result = twin.s.hash(twin.second, policy);
        CHECK_FALSE(result.migrated);
        REQUIRE(result.conflict);
        CHECK(result.conflict->resolution == policy);
        CHECK(twin.model() == before);
        const PendingRecord record = twin.s.database.pending(twin.id);
        CHECK(record.hash_state == HashState::Computed);
        CHECK(record.sha256 == twin.sha256);
        CHECK(record.pictures.size() == 1);
        CHECK(record.metadata == kTexts);
        CHECK(twin.s.problems().empty());
      }
  }

  TEST_CASE("replace puts the record's texts, tags and pictures in place of the model's") {
    for (const bool trashed : {false, true}) {
      const Twin twin(true, trashed, true);
      const Preview old = twin.model().previews.at(0);
      const auto result = twin.s.hash(twin.second, ConflictPolicy::Replace);
      CHECK(result.migrated);
      CHECK(result.conflict->resolution == ConflictPolicy::Replace);
      const Model model = twin.model();
      CHECK_FALSE(model.trashed);
      CHECK(model.name == "second.bin");
      CHECK(model.metadata == kTexts);
      CHECK(test::names(model.tags) == std::vector<std::string>{"extra"});
      CHECK(paths(model) == std::vector{twin.first, twin.second});
      REQUIRE(model.previews.size() == 1);
      CHECK(model.previews[0].id != old.id);
      CHECK_FALSE(std::filesystem::exists(twin.s.root() / "images" / old.files[0].name));
      CHECK(twin.s.problems().empty());
    }
  }

  TEST_CASE("replace leaves the model what the record has nothing for") {
    MigrationStore s;
    const std::string first = s.file("1", "x");
    const auto model_record = s.pending(first, R"({"description":"d"})", {"base"});
    s.add_picture(model_record, small_picture(1));
    const Sha256 sha256 = s.promote(first);
    const std::string second = s.file("2", "x");
    s.pending(second, R"({"community_links":"l"})");
    (void)s.hash(second, ConflictPolicy::Replace);
    const Model model = s.database.model(sha256);
    CHECK(model.metadata == R"({"community_links":"l","description":"d"})");
    CHECK(test::names(model.tags) == std::vector<std::string>{"base"});
    CHECK(model.previews.size() == 1);
    CHECK(s.problems().empty());
  }

  TEST_CASE("discard removes the record with its pictures and gives the model the location alone") {
    for (const bool trashed : {false, true}) {
      const Twin twin(true, trashed, true);
      const Model before = twin.model();
      const auto result = twin.s.hash(twin.second, ConflictPolicy::Discard);
      CHECK_FALSE(result.migrated);
      CHECK(result.conflict->resolution == ConflictPolicy::Discard);
      CHECK_FALSE(twin.s.has_pending(twin.id));
      const Model model = twin.model();
      CHECK(model.trashed == trashed);
      CHECK(model.metadata == before.metadata);
      CHECK(model.tags == before.tags);
      CHECK(model.previews == before.previews);
      CHECK(paths(model) == std::vector{twin.first, twin.second});
      CHECK(twin.s.problems().empty());
    }
  }

  TEST_CASE("a record that was kept is promoted once the policy lets it") {
    const Twin twin(true);
    (void)twin.s.hash(twin.second, ConflictPolicy::Keep);
    CHECK(twin.s.hash(twin.second, ConflictPolicy::Merge).migrated);
    CHECK_FALSE(twin.s.has_pending(twin.id));
  }

  TEST_CASE("a picture that cannot be decoded keeps the record, and the reason names it") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const auto id = s.pending(path, kTexts);
    s.add_picture(id, small_picture(1), "good.png");
    test::Bytes cut = small_picture(2);
    cut.resize(cut.size() / 2);
    s.add_picture(id, cut, "cut.png");
    CHECK(code_of(ReactiveMigrator(s.store).hash(path)) == ErrorCode::BadImage);
    const PendingRecord record = s.database.pending(id);
    REQUIRE(record.last_error);
    CHECK(record.last_error->code == ErrorCode::BadImage);
    CHECK(record.last_error->message.find("cut.png") != std::string::npos);
    CHECK(record.pictures.size() == 2);
    CHECK_FALSE(s.has_model(digest_of("x")));
    CHECK(s.problems().empty());
  }

  TEST_CASE("a pending picture whose file was changed or removed keeps the record") {
    for (const bool removed : {false, true}) {
      MigrationStore s;
      const std::string path = s.file("a", "x");
      const auto id = s.pending(path);
      s.add_picture(id, small_picture(1), "p.png");
      const auto file = s.root() / "images/pending" / s.database.pending(id).pictures.at(0).file_name;
      if (removed)
        std::filesystem::remove(file);
      else
        test::write_file(file, "something else");
      const ErrorCode code = code_of(ReactiveMigrator(s.store).hash(path));
      CHECK(code == (removed ? ErrorCode::FileMissing : ErrorCode::BadImage));
      CHECK(s.database.pending(id).last_error->message.find("p.png") != std::string::npos);
    }
  }

  TEST_CASE("a claim that was wrong is reported and the record promoted under the computed hash") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const auto id = s.pending(path);
    s.claim_pending(id, digest_of("y"));
    const auto result = s.hash(path);
    CHECK(result.migrated);
    REQUIRE(result.mismatch);
    CHECK(result.mismatch->record == RecordId::pending(id));
    CHECK(result.mismatch->claimed == digest_of("y"));
    CHECK(result.mismatch->computed == digest_of("x"));
    CHECK_FALSE(result.mismatch->rekeyed);
    CHECK_FALSE(s.has_model(digest_of("y")));
    CHECK(s.has_model(digest_of("x")));
  }

  TEST_CASE("a claim that was right is no mismatch") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    s.claim_pending(s.pending(path), digest_of("x"));
    CHECK_FALSE(s.hash(path).mismatch);
  }

  TEST_CASE("a verified model that was at the record's path misses its file from then on") {
    MigrationStore s;
    const std::string path = s.file("a", "old content");
    s.pending(path);
    const Sha256 former = s.promote(path);
    s.file("a", "new content!");
    // As an import of another catalogue leaves it.
    const auto id = s.store.core()->write([&](catalog::WriteTransaction& transaction) {
      catalog::PendingRow row;
      row.path = path;
      row.name = "a";
      const auto added = catalog::insert_pending(transaction.db(), row);
      transaction.pending_changed(added, ChangeKind::Created);
      return added;
    });
    const auto report = s.migrate({RecordId::pending(id)});
    CHECK(report.promoted_ids == std::vector{id});
    REQUIRE(s.database.model(former).locations.size() == 1);
    CHECK(s.database.model(former).locations[0].state == LocationState::Missing);
    CHECK(s.database.model(digest_of("new content!")).locations[0].state == LocationState::Present);
    CHECK(s.problems().empty());
  }

  TEST_CASE("of sixteen promotions of one record exactly one takes place") {
    for (const bool pictures : {false, true}) {
      MigrationStore s;
      const std::string path = s.file("a", "x");
      const auto id = s.pending(path, kTexts, {"anime"});
      if (pictures) s.add_picture(id, small_picture(1));
      std::vector<Store> stores;
      for (int i = 0; i < 3; ++i) stores.push_back(Store::open(s.root()));
      std::atomic<int> won = 0;
      std::atomic<int> refused = 0;
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < 16; ++i)
        threads.emplace_back([&, i] {
          const Store& store = i % 4 == 3 ? s.store : stores[i % 4];
          try {
            detail::StoreCore& core = *store.core();
            detail::TypedJobState<int> state;
            const runtime::JobControl control(state);
            hashing::Digested digested =
                hashing::digest_file(&core, core.executor(), control, path, false, {});
            migration::Promotion promotion(core, control, id, path, std::move(digested),
                                           ConflictPolicy::Merge);
            journal::perform_one(core, promotion.draft());
            ++won;
          } catch (const Error& error) {
            if (error.code() == ErrorCode::Conflict) ++refused;
          }
        });
      for (std::thread& thread : threads) thread.join();
      CHECK(won == 1);
      CHECK(refused == 15);
      const Model model = s.database.model(digest_of("x"));
      CHECK(model.previews.size() == (pictures ? 1 : 0));
      CHECK(model.metadata == kTexts);
      CHECK(s.problems().empty());
    }
  }

  TEST_CASE("a name that a person gave is not lost when the record joins a model") {
    Twin twin(false);
    twin.s.database.edit(RecordId::pending(twin.id), {.name = "My favourite"});
    SUBCASE("it is kept beside the model's by a merge") {
      CHECK(twin.s.migrate({RecordId::pending(twin.id)}, ConflictPolicy::Merge).merged_ids.size() == 1);
      CHECK(twin.model().name == "first.bin");
      CHECK(twin.model().metadata.find(R"("name":"My favourite")") != std::string::npos);
    }
    SUBCASE("a report leaves the record as it is") {
      CHECK(twin.s.migrate({RecordId::pending(twin.id)}, ConflictPolicy::Report).conflicts.size() == 1);
      CHECK(twin.s.database.pending(twin.id).name == "My favourite");
    }
    CHECK(twin.s.problems().empty());
  }

  TEST_CASE("an operation that this process could not undo does not block its record") {
    MigrationStore s;
    const std::string path = s.file("a", "x");
    const std::int64_t id = s.pending(path);
    const auto leave_claim = [&] {
      const std::int64_t operation = s.store.core()->write([&](catalog::WriteTransaction& transaction) {
        const std::int64_t made =
            journal::insert_operation(transaction.db(), s.store.core()->owner(), "promotion", false);
        catalog::set_pending_operation(transaction.db(), id, made);
        return made;
      });
      s.store.core()->leave_operation(operation);
    };
    leave_claim();
    (void)ImageProcessor(s.store).add(RecordId::pending(id), small_picture(1));
    leave_claim();
    CHECK(s.hash(path).migrated);
    CHECK(s.database.model(digest_of("x")).previews.size() == 1);
    CHECK(s.problems().empty());
  }
}
