// Reading the catalogue.

#include "modelstore/database.hpp"

#include "enums.hpp"
#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "options.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::int64_t kUsualChanges = 10'000;

RecordQuery query_of(const modelstore_record_query* query) {
  const auto given = read_options(query);
  RecordQuery result;
  result.filter = filter_of(given.filter);
  result.sort = to_enum(given.sort, SortKey::Type, "no such sort key");
  result.order = to_enum(given.order, SortOrder::Descending, "no such sort order");
  if (given.limit != 0) result.limit = given.limit;
  result.cursor = std::string(view_of(given.cursor));
  return result;
}

modelstore_record_change write_change(Block&, const RecordChange& change) {
  return {.id = to_c(change.id), .revision = change.revision, .kind = to_c(change.kind), .reserved = 0};
}

modelstore_type_count write_type_count(Block& block, const TypeCount& count) {
  return {.type = block.text(count.type), .count = count.count};
}

modelstore_tag_count write_tag_count(Block& block, const TagCount& count) {
  return {.tag = write_tag(block, count.tag), .count = count.count};
}

modelstore_model_preview* make_model_preview(const ModelPreview& found) {
  return make_block<modelstore_model_preview>([&](Block& block) {
    return modelstore_model_preview{
        .block_size = 0, .model = to_c(found.model), .preview = write_preview(block, found.preview)};
  });
}

modelstore_record_id write_found(Block&, const std::optional<RecordId>& id) {
  return to_c(id);
}

}  // namespace

modelstore_status modelstore_database_create(modelstore_store store, modelstore_database* database,
                                             modelstore_error** error) {
  return create_service<DatabaseObject>(store, database, error);
}

modelstore_status modelstore_database_destroy(modelstore_database database, modelstore_error** error) {
  return destroy_handle<DatabaseObject>(database.value, error);
}

modelstore_status modelstore_database_model(modelstore_database database, const modelstore_sha256* sha256,
                                            modelstore_model** model, modelstore_error** error) {
  return answer(error, Out(model), [&] {
    const Model found = use<DatabaseObject>(database.value)->service.model(sha256_of(sha256));
    *model = make_block<modelstore_model>([&](Block& block) { return write_model(block, found); });
  });
}

modelstore_status modelstore_database_pending(modelstore_database database, int64_t id,
                                              modelstore_pending_record** record, modelstore_error** error) {
  return answer(error, Out(record), [&] {
    const PendingRecord found = use<DatabaseObject>(database.value)->service.pending(id);
    *record = make_block<modelstore_pending_record>(
        [&](Block& block) { return write_pending_record(block, found); });
  });
}

modelstore_status modelstore_database_resolve(modelstore_database database, modelstore_text text,
                                              modelstore_record_id* id, modelstore_error** error) {
  return answer(error, Out(id),
                [&] { *id = to_c(use<DatabaseObject>(database.value)->service.resolve(view_of(text))); });
}

modelstore_status modelstore_database_find_by_path(modelstore_database database, modelstore_text path,
                                                   modelstore_record_id* id, int32_t* found,
                                                   modelstore_error** error) {
  return answer(error, Out(id, found), [&] {
    const auto record = use<DatabaseObject>(database.value)->service.find_by_path(path_of(path));
    *id = to_c(record);
    *found = record.has_value();
  });
}

modelstore_status modelstore_database_find_by_paths(modelstore_database database,
                                                    const modelstore_text* paths, uint64_t paths_count,
                                                    modelstore_found_list** found, modelstore_error** error) {
  return answer(error, Out(found), [&] {
    const auto ids = use<DatabaseObject>(database.value)->service.find_by_paths(paths_of(paths, paths_count));
    *found = make_block<modelstore_found_list>([&](Block& block) {
      return modelstore_found_list{
          .block_size = 0, .ids = block.array(ids, write_found), .ids_count = ids.size()};
    });
  });
}

modelstore_status modelstore_database_list(modelstore_database database, const modelstore_record_query* query,
                                           modelstore_record_page** page, modelstore_error** error) {
  return answer(error, Out(page), [&] {
    const RecordPage records = use<DatabaseObject>(database.value)->service.list(query_of(query));
    *page = make_block<modelstore_record_page>([&](Block& block) {
      return modelstore_record_page{.block_size = 0,
                                    .records = block.array(records.records, write_summary),
                                    .records_count = records.records.size(),
                                    .total = records.total,
                                    .next_cursor = block.text(records.next_cursor)};
    });
  });
}

