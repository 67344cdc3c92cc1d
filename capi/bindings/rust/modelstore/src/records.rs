//! The values that describe what a catalogue holds: models, pending records, and their parts.
//!
//! Times are milliseconds since 1970-01-01 UTC, 0 where unknown. Sizes are bytes. Texts that are not known
//! are empty. Metadata is a JSON object as text.

use crate::error::{Error, ErrorCode};
use crate::ffi::{self, c_enum, FromC};
use crate::record_id::RecordId;
use crate::sha256::Sha256;
use modelstore_sys as sys;

/// A label that models and pending records share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its number.
    pub id: i64,
    /// Unique, compared byte by byte.
    pub name: String,
    /// Free text, for instance "#ff8800" or "tomato".
    pub color: Option<String>,
}

impl FromC<sys::modelstore_tag> for Tag {
    unsafe fn from_c(c: &sys::modelstore_tag) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Tag { id: c.id, name: String::from_c(&c.name), color: Option::from_c(&c.color) } }
    }
}

c_enum! {
    /// Whether the content of a location could be reached when it was last looked at.
    LocationState: modelstore_location_state {
        /// The file was there.
        Present = MODELSTORE_LOCATION_PRESENT,
        /// Its folder was there, the file was not, or held another content.
        Missing = MODELSTORE_LOCATION_MISSING,
        /// The drive or share that holds it was not mounted.
        Offline = MODELSTORE_LOCATION_OFFLINE,
        /// Never looked at: stated by a catalogue that was imported.
        Unknown = MODELSTORE_LOCATION_UNKNOWN,
    }
}

/// One path at which a model's content was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// As it was given; may be a path of another machine.
    pub path: String,
    /// Absolute and without links; empty until the file was seen.
    pub real_path: String,
    /// Whether it could be reached.
    pub state: LocationState,
    /// The library itself computed the model's hash from this file.
    pub verified: bool,
}

impl FromC<sys::modelstore_location> for Location {
    unsafe fn from_c(c: &sys::modelstore_location) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Location {
                path: String::from_c(&c.path),
                real_path: String::from_c(&c.real_path),
                state: LocationState::from_number(c.state),
                verified: c.verified != 0,
            }
        }
    }
}

/// The three sizes in which every preview is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// The largest.
    High,
    /// Between.
    Medium,
    /// The smallest.
    Low,
}

impl Tier {
    /// All of them, the largest first.
    pub const ALL: [Tier; 3] = [Tier::High, Tier::Medium, Tier::Low];

    pub(crate) fn to_c(self) -> sys::modelstore_tier {
        match self {
            Tier::High => sys::MODELSTORE_TIER_HIGH,
            Tier::Medium => sys::MODELSTORE_TIER_MEDIUM,
            Tier::Low => sys::MODELSTORE_TIER_LOW,
        }
    }
}

/// One published file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierFile {
    /// File name below `images/` of the store; its content never changes.
    pub name: String,
    /// Its size.
    pub size_bytes: i64,
    /// Of the file's bytes; fit for an ETag.
    pub sha256: Sha256,
}

impl FromC<sys::modelstore_tier_file> for TierFile {
    unsafe fn from_c(c: &sys::modelstore_tier_file) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            TierFile {
                name: String::from_c(&c.name),
                size_bytes: c.size_bytes,
                sha256: Sha256::from_c(&c.sha256),
            }
        }
    }
}

/// One picture of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Never reused.
    pub id: i64,
    /// In show order, from 0, without gaps.
    pub position: i64,
    /// Of the high tier, in pixels.
    pub width: i32,
    /// Of the high tier, in pixels.
    pub height: i32,
    /// High, medium, low.
    pub files: [TierFile; 3],
    /// The file that it was made from, if that was kept.
    pub original: Option<TierFile>,
    /// "png", "jpeg", "webp", "gif".
    pub source_format: String,
    /// JSON object: what the picture said about itself.
    pub source_text: String,
}

