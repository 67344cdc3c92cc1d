#include "modelstore/image_processor.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/utf8.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/pending_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/store_core.hpp"
#include "catalog/text_limits.hpp"
#include "decode/picture_decoder.hpp"
#include "journal/operation.hpp"
#include "journal/recovery.hpp"
#include "journal/settlement.hpp"
#include "preview/guarded_decoding.hpp"
#include "preview/interruptible_tiers.hpp"
#include "preview/picture_file.hpp"
#include "preview/preview_writer.hpp"

namespace modelstore {
namespace {

using catalog::WriteTransaction;

std::string preview_text(std::int64_t id) {
  return "preview " + std::to_string(id);
}
std::string picture_text(std::int64_t id) {
  return "pending picture " + std::to_string(id);
}

/// A record whose pictures may be changed: one that is being promoted may not, since its pictures are being
/// turned into previews.
catalog::PendingRow require_unclaimed(const sqlite::Connection& database, std::int64_t pending) {
  catalog::PendingRow row = catalog::require_pending(database, pending);
  if (row.operation_id)
    throw Error(ErrorCode::Conflict, "pending:" + std::to_string(pending) + " is being promoted");
  return row;
}

/// A preview's row, and the model that its files are named after.
std::pair<catalog::ImageRow, Sha256> require_image(const sqlite::Connection& database, std::int64_t id) {
  const sqlite::Transaction snapshot(database, sqlite::Transaction::Kind::Deferred);
  auto row = catalog::find_image(database, id);
  const auto model = row ? catalog::find_model(database, row->model_id) : std::nullopt;
  if (!model) throw Error(ErrorCode::NotFound, "no " + preview_text(id));
  return {std::move(*row), model->sha256};
}

/// A picture on its way into a store: on the caller's thread, or in a job, which can be cancelled.
class Incoming {
 public:
  explicit Incoming(std::span<const std::byte> bytes) : bytes_(bytes) {}
  Incoming(std::vector<std::byte> bytes, const runtime::JobControl* control)
      : owned_(std::make_shared<const std::vector<std::byte>>(std::move(bytes))),
        bytes_(*owned_),
        control_(control) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  [[nodiscard]] TierSet make_tiers(detail::StoreCore& core) const {
    return control_ != nullptr ? preview::make_tiers_interruptibly(core, *control_, owned_)
                               : preview::make_tiers(core, bytes_);
  }
  [[nodiscard]] image::PictureFormat check_decodable(detail::StoreCore& core) const {
    return control_ != nullptr ? preview::check_decodable_interruptibly(core, *control_, owned_)
                               : preview::check_decodable(core, bytes_);
  }
  void throw_if_cancelled() const {
    if (control_ != nullptr) control_->throw_if_cancelled();
  }

