//! Finding model files: what a folder tree holds and the catalogue does not know becomes pending.

use crate::error::Result;
use crate::ffi::{self, FromC};
use crate::handle::Handle;
use crate::job::Job;
use crate::store::Store;
use modelstore_sys as sys;
use std::path::{Path, PathBuf};

/// How to scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScanOptions {
    /// Endings of model files with their dot, without regard to ASCII case; none: those of the usual formats.
    pub extensions: Option<Vec<String>>,
}

/// A path that was passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSkip {
    /// The path.
    pub path: PathBuf,
    /// One line.
    pub reason: String,
}

impl FromC<sys::modelstore_scan_skip> for ScanSkip {
    unsafe fn from_c(c: &sys::modelstore_scan_skip) -> Self {
        // SAFETY: the caller's promise.
        unsafe { ScanSkip { path: PathBuf::from_c(&c.path), reason: String::from_c(&c.reason) } }
    }
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanReport {
    /// With a model's ending.
    pub files_seen: i64,
    /// New pending records.
    pub added: i64,
    /// Already in the catalogue, the trash included.
    pub known: i64,
    /// Below the roots in the catalogue, and not found any more.
    pub missing: i64,
    /// Hashed before, and of another size or time now.
    pub changed: i64,
    /// The new records.
    pub pending_ids: Vec<i64>,
    /// Unreadable folders, names that are not UTF-8, and so on.
    pub skipped: Vec<ScanSkip>,
    /// How long it took.
    pub elapsed_ms: i64,
}

/// Finds model files. Nothing is hashed, and no file is opened. Any thread may use it.
#[derive(Debug)]
pub struct Scanner {
    handle: Handle<sys::modelstore_scanner>,
}

impl Scanner {
    /// A scanner for `store`. Errors: Closed.
    pub fn new(store: &Store) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle =
            Handle::make(|out, error| unsafe { sys::modelstore_scanner_create(store.raw(), out, error) })?;
        Ok(Scanner { handle })
    }

    /// The endings that are scanned for unless others are given, with their dot.
    pub fn usual_extensions() -> Result<Vec<String>> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe { sys::modelstore_scanner_usual_extensions(out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ffi::list(block.texts, block.texts_count) })
    }

    /// Walks `roots`, following links once each. A new file becomes a pending record whose type is the
    /// lowercased name of the first folder below its root, and is tagged with it. Locations below the roots
    /// are marked present or missing. Progress counts files. What was found before a cancellation stays.
    /// Job errors: InvalidArgument (no roots, a root that is no folder), FileMissing (all roots), Cancelled,
    /// and those of a change to the store.
    pub fn scan<P: AsRef<Path>>(&self, roots: &[P], options: &ScanOptions) -> Result<Job<ScanReport>> {
        let roots = ffi::paths(roots);
        let extensions = options.extensions.as_deref().map(ffi::texts);
        let c = sys::modelstore_scan_options {
            extensions: extensions.as_ref().map_or(std::ptr::null(), |texts| texts.as_ptr()),
            extensions_count: extensions.as_ref().map_or(0, |texts| texts.len() as u64),
            ..sys::modelstore_scan_options::init()
        };
        Job::start(scan_result, |out, error| {
            let (data, count) = (roots.as_ptr(), roots.len() as u64);
            // SAFETY: all arguments outlive the call.
            unsafe { sys::modelstore_scanner_scan(self.handle.raw(), data, count, &c, out, error) }
        })
    }
}

fn scan_result(job: sys::modelstore_job) -> Result<ScanReport> {
    // SAFETY: the out-parameters outlive the call.
    let block = ffi::block(|out, error| unsafe { sys::modelstore_scanner_scan_result(job, out, error) })?;
    let c: &sys::modelstore_scan_report = &block;
    Ok(ScanReport {
        files_seen: c.files_seen,
        added: c.added,
        known: c.known,
        missing: c.missing,
        changed: c.changed,
        // SAFETY: the block is the library's.
        pending_ids: unsafe { ffi::list(c.pending_ids, c.pending_ids_count) },
        // SAFETY: as above.
        skipped: unsafe { ffi::list(c.skipped, c.skipped_count) },
        elapsed_ms: c.elapsed_ms,
    })
}
