#include "store/trash_emptying.hpp"

#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/record_filter.hpp"
#include "journal/operation.hpp"
#include "preview/preview_writer.hpp"

namespace modelstore::store {
namespace {

/// Records that one operation removes: bounds how long the writer lock is held.
constexpr std::int64_t kRecordsInStep = 500;

void append(std::vector<journal::Removal>& all, std::vector<journal::Removal> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void remove_model(catalog::WriteTransaction& transaction, std::int64_t id,
                  std::vector<journal::Removal>& files) {
  const sqlite::Connection& db = transaction.db();
  const auto model = catalog::find_model(db, id);
  if (!model) return;
  for (const catalog::ImageRow& image : catalog::images_of(db, id)) {
    append(files, preview::removals_of_preview(model->sha256, image));
    catalog::delete_image(db, image.id);
  }
  transaction.model_deleted(id, model->sha256);
  catalog::delete_model(db, id);
}

void remove_pending(catalog::WriteTransaction& transaction, std::int64_t id,
                    std::vector<journal::Removal>& files) {
  const sqlite::Connection& db = transaction.db();
  for (const catalog::PendingImageRow& image : catalog::pending_images_of(db, id)) {
    files.push_back(preview::removal_of_original(image));
    catalog::delete_pending_image(db, image.id);
  }
  transaction.pending_deleted(id);
  catalog::delete_pending(db, id);
}

}  // namespace

std::int64_t empty_trash(detail::StoreCore& core) {
  RecordFilter trash;
  trash.state = StateFilter::Trash;
  std::int64_t removed = 0;
  while (true) {
    std::int64_t in_step = 0;
    journal::Draft draft;
    draft.kind = "empty trash";
    draft.commit = [&](catalog::WriteTransaction& transaction) {
      const auto records = catalog::select_records(transaction.db(), trash, kRecordsInStep);
      in_step = std::ssize(records);
      std::vector<journal::Removal> files;
      for (const catalog::RecordRef& record : records)
        record.pending ? remove_pending(transaction, record.id, files)
                       : remove_model(transaction, record.id, files);
      return files;
    };
    journal::perform_one(core, std::move(draft));
    removed += in_step;
    if (in_step < kRecordsInStep) return removed;
  }
}

}  // namespace modelstore::store
