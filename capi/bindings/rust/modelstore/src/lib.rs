//! An embeddable store for the models of generative AI: it catalogues model files by the SHA-256 of their
//! content, keeps their preview pictures, and takes over the catalogue of an older model manager.
//!
//! This crate is the safe interface to the C library `libmodelstore_c`. Names, words and numbers are those of
//! the C++ interface, whose headers say at more length what each operation does.
//!
//! ```no_run
//! use modelstore::{Database, RecordQuery, Store, StoreOptions};
//!
//! # fn main() -> modelstore::Result<()> {
//! let store = Store::open("data", &StoreOptions { create: true, ..Default::default() })?;
//! let database = Database::new(&store)?;
//! for record in database.list(&RecordQuery::default())?.records {
//!     println!("{}  {}", record.id, record.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Errors.** Every call that can fail returns [`Result`]. The [`ErrorCode`] says what a program can do
//! about it, the message is one line for a person. When a call that changes something fails, nothing was
//! changed.
//!
//! **Threads.** A [`Store`] and everything made from it is `Send` and `Sync`. Calls of [`Database`] block;
//! those that take long return a [`Job`], which runs on threads of the library.
//!
//! **Lifetimes.** What was made from a store may outlive it, and then fails with [`ErrorCode::Closed`].
//! Values that a call returns are the caller's own.
//!
//! **Panics.** None crosses into the library. One in a progress closure goes on in the caller once the job
//! was told to end; one in a closure that runs on the library's threads ends there, and cancels the job that
//! it was called for.

#![deny(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]

#[cfg(not(unix))]
compile_error!("modelstore runs on Unix only");

mod callback;
mod database;
mod edit;
mod error;
mod ffi;
mod file_hasher;
mod handle;
mod image_processor;
mod job;
mod legacy_importer;
mod path_rule;
mod reactive_migrator;
mod record_id;
mod record_query;
mod records;
mod scanner;
mod sha256;
mod statistics;
mod store;
mod store_options;
mod verify;

pub use database::Database;
pub use edit::{NewModel, NewPending, RecordEdit, Selection, TagRef};
pub use error::{Error, ErrorCode, Result};
pub use file_hasher::{
    FileHash, FileHasher, HashBatch, HashBatchItem, HashBatchOptions, HashOptions, OnFile,
};
pub use image_processor::{EncodedTier, ImageProcessor, TierSet};
pub use job::{Job, Progress, ProgressUnit};
pub use legacy_importer::{ImportConflict, ImportReport, LegacyImportOptions, LegacyImporter, SkippedRow};
pub use path_rule::{map_path, PathRule};
pub use reactive_migrator::{
    ClaimMismatch, ConflictPolicy, MigrateHashOptions, MigrateHashResult, MigrateOptions, MigrationConflict,
    MigrationFailure, MigrationReport, ReactiveMigrator,
};
pub use record_id::RecordId;
pub use record_query::{
    Facets, RecordFilter, RecordPage, RecordQuery, SortKey, SortOrder, StateFilter, TagCount, TypeCount,
};
pub use records::{
    HashState, Location, LocationState, Model, ModelPreview, PendingPicture, PendingRecord, Preview,
    RecordSummary, Tag, Tier, TierFile,
};
pub use scanner::{ScanOptions, ScanReport, ScanSkip, Scanner};
pub use sha256::Sha256;
pub use statistics::{ChangeKind, ChangeList, RecordChange, RelocateReport, Statistics};
pub use store::Store;
pub use store_options::{
    LogCallback, LogLevel, PostCallback, PreviewOptions, StoreOptions, Task, TierOptions,
};
pub use verify::{Problem, ProblemKind, Repair, RepairOptions, RepairReport, VerifyOptions, VerifyReport};

/// The version of the library that the program runs with, "major.minor.patch".
pub fn version() -> &'static str {
    // SAFETY: takes nothing, and answers a static text that ends in a zero byte.
    ffi::static_text(unsafe { modelstore_sys::modelstore_version() })
}
