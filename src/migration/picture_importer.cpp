#include "migration/picture_importer.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

#include "base/utf8.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "decode/picture_decoder.hpp"
#include "digest/sha256_engine.hpp"
#include "image/picture_format.hpp"
#include "journal/operation.hpp"
#include "migration/picture_reference.hpp"
#include "preview/interruptible_tiers.hpp"
#include "preview/preview_writer.hpp"

namespace modelstore::migration {
namespace {

using catalog::ImportImage;
using catalog::ImportImageState;

/// Pictures that are published together.
constexpr std::int64_t kBatch = 32;
/// Passes over the pictures whose record was being promoted when it was their turn.
constexpr int kPasses = 5;
constexpr std::chrono::milliseconds kBetweenPasses{100};

/// The picture's record is not what it was when the picture was prepared.
struct RecordChanged : Error {
  RecordChanged() : Error(ErrorCode::Conflict, "the record of a picture is being changed") {}
};

/// The picture is not to be stored any more.
struct Dropped : Error {
  Dropped() : Error(ErrorCode::NotFound, "the record of a picture is gone") {}
};

/// Why a picture is not imported, as a value.
struct Refused {
  std::string reason;
};

/// The file that a reference means. Nothing if there is none. Throws Refused for what may not be read.
std::optional<std::string> find_file(const platform::Directory& folder, std::string_view reference) {
  const std::vector<std::string> names = picture_file_names(reference);
  if (names.empty()) throw Refused{"the reference names no file"};
  bool found_other = false;
  for (const std::string& name : names) {
    const auto info = folder.stat(name);
    if (!info) continue;
    if (info->kind == platform::FileKind::Regular) return name;
    found_other = true;
  }
  if (found_other) throw Refused{"not a regular file, or a link"};
  return std::nullopt;
}

}  // namespace

/// One picture on its way.
struct PictureImporter::Item {
  ImportImage image;
  ImportImageState state = ImportImageState::ToDo;
  std::string reason;  // of a failure
  Sha256 source;       // digest of the file
  bool known = false;  // another import has brought the same picture
  std::unique_ptr<journal::Staging> staging;
  std::optional<preview::StagedPreview> preview;
  std::optional<preview::StagedOriginal> original;
  Sha256 named_after;  // the model's digest that the files of a preview bear

  [[nodiscard]] bool is_staged() const noexcept { return preview || original; }

  /// Throws if the picture is not wanted any more, or if its record became or becomes another.
  void check(const sqlite::Connection& database) const {
    const auto now = catalog::find_import_image_to_do(database, image.id);
    if (!now) throw Dropped();
    if (now->record != image.record) throw RecordChanged();
    if (now->record.pending && catalog::require_pending(database, now->record.id).operation_id)
      throw RecordChanged();
  }

  void stage(detail::StoreCore& core, const runtime::JobControl& control,
             const std::shared_ptr<const std::vector<std::byte>>& picture, const std::string& name) {
    if (image.record.pending) {
      const image::PictureFormat format = preview::check_decodable_interruptibly(core, control, picture);
      staging = std::make_unique<journal::Staging>(core);
      original = preview::stage_original(*staging, *picture, format, base::printable(name));
    } else {
      const TierSet tiers = preview::make_tiers_interruptibly(core, control, picture);
      staging = std::make_unique<journal::Staging>(core);
      preview = preview::stage_preview(*staging, tiers, *picture);
    }
  }

  [[nodiscard]] std::vector<journal::Publication> publications(catalog::WriteTransaction& transaction) {
    if (original) return {preview::publication_of_original(transaction, *original)};
    const auto model = catalog::find_model(transaction.db(), image.record.id);
    if (!model) throw RecordChanged();
    named_after = model->sha256;
    return preview::publications(transaction, *preview, named_after);
  }

