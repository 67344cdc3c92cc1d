/// What tests of imports share: a legacy store, a store, and one call from the one into the other.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "modelstore/database.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/legacy_importer.hpp"
#include "modelstore/store.hpp"
#include "support/legacy_store.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

namespace test {

inline modelstore::Store new_store(const std::filesystem::path& root) {
  modelstore::StoreOptions options;
  options.create = true;
  options.threads = 2;
  return modelstore::Store::open(root, options);
}

/// A valid hash of one repeated digit.
inline std::string hash_of(char digit) {
  return std::string(64, digit);
}

inline modelstore::Sha256 sha256_of(char digit) {
  return modelstore::Sha256::from_hex(hash_of(digit));
}

inline std::string picture(unsigned seed, Kind kind = Kind::Png) {
  const Bytes bytes = encode(photo(40, 30, seed), kind);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A row without its type as a tag, so that tests see only the tags that they give.
inline LegacyModel plain_model(std::string path, std::string hash = {}) {
  LegacyModel model;
  model.path = std::move(path);
  model.hash = std::move(hash);
  model.type_tag = false;
  return model;
}

inline std::vector<std::string> names_of(const std::vector<modelstore::Tag>& tags) {
  std::vector<std::string> names;
  for (const modelstore::Tag& tag : tags) names.push_back(tag.name);
  return names;
}

inline bool adds_up(const modelstore::ImportReport& report) {
  return report.models_read ==
             report.active + report.pending + report.merged + report.unchanged + report.skipped &&
         report.skipped == static_cast<std::int64_t>(report.skipped_rows.size());
}

/// The note about a field; fails the test if there is none.
inline const modelstore::ImportConflict* find_note(const modelstore::ImportReport& report,
                                                   const std::string& field) {
  const auto found = std::find_if(report.conflicts.begin(), report.conflicts.end(),
                                  [&](const auto& note) { return note.field == field; });
  return found == report.conflicts.end() ? nullptr : &*found;
}

/// The two stores of one test.
struct ImportFixture {
  TempDir dir;
  LegacyStore legacy{dir / "old"};
  modelstore::Store store = new_store(dir / "root");

  modelstore::LegacyImportOptions options() const {
    modelstore::LegacyImportOptions result;
    result.database = legacy.database();
    return result;
  }

  /// Closes the legacy store and imports it.
  modelstore::ImportReport import() { return import(options()); }
  modelstore::ImportReport import(const modelstore::LegacyImportOptions& with) {
    legacy.close();
    return modelstore::LegacyImporter(store).import(with).get();
  }

  modelstore::ErrorCode error_of_import(const modelstore::LegacyImportOptions& with) {
    legacy.close();
    try {
      (void)modelstore::LegacyImporter(store).import(with).get();
    } catch (const modelstore::Error& error) {
      return error.code();
    }
    return modelstore::ErrorCode{};
  }

  modelstore::Database database() const { return modelstore::Database(store); }
};

}  // namespace test
