/// What becomes of a model when a pending record, or another model, turns out to have its content.
///
/// Functions that write are called in a WriteTransaction on the caller's connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/store_core.hpp"
#include "hashing/file_digest.hpp"
#include "journal/operation.hpp"
#include "modelstore/reactive_migrator.hpp"

namespace modelstore::migration {

/// What the record that joins a model says.
struct Joining {
  std::string path;
  std::string name;
  std::string type;
  std::int64_t created_at = 0;
  std::string metadata = "{}";
  std::vector<Tag> tags = {};
  bool has_pictures = false;
};

[[nodiscard]] Joining joining_record(const sqlite::Connection& database, const catalog::PendingRow& record);
[[nodiscard]] Joining joining_model(const sqlite::Connection& database, const catalog::ModelRow& model,
                                    std::string path);

/// Whether the record has a name that does not just repeat its file's.
[[nodiscard]] bool has_given_name(const Joining& joining);

/// Whether a tag only repeats the type, as the older manager gives one to every model: the type itself, or
/// its singular. ASCII case does not count.
[[nodiscard]] bool is_type_tag(std::string_view tag, std::string_view type) noexcept;

/// Whether it carries anything of a person's: a name, texts, pictures, tags other than its type.
[[nodiscard]] bool has_user_data(const Joining& joining);

/// Fills what the model lacks. What differs stays as the model has it, and the joining record's value is kept
/// in the metadata: `merged_from` is an array of objects with the `path` of the record and each value that
/// lost, under its key (`description`, `prompts.positive`, `name`). Errors: LimitExceeded.
void merge_texts(catalog::ModelRow& model, const Joining& joining);

/// What the joining record has takes the place of what the model has. Errors: LimitExceeded.
void replace_texts(catalog::ModelRow& model, const Joining& joining);

/// Merge or Replace, without pictures that are added: texts, tags, and the way out of the trash are written.
/// Returns the files of previews that were replaced. The caller tells of the change.
/// Errors: LimitExceeded.
[[nodiscard]] std::vector<journal::Removal> join(catalog::WriteTransaction& transaction,
                                                 catalog::ModelRow model, const Joining& joining,
                                                 ConflictPolicy policy);

/// Notes that the library found the model's content at `path`. Another model that was thought to be there
/// loses the location, or misses its content there from now on if it had been verified.
void put_verified_location(catalog::WriteTransaction& transaction, std::int64_t model_id,
                           std::string_view path, const hashing::Digested& digested);

/// Marks the model as verified with the size of the file.
void set_verified(const sqlite::Connection& database, std::int64_t model_id,
                  const hashing::Digested& digested);

}  // namespace modelstore::migration
