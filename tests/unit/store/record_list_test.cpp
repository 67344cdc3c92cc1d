#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

using namespace modelstore;
using test::error_of;

namespace {

/// Forty records of both kinds with equal keys among them.
struct Fixture {
  test::TempDir dir;
  Store store = Store::open(dir / "store", {.create = true});
  Database database{store};

  Fixture() {
    std::mt19937 random(7);
    const auto pick = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
    for (int i = 0; i < 40; ++i) {
      const std::string name =
          std::string(1, static_cast<char>((pick(2) == 0 ? 'a' : 'A') + pick(4))) + "-model";
      const std::string path = "/models/" + std::to_string(i) + ".safetensors";
      const std::string type = pick(2) == 0 ? "loras" : "vae";
      const std::vector<TagRef> tags = {pick(2) == 0 ? "red" : "green", "all"};
      if (i % 2 == 0) {
        Sha256::Bytes bytes{};
        bytes[0] = static_cast<std::uint8_t>(i + 1);
        database.add_model({.sha256 = Sha256(bytes),
                            .path = path,
                            .name = name,
                            .type = type,
                            .size_bytes = pick(5),
                            .created_at = 100 + pick(5),
                            .tags = tags});
      } else {
        (void)database.add_pending({.path = path,
                                    .name = name,
                                    .type = type,
                                    .size_bytes = pick(5),
                                    .created_at = 100 + pick(5),
                                    .tags = tags});
      }
    }
  }
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool in_order(const RecordSummary& a, const RecordSummary& b, SortKey sort) {
  switch (sort) {
    case SortKey::Name:
      return lower(a.name) <= lower(b.name);
    case SortKey::Size:
      return a.size_bytes <= b.size_bytes;
    case SortKey::Created:
      return a.created_at <= b.created_at;
    case SortKey::Type:
      return std::pair(a.type, lower(a.name)) <= std::pair(b.type, lower(b.name));
  }
  return false;
}

}  // namespace

TEST_SUITE("Database::list") {
  TEST_CASE_FIXTURE(Fixture, "pages in every order show every record once, in order") {
    for (const StateFilter state : {StateFilter::Active, StateFilter::Pending, StateFilter::All})
      for (const SortKey sort : {SortKey::Name, SortKey::Size, SortKey::Created, SortKey::Type})
        for (const SortOrder order : {SortOrder::Ascending, SortOrder::Descending})
          for (const std::int64_t limit : {1, 3, 7, 100}) {
            RecordQuery query{.filter = {.state = state}, .sort = sort, .order = order, .limit = limit};
            std::vector<RecordSummary> all;
            do {
              const RecordPage page = database.list(query);
              CHECK(page.total == (state == StateFilter::All ? 40 : 20));
              CHECK(std::ssize(page.records) <= limit);
              all.insert(all.end(), page.records.begin(), page.records.end());
              query.cursor = page.next_cursor;
            } while (!query.cursor.empty() && all.size() < 100);
            std::vector<RecordId> ids;
            for (const RecordSummary& record : all) ids.push_back(record.id);
            std::sort(ids.begin(), ids.end());
            CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
            CHECK(ids.size() == (state == StateFilter::All ? 40 : 20));
            for (std::size_t i = 1; i < all.size(); ++i)
              CHECK((order == SortOrder::Ascending ? in_order(all[i - 1], all[i], sort)
                                                   : in_order(all[i], all[i - 1], sort)));
          }
  }

  TEST_CASE_FIXTURE(Fixture, "records added and removed between two pages disturb nothing else") {
    const RecordPage first = database.list({.filter = {.state = StateFilter::All}, .limit = 10});
    (void)database.trash(std::vector<RecordId>{first.records.back().id});
    (void)database.add_pending({.path = "/new/first.pt", .name = "0 comes first"});
    const RecordPage second =
        database.list({.filter = {.state = StateFilter::All}, .limit = 100, .cursor = first.next_cursor});
    CHECK(second.records.size() == 30);
    CHECK(second.next_cursor.empty());
  }

  TEST_CASE_FIXTURE(Fixture, "filters combine, and facets agree with the lists") {
    for (const StateFilter state : {StateFilter::Active, StateFilter::Pending, StateFilter::All}) {
      const RecordPage all = database.list({.filter = {.state = state}, .limit = 100});
      const auto count = [&](const auto& matches) {
        return std::count_if(all.records.begin(), all.records.end(), matches);
      };
      const auto has = [](const RecordSummary& record, std::string_view name) {
        return std::any_of(record.tags.begin(), record.tags.end(),
                           [&](const Tag& tag) { return tag.name == name; });
      };
      const auto total = [&](RecordFilter filter) {
        filter.state = state;
        const RecordPage page = database.list({.filter = filter, .limit = 100});
        CHECK(page.total == std::ssize(page.records));
        CHECK(database.facets(filter).total == page.total);
        return page.total;
      };
      CHECK(total({.type = "loras"}) == count([](const auto& r) { return r.type == "loras"; }));
      CHECK(total({.tags = {"red"}}) == count([&](const auto& r) { return has(r, "red"); }));
      CHECK(total({.tags = {"red", "all"}}) == total({.tags = {"red"}}));
      CHECK(total({.tags = {"red", "green"}}) == 0);
      CHECK(total({.tags = {"no such tag"}}) == 0);
      CHECK(total({.not_tags = {"red"}}) == count([&](const auto& r) { return !has(r, "red"); }));
      CHECK(total({.not_tags = {"no such tag"}}) == all.total);
      CHECK(total({.not_tags = {"all"}}) == 0);
      CHECK(total({.type = "vae", .tags = {"green"}, .text = "A-MODEL"}) == count([&](const auto& r) {
              return r.type == "vae" && has(r, "green") && lower(r.name)[0] == 'a';
            }));
      const Facets facets = database.facets({.state = state});
      std::int64_t typed = 0;
      for (const TypeCount& type : facets.types) typed += type.count;
      CHECK(typed == all.total);
      CHECK(facets.tags.front().tag.name == "all");
      CHECK(facets.tags.front().count == all.total);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "a query may ask for so much at once, and not for more") {
    constexpr std::size_t kMost = 100;
    std::string words;
    for (std::size_t word = 0; word < kMost; ++word) words += word % 2 == 0 ? "model " : "a ";
    const std::vector<std::string> red(kMost, "red");
    const std::vector<std::string> green(kMost, "green");
    const RecordFilter most = {.state = StateFilter::All, .tags = red, .not_tags = green, .text = words};
    for (const SortKey sort : {SortKey::Name, SortKey::Type}) {
      const RecordPage page = database.list({.filter = most, .sort = sort, .limit = 1});
      CHECK(page.total > 1);
      CHECK(database.list({.filter = most, .sort = sort, .cursor = page.next_cursor}).total == page.total);
    }
    CHECK(database.facets(most).total > 1);
    std::vector<std::string> more = red;
    more.emplace_back("red");
    for (const RecordFilter& filter : {RecordFilter{.tags = more}, RecordFilter{.not_tags = more},
                                       RecordFilter{.text = words + "model"}}) {
      CHECK(error_of([&] { return database.list({.filter = filter}); }) == ErrorCode::LimitExceeded);
      CHECK(error_of([&] { return database.facets(filter); }) == ErrorCode::LimitExceeded);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "limits and cursors that are wrong are refused") {
    for (const std::int64_t limit : {-1, 0, 10'001})
      CHECK(error_of([&] { return database.list({.limit = limit}); }) == ErrorCode::InvalidArgument);
    const std::string cursor = database.list({.limit = 5}).next_cursor;
    CHECK(error_of([&] { return database.list({.sort = SortKey::Size, .cursor = cursor}); }) ==
          ErrorCode::InvalidArgument);
    CHECK(error_of([&] { return database.list({.order = SortOrder::Descending, .cursor = cursor}); }) ==
          ErrorCode::InvalidArgument);
    for (const char* text :
         {"x", "0a", "0a.0.0.0..zz", "0a.7.1.1..", "0a.0.1.1..ff", "'; DROP TABLE models; --"})
      CHECK(error_of([&, text = text] { return database.list({.cursor = text}); }) ==
            ErrorCode::InvalidArgument);
  }
}

TEST_SUITE("search") {
  struct Searched {
    test::TempDir dir;
    Store store = Store::open(dir / "store", {.create = true});
    Database database{store};
    std::int64_t found(const std::string& text) {
      return database.list({.filter = {.state = StateFilter::All, .text = text}}).total;
    }
  };

  TEST_CASE_FIXTURE(Searched, "all terms match in any order, in any field, inside of words") {
    (void)database.add_pending({.path = "/models/loras/Great_Dragon-v2.safetensors",
                                .name = "Great Dragon",
                                .metadata = R"({"description":"Breathes \"FIRE\" and ice"})",
                                .tags = {"fantasy art"}});
    for (const char* text :
         {"dragon", "DRAG", "rago", "fire great", "great_dragon", "great-dragon v2", "ice fantasy",
          "/models/loras", "\"fire\"", "art", "v2", "d", "dragon-v2.safe", "  dragon  "})
      CHECK_MESSAGE(found(text) == 1, text);
    for (const char* text :
         {"dragons", "firegreat", "water", "dragon water", "zz", "%", "*", "drag*n", "' OR 1=1"})
      CHECK_MESSAGE(found(text) == 0, text);
    CHECK(found("") == 1);
    CHECK(found("   ") == 1);
  }

  TEST_CASE_FIXTURE(Searched, "case is folded beyond ASCII, and short words of other scripts are found") {
    (void)database.add_pending({.path = "/m/1.pt", .name = "Ünïcode ПРИВЕТ 動物園"});
    for (const char* text : {"ünÏCODE", "привет", "動物", "物", "動物園", "Ü"})
      CHECK_MESSAGE(found(text) == 1, text);
    for (const char* text : {"unicode", "動園"}) CHECK_MESSAGE(found(text) == 0, text);
  }

  TEST_CASE_FIXTURE(Searched, "the index follows every edit") {
    const std::int64_t id = database.add_pending({.path = "/m/1.pt", .name = "before"});
    CHECK(found("before") == 1);
    database.edit(RecordId::pending(id), {.name = "after", .add_tags = {"tagged"}});
    CHECK(found("before") == 0);
    CHECK(found("after tagged") == 1);
    (void)database.trash(std::vector<RecordId>{RecordId::pending(id)});
    CHECK(found("after") == 0);
    (void)database.empty_trash();
    CHECK(database.list({.filter = {.state = StateFilter::Trash, .text = "after"}}).total == 0);
  }

  TEST_CASE_FIXTURE(Searched, "very long terms are compared whole") {
    const std::string word(3000, 'q');
    (void)database.add_pending({.path = "/m/1.pt", .name = word});
    CHECK(found(word) == 1);
    CHECK(found(word + "x") == 0);
    CHECK(found(std::string(100'000, 'q')) == 0);
  }
}
