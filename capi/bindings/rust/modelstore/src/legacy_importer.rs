//! Stage 1 of a migration: takes over the catalogue and the pictures of an older model manager.

use crate::error::Result;
use crate::ffi::{self, FromC};
use crate::handle::Handle;
use crate::job::Job;
use crate::path_rule::{self, PathRule};
use crate::store::Store;
use modelstore_sys as sys;
use std::path::PathBuf;

/// What to import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LegacyImportOptions {
    /// The SQLite file.
    pub database: PathBuf,
    /// Its pictures folder; none: `images` beside the file, if it exists.
    pub pictures: Option<PathBuf>,
    /// For paths of another machine.
    pub path_map: Vec<PathRule>,
    /// Report what would happen and write nothing.
    pub dry_run: bool,
    /// The name under which rows are remembered as imported; none: the real path of the file.
    pub source_id: Option<String>,
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedRow {
    /// Its number there.
    pub legacy_id: i64,
    /// One line.
    pub reason: String,
}

impl FromC<sys::modelstore_skipped_row> for SkippedRow {
    unsafe fn from_c(c: &sys::modelstore_skipped_row) -> Self {
        // SAFETY: the caller's promise.
        SkippedRow { legacy_id: c.legacy_id, reason: unsafe { String::from_c(&c.reason) } }
    }
}

/// Something about a row that the user may want to know, although it was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportConflict {
    /// Its number there.
    pub legacy_id: i64,
    /// "id", "hash", "path", "name", "description", "images", …
    pub field: String,
    /// One line.
    pub reason: String,
    /// The value that stands in the catalogue now.
    pub kept: String,
    /// The value that does not.
    pub lost: String,
}

impl FromC<sys::modelstore_import_conflict> for ImportConflict {
    unsafe fn from_c(c: &sys::modelstore_import_conflict) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            ImportConflict {
                legacy_id: c.legacy_id,
                field: String::from_c(&c.field),
                reason: String::from_c(&c.reason),
                kept: String::from_c(&c.kept),
                lost: String::from_c(&c.lost),
            }
        }
    }
}

/// What an import did. Always: models_read = active + pending + merged + unchanged + skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that were read.
    pub models_read: i64,
    /// Rows that became models.
    pub active: i64,
    /// Rows that became pending records.
    pub pending: i64,
    /// Rows that joined a model or a record that was there.
    pub merged: i64,
    /// Rows that an earlier run had imported.
    pub unchanged: i64,
    /// Rows that cannot be imported.
    pub skipped: i64,
    /// Tags created.
    pub tags: i64,
    /// Links between records and tags created.
    pub links: i64,
    /// Pictures that were taken over.
    pub images_imported: i64,
    /// No such file in the pictures folder.
    pub images_missing: i64,
    /// Not a picture that can be decoded, or a reference that is refused.
    pub images_failed: i64,
    /// Rows that cannot be imported, and why.
    pub skipped_rows: Vec<SkippedRow>,
    /// What the user may want to know.
    pub conflicts: Vec<ImportConflict>,
    /// How long it took.
    pub elapsed_ms: i64,
}

/// Takes over the catalogue of Hikaze Model Manager, schema version 2 or the version before, and its
/// pictures. The source is not changed by a byte. Every row is imported once: an import that was interrupted
/// is continued by running it again.
///
/// An importer runs one operation at a time (another is refused as Busy) and may be used and cancelled from
/// any thread.
#[derive(Debug)]
pub struct LegacyImporter {
    handle: Handle<sys::modelstore_legacy_importer>,
}

impl LegacyImporter {
    /// An importer into `store`. Errors: Closed.
    pub fn new(store: &Store) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle = Handle::make(|out, error| unsafe {
            sys::modelstore_legacy_importer_create(store.raw(), out, error)
        })?;
        Ok(LegacyImporter { handle })
    }

    /// Imports, or continues an import. Progress counts rows, then pictures. What was committed before a
    /// cancellation stays.
    /// Job errors: FileMissing, FileUnreadable, NotRegularFile, UnsupportedFormat (not SQLite, or not a
    /// catalogue of that program), Corrupt, Busy, Cancelled, and those of a change to the store.
    pub fn import(&self, options: &LegacyImportOptions) -> Result<Job<ImportReport>> {
        let path_map = path_rule::to_c(&options.path_map);
        let c = sys::modelstore_import_options {
            dry_run: options.dry_run.into(),
            database: ffi::path(&options.database),
            pictures: ffi::optional_path(options.pictures.as_deref()),
            path_map: path_map.as_ptr(),
            path_map_count: path_map.len() as u64,
            source_id: ffi::optional_text(options.source_id.as_deref()),
            ..sys::modelstore_import_options::init()
        };
        Job::start(import_result, |out, error| {
            // SAFETY: the options and the out-parameters outlive the call.
            unsafe { sys::modelstore_legacy_importer_import(self.handle.raw(), &c, out, error) }
        })
    }
}

fn import_result(job: sys::modelstore_job) -> Result<ImportReport> {
    // SAFETY: the out-parameters outlive the call.
    let block =
        ffi::block(|out, error| unsafe { sys::modelstore_legacy_importer_import_result(job, out, error) })?;
    let c: &sys::modelstore_import_report = &block;
    Ok(ImportReport {
        models_read: c.models_read,
        active: c.active,
        pending: c.pending,
        merged: c.merged,
        unchanged: c.unchanged,
        skipped: c.skipped,
        tags: c.tags,
        links: c.links,
        images_imported: c.images_imported,
        images_missing: c.images_missing,
        images_failed: c.images_failed,
        // SAFETY: the block is the library's.
        skipped_rows: unsafe { ffi::list(c.skipped_rows, c.skipped_rows_count) },
        // SAFETY: as above.
        conflicts: unsafe { ffi::list(c.conflicts, c.conflicts_count) },
        elapsed_ms: c.elapsed_ms,
    })
}