impl Preview {
    /// The file of one tier.
    pub fn file(&self, tier: Tier) -> &TierFile {
        &self.files[tier as usize]
    }
}

impl FromC<sys::modelstore_preview> for Preview {
    unsafe fn from_c(c: &sys::modelstore_preview) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Preview {
                id: c.id,
                position: c.position,
                width: c.width,
                height: c.height,
                files: [0, 1, 2].map(|tier: usize| TierFile::from_c(&c.files[tier])),
                original: if c.original.name.data.is_null() {
                    None
                } else {
                    Some(TierFile::from_c(&c.original))
                },
                source_format: String::from_c(&c.source_format),
                source_text: String::from_c(&c.source_text),
            }
        }
    }
}

/// One picture of a pending record: the original, unchanged, waiting for the record's promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingPicture {
    /// Never reused.
    pub id: i64,
    /// In show order, from 0.
    pub position: i64,
    /// Below `images/pending/` of the store.
    pub file_name: String,
    /// The name that it came with.
    pub original_name: String,
    /// As [`Preview::source_format`].
    pub format: String,
    /// Its size.
    pub size_bytes: i64,
    /// Of the file's bytes.
    pub sha256: Sha256,
}

impl FromC<sys::modelstore_pending_picture> for PendingPicture {
    unsafe fn from_c(c: &sys::modelstore_pending_picture) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            PendingPicture {
                id: c.id,
                position: c.position,
                file_name: String::from_c(&c.file_name),
                original_name: String::from_c(&c.original_name),
                format: String::from_c(&c.format),
                size_bytes: c.size_bytes,
                sha256: Sha256::from_c(&c.sha256),
            }
        }
    }
}

/// One distinct content, with everything that is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its identity.
    pub sha256: Sha256,
    /// Free text.
    pub name: String,
    /// Free text, by habit a lowercased folder name: "checkpoints", "loras".
    pub type_: String,
    /// Of its file.
    pub size_bytes: i64,
    /// When it was made, or added.
    pub created_at: i64,
    /// The library computed this hash itself; false: a catalogue claimed it.
    pub verified: bool,
    /// It is in the trash.
    pub trashed: bool,
    /// A JSON object.
    pub metadata: String,
    /// By name.
    pub tags: Vec<Tag>,
    /// Present ones first; may be empty.
    pub locations: Vec<Location>,
    /// In show order.
    pub previews: Vec<Preview>,
}

impl FromC<sys::modelstore_model> for Model {
    unsafe fn from_c(c: &sys::modelstore_model) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Model {
                sha256: Sha256::from_c(&c.sha256),
                name: String::from_c(&c.name),
                type_: String::from_c(&c.type_),
                size_bytes: c.size_bytes,
                created_at: c.created_at,
                verified: c.verified != 0,
                trashed: c.trashed != 0,
                metadata: String::from_c(&c.metadata),
                tags: ffi::list(c.tags, c.tags_count),
                locations: ffi::list(c.locations, c.locations_count),
                previews: ffi::list(c.previews, c.previews_count),
            }
        }
    }
}

c_enum! {
    /// What is known about a pending record's hash.
    HashState: modelstore_hash_state {
        /// Nothing.
        Unknown = MODELSTORE_HASH_UNKNOWN,
        /// A catalogue or sidecar stated it.
        Claimed = MODELSTORE_HASH_CLAIMED,
        /// The library computed it, and the record was kept pending nevertheless.
        Computed = MODELSTORE_HASH_COMPUTED,
    }
}

