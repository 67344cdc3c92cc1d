/// Previews: pictures of models in three WebP tiers, and the originals that wait with pending records.
///
/// A picture is decoded once. The high tier holds at most `PreviewOptions::max_pixels`, the others are
/// made from the high tier's pixels; nothing is ever enlarged. Tiers are sRGB with 8 bits a channel,
/// upright, with transparency kept, show the first frame, and carry no metadata. What the picture said
/// about itself (PNG text chunks, EXIF UserComment, XMP, together at most 4 MiB) is kept as a JSON object
/// with its preview: keys are the chunks' keywords, `exif:UserComment` and `xmp`. With
/// `PreviewOptions::keep_originals` the file itself is kept, too.
///
/// PNG, JPEG, WebP and GIF are recognised by their first bytes, never by their name. Anything else is
/// refused, as is a truncated picture, or one whose header announces more pixels than allowed.
///
/// An ImageProcessor is a cheap handle: any number may exist, each may be used from any thread at once.
/// Decoding runs on the calling thread; the functions that return a Job run on the store's threads. With
/// `PreviewOptions::isolated` it runs in a process of its own, for which the calling thread waits.
///
/// Errors of a picture: UnsupportedFormat, BadImage, LimitExceeded, OutOfMemory; if decoding is isolated also
/// DecoderCrashed, and Unsupported if the decoder's program cannot be used. Errors of its file: FileMissing,
/// FileUnreadable, NotRegularFile, Io. Errors of everything that changes a store: as for Database.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "modelstore/job.hpp"
#include "modelstore/records.hpp"
#include "modelstore/store.hpp"

namespace modelstore {

/// One encoded tier.
struct EncodedTier {
  std::int32_t width = 0;  ///< pixels
  std::int32_t height = 0;
  std::vector<std::byte> webp;
};

/// A picture in three tiers, not stored yet.
struct TierSet {
  std::array<EncodedTier, 3> tiers;  ///< high, medium, low
  std::string source_format;         ///< "png", "jpeg", "webp", "gif", …
  std::string source_text = "{}";    ///< JSON object: what the picture said about itself

  [[nodiscard]] const EncodedTier& tier(Tier tier) const noexcept {
    return tiers[static_cast<std::size_t>(tier)];
  }
};

class ImageProcessor {
 public:
  /// Makes the three tiers of an encoded picture; needs no store. `picture` is only read during the call.
  /// Errors: those of a picture; InvalidArgument (an option).
  [[nodiscard]] static TierSet make_tiers(std::span<const std::byte> picture,
                                          const PreviewOptions& options = {});

  /// A handle to `store`'s previews. Errors: Closed.
  explicit ImageProcessor(const Store& store);
  ImageProcessor(ImageProcessor&&) noexcept = default;
  ImageProcessor& operator=(ImageProcessor&&) noexcept = default;

  /// Adds a picture behind the last one of a record, and returns its id: for a model, of its new preview;
  /// for a pending record, of the original, which is stored unchanged once it is known to decode.
  /// Errors: those of a picture and of its file, NotFound.
  std::int64_t add(const RecordId& record, const std::filesystem::path& picture);

  /// As above, from memory. `original_name` is kept with a pending record's picture; it may be empty.
  std::int64_t add(const RecordId& record, std::span<const std::byte> picture,
                   const std::string& original_name = {});

  /// As `add`, on the store's threads. Progress counts pictures.
  [[nodiscard]] Job<std::int64_t> add_async(const RecordId& record, std::filesystem::path picture);

  /// A model's previews in show order. Errors: NotFound.
  [[nodiscard]] std::vector<Preview> previews(const Sha256& model) const;

  /// A pending record's pictures in show order. Errors: NotFound.
  [[nodiscard]] std::vector<PendingPicture> pending_pictures(std::int64_t pending) const;

  /// The WebP bytes of one tier, for the caller to keep. Errors: NotFound, FileMissing, Io.
  [[nodiscard]] std::vector<std::byte> read(std::int64_t preview_id, Tier tier) const;

  /// The bytes of a preview's picture as it came. Errors: NotFound (no such preview, or its original was not
  /// kept: see `PreviewOptions::keep_originals`), FileMissing, Io.
  [[nodiscard]] std::vector<std::byte> read_original(std::int64_t preview_id) const;

  /// The original bytes of a pending record's picture. Errors: NotFound, FileMissing, Io.
  [[nodiscard]] std::vector<std::byte> read_pending(std::int64_t picture_id) const;

  /// Shows a record's pictures in this order: `ids` are all of them, each once. No file is renamed.
  /// Errors: NotFound, InvalidArgument.
  void reorder(const RecordId& record, const std::vector<std::int64_t>& ids);

  /// Deletes one preview of a model, with its files. Later ones move down. Errors: NotFound.
  void remove(const Sha256& model, std::int64_t preview_id);

  /// Deletes one picture of a pending record, with its file. Errors: NotFound.
  void remove_pending(std::int64_t pending, std::int64_t picture_id);

 private:
  [[nodiscard]] detail::StoreCore& core() const;

  std::shared_ptr<detail::StoreCore> core_;
};

}  // namespace modelstore
