#include "migration/tag_importer.hpp"

#include <utility>

#include "base/utf8.hpp"
#include "catalog/import_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/tag_rows.hpp"
#include "catalog/text_limits.hpp"
#include "modelstore/error.hpp"

namespace modelstore::migration {
namespace {

constexpr std::size_t kMaxColor = 1024;

bool is_free(const sqlite::Connection& database, std::int64_t id) {
  return id > 0 && id <= catalog::kLargestAdoptedId && !catalog::find_tag(database, id);
}

}  // namespace

TagImporter::TagImporter(const catalog::LegacyReader& reader, ImportReport& report) : report_(report) {
  for (const catalog::LegacyTag& tag : reader.tags()) {
    const std::int64_t id = tag.id.type == sqlite::ValueType::Integer ? tag.id.integer : 0;
    if (tag.id.type != sqlite::ValueType::Integer || sources_.contains(id)) {
      note(id, "tag id", "not a number, or that of another tag", {}, base::printable(tag.name.bytes));
      continue;
    }
    Source source;
    try {
      if (!tag.name.is_text()) throw Error(ErrorCode::InvalidArgument, "a tag's name must be a text");
      source.name = catalog::checked_tag_name(tag.name.bytes);
    } catch (const Error& error) {
      note(id, "tag", error.what(), {}, base::printable(tag.name.bytes));
      continue;
    }
    if (tag.color.is_text() && !tag.color.bytes.empty()) {
      try {
        catalog::check_text("color", tag.color.bytes, kMaxColor);
        source.color = tag.color.bytes;
      } catch (const Error& error) {
        note(id, "tag color", error.what(), {}, base::printable(tag.color.bytes));
      }
    }
    sources_.emplace(id, std::move(source));
    order_.push_back(id);
  }
}

void TagImporter::note(std::int64_t legacy_id, std::string field, std::string reason, std::string kept,
                       std::string lost) {
  report_.conflicts.push_back(
      {legacy_id, std::move(field), std::move(reason), std::move(kept), std::move(lost)});
}

void TagImporter::remember(const sqlite::Connection& database, std::int64_t legacy_id, Tag tag) {
  catalog::insert_import_tag(database, import_, legacy_id, tag.id);
  tags_.insert_or_assign(legacy_id, std::move(tag));
}

bool TagImporter::join(const sqlite::Connection& database, std::int64_t legacy_id, const Source& source) {
  std::optional<Tag> tag = catalog::find_tag(database, std::string_view(source.name));
  if (!tag) return false;
  if (!tag->color && source.color) {
    tag->color = source.color;
    catalog::update_tag(database, tag->id, std::nullopt, source.color);
  } else if (tag->color && source.color && *tag->color != *source.color) {
    note(legacy_id, "tag color", "the tag " + source.name + " has a colour already", *tag->color,
         *source.color);
  }
  remember(database, legacy_id, std::move(*tag));
  return true;
}

void TagImporter::create(const sqlite::Connection& database, std::int64_t legacy_id, const Source& source) {
  Tag tag{legacy_id, source.name, source.color};
  tag.id = catalog::insert_tag(database, tag);
  if (tag.id != legacy_id)
    note(legacy_id, "tag id", "the id of the tag " + source.name + " is taken or out of range",
         std::to_string(tag.id), std::to_string(legacy_id));
  ++report_.tags;
  remember(database, legacy_id, std::move(tag));
}

void TagImporter::begin(const sqlite::Connection& database, std::int64_t import, bool first) {
  import_ = import;
  tags_ = catalog::import_tags(database, import);
  if (!first) return;
  // Tags that need a new id come last, so that they take none that another tag of the source has.
  std::vector<std::int64_t> without_id;
  for (const std::int64_t id : order_) {
    const Source& source = sources_.at(id);
    if (join(database, id, source)) continue;
    if (is_free(database, id))
      create(database, id, source);
    else
      without_id.push_back(id);
  }
  for (const std::int64_t id : without_id)
    if (!join(database, id, sources_.at(id))) create(database, id, sources_.at(id));
}

const Tag* TagImporter::find(const sqlite::Connection& database, std::int64_t legacy_id) {
  if (const auto known = tags_.find(legacy_id); known != tags_.end()) return &known->second;
  const auto source = sources_.find(legacy_id);
  if (source == sources_.end()) return nullptr;
  if (!join(database, legacy_id, source->second)) create(database, legacy_id, source->second);
  return &tags_.at(legacy_id);
}

}  // namespace modelstore::migration
