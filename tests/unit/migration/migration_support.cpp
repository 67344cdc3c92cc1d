#include "migration_support.hpp"

#include <algorithm>
#include <set>

#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/search_text.hpp"
#include "catalog/store_core.hpp"
#include "digest/sha256_engine.hpp"
#include "image/tier_maker.hpp"
#include "journal/operation.hpp"
#include "journal/recovery.hpp"
#include "preview/preview_writer.hpp"

namespace test {

using namespace modelstore;

MigrationStore::MigrationStore()
    : store(Store::open(dir_ / "store", {.create = true, .threads = 4})), database(store) {}

std::string MigrationStore::file(std::string_view name, std::string_view content) const {
  return write_file(dir_ / "models" / name, content).string();
}

std::int64_t MigrationStore::pending(const std::string& path, const std::string& metadata,
                                     const std::vector<TagRef>& tags) const {
  return Database(store).add_pending({.path = path, .type = "loras", .metadata = metadata, .tags = tags});
}

void MigrationStore::claim(const Sha256& sha256, const std::string& path, const std::string& metadata,
                           const std::vector<TagRef>& tags) const {
  Database(store).add_model({.sha256 = sha256,
                             .path = path,
                             .name = std::filesystem::path(path).filename().string(),
                             .type = "loras",
                             .metadata = metadata,
                             .tags = tags});
}

void MigrationStore::claim_pending(std::int64_t id, const Sha256& sha256) const {
  store.core()->write([&](catalog::WriteTransaction& transaction) {
    auto row = catalog::require_pending(transaction.db(), id);
    row.hash_state = HashState::Claimed;
    row.sha256 = sha256;
    catalog::update_pending(transaction.db(), row);
    transaction.pending_changed(id);
  });
}

void MigrationStore::add_picture(std::int64_t pending_id, const Bytes& picture,
                                 const std::string& name) const {
  detail::StoreCore& core = *store.core();
  journal::Staging staging(core);
  auto original = preview::stage_original(staging, picture, image::PictureFormat::Png, name);
  journal::Draft draft;
  draft.kind = "test picture";
  draft.prepare = [&](catalog::WriteTransaction& transaction, std::int64_t) {
    return std::vector{preview::publication_of_original(transaction, original)};
  };
  draft.commit = [&](catalog::WriteTransaction& transaction) {
    preview::append_original_row(transaction.db(), pending_id, original);
    transaction.pending_changed(pending_id);
    return std::vector<journal::Removal>{};
  };
  journal::perform_one(core, std::move(draft));
}

void MigrationStore::add_preview(const Sha256& model, const Bytes& picture) const {
  detail::StoreCore& core = *store.core();
  journal::Staging staging(core);
  auto staged = preview::stage_preview(staging, image::make_tiers(picture, {}), picture);
  journal::Draft draft;
  draft.kind = "test preview";
  draft.prepare = [&](catalog::WriteTransaction& transaction, std::int64_t) {
    return preview::publications(transaction, staged, model);
  };
  draft.commit = [&](catalog::WriteTransaction& transaction) {
    const auto row = catalog::require_model(transaction.db(), model);
    (void)preview::append_preview_row(transaction.db(), row.id, staged);
    transaction.model_changed(row.id, model);
    return std::vector<journal::Removal>{};
  };
  journal::perform_one(core, std::move(draft));
}

Sha256 MigrationStore::promote(const std::string& path) const {
  return hash(path).sha256;
}

MigrationReport MigrationStore::migrate(const std::vector<RecordId>& ids, ConflictPolicy policy) const {
  return ReactiveMigrator(store).migrate(ids, {.policy = policy}).get();
}

MigrateHashResult MigrationStore::hash(const std::string& path, ConflictPolicy policy) const {
  return ReactiveMigrator(store).hash(path, {.policy = policy}).get();
}

bool MigrationStore::has_pending(std::int64_t id) const {
  return catalog::find_pending(*store.core()->reader(), id).has_value();
}

bool MigrationStore::has_model(const Sha256& sha256) const {
  return catalog::find_model(*store.core()->reader(), sha256).has_value();
}

std::vector<std::string> MigrationStore::problems() const {
  detail::StoreCore& core = *store.core();
  const auto reader = core.reader();
  std::vector<std::string> problems;
  const auto check = [&](const platform::Directory& folder, bool pending) {
    std::set<std::string> known;
    const auto expect = [&](const std::string& name, std::int64_t size, const Sha256& sha256) {
      known.insert(name);
      try {
        const auto bytes = folder.read(name, 1 << 30);
        if (static_cast<std::int64_t>(bytes.size()) != size || digest::sha256_of(bytes) != sha256)
          problems.push_back(name + " differs");
      } catch (const Error& error) {
        problems.emplace_back(error.what());
      }
    };
    if (pending) {
      sqlite::Statement ids = reader->statement("SELECT id FROM pending_import");
      while (ids.step())
        for (const PendingPicture& picture : catalog::pending_pictures_of(*reader, ids.integer(0)))
          expect(picture.file_name, picture.size_bytes, picture.sha256);
    } else {
      sqlite::Statement ids = reader->statement("SELECT id, sha256 FROM models");
      while (ids.step())
        for (const Preview& preview : catalog::previews_of(*reader, ids.integer(0), ids.sha256(1)))
          for (const TierFile& tier : preview.files) expect(tier.name, tier.size_bytes, tier.sha256);
    }
    for (const auto& entry : folder.entries())
      if (entry.kind != platform::FileKind::Directory && !known.contains(entry.name))
        problems.push_back(entry.name + " has no row");
  };
  check(core.images(), false);
  check(core.pending_images(), true);
  for (const char* sql : {"SELECT count(*) FROM operations", "SELECT count(*) FROM operation_files",
                          "SELECT count(*) FROM pending_import WHERE operation_id IS NOT NULL",
                          "SELECT count(*) FROM pragma_foreign_key_check"})
    if (reader->integer(sql) != 0) problems.push_back(std::string("not 0: ") + sql);
  if (!catalog::stale_documents(*reader).empty()) problems.emplace_back("stale search documents");
  for (const auto& owner : core.staging().entries())
    if (!core.staging().subdirectory(owner.name).entries().empty())
      problems.push_back("staging of " + owner.name);
  return problems;
}

Sha256 digest_of(std::string_view content) {
  return digest::sha256_of(std::as_bytes(std::span(content)));
}

std::vector<std::string> names(const std::vector<Tag>& tags) {
  std::vector<std::string> result;
  for (const Tag& tag : tags) result.push_back(tag.name);
  return result;
}

Bytes small_picture(unsigned seed, Kind kind) {
  return encode(photo(64, 48, seed), kind);
}

}  // namespace test
