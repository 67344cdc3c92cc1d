// Takes over the catalogue of an older model manager, hashes what that never hashed, and looks at the result.

#include <chrono>
#include <fstream>
#include <iostream>
#include <modelstore/modelstore.hpp>

namespace ms = modelstore;

// Shows how far a job has come until it is done, and returns its result.
template <class T>
T watch(const ms::Job<T>& job) {
  while (!job.wait_for(std::chrono::milliseconds(200))) {
    const ms::Progress progress = job.progress();
    std::cerr << '\r' << progress.done << " of " << progress.total << std::flush;
  }
  return job.get();
}

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::cerr << "usage: quickstart DATA LEGACY_DB WORDS\n";
    return 2;
  }
  // One folder holds the catalogue and the pictures.
  const ms::Store store = ms::Store::open(argv[1], {.create = true});

  // Stage 1: rows with a hash become models at once, the others wait as pending records.
  ms::LegacyImporter importer(store);
  const ms::ImportReport imported = watch(importer.import({.database = argv[2]}));
  std::cout << imported.active << " models, " << imported.pending << " pending records\n";

  // Stage 2: every file that waits is hashed, and becomes a model as soon as its hash is known.
  ms::ReactiveMigrator migrator(store);
  const ms::MigrationReport migrated = watch(migrator.migrate_all());
  std::cout << migrated.promoted_ids.size() << " promoted, " << migrated.merged_ids.size() << " merged\n";
  for (const ms::MigrationFailure& failure : migrated.failed) std::cout << failure.error << '\n';

  // Lists show models and pending records alike.
  const ms::Database database(store);
  const ms::RecordFilter filter = {.state = ms::StateFilter::All, .text = argv[3]};
  const ms::RecordPage page = database.list({.filter = filter, .sort = ms::SortKey::Size});
  std::cout << page.total << " found\n";

  const ms::ImageProcessor images(store);
  for (const ms::RecordSummary& record : page.records) {
    std::cout << record.id.to_string() << "  " << record.name << '\n';
    if (record.id.is_pending() || record.images_count == 0) continue;
    const ms::Preview preview = images.previews(record.id.sha256()).front();
    const std::vector<std::byte> webp = images.read(preview.id, ms::Tier::Medium);
    std::ofstream file(preview.file(ms::Tier::Medium).name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(webp.data()), static_cast<std::streamsize>(webp.size()));
  }
} catch (const ms::Error& error) {
  std::cerr << "quickstart: " << error.what() << " (" << ms::error_code_name(error.code()) << ")\n";
  return 1;
}