modelstore_status modelstore_database_facets(modelstore_database database,
                                             const modelstore_record_filter* filter,
                                             modelstore_facets** facets, modelstore_error** error) {
  return answer(error, Out(facets), [&] {
    const Facets counted = use<DatabaseObject>(database.value)->service.facets(filter_of(filter));
    *facets = make_block<modelstore_facets>([&](Block& block) {
      return modelstore_facets{.block_size = 0,
                               .total = counted.total,
                               .types = block.array(counted.types, write_type_count),
                               .types_count = counted.types.size(),
                               .tags = block.array(counted.tags, write_tag_count),
                               .tags_count = counted.tags.size()};
    });
  });
}

modelstore_status modelstore_database_types(modelstore_database database, modelstore_text_list** types,
                                            modelstore_error** error) {
  return answer(error, Out(types), [&] {
    const std::vector<std::string> found = use<DatabaseObject>(database.value)->service.types();
    *types = make_block<modelstore_text_list>([&](Block& block) {
      return modelstore_text_list{
          .block_size = 0, .texts = block.array(found, write_text), .texts_count = found.size()};
    });
  });
}

modelstore_status modelstore_database_preview(modelstore_database database, int64_t id,
                                              modelstore_model_preview** preview, modelstore_error** error) {
  return answer(error, Out(preview), [&] {
    *preview = make_model_preview(use<DatabaseObject>(database.value)->service.preview(id));
  });
}

modelstore_status modelstore_database_preview_at(modelstore_database database, const modelstore_sha256* model,
                                                 int64_t position, modelstore_model_preview** preview,
                                                 modelstore_error** error) {
  return answer(error, Out(preview), [&] {
    *preview =
        make_model_preview(use<DatabaseObject>(database.value)->service.preview(sha256_of(model), position));
  });
}

modelstore_status modelstore_database_revision(modelstore_database database, int64_t* revision,
                                               modelstore_error** error) {
  return answer(error, Out(revision),
                [&] { *revision = use<DatabaseObject>(database.value)->service.revision(); });
}

modelstore_status modelstore_database_tags(modelstore_database database, modelstore_tag_list** tags,
                                           modelstore_error** error) {
  return answer(error, Out(tags),
                [&] { *tags = make_tag_list(use<DatabaseObject>(database.value)->service.tags()); });
}

modelstore_status modelstore_database_statistics(modelstore_database database,
                                                 modelstore_statistics** statistics,
                                                 modelstore_error** error) {
  return answer(error, Out(statistics), [&] {
    const Statistics counted = use<DatabaseObject>(database.value)->service.statistics();
    *statistics = make_block<modelstore_statistics>([&](Block&) {
      return modelstore_statistics{.block_size = 0,
                                   .models = counted.models,
                                   .models_unverified = counted.models_unverified,
                                   .pending = counted.pending,
                                   .trashed = counted.trashed,
                                   .locations = counted.locations,
                                   .tags = counted.tags,
                                   .previews = counted.previews,
                                   .pending_pictures = counted.pending_pictures,
                                   .model_bytes = counted.model_bytes,
                                   .pending_bytes = counted.pending_bytes,
                                   .preview_bytes = counted.preview_bytes,
                                   .database_bytes = counted.database_bytes,
                                   .revision = counted.revision,
                                   .schema_version = counted.schema_version};
    });
  });
}

modelstore_status modelstore_database_changes(modelstore_database database, int64_t since, int64_t limit,
                                              modelstore_change_list** changes, modelstore_error** error) {
  return answer(error, Out(changes), [&] {
    const ChangeList list =
        use<DatabaseObject>(database.value)->service.changes(since, limit == 0 ? kUsualChanges : limit);
    *changes = make_block<modelstore_change_list>([&](Block& block) {
      return modelstore_change_list{.block_size = 0,
                                    .revision = list.revision,
                                    .changes = block.array(list.changes, write_change),
                                    .changes_count = list.changes.size()};
    });
  });
}
