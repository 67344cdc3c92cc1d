/// Rows of `tags` and their links. As for models: the caller's connection, and the caller tells of the
/// change.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "modelstore/database.hpp"
#include "modelstore/records.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// Bytes in the name of a tag.
inline constexpr std::size_t kMaxTagName = 1024;

[[nodiscard]] std::optional<Tag> find_tag(const sqlite::Connection& database, std::int64_t id);
[[nodiscard]] std::optional<Tag> find_tag(const sqlite::Connection& database, std::string_view name);

/// Under `tag.id` if that is not 0 and free, else under a new id, which is returned.
std::int64_t insert_tag(const sqlite::Connection& database, const Tag& tag);

/// By name.
[[nodiscard]] std::vector<Tag> all_tags(const sqlite::Connection& database);

/// Errors: NotFound, AlreadyExists (the name), InvalidArgument.
void update_tag(const sqlite::Connection& database, std::int64_t id, const std::optional<std::string>& name,
                const std::optional<std::string>& color);

/// Removes the tag and its links.
void delete_tag(const sqlite::Connection& database, std::int64_t id);

/// Trims and checks a name. Errors: InvalidArgument (blank, too long, not UTF-8).
[[nodiscard]] std::string checked_tag_name(std::string_view name);

/// The tag that is meant; one that is named and does not exist is created. Errors: NotFound (an id),
/// InvalidArgument (a name).
[[nodiscard]] std::int64_t resolve_tag(const sqlite::Connection& database, const TagRef& tag);

/// By name.
[[nodiscard]] std::vector<Tag> tags_of_model(const sqlite::Connection& database, std::int64_t model_id);
[[nodiscard]] std::vector<Tag> tags_of_pending(const sqlite::Connection& database, std::int64_t pending_id);

/// Links a record with tags and returns how many of the links are new.
std::int64_t link_model_tags(const sqlite::Connection& database, std::int64_t model_id,
                             std::span<const std::int64_t> tag_ids);
std::int64_t link_pending_tags(const sqlite::Connection& database, std::int64_t pending_id,
                               std::span<const std::int64_t> tag_ids);

/// True if the link is new.
bool link_model_tag(const sqlite::Connection& database, std::int64_t model_id, std::int64_t tag_id);
bool link_pending_tag(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t tag_id);
void unlink_model_tag(const sqlite::Connection& database, std::int64_t model_id, std::int64_t tag_id);
void unlink_pending_tag(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t tag_id);
void unlink_model_tags(const sqlite::Connection& database, std::int64_t model_id);
void unlink_pending_tags(const sqlite::Connection& database, std::int64_t pending_id);

/// Gives the model all tags of the pending record that it lacks.
void copy_tags_to_model(const sqlite::Connection& database, std::int64_t pending_id, std::int64_t model_id);

/// The tags of many records, each tag read once. Used within one transaction, by one thread.
class TagReader {
 public:
  /// `database` outlives the object.
  explicit TagReader(const sqlite::Connection& database) noexcept : database_(database) {}

  /// By name.
  [[nodiscard]] std::vector<Tag> of_model(std::int64_t model_id);
  [[nodiscard]] std::vector<Tag> of_pending(std::int64_t pending_id);

 private:
  [[nodiscard]] std::vector<Tag> read(std::string_view ids, std::int64_t record_id);

  const sqlite::Connection& database_;
  std::unordered_map<std::int64_t, Tag> known_;
};

}  // namespace modelstore::catalog
