/// The catalogue of a store: models, pending records, tags, and everything said about them.
///
/// A Database is a cheap handle to a Store's catalogue: any number may exist, each may be used from any
/// thread at once, and all see the same data. Every call is synchronous and returns values that are the
/// caller's own. Every call that changes something is one durable transaction: when it returns, the
/// change survives a power failure; when it throws, nothing was changed.
///
/// Errors that every call can throw beside its own: Closed, Forked, Corrupt, Io, OutOfMemory. Every call
/// that changes something: ReadOnly, Busy, NoSpace, Poisoned.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "modelstore/record_query.hpp"
#include "modelstore/records.hpp"
#include "modelstore/store.hpp"

namespace modelstore {

/// A tag in an edit: by its id if that is set, else by its name. A name that no tag has creates one.
struct TagRef {
  std::optional<std::int64_t> id;
  std::string name;

  TagRef(std::int64_t tag_id) : id(tag_id) {}                  // NOLINT(google-explicit-constructor)
  TagRef(std::string tag_name) : name(std::move(tag_name)) {}  // NOLINT(google-explicit-constructor)
  TagRef(const char* tag_name) : name(tag_name) {}             // NOLINT(google-explicit-constructor)
};

/// What to change about a record. What is not set stays as it is.
struct RecordEdit {
  std::optional<std::string> name = {};
  std::optional<std::string> type = {};

  /// A pending record's file. Not for models, whose locations are found, not edited.
  std::optional<std::string> path = {};

  /// A JSON object. Each of its keys replaces the same key of the record's metadata; null removes it.
  /// Keys that it lacks stay, and so does their text. At most 16 MiB and 100 levels.
  std::optional<std::string> metadata = {};

  std::optional<std::vector<TagRef>> tags = {};  ///< exactly these
  std::vector<TagRef> add_tags = {};             ///< these too
  std::vector<TagRef> remove_tags = {};          ///< not these; a name that no tag has is ignored
};

/// Several records: listed, or all that a filter lets pass.
using Selection = std::variant<std::vector<RecordId>, RecordFilter>;

/// A pending record to add by hand.
struct NewPending {
  std::string path = {};  ///< required; not the path of another record
  std::string name = {};  ///< empty: the last component of the path
  std::string type = {};
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;  ///< 0: now
  std::string metadata = "{}";
  std::vector<TagRef> tags = {};
};

/// A model to add by hand, under a hash that is claimed by the caller.
struct NewModel {
  Sha256 sha256 = {};
  std::string path = {};  ///< may be empty
  std::string name = {};
  std::string type = {};
  std::int64_t size_bytes = 0;
  std::int64_t created_at = 0;  ///< 0: now
  std::string metadata = "{}";
  std::vector<TagRef> tags = {};
};

struct Statistics {
  std::int64_t models = 0;
  std::int64_t models_unverified = 0;
  std::int64_t pending = 0;
  std::int64_t trashed = 0;
  std::int64_t locations = 0;
  std::int64_t tags = 0;
  std::int64_t previews = 0;
  std::int64_t pending_pictures = 0;
  std::int64_t model_bytes = 0;    ///< sizes of all models, each content once
  std::int64_t pending_bytes = 0;  ///< sizes of all pending records
  std::int64_t preview_bytes = 0;  ///< of all tier files
  std::int64_t database_bytes = 0;
  std::int64_t revision = 0;
  std::int64_t schema_version = 0;
};

enum class ChangeKind : std::uint8_t { Created, Changed, Deleted };

struct RecordChange {
  std::int64_t revision = 0;
  ChangeKind kind = ChangeKind::Changed;
  RecordId id;
};

struct ChangeList {
  std::int64_t revision = 0;          ///< what to ask for next
  std::vector<RecordChange> changes;  ///< oldest first, one for each record and kind
};

/// What `relocate` did, or would do.
struct RelocateReport {
  std::int64_t locations = 0;  ///< of models
  std::int64_t pending = 0;
  std::vector<std::pair<std::string, std::string>> examples;  ///< old and new path, the first few
  std::vector<std::string> conflicts;  ///< paths that stay because the new one is another record's
};

class Database {
 public:
  /// A handle to `store`'s catalogue. Errors: Closed.
  explicit Database(const Store& store);
  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;

  // Reading

  /// The model with this content, trashed or not. Errors: NotFound.
  [[nodiscard]] Model model(const Sha256& sha256) const;

  /// The pending record with this number, trashed or not. Errors: NotFound.
  [[nodiscard]] PendingRecord pending(std::int64_t id) const;