  void write_row(catalog::WriteTransaction& transaction) {
    const sqlite::Connection& db = transaction.db();
    if (original) {
      preview::insert_original_row(db, image.record.id, image.position, *original);
      transaction.pending_changed(image.record.id);
    } else {
      const auto model = catalog::find_model(db, image.record.id);
      if (!model || model->sha256 != named_after) throw RecordChanged();
      preview::insert_preview_row(db, image.record.id, image.position, *preview);
      transaction.model_changed(image.record.id, model->sha256);
    }
    catalog::set_import_image_done(db, image.id, source);
  }
};

PictureImporter::PictureImporter(detail::StoreCore& core, ImportTarget& target,
                                 std::optional<platform::Directory> folder,
                                 const runtime::JobControl& control, ImportReport& report)
    : core_(core), target_(target), folder_(std::move(folder)), control_(control), report_(report) {}

void PictureImporter::run(std::int64_t import) {
  import_ = import;
  progress_ = {.done = 0, .total = 0, .unit = ProgressUnit::Pictures};
  target_.read([&](const sqlite::Connection& database) {
    progress_.total = static_cast<std::uint64_t>(catalog::count_import_images_to_do(database, import));
    has_other_imports_ = catalog::has_other_imports(database, import);
  });
  if (progress_.total == 0) return;
  control_.set_progress(progress_);
  if (!folder_) report_.conflicts.push_back({0, "images", "there is no folder of pictures", {}, {}});

  std::vector<ImportImage> images;
  for (std::int64_t after = 0;; after = images.back().id) {
    target_.read([&](const sqlite::Connection& database) {
      images = catalog::import_images_to_do(database, import_, after, kBatch);
    });
    if (images.empty()) break;
    process(images);
  }
  for (int pass = 0; !again_.empty(); ++pass) {
    if (pass == kPasses)
      throw Error(ErrorCode::Busy, "records of pictures are being promoted: import again to add the rest");
    std::this_thread::sleep_for(kBetweenPasses);
    images.clear();
    target_.read([&](const sqlite::Connection& database) {
      for (const std::int64_t id : std::exchange(again_, {}))
        if (auto image = catalog::find_import_image_to_do(database, id)) images.push_back(std::move(*image));
    });
    process(images);
  }
}

void PictureImporter::process(std::vector<ImportImage> images) {
  std::vector<Item> items(images.size());
  for (std::size_t i = 0; i < items.size(); ++i) items[i].image = std::move(images[i]);
  if (!folder_) {
    for (Item& item : items) item.state = ImportImageState::Missing;
  } else {
    core_.executor().for_each(control_, items.size(), 0, [&](std::size_t index) { prepare(items[index]); });
    if (target_.is_dry_run()) mark_known(items);
  }
  control_.throw_if_cancelled();
  publish(items);
  settle(items);
  progress_.done += items.size();
  control_.set_progress(progress_);
}

/// Reads, decodes and stages one picture, on a worker; a dry run stages nothing. What is wrong with the picture becomes its state;
/// what is wrong with the store is thrown.
void PictureImporter::prepare(Item& item) const {
  const auto fail = [&](std::string reason) {
    item.state = ImportImageState::Failed;
    item.reason = std::move(reason);
  };
  std::string name;
  std::shared_ptr<const std::vector<std::byte>> picture;
  try {
    auto found = find_file(*folder_, item.image.reference);
    if (!found) {
      item.state = ImportImageState::Missing;
      return;
    }
    name = std::move(*found);
    picture = std::make_shared<const std::vector<std::byte>>(
        folder_->read(name, core_.options().previews.max_source_bytes));
  } catch (const Refused& refused) {
    return fail(refused.reason);
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  item.source = digest::sha256_of(*picture);
  if (has_other_imports_ && !target_.is_dry_run() &&
      catalog::imported_elsewhere(*core_.reader(), import_, item.image.record, item.source)) {
    item.known = true;
    return;
  }
  try {
    if (target_.is_dry_run()) {
      // Not by way of the store, which would remember a crash.
      (void)decode::check_decodable(*picture, core_.options().previews,
                                    [this] { return control_.cancelled(); });
      item.state = ImportImageState::Done;
    } else {
      item.stage(core_, control_, picture, name);
    }
  } catch (const Error& error) {
    switch (error.code()) {
      case ErrorCode::UnsupportedFormat:
      case ErrorCode::BadImage:
      case ErrorCode::LimitExceeded:
      case ErrorCode::DecoderCrashed:
      case ErrorCode::OutOfMemory:
        return fail(error.what());
      default:
        throw;
    }
  } catch (const std::bad_alloc&) {
    return fail("memory ran out");
  }
}

/// What a dry run finds among the pictures that other imports have brought into its copy of the catalogue.
void PictureImporter::mark_known(std::span<Item> items) const {
  if (!has_other_imports_) return;
  target_.read([&](const sqlite::Connection& database) {
    for (Item& item : items) {
      if (item.state != ImportImageState::Done && item.state != ImportImageState::Failed) continue;
      item.known = catalog::imported_elsewhere(database, import_, item.image.record, item.source);
      if (item.known) item.state = ImportImageState::ToDo;
    }
  });
}

void PictureImporter::publish(std::span<Item> items) {
  std::vector<journal::Draft> drafts;
  std::vector<Item*> drafted;
  for (Item& item : items) {
    if (!item.is_staged()) continue;
    drafted.push_back(&item);
    journal::Draft& draft = drafts.emplace_back();
    draft.kind = "import a picture";
    draft.prepare = [&item](catalog::WriteTransaction& transaction, std::int64_t) {
      item.check(transaction.db());
      return item.publications(transaction);
    };
    draft.commit = [&item](catalog::WriteTransaction& transaction) {
      item.check(transaction.db());
      item.write_row(transaction);
      return std::vector<journal::Removal>();
    };
  }
  if (drafts.empty()) return;
  const std::vector<std::exception_ptr> errors = journal::perform(core_, drafts);
  std::exception_ptr fatal;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    try {
      if (errors[i]) std::rethrow_exception(errors[i]);
      drafted[i]->state = ImportImageState::Done;
    } catch (const RecordChanged&) {
      again_.push_back(drafted[i]->image.id);
      --progress_.done;
    } catch (const Dropped&) {  // Deleted by the user, or stored by another process.
    } catch (...) {
      fatal = std::current_exception();
    }
  }
  if (fatal) std::rethrow_exception(fatal);
}

void PictureImporter::settle(std::span<const Item> items) {
  bool changed = false;
  for (const Item& item : items) {
    changed = changed || item.known || item.state != item.image.state;
    switch (item.state) {
      case ImportImageState::Done:
        ++report_.images_imported;
        break;
      case ImportImageState::Missing:
        ++report_.images_missing;
        if (folder_)
          report_.conflicts.push_back({item.image.legacy_id,
                                       "images",
                                       "no such file in the pictures folder",
                                       {},
                                       item.image.reference});
        break;
      case ImportImageState::Failed:
        ++report_.images_failed;
        report_.conflicts.push_back({item.image.legacy_id, "images", item.reason, {}, item.image.reference});
        break;
      case ImportImageState::ToDo:
        break;
    }
  }
  if (!changed || target_.is_dry_run()) return;
  target_.write([&](catalog::WriteTransaction& transaction) {
    for (const Item& item : items) {
      if (item.known)
        catalog::set_import_image_done(transaction.db(), item.image.id, item.source);
      else if (item.state == ImportImageState::Missing || item.state == ImportImageState::Failed)
        catalog::set_import_image_state(transaction.db(), item.image.id, item.state);
    }
  });
}

}  // namespace modelstore::migration
