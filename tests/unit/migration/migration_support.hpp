/// A store with model files, pending records and pictures, for tests of the migrator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "modelstore/database.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "modelstore/store.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

namespace test {

class MigrationStore {
 public:
  MigrationStore();

  [[nodiscard]] const std::filesystem::path& folder() const { return dir_.path(); }
  [[nodiscard]] std::filesystem::path root() const { return dir_ / "store"; }

  /// Writes a model file and returns its path.
  std::string file(std::string_view name, std::string_view content) const;

  /// Adds a record. Its type is "loras".
  std::int64_t pending(const std::string& path, const std::string& metadata = "{}",
                       const std::vector<modelstore::TagRef>& tags = {}) const;

  /// Adds a model that is said to have this hash and to be at `path`.
  void claim(const modelstore::Sha256& sha256, const std::string& path, const std::string& metadata = "{}",
             const std::vector<modelstore::TagRef>& tags = {}) const;

  /// Gives a pending record a hash that a catalogue stated.
  void claim_pending(std::int64_t id, const modelstore::Sha256& sha256) const;

  void add_picture(std::int64_t pending_id, const Bytes& picture, const std::string& name = "picture") const;

  /// As above, without looking at the bytes.
  void add_preview(const modelstore::Sha256& model, const Bytes& picture) const;

  /// Makes the file's record a model by hashing it.
  modelstore::Sha256 promote(const std::string& path) const;

  [[nodiscard]] modelstore::MigrationReport migrate(
      const std::vector<modelstore::RecordId>& ids,
      modelstore::ConflictPolicy policy = modelstore::ConflictPolicy::Report) const;

  [[nodiscard]] modelstore::MigrateHashResult hash(
      const std::string& path, modelstore::ConflictPolicy policy = modelstore::ConflictPolicy::Merge) const;

  [[nodiscard]] bool has_pending(std::int64_t id) const;
  [[nodiscard]] bool has_model(const modelstore::Sha256& sha256) const;

  /// What is wrong between rows and files: one line each. Empty also says that nothing is left in staging or
  /// in the journal.
  [[nodiscard]] std::vector<std::string> problems() const;

 private:
  TempDir dir_;

 public:
  modelstore::Store store;
  modelstore::Database database;
};

/// The digest of a text.
[[nodiscard]] modelstore::Sha256 digest_of(std::string_view content);

/// The names of a record's tags.
[[nodiscard]] std::vector<std::string> names(const std::vector<modelstore::Tag>& tags);

/// A small picture; another seed, another one.
[[nodiscard]] Bytes small_picture(unsigned seed, Kind kind = Kind::Png);

}  // namespace test