 private:
  std::shared_ptr<const std::vector<std::byte>> owned_;
  std::span<const std::byte> bytes_;
  const runtime::JobControl* control_ = nullptr;
};

std::int64_t add_to_model(detail::StoreCore& core, const Sha256& model, const Incoming& picture) {
  (void)catalog::require_model(*core.reader(), model);
  const TierSet tiers = picture.make_tiers(core);
  journal::Staging staging(core);
  preview::StagedPreview staged = preview::stage_preview(staging, tiers, picture.bytes());
  picture.throw_if_cancelled();
  std::int64_t id = 0;
  journal::Draft draft;
  draft.kind = "add preview";
  draft.prepare = [&](WriteTransaction& transaction, std::int64_t) {
    (void)catalog::require_model(transaction.db(), model);
    return publications(transaction, staged, model);
  };
  draft.commit = [&](WriteTransaction& transaction) {
    const catalog::ModelRow row = catalog::require_model(transaction.db(), model);
    id = append_preview_row(transaction.db(), row.id, staged);
    transaction.model_changed(row.id, model);
    return std::vector<journal::Removal>();
  };
  perform_one(core, std::move(draft));
  return id;
}

std::int64_t add_to_pending(detail::StoreCore& core, std::int64_t pending, const Incoming& picture,
                            const std::string& original_name) {
  // The claim may be one that could not be undone, or one of a process that died since this store was opened.
  if (catalog::require_pending(*core.reader(), pending).operation_id) {
    journal::settle_left(core);
    (void)journal::recover(core);
  }
  (void)require_unclaimed(*core.reader(), pending);
  const image::PictureFormat format = picture.check_decodable(core);
  journal::Staging staging(core);
  preview::StagedOriginal staged = preview::stage_original(staging, picture.bytes(), format, original_name);
  picture.throw_if_cancelled();
  journal::Draft draft;
  draft.kind = "add pending picture";
  draft.prepare = [&](WriteTransaction& transaction, std::int64_t) {
    (void)require_unclaimed(transaction.db(), pending);
    return std::vector{publication_of_original(transaction, staged)};
  };
  draft.commit = [&](WriteTransaction& transaction) {
    (void)require_unclaimed(transaction.db(), pending);
    append_original_row(transaction.db(), pending, staged);
    transaction.pending_changed(pending);
    return std::vector<journal::Removal>();
  };
  perform_one(core, std::move(draft));
  return staged.id;
}

std::int64_t add_picture(detail::StoreCore& core, const RecordId& record, const Incoming& picture,
                         const std::string& original_name) {
  core.check_writable();
  catalog::check_text("name of the picture", original_name, catalog::kMaxName);
  const std::int64_t max_bytes = core.options().previews.max_source_bytes;
  if (std::ssize(picture.bytes()) > max_bytes)
    throw Error(ErrorCode::LimitExceeded, "the picture has " + std::to_string(picture.bytes().size()) +
                                              " bytes, more than " + std::to_string(max_bytes));
  return record.is_model() ? add_to_model(core, record.sha256(), picture)
                           : add_to_pending(core, record.number(), picture, original_name);
}

bool is_about_picture(ErrorCode code) noexcept {
  return code == ErrorCode::UnsupportedFormat || code == ErrorCode::BadImage ||
         code == ErrorCode::LimitExceeded || code == ErrorCode::DecoderCrashed;
}

/// `control`: of the job that adds it; null on the caller's thread.
std::int64_t add_file(detail::StoreCore& core, const RecordId& record, const std::filesystem::path& path,
                      const runtime::JobControl* control = nullptr) {
  core.check_writable();
  const Incoming picture(preview::read_picture_file(path, core.options().previews.max_source_bytes), control);
  const std::string name = preview::original_name_of(path);
  try {
    return add_picture(core, record, picture, name);
  } catch (const Error& error) {
    if (!is_about_picture(error.code())) throw;
    throw Error(error.code(), base::printable(path.native()) + ": " + error.what());
  }
}

/// Positions by id, for the order that the caller asked for.
/// Errors: InvalidArgument if `ids` are not all of `known`, each once.
template <class Row>
std::map<std::int64_t, std::int64_t> new_positions(const std::vector<Row>& known,
                                                   const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, std::int64_t> positions;
  for (const std::int64_t id : ids) positions.emplace(id, static_cast<std::int64_t>(positions.size()));
  const bool complete =
      positions.size() == ids.size() && positions.size() == known.size() &&
      std::all_of(known.begin(), known.end(), [&](const Row& row) { return positions.contains(row.id); });
  if (!complete)
    throw Error(ErrorCode::InvalidArgument, "the new order is not made of the record's " +
                                                std::to_string(known.size()) + " pictures, each once");
  return positions;
}

/// The file's bytes. Between the row and the file the picture may be removed or get another name: `find` is
/// asked again if the file is not there.
template <class Find>
std::vector<std::byte> read_found(const platform::Directory& folder, Find find) {
  for (int attempt = 0;; ++attempt) {
    const auto& [name, size] = find();
    try {
      std::vector<std::byte> bytes = folder.read(name, size);
      if (static_cast<std::int64_t>(bytes.size()) == size) return bytes;
      throw Error(ErrorCode::Io, (folder.path() / name).string() + " is shorter than its row says");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::LimitExceeded)
        throw Error(ErrorCode::Io, (folder.path() / name).string() + " is longer than its row says");
      if (error.code() != ErrorCode::FileMissing || attempt > 0) throw;
    }
  }
}

}  // namespace

TierSet ImageProcessor::make_tiers(std::span<const std::byte> picture, const PreviewOptions& options) {
  return decode::make_tiers(picture, options);
}

ImageProcessor::ImageProcessor(const Store& store) : core_(store.core()) {}

detail::StoreCore& ImageProcessor::core() const {
  return detail::core_of(core_, "image processor");
}

std::int64_t ImageProcessor::add(const RecordId& record, const std::filesystem::path& picture) {
  return add_file(core(), record, picture);
}

std::int64_t ImageProcessor::add(const RecordId& record, std::span<const std::byte> picture,
                                 const std::string& original_name) {
  return add_picture(core(), record, Incoming(picture), original_name);
}