  /// What a person typed: the text form of an id, or the beginning of a SHA-256 (4 digits or more) that
  /// only one model has. Errors: NotFound, Conflict (several), InvalidArgument.
  [[nodiscard]] RecordId resolve(std::string_view text) const;

  /// The record whose file is at `path`, which is compared as given, lexically normalised, and with links
  /// resolved if it exists.
  [[nodiscard]] std::optional<RecordId> find_by_path(const std::filesystem::path& path) const;

  /// As `find_by_path` for many paths in one call, which is much faster. The answers stand in the order of
  /// the paths and belong to one state of the catalogue.
  [[nodiscard]] std::vector<std::optional<RecordId>> find_by_paths(
      std::span<const std::filesystem::path> paths) const;

  /// One page of records. Errors: InvalidArgument (limit, cursor), LimitExceeded (filter).
  [[nodiscard]] RecordPage list(const RecordQuery& query = {}) const;

  /// The types that models and pending records have, in order, without the empty one and the trash.
  [[nodiscard]] std::vector<std::string> types() const;

  /// A preview by its id. Errors: NotFound.
  [[nodiscard]] ModelPreview preview(std::int64_t id) const;

  /// The preview of a model that is shown at `position`, from 0. Errors: NotFound.
  [[nodiscard]] ModelPreview preview(const Sha256& model, std::int64_t position) const;

  /// How the records that `filter` lets pass are spread over types and tags. Errors: LimitExceeded.
  [[nodiscard]] Facets facets(const RecordFilter& filter = {}) const;

  /// All tags by name.
  [[nodiscard]] std::vector<Tag> tags() const;

  [[nodiscard]] Statistics statistics() const;

  /// The number of the last commit, by any process: while it stays the same, so does everything that is read here.
  [[nodiscard]] std::int64_t revision() const;

  /// What was committed after `since`, by any process; 0 stands for the beginning. A record that was
  /// created and deleted meanwhile appears as deleted. A page ends with the commit that fills it up to
  /// `limit`: ask again with the returned revision until it no longer grows. Errors: NotFound if `since`
  /// lies before what is kept (1,000,000 changes), or is still to come, as it is to one who followed a store
  /// that was put back to an earlier state: read the lists again.
  [[nodiscard]] ChangeList changes(std::int64_t since, std::int64_t limit = 10'000) const;

  // Records

  /// Adds a pending record and returns its number.
  /// Errors: AlreadyExists (the path is another record's), InvalidArgument, LimitExceeded.
  std::int64_t add_pending(const NewPending& record);

  /// Adds an unverified model.
  /// Errors: AlreadyExists (the hash or the path), InvalidArgument, LimitExceeded.
  void add_model(const NewModel& model);

  /// Changes one record. Errors: NotFound (record or tag id), AlreadyExists (the path is another
  /// record's), InvalidArgument, LimitExceeded.
  void edit(const RecordId& id, const RecordEdit& edit);

  /// Changes several records in one transaction, all or none, and returns how many they were.
  /// Errors: as `edit`.
  std::int64_t edit_many(const Selection& selection, const RecordEdit& edit);

  /// Moves records to the trash, all or none. Nothing else about them changes, no file is touched, and a
  /// scan does not bring them back. Returns how many were not there yet. Errors: NotFound.
  std::int64_t trash(const Selection& selection);

  /// Takes records out of the trash, all or none. Returns how many were in it. Errors: NotFound.
  std::int64_t restore(const Selection& selection);

  /// Removes for ever what is in the trash, with its previews. Model files are not touched. Returns how
  /// many records were removed.
  std::int64_t empty_trash();

  /// Replaces the beginning `from` of every stored path by `to`. Both are absolute folders; `from` may be
  /// of another system (drive letter, backslashes). Paths are replaced at component borders only. With
  /// `dry_run` only the report is made. Errors: InvalidArgument.
  RelocateReport relocate(std::string_view from, std::string_view to, bool dry_run = false);

  // Tags

  /// Gets or creates one tag for each name, in that order. Names are trimmed, blank ones skipped.
  /// Errors: InvalidArgument (longer than 1,024 bytes, not UTF-8).
  std::vector<Tag> add_tags(const std::vector<std::string>& names);

  /// Renames or colours a tag; an empty colour removes it. Errors: NotFound, AlreadyExists (the name).
  void edit_tag(std::int64_t id, const std::optional<std::string>& name,
                const std::optional<std::string>& color);

  /// Deletes a tag and its links. Errors: NotFound.
  void delete_tag(std::int64_t id);

 private:
  [[nodiscard]] detail::StoreCore& core() const;

  std::shared_ptr<detail::StoreCore> core_;
};

}  // namespace modelstore
