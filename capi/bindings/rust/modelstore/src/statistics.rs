//! What a database says about itself and about its changes.

use crate::ffi::{self, c_enum, FromC};
use crate::record_id::RecordId;
use modelstore_sys as sys;

macro_rules! statistics {
    ($($(#[$doc:meta])* $member:ident,)*) => {
        /// How much a catalogue holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Statistics {
            $($(#[$doc])* pub $member: i64,)*
        }

        impl FromC<sys::modelstore_statistics> for Statistics {
            unsafe fn from_c(c: &sys::modelstore_statistics) -> Self {
                Statistics { $($member: c.$member,)* }
            }
        }
    };
}

statistics! {
    /// Models that are not in the trash.
    models,
    /// Those of them whose hash is only claimed.
    models_unverified,
    /// Pending records that are not in the trash.
    pending,
    /// Both, in the trash.
    trashed,
    /// Locations of models.
    locations,
    /// Tags.
    tags,
    /// Previews of models.
    previews,
    /// Pictures of pending records.
    pending_pictures,
    /// Sizes of all models, each content once.
    model_bytes,
    /// Sizes of all pending records.
    pending_bytes,
    /// Of all tier files.
    preview_bytes,
    /// Of the database file.
    database_bytes,
    /// The last change's.
    revision,
    /// Of the database.
    schema_version,
}

c_enum! {
    /// What happened to a record.
    ChangeKind: modelstore_change_kind {
        /// It was added.
        Created = MODELSTORE_CREATED,
        /// Something about it changed.
        Changed = MODELSTORE_CHANGED,
        /// It was removed for ever.
        Deleted = MODELSTORE_DELETED,
    }
}

/// One change to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordChange {
    /// When, in the order of all changes.
    pub revision: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// To which record.
    pub id: RecordId,
}

impl FromC<sys::modelstore_record_change> for RecordChange {
    unsafe fn from_c(c: &sys::modelstore_record_change) -> Self {
        RecordChange {
            revision: c.revision,
            kind: ChangeKind::from_number(c.kind),
            // SAFETY: an id has no pointers.
            id: unsafe { RecordId::from_c(&c.id) },
        }
    }
}

/// What was committed since a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeList {
    /// What to ask for next.
    pub revision: i64,
    /// Oldest first, one for each record and kind.
    pub changes: Vec<RecordChange>,
}

impl FromC<sys::modelstore_change_list> for ChangeList {
    unsafe fn from_c(c: &sys::modelstore_change_list) -> Self {
        // SAFETY: the caller's promise.
        ChangeList { revision: c.revision, changes: unsafe { ffi::list(c.changes, c.changes_count) } }
    }
}

/// What [`Database::relocate`](crate::Database::relocate) did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelocateReport {
    /// Locations of models.
    pub locations: i64,
    /// Pending records.
    pub pending: i64,
    /// Old and new path, the first few.
    pub examples: Vec<(String, String)>,
    /// Paths that stay because the new one is another record's.
    pub conflicts: Vec<String>,
}

impl FromC<sys::modelstore_path_pair> for (String, String) {
    unsafe fn from_c(c: &sys::modelstore_path_pair) -> Self {
        // SAFETY: the caller's promise.
        unsafe { (String::from_c(&c.from), String::from_c(&c.to)) }
    }
}

impl FromC<sys::modelstore_relocate_report> for RelocateReport {
    unsafe fn from_c(c: &sys::modelstore_relocate_report) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            RelocateReport {
                locations: c.locations,
                pending: c.pending,
                examples: ffi::list(c.examples, c.examples_count),
                conflicts: ffi::list(c.conflicts, c.conflicts_count),
            }
        }
    }
}
