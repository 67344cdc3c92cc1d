// Changing the catalogue.

#include "input.hpp"
#include "modelstore.h"
#include "modelstore/database.hpp"
#include "objects.hpp"
#include "options.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

/// A pending record or a model: what both have.
template <class New>
New new_record_of(const modelstore_new_record* record) {
  const auto given = read_required(record);
  New result;
  result.path = std::string(view_of(given.path));
  result.name = std::string(view_of(given.name));
  result.type = std::string(view_of(given.type));
  result.size_bytes = given.size_bytes;
  result.created_at = given.created_at;
  if (auto metadata = optional_text(given.metadata)) result.metadata = std::move(*metadata);
  result.tags = tag_refs_of(given.tags, given.tags_count);
  return result;
}

RecordEdit edit_of(const modelstore_record_edit* edit) {
  const auto given = read_required(edit);
  RecordEdit result;
  result.name = optional_text(given.name);
  result.type = optional_text(given.type);
  result.path = optional_text(given.path);
  result.metadata = optional_text(given.metadata);
  if (given.set_tags != 0) result.tags = tag_refs_of(given.tags, given.tags_count);
  result.add_tags = tag_refs_of(given.add_tags, given.add_tags_count);
  result.remove_tags = tag_refs_of(given.remove_tags, given.remove_tags_count);
  return result;
}

Selection selection_of(const modelstore_selection* selection) {
  const auto given = read_required(selection);
  if (given.filter) return filter_of(given.filter);
  return record_ids_of(given.ids, given.ids_count);
}

modelstore_path_pair write_path_pair(Block& block, const std::pair<std::string, std::string>& pair) {
  return {.from = block.text(pair.first), .to = block.text(pair.second)};
}

}  // namespace

modelstore_status modelstore_database_add_pending(modelstore_database database,
                                                  const modelstore_new_record* record, int64_t* id,
                                                  modelstore_error** error) {
  return answer(error, Out(id), [&] {
    *id = use<DatabaseObject>(database.value)->service.add_pending(new_record_of<NewPending>(record));
  });
}

modelstore_status modelstore_database_add_model(modelstore_database database, const modelstore_sha256* sha256,
                                                const modelstore_new_record* model,
                                                modelstore_error** error) {
  return answer(error, [&] {
    auto added = new_record_of<NewModel>(model);
    added.sha256 = sha256_of(sha256);
    use<DatabaseObject>(database.value)->service.add_model(added);
  });
}

modelstore_status modelstore_database_edit(modelstore_database database, const modelstore_record_id* id,
                                           const modelstore_record_edit* edit, modelstore_error** error) {
  return answer(error,
                [&] { use<DatabaseObject>(database.value)->service.edit(record_id_of(id), edit_of(edit)); });
}

modelstore_status modelstore_database_edit_many(modelstore_database database,
                                                const modelstore_selection* selection,
                                                const modelstore_record_edit* edit, int64_t* count,
                                                modelstore_error** error) {
  give(count, std::int64_t{0});
  return answer(error, [&] {
    give(count,
         use<DatabaseObject>(database.value)->service.edit_many(selection_of(selection), edit_of(edit)));
  });
}

modelstore_status modelstore_database_trash(modelstore_database database,
                                            const modelstore_selection* selection, int64_t* count,
                                            modelstore_error** error) {
  give(count, std::int64_t{0});
  return answer(error, [&] {
    give(count, use<DatabaseObject>(database.value)->service.trash(selection_of(selection)));
  });
}

modelstore_status modelstore_database_restore(modelstore_database database,
                                              const modelstore_selection* selection, int64_t* count,
                                              modelstore_error** error) {
  give(count, std::int64_t{0});
  return answer(error, [&] {
    give(count, use<DatabaseObject>(database.value)->service.restore(selection_of(selection)));
  });
}

modelstore_status modelstore_database_empty_trash(modelstore_database database, int64_t* count,
                                                  modelstore_error** error) {
  give(count, std::int64_t{0});
  return answer(error, [&] { give(count, use<DatabaseObject>(database.value)->service.empty_trash()); });
}

modelstore_status modelstore_database_relocate(modelstore_database database, modelstore_text from,
                                               modelstore_text to, int32_t dry_run,
                                               modelstore_relocate_report** report,
                                               modelstore_error** error) {
  return answer(error, Out(report), [&] {
    const RelocateReport done =
        use<DatabaseObject>(database.value)->service.relocate(view_of(from), view_of(to), dry_run != 0);
    *report = make_block<modelstore_relocate_report>([&](Block& block) {
      return modelstore_relocate_report{.block_size = 0,
                                        .locations = done.locations,
                                        .pending = done.pending,
                                        .examples = block.array(done.examples, write_path_pair),
                                        .examples_count = done.examples.size(),
                                        .conflicts = block.array(done.conflicts, write_text),
                                        .conflicts_count = done.conflicts.size()};
    });
  });
}

modelstore_status modelstore_database_add_tags(modelstore_database database, const modelstore_text* names,
                                               uint64_t names_count, modelstore_tag_list** tags,
                                               modelstore_error** error) {
  return answer(error, Out(tags), [&] {
    *tags =
        make_tag_list(use<DatabaseObject>(database.value)->service.add_tags(texts_of(names, names_count)));
  });
}

modelstore_status modelstore_database_edit_tag(modelstore_database database, int64_t id, modelstore_text name,
                                               modelstore_text color, modelstore_error** error) {
  return answer(error, [&] {
    use<DatabaseObject>(database.value)->service.edit_tag(id, optional_text(name), optional_text(color));
  });
}

modelstore_status modelstore_database_delete_tag(modelstore_database database, int64_t id,
                                                 modelstore_error** error) {
  return answer(error, [&] { use<DatabaseObject>(database.value)->service.delete_tag(id); });
}
