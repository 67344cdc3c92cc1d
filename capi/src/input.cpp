#include "input.hpp"

#include "enums.hpp"
#include "options.hpp"

namespace modelstore::capi {

std::string_view view_of(const modelstore_text& text) {
  if (text.size == 0) return {};
  if (!text.data) refuse("a text is null and not empty");
  if (text.size > PTRDIFF_MAX) refuse("a text is longer than memory");
  return {text.data, static_cast<std::size_t>(text.size)};
}

std::optional<std::string> optional_text(const modelstore_text& text) {
  if (!text.data && text.size == 0) return std::nullopt;
  return std::string(view_of(text));
}

std::filesystem::path path_of(const modelstore_text& text) {
  if (!text.data) refuse("a path is null");
  const std::string_view path = view_of(text);
  if (path.find('\0') != std::string_view::npos) refuse("a path holds a zero byte");
  return path;
}

std::span<const std::byte> bytes_of(const modelstore_bytes& bytes) {
  return std::as_bytes(items_of(bytes.data, bytes.size));
}

std::vector<std::string> texts_of(const modelstore_text* first, std::uint64_t count) {
  std::vector<std::string> texts;
  for (const modelstore_text& text : items_of(first, count)) texts.emplace_back(view_of(text));
  return texts;
}

std::vector<std::filesystem::path> paths_of(const modelstore_text* first, std::uint64_t count) {
  const auto texts = items_of(first, count);
  std::vector<std::filesystem::path> paths;
  paths.reserve(texts.size());
  for (const modelstore_text& text : texts) paths.push_back(path_of(text));
  return paths;
}

Sha256 sha256_of(const modelstore_sha256* sha256) {
  if (!sha256) refuse("a digest is null");
  return Sha256(std::to_array(sha256->bytes));
}

RecordId record_id_of(const modelstore_record_id* id) {
  if (!id) refuse("the id of a record is null");
  const Sha256 sha256(std::to_array(id->sha256.bytes));
  if (id->pending == 0) return sha256;
  if (sha256 != Sha256()) refuse("the id of a record is both a digest and a number");
  return RecordId::pending(id->pending);
}

std::vector<RecordId> record_ids_of(const modelstore_record_id* first, std::uint64_t count) {
  std::vector<RecordId> ids;
  for (const modelstore_record_id& id : items_of(first, count)) ids.push_back(record_id_of(&id));
  return ids;
}

std::vector<TagRef> tag_refs_of(const modelstore_tag_ref* first, std::uint64_t count) {
  std::vector<TagRef> refs;
  for (const modelstore_tag_ref& ref : items_of(first, count)) {
    if (ref.id != 0)
      refs.emplace_back(ref.id);
    else
      refs.emplace_back(std::string(view_of(ref.name)));
  }
  return refs;
}

PathMap path_map_of(const modelstore_path_rule* first, std::uint64_t count) {
  PathMap map;
  for (const modelstore_path_rule& rule : items_of(first, count))
    map.push_back({std::string(view_of(rule.from)), std::string(view_of(rule.to))});
  return map;
}

RecordFilter filter_of(const modelstore_record_filter* filter) {
  const auto given = read_options(filter);
  return {.state = to_enum(given.state, StateFilter::Trash, "no such state of records"),
          .type = optional_text(given.type),
          .tags = texts_of(given.tags, given.tags_count),
          .not_tags = texts_of(given.not_tags, given.not_tags_count),
          .text = std::string(view_of(given.text))};
}

}  // namespace modelstore::capi
