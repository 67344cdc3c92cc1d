/// Reads the catalogue of Hikaze Model Manager from a private copy of its SQLite file.
///
/// The file is somebody else's: its views, triggers and virtual tables never run, generated columns are not
/// read, columns are found by name, and a value may be of any type. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// A value as it is stored. Absent columns are null.
struct LegacyValue {
  sqlite::ValueType type = sqlite::ValueType::Null;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes;  ///< of a text or a blob, whatever they are

  [[nodiscard]] bool is_null() const noexcept { return type == sqlite::ValueType::Null; }
  [[nodiscard]] bool is_text() const noexcept { return type == sqlite::ValueType::Text; }
};

/// What a model is grouped by.
struct LegacyIdentity {
  LegacyValue id;
  LegacyValue hash_hex;
  LegacyValue hash_algo;
  LegacyValue created_at;
};

struct LegacyModelRow {
  LegacyValue id;
  LegacyValue hash_hex;
  LegacyValue hash_algo;
  LegacyValue created_at;
  LegacyValue path;
  LegacyValue name;
  LegacyValue type;
  LegacyValue size_bytes;
  LegacyValue meta_json;
  LegacyValue extra_json;
};

struct LegacyTag {
  LegacyValue id;
  LegacyValue name;
  LegacyValue color;
};

class LegacyReader {
 public:
  /// Checks that the database, a copy that may be written and outlives this object, is such a catalogue and
  /// sound. `name` stands in messages.
  /// Errors: UnsupportedFormat, Corrupt.
  LegacyReader(const sqlite::Connection& database, std::string name);

  [[nodiscard]] std::int64_t count_models() const;

  /// The largest id of a model, and of a tag, that is at most `limit`; 0 if there is none.
  [[nodiscard]] std::int64_t largest_model_id(std::int64_t limit) const;

  /// Rows in the order of their ids. Values are valid until the next call.
  class Identities {
   public:
    explicit Identities(sqlite::Statement query) : query_(std::move(query)) {}
    [[nodiscard]] const LegacyIdentity* next();

   private:
    sqlite::Statement query_;
    LegacyIdentity row_;
  };
  [[nodiscard]] Identities identities() const;

  class Models {
   public:
    explicit Models(sqlite::Statement query) : query_(std::move(query)) {}
    [[nodiscard]] const LegacyModelRow* next();

   private:
    sqlite::Statement query_;
    LegacyModelRow row_;
  };
  [[nodiscard]] Models models() const;

  /// The row with this id; the first if there are several.
  [[nodiscard]] Models model(std::int64_t id) const;

  /// In the order of their ids.
  [[nodiscard]] std::vector<LegacyTag> tags() const;

  /// Ids of the tags that a model is linked with.
  void tags_of(std::int64_t model_id, std::vector<std::int64_t>& tags) const;

  /// Links of models or with tags that do not exist.
  [[nodiscard]] std::int64_t count_dangling_links() const;

 private:
  struct Table {
    bool exists = false;
    bool has_generated_columns = false;
    std::vector<std::string> columns;  // lower case, generated ones left out
    std::string key;                   // the first column of the primary key, lower case
    [[nodiscard]] bool has(std::string_view column) const;
  };

  [[nodiscard]] Table look_at(std::string_view table) const;
  [[nodiscard]] Table look_at(std::string_view table, const std::vector<std::string_view>& needed) const;
  void check_version() const;
  void check_sound(std::string_view table) const;
  [[nodiscard]] std::string column(const Table& table, std::string_view name) const;
  [[noreturn]] void throw_unsupported(const std::string& reason) const;

  const sqlite::Connection& database_;
  std::string name_;
  Table models_;
  Table tags_;
  Table model_tags_;
  std::string identity_columns_;
  std::string model_columns_;
};

}  // namespace modelstore::catalog
