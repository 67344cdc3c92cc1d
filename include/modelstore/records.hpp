/// The values that describe what a catalogue holds: models, pending records, and their parts.
///
/// All are plain values: copying one copies everything, and any thread may use its own copy. Texts are
/// UTF-8. Times are milliseconds since 1970-01-01 UTC, 0 where unknown. Sizes are bytes. Texts that are
/// not known are empty. Metadata is a JSON object (RFC 8259) as text: the keys `description`,
/// `community_links` and `prompts` (`positive`, `negative`) are known to the library, all others are
/// kept with the text that they came with.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "modelstore/error.hpp"
#include "modelstore/record_id.hpp"
#include "modelstore/sha256.hpp"

namespace modelstore {

/// A label that models and pending records share.
struct Tag {
  std::int64_t id = 0;
  std::string name;                  ///< unique, compared byte by byte
  std::optional<std::string> color;  ///< free text, for instance "#ff8800" or "tomato"

  friend bool operator==(const Tag&, const Tag&) = default;
};

/// Whether the content of a location could be reached when it was last looked at.
enum class LocationState : std::uint8_t {
  Present,  ///< the file was there
  Missing,  ///< its folder was there, the file was not, or held another content
  Offline,  ///< the drive or share that holds it was not mounted
  Unknown,  ///< never looked at: stated by a catalogue that was imported
};

/// One path at which a model's content was last seen.
struct Location {
  std::string path;       ///< as it was given; may be a path of another machine
  std::string real_path;  ///< absolute and without links; empty until the file was seen
  LocationState state = LocationState::Unknown;
  bool verified = false;  ///< the library itself computed the model's hash from this file

  friend bool operator==(const Location&, const Location&) = default;
};

/// The three sizes in which every preview is kept.
enum class Tier : std::uint8_t { High, Medium, Low };

inline constexpr std::array<Tier, 3> kTiers = {Tier::High, Tier::Medium, Tier::Low};

/// One published file of a preview: a tier, or the original.
struct TierFile {
  std::string name;  ///< file name below `images/` of the store; its content never changes
  std::int64_t size_bytes = 0;
  Sha256 sha256;  ///< of the file's bytes; fit for an ETag

  friend bool operator==(const TierFile&, const TierFile&) = default;
};

/// One picture of a model.
struct Preview {
  std::int64_t id = 0;        ///< never reused
  std::int64_t position = 0;  ///< in show order, from 0, without gaps
  std::int32_t width = 0;     ///< of the high tier, in pixels
  std::int32_t height = 0;
  std::array<TierFile, 3> files;     ///< high, medium, low
  std::optional<TierFile> original;  ///< the picture as it came, if `PreviewOptions::keep_originals` was set
  std::string source_format;         ///< "png", "jpeg", "webp", "gif"
  std::string source_text;           ///< JSON object: what the picture said about itself (see ImageProcessor)

  [[nodiscard]] const TierFile& file(Tier tier) const noexcept {
    return files[static_cast<std::size_t>(tier)];
  }
  friend bool operator==(const Preview&, const Preview&) = default;
};

/// A preview together with the model that it is a picture of.
struct ModelPreview {
  Sha256 model;
  Preview preview;
};

/// One picture of a pending record: the original, unchanged, waiting for the record's promotion.
struct PendingPicture {
  std::int64_t id = 0;  ///< never reused
  std::int64_t position = 0;
  std::string file_name;      ///< below `images/pending/` of the store
  std::string original_name;  ///< the name that it came with
  std::string format;         ///< as `Preview::source_format`
  std::int64_t size_bytes = 0;
  Sha256 sha256;

  friend bool operator==(const PendingPicture&, const PendingPicture&) = default;
};

/// One distinct content, with everything that is known about it.
struct Model {
  Sha256 sha256;
  std::string name;
  std::string type;  ///< free text, by habit a lowercased folder name: "checkpoints", "loras"
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;
  bool verified = false;  ///< the library computed this hash itself; false: a catalogue claimed it
  bool trashed = false;
  std::string metadata = "{}";
  std::vector<Tag> tags;            ///< by name
  std::vector<Location> locations;  ///< present ones first; may be empty
  std::vector<Preview> previews;    ///< in show order

  friend bool operator==(const Model&, const Model&) = default;
};

/// What is known about a pending record's hash.
enum class HashState : std::uint8_t {
  Unknown,   ///< nothing
  Claimed,   ///< a catalogue or sidecar stated it
  Computed,  ///< the library computed it, and the record was kept pending nevertheless
};

/// A file that waits for its hash.
struct PendingRecord {
  std::int64_t id = 0;
  std::string path;
  std::string name;
  std::string type;
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;
  HashState hash_state = HashState::Unknown;
  std::optional<Sha256> sha256;  ///< claimed or computed
  bool trashed = false;
  std::string metadata = "{}";
  std::vector<Tag> tags;                 ///< by name
  std::vector<PendingPicture> pictures;  ///< in show order
  std::optional<Failure> last_error;     ///< why the last attempt to hash or promote it failed

  friend bool operator==(const PendingRecord&, const PendingRecord&) = default;
};

/// What lists show of a model or a pending record alike.
struct RecordSummary {
  RecordId id;
  std::optional<Sha256> sha256;  ///< of a model; of a pending record if its hash is claimed or computed
  std::string name;
  std::string type;
  std::string path;  ///< the first location's; empty if there is none
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;
  bool verified = false;
  bool trashed = false;
  std::int64_t images_count = 0;
  std::vector<Tag> tags;  ///< by name

  /// The file of the first picture; empty if there is none. Of a model the low tier, below `images/` of the store;
  /// of a pending record the original, below `images/pending/`.
  std::string first_image;
  std::optional<Failure> last_error;  ///< of a pending record, as there

  friend bool operator==(const RecordSummary&, const RecordSummary&) = default;
};

}  // namespace modelstore