Job<std::int64_t> ImageProcessor::add_async(const RecordId& record, std::filesystem::path picture) {
  core().check_writable();
  return core().executor().background<std::int64_t>(
      [core = &core(), record, picture = std::move(picture)](const runtime::JobControl& control) {
        control.set_progress({0, 1, ProgressUnit::Pictures});
        const std::int64_t id = add_file(*core, record, picture, &control);
        control.set_progress({1, 1, ProgressUnit::Pictures});
        return id;
      });
}

std::vector<Preview> ImageProcessor::previews(const Sha256& model) const {
  const auto reader = core().reader();
  const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
  return catalog::previews_of(*reader, catalog::require_model(*reader, model).id, model);
}

std::vector<PendingPicture> ImageProcessor::pending_pictures(std::int64_t pending) const {
  const auto reader = core().reader();
  const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
  (void)catalog::require_pending(*reader, pending);
  return catalog::pending_pictures_of(*reader, pending);
}

std::vector<std::byte> ImageProcessor::read(std::int64_t preview_id, Tier tier) const {
  return read_found(core().images(), [&] {
    const auto [row, model] = require_image(*core().reader(), preview_id);
    return std::pair(catalog::tier_file_name(model, row.seq, tier),
                     row.files[static_cast<std::size_t>(tier)].size_bytes);
  });
}

std::vector<std::byte> ImageProcessor::read_original(std::int64_t preview_id) const {
  return read_found(core().images(), [&] {
    const auto [row, model] = require_image(*core().reader(), preview_id);
    if (!row.original)
      throw Error(ErrorCode::NotFound, "no original was kept of " + preview_text(preview_id));
    return std::pair(catalog::files_of(row, model, row.seq).back().name, row.original->size_bytes);
  });
}

std::vector<std::byte> ImageProcessor::read_pending(std::int64_t picture_id) const {
  return read_found(core().pending_images(), [&] {
    const auto row = catalog::find_pending_image(*core().reader(), picture_id);
    if (!row) throw Error(ErrorCode::NotFound, "no " + picture_text(picture_id));
    return std::pair(catalog::pending_file_name(row->id, row->extension), row->file.size_bytes);
  });
}

void ImageProcessor::reorder(const RecordId& record, const std::vector<std::int64_t>& ids) {
  core().write([&](WriteTransaction& transaction) {
    const sqlite::Connection& database = transaction.db();
    if (record.is_model()) {
      const catalog::ModelRow model = catalog::require_model(database, record.sha256());
      for (const auto& [id, position] : new_positions(catalog::images_of(database, model.id), ids))
        catalog::set_image_position(database, id, position);
      transaction.model_changed(model.id, model.sha256);
    } else {
      const catalog::PendingRow pending = require_unclaimed(database, record.number());
      for (const auto& [id, position] : new_positions(catalog::pending_images_of(database, pending.id), ids))
        catalog::set_pending_image_position(database, id, position);
      transaction.pending_changed(pending.id);
    }
  });
}

void ImageProcessor::remove(const Sha256& model, std::int64_t preview_id) {
  journal::Draft draft;
  draft.kind = "remove preview";
  draft.commit = [&](WriteTransaction& transaction) {
    const catalog::ModelRow owner = catalog::require_model(transaction.db(), model);
    const auto row = catalog::find_image(transaction.db(), preview_id);
    if (!row || row->model_id != owner.id)
      throw Error(ErrorCode::NotFound, "model " + model.hex() + " has no " + preview_text(preview_id));
    catalog::delete_image(transaction.db(), preview_id);
    transaction.model_changed(owner.id, model);
    return preview::removals_of_preview(model, *row);
  };
  perform_one(core(), std::move(draft));
}

void ImageProcessor::remove_pending(std::int64_t pending, std::int64_t picture_id) {
  journal::Draft draft;
  draft.kind = "remove pending picture";
  draft.commit = [&](WriteTransaction& transaction) {
    (void)require_unclaimed(transaction.db(), pending);
    const auto row = catalog::find_pending_image(transaction.db(), picture_id);
    if (!row || row->pending_id != pending)
      throw Error(ErrorCode::NotFound,
                  "pending:" + std::to_string(pending) + " has no " + picture_text(picture_id));
    catalog::delete_pending_image(transaction.db(), picture_id);
    transaction.pending_changed(pending);
    return std::vector{preview::removal_of_original(*row)};
  };
  perform_one(core(), std::move(draft));
}

}  // namespace modelstore
