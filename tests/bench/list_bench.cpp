// Lists the first page of a large catalogue in every order and with common filters, beside the best single
// statement for the same on the same file.
//
//   modelstore_bench_list [MODELS]      100,000 unless given

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/table.hpp"
#include "modelstore/modelstore.hpp"
#include "support/legacy_connection.hpp"
#include "support/legacy_store.hpp"
#include "support/temp_dir.hpp"

namespace {

using modelstore::RecordQuery;
using modelstore::SortKey;
using modelstore::StateFilter;

constexpr int kRounds = 60;

struct Case {
  const char* name;
  RecordQuery query;
  const char* peer;  // empty: none
};

RecordQuery sorted(SortKey key, StateFilter state = StateFilter::Active) {
  RecordQuery query;
  query.filter.state = state;
  query.sort = key;
  return query;
}

RecordQuery searched(const char* text) {
  RecordQuery query = sorted(SortKey::Name, StateFilter::All);
  query.filter.text = text;
  return query;
}

RecordQuery tagged(const char* tag) {
  RecordQuery query = sorted(SortKey::Name, StateFilter::All);
  query.filter.tags = {tag};
  return query;
}

/// The page with its tags, previews and total, as one statement.
std::string best_statement(const char* order) {
  return std::string(
             "SELECT m.id, m.name, m.type, m.size_bytes, m.created_at, (SELECT count(*) FROM models WHERE "
             "trashed_at IS NULL), (SELECT count(*) FROM images WHERE model_id = m.id), (SELECT path FROM "
             "locations WHERE model_id = m.id LIMIT 1), (SELECT group_concat(t.id || ' ' || t.name) FROM "
             "model_tags l JOIN tags t ON t.id = l.tag_id WHERE l.model_id = m.id) FROM models m WHERE "
             "m.trashed_at IS NULL ORDER BY ") +
         order + " LIMIT 100";
}

template <class Work>
std::vector<double> times_ms(const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = bench::Clock::now();
    work();
    times.push_back(bench::seconds_since(start) * 1e3);
  }
  return times;
}

void measure(std::int64_t models) {
  const test::TempDir folder;
  test::LegacyStore legacy(folder / "legacy");
  test::LegacyFill fill;
  fill.models = models;
  legacy.fill(fill);
  legacy.close();
  const modelstore::Store store = modelstore::Store::open(folder / "store", {.create = true});
  modelstore::LegacyImporter importer(store);
  (void)importer.import({.database = legacy.database()}).get();
  const modelstore::Database database(store);
  const std::string common_tag = database.facets({.state = StateFilter::All}).tags.at(0).tag.name;

  test::LegacyConnection direct(store.root() / "modelstore.db");
  const std::vector<Case> cases = {
      {"models by name", sorted(SortKey::Name), "m.name COLLATE NOCASE, m.id"},
      {"models by size", sorted(SortKey::Size), "m.size_bytes, m.id"},
      {"models by date", sorted(SortKey::Created), "m.created_at, m.id"},
      {"models by type", sorted(SortKey::Type), "m.type, m.name COLLATE NOCASE, m.id"},
      {"models and pending records by name", sorted(SortKey::Name, StateFilter::All), ""},
      {"models and pending records by size", sorted(SortKey::Size, StateFilter::All), ""},
      {"with the most common tag", tagged(common_tag.c_str()), ""},
      {"a rare word", searched("12345"), ""},
      {"a word that every record has", searched("models"), ""},
      {"two characters", searched("9_"), ""},
  };
  for (const Case& one : cases) {
    std::int64_t total = 0;
    const auto ours = times_ms([&] { total = database.list(one.query).total; });
    const double median = bench::percentile(ours, 0.5);
    const std::string name = std::string(one.name) + " (of " + std::to_string(total) + "), p99 " +
                             bench::text(bench::percentile(ours, 0.99), "ms");
    if (*one.peer == '\0') {
      bench::print_row(name, bench::text(median, "ms"), "<= 20 ms");
      continue;
    }
    const std::string sql = best_statement(one.peer);
    const double peer = bench::percentile(times_ms([&] { direct.execute(sql); }), 0.5);
    bench::print_row(name, bench::text(median, "ms"), bench::text(peer, "ms"), median / peer,
                     "<= 20 ms, <= 1.5 x one statement");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 2) {
    std::fputs("usage: modelstore_bench_list [MODELS]\n", stderr);
    return 2;
  }
  bench::print_head();
  measure(argc > 1 ? std::stoll(argv[1]) : 100'000);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "modelstore_bench_list: %s\n", error.what());
  return 1;
}
