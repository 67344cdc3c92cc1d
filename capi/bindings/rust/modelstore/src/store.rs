//! A model store: one folder with its catalogue and its pictures.

use crate::error::{ErrorCode, Result};
use crate::ffi::{self, FromC};
use crate::handle::{Handle, Raw};
use crate::job::Job;
use crate::store_options::StoreOptions;
use crate::verify::{self, RepairOptions, RepairReport, VerifyOptions, VerifyReport};
use modelstore_sys as sys;
use std::path::{Path, PathBuf};

/// An open model store.
///
/// It owns the threads on which all work runs. [`Database`](crate::Database),
/// [`ImageProcessor`](crate::ImageProcessor), [`FileHasher`](crate::FileHasher), [`Scanner`](crate::Scanner),
/// [`LegacyImporter`](crate::LegacyImporter) and [`ReactiveMigrator`](crate::ReactiveMigrator) are made from
/// it and share it; they may outlive it, and then fail with Closed.
///
/// Any thread may use a store. Several processes may open one folder; writers take turns. After `fork` a
/// child's use of its parent's store fails with Forked.
#[derive(Debug)]
pub struct Store {
    handle: Handle<sys::modelstore_store>,
}

impl Store {
    /// Opens the store in the folder `root`. What a dead process left half-done is finished or undone first.
    /// Errors: NotAStore, Corrupt, SchemaTooNew, ReadOnly, Busy, NoSpace, Io, FileUnreadable,
    /// InvalidArgument.
    pub fn open(root: impl AsRef<Path>, options: &StoreOptions) -> Result<Self> {
        let previews = options.previews.to_c();
        let c = options.to_c(&previews);
        let root = ffi::path(root.as_ref());
        // SAFETY: `root`, the options and the out-parameters outlive the call; callbacks and their
        // destructors fit the user data that stands beside them.
        let handle = Handle::make(|out, error| unsafe { sys::modelstore_store_open(root, &c, out, error) })?;
        Ok(Store { handle })
    }

    /// Cancels all jobs, waits for them and for all callbacks, and closes the files. What was made from this
    /// store, and the store itself, then fails with Closed. Closing twice does nothing. Dropping a store
    /// closes it; the last drop in a callback closes it on another thread.
    /// Errors: InvalidArgument in a callback.
    pub fn close(&self) -> Result<()> {
        match ffi::call(|error| self.raw().destroy(error)) {
            Err(error) if error.code() == ErrorCode::Closed => Ok(()),
            closed => closed,
        }
    }

    /// The folder, absolute and without links. Errors: Closed.
    pub fn root(&self) -> Result<PathBuf> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe { sys::modelstore_store_root(self.raw(), out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { PathBuf::from_c(&block.text) })
    }

    /// Whether it was opened with `read_only`. Errors: Closed.
    pub fn read_only(&self) -> Result<bool> {
        // SAFETY: the out-parameters outlive the call.
        let answer =
            ffi::value(|out, error| unsafe { sys::modelstore_store_read_only(self.raw(), out, error) })?;
        Ok(answer != 0)
    }

    /// Checks that the database, the files in the store and the search index agree, and with `deep` that
    /// models still have the content that they are known by. Changes nothing. Progress counts files, then
    /// bytes.
    /// Job errors: Cancelled, Busy, Io, Closed, Forked.
    pub fn verify(&self, options: &VerifyOptions) -> Result<Job<VerifyReport>> {
        let c = options.to_c();
        Job::start(verify::verify_result, |out, error| {
            // SAFETY: the options and the out-parameters outlive the call.
            unsafe { sys::modelstore_store_verify(self.raw(), &c, out, error) }
        })
    }

    /// Mends what [`verify`](Store::verify) without `deep` finds; without `dry_run: false` it only says how.
    /// No file is deleted. Progress counts files.
    /// Job errors: Cancelled, Busy, NoSpace, Io, Closed, Forked, and ReadOnly unless it is a dry run.
    pub fn repair(&self, options: &RepairOptions) -> Result<Job<RepairReport>> {
        let c = options.to_c();
        Job::start(verify::repair_result, |out, error| {
            // SAFETY: the options and the out-parameters outlive the call.
            unsafe { sys::modelstore_store_repair(self.raw(), &c, out, error) }
        })
    }

    pub(crate) fn raw(&self) -> sys::modelstore_store {
        self.handle.raw()
    }
}
