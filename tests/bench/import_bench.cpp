// Imports a large legacy catalogue into a new store, beside SQLite copying the same rows as they are.
//
//   modelstore_bench_import [MODELS [LINKS_PER_MODEL]]      100,000 and 5 unless given

#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

#include "bench/table.hpp"
#include "modelstore/legacy_importer.hpp"
#include "support/legacy_connection.hpp"
#include "support/legacy_store.hpp"
#include "support/temp_dir.hpp"

namespace {

/// What a program without this library would do: the rows into tables that are keyed by the hash's text.
double copy_with_sqlite(const std::filesystem::path& legacy, const std::filesystem::path& target) {
  const auto start = bench::Clock::now();
  test::LegacyConnection database(target);
  database.execute("ATTACH '" + legacy.string() + "' AS legacy");
  database.execute(R"sql(
    PRAGMA journal_mode = WAL;
    CREATE TABLE models(sha256 TEXT PRIMARY KEY, path TEXT, name TEXT, type TEXT, size_bytes INTEGER,
      created_at INTEGER, metadata TEXT);
    CREATE TABLE tags(id INTEGER PRIMARY KEY, name TEXT UNIQUE, color TEXT);
    CREATE TABLE model_tags(sha256 TEXT, tag_id INTEGER, PRIMARY KEY (sha256, tag_id));
    CREATE TABLE pending_import(id INTEGER PRIMARY KEY, path TEXT UNIQUE, name TEXT, type TEXT,
      size_bytes INTEGER, created_at INTEGER, metadata TEXT);
    CREATE TABLE pending_model_tags(id INTEGER, tag_id INTEGER, PRIMARY KEY (id, tag_id));
    BEGIN;
    INSERT INTO tags SELECT id, name, color FROM legacy.tags;
    INSERT OR IGNORE INTO models SELECT hash_hex, path, name, type, size_bytes, created_at, extra_json
      FROM legacy.models WHERE hash_hex <> '';
    INSERT INTO pending_import SELECT id, path, name, type, size_bytes, created_at, extra_json
      FROM legacy.models WHERE hash_hex = '';
    INSERT OR IGNORE INTO model_tags SELECT hash_hex, tag_id FROM legacy.model_tags JOIN legacy.models
      ON id = model_id WHERE hash_hex <> '';
    INSERT INTO pending_model_tags SELECT id, tag_id FROM legacy.model_tags JOIN legacy.models
      ON id = model_id WHERE hash_hex = '';
    COMMIT;
  )sql");
  return bench::seconds_since(start);
}

void measure(std::int64_t models, int links) {
  const test::TempDir folder;
  test::LegacyStore legacy(folder / "legacy");
  test::LegacyFill fill;
  fill.models = models;
  fill.links_per_model = links;
  legacy.fill(fill);
  legacy.close();
  const double memory_before = bench::peak_memory();

  const modelstore::Store store = modelstore::Store::open(folder / "store", {.create = true});
  modelstore::LegacyImporter importer(store);
  const modelstore::LegacyImportOptions options{.database = legacy.database()};
  const auto start = bench::Clock::now();
  const auto job = importer.import(options);
  double rows_done = 0;
  while (!job.wait_for(std::chrono::milliseconds(5)))
    if (rows_done == 0 && job.progress().done == static_cast<std::uint64_t>(models))
      rows_done = bench::seconds_since(start);
  const double all_done = bench::seconds_since(start);
  const double memory = bench::peak_memory();
  if (job.get().models_read != models || job.get().links != models * links)
    throw std::runtime_error("not all rows were imported");
  const auto again = bench::Clock::now();
  if (importer.import(options).get().unchanged != models) throw std::runtime_error("a row came twice");
  const double second = bench::seconds_since(again);
  const double peer = copy_with_sqlite(legacy.database(), folder / "copy.db");

  const std::string what = std::to_string(models) + " models, " + std::to_string(models * links) + " links";
  bench::print_row(what + ": rows", bench::text(rows_done, "s"), bench::text(peer, "s"), rows_done / peer,
                   "<= 0.5 x SQLite's own copy, at a million");
  bench::print_row("with the indexes of lists and search", bench::text(all_done, "s"), bench::text(peer, "s"),
                   all_done / peer, models == 100'000 ? "<= 5 s" : "");
  bench::print_row("the same again, nothing new", bench::text(second, "s"), "");
  bench::print_row("memory of the import (before: " + bench::text(memory_before, "MiB)"),
                   bench::text(memory, "MiB"), "<= 256 MiB");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 3) {
    std::fputs("usage: modelstore_bench_import [MODELS [LINKS_PER_MODEL]]\n", stderr);
    return 2;
  }
  bench::print_head();
  measure(argc > 1 ? std::stoll(argv[1]) : 100'000, argc > 2 ? std::stoi(argv[2]) : 5);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "modelstore_bench_import: %s\n", error.what());
  return 1;
}