/// A file that waits for its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRecord {
    /// Its number.
    pub id: i64,
    /// Of its file.
    pub path: String,
    /// Free text.
    pub name: String,
    /// As [`Model::type_`].
    pub type_: String,
    /// Of its file.
    pub size_bytes: i64,
    /// When it was made, or added.
    pub created_at: i64,
    /// Where `sha256` comes from.
    pub hash_state: HashState,
    /// Claimed or computed.
    pub sha256: Option<Sha256>,
    /// It is in the trash.
    pub trashed: bool,
    /// A JSON object.
    pub metadata: String,
    /// By name.
    pub tags: Vec<Tag>,
    /// In show order.
    pub pictures: Vec<PendingPicture>,
    /// Why the last attempt to hash or promote it failed.
    pub last_error: Option<Error>,
}

impl FromC<sys::modelstore_pending_record> for PendingRecord {
    unsafe fn from_c(c: &sys::modelstore_pending_record) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            PendingRecord {
                id: c.id,
                path: String::from_c(&c.path),
                name: String::from_c(&c.name),
                type_: String::from_c(&c.type_),
                size_bytes: c.size_bytes,
                created_at: c.created_at,
                hash_state: HashState::from_number(c.hash_state),
                sha256: Sha256::from_c(&c.sha256).known(),
                trashed: c.trashed != 0,
                metadata: String::from_c(&c.metadata),
                tags: ffi::list(c.tags, c.tags_count),
                pictures: ffi::list(c.pictures, c.pictures_count),
                last_error: failure(c.last_error, &c.last_error_message),
            }
        }
    }
}

/// A status and a message as an error; nothing for success.
///
/// # Safety
/// `message` must be as the library hands it out.
pub(crate) unsafe fn failure(
    status: sys::modelstore_status,
    message: &sys::modelstore_text,
) -> Option<Error> {
    if status == sys::MODELSTORE_OK {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(Error::new(ErrorCode::from_number(status), unsafe { String::from_c(message) }))
}

/// What lists show of a model or a pending record alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSummary {
    /// Its name in the catalogue.
    pub id: RecordId,
    /// Of a model; of a pending record if its hash is claimed or computed.
    pub sha256: Option<Sha256>,
    /// Free text.
    pub name: String,
    /// As [`Model::type_`].
    pub type_: String,
    /// The first location's; empty if there is none.
    pub path: String,
    /// Of its file.
    pub size_bytes: i64,
    /// When it was made, or added.
    pub created_at: i64,
    /// As [`Model::verified`].
    pub verified: bool,
    /// It is in the trash.
    pub trashed: bool,
    /// How many previews or pictures it has.
    pub images_count: i64,
    /// By name.
    pub tags: Vec<Tag>,
    /// The file of the first picture; empty if there is none. Of a model the low tier, below `images/` of the
    /// store; of a pending record the original, below `images/pending/`.
    pub first_image: String,
    /// Of a pending record, as [`PendingRecord::last_error`].
    pub last_error: Option<Error>,
}

/// A preview together with the model that it is a picture of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPreview {
    /// Whose picture it is.
    pub model: Sha256,
    /// The picture.
    pub preview: Preview,
}

impl FromC<sys::modelstore_model_preview> for ModelPreview {
    unsafe fn from_c(c: &sys::modelstore_model_preview) -> Self {
        // SAFETY: the caller's promise.
        unsafe { ModelPreview { model: Sha256::from_c(&c.model), preview: Preview::from_c(&c.preview) } }
    }
}

impl FromC<sys::modelstore_record_summary> for RecordSummary {
    unsafe fn from_c(c: &sys::modelstore_record_summary) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            RecordSummary {
                id: RecordId::from_c(&c.id),
                sha256: Sha256::from_c(&c.sha256).known(),
                name: String::from_c(&c.name),
                type_: String::from_c(&c.type_),
                path: String::from_c(&c.path),
                size_bytes: c.size_bytes,
                created_at: c.created_at,
                verified: c.verified != 0,
                trashed: c.trashed != 0,
                images_count: c.images_count,
                tags: ffi::list(c.tags, c.tags_count),
                first_image: String::from_c(&c.first_image),
                last_error: failure(c.last_error, &c.last_error_message),
            }
        }
    }
}
