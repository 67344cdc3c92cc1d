//! The SHA-256 of files, without blocking: one file or thousands.

use crate::callback;
use crate::error::Result;
use crate::ffi::{self, FromC};
use crate::handle::Handle;
use crate::job::Job;
use crate::records::failure;
use crate::sha256::Sha256;
use crate::store::Store;
use modelstore_sys as sys;
use std::fmt;
use std::ops::ControlFlow;
use std::os::raw::{c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What a file was hashed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHash {
    /// As it was given.
    pub path: PathBuf,
    /// Of its content.
    pub sha256: Sha256,
    /// Its size.
    pub size_bytes: i64,
    /// Remembered: the file was not read.
    pub cached: bool,
}

/// How to hash one file.
#[derive(Debug, Clone, Default)]
pub struct HashOptions {
    /// Read the file even if its hash is remembered.
    pub reread: bool,
}

/// Called for every file of a batch as soon as its outcome is known, on one of the library's threads, one
/// call at a time. The index is the one in the list of paths. `ControlFlow::Break` cancels the batch, and so
/// does a panic.
pub type OnFile = Box<dyn FnMut(usize, &HashBatchItem) -> ControlFlow<()> + Send>;

/// How to hash many files.
#[derive(Default)]
pub struct HashBatchOptions {
    /// As in [`HashOptions`].
    pub reread: bool,
    /// Files that are hashed at once; 0: chosen from the device.
    pub parallel: u32,
    /// Receives each file's outcome.
    pub on_file: Option<OnFile>,
}

impl fmt::Debug for HashBatchOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HashBatchOptions")
            .field("reread", &self.reread)
            .field("parallel", &self.parallel)
            .field("on_file", &self.on_file.as_ref().map(|_| ".."))
            .finish()
    }
}

/// One file of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashBatchItem {
    /// As it was given.
    pub path: PathBuf,
    /// What it was hashed to, or why it was not.
    pub hash: Result<FileHash>,
}

impl FromC<sys::modelstore_hash_item> for HashBatchItem {
    unsafe fn from_c(c: &sys::modelstore_hash_item) -> Self {
        // SAFETY: the caller's promise.
        let (path, failed) = unsafe { (PathBuf::from_c(&c.path), failure(c.status, &c.message)) };
        let hash = match failed {
            Some(error) => Err(error),
            None => Ok(FileHash {
                path: path.clone(),
                sha256: Sha256::new(c.sha256.bytes),
                size_bytes: c.size_bytes,
                cached: c.cached != 0,
            }),
        };
        HashBatchItem { path, hash }
    }
}

/// What a batch was hashed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashBatch {
    /// In the order of the paths.
    pub items: Vec<HashBatchItem>,
    /// Read and hashed, without remembered files.
    pub bytes_hashed: i64,
}

/// Hashes files on the threads of a store, or on its own.
///
/// A batch gives way to single files, which start at once. A file that changes while it is read is never
/// given a hash. With a store, computed hashes are remembered and an unchanged file is not read again. Any
/// thread may use a hasher. Dropping one without a store cancels its jobs and waits for them (in a callback,
/// on another thread).
#[derive(Debug)]
pub struct FileHasher {
    handle: Handle<sys::modelstore_file_hasher>,
}

impl FileHasher {
    /// A hasher that remembers in `store`'s catalogue and runs on its threads. Errors: Closed.
    pub fn new(store: &Store) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle = Handle::make(|out, error| unsafe {
            sys::modelstore_file_hasher_create(store.raw(), out, error)
        })?;
        Ok(FileHasher { handle })
    }

    /// A hasher of its own that remembers nothing. `threads` 0: one for each processor.
    pub fn alone(threads: u32) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle = Handle::make(|out, error| unsafe {
            sys::modelstore_file_hasher_create_alone(threads, out, error)
        })?;
        Ok(FileHasher { handle })
    }

    /// Hashes one file ahead of all batches. Progress counts bytes.
    /// Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, Io, Cancelled.
    pub fn hash(&self, path: impl AsRef<Path>, options: &HashOptions) -> Result<Job<FileHash>> {
        let path = ffi::path(path.as_ref());
        let c = sys::modelstore_hash_options {
            reread: options.reread.into(),
            ..sys::modelstore_hash_options::init()
        };
        Job::start(hash_result, |out, error| {
            // SAFETY: all arguments outlive the call.
            unsafe { sys::modelstore_file_hasher_hash(self.raw(), path, &c, out, error) }
        })
    }

    /// Hashes many files. One that fails is an item of the result; the others go on. Progress counts bytes,
    /// remembered files among them. Cancelling keeps what was remembered so far. Job errors: Cancelled,
    /// Closed.
    pub fn hash_all<P: AsRef<Path>>(&self, paths: &[P], options: HashBatchOptions) -> Result<Job<HashBatch>> {
        let paths = ffi::paths(paths);
        let mut c = sys::modelstore_hash_options {
            reread: options.reread.into(),
            parallel: options.parallel,
            ..sys::modelstore_hash_options::init()
        };
        if let Some(closure) = options.on_file {
            c.on_file = Some(on_file);
            c.on_file_user_data = callback::user_data(Mutex::new(closure));
            c.on_file_destroy = callback::destroy::<Mutex<OnFile>>();
        }
        Job::start(hash_all_result, |out, error| {
            let (data, count) = (paths.as_ptr(), paths.len() as u64);
            // SAFETY: all arguments outlive the call; the callback and its destructor fit the user data,
            // which is the library's from here on, also if the call fails.
            unsafe { sys::modelstore_file_hasher_hash_all(self.raw(), data, count, &c, out, error) }
        })
    }

    /// Suspends this hasher's batches within 100 ms; single files are hashed nevertheless. A paused batch can
    /// be cancelled.
    pub fn pause(&self) -> Result<()> {
        // SAFETY: `error` outlives the call.
        ffi::call(|error| unsafe { sys::modelstore_file_hasher_pause(self.raw(), error) })
    }

    /// Lets paused batches go on.
    pub fn resume(&self) -> Result<()> {
        // SAFETY: `error` outlives the call.
        ffi::call(|error| unsafe { sys::modelstore_file_hasher_resume(self.raw(), error) })
    }

    /// Whether its batches are suspended.
    pub fn paused(&self) -> Result<bool> {
        // SAFETY: the out-parameters outlive the call.
        let paused =
            ffi::value(|out, error| unsafe { sys::modelstore_file_hasher_paused(self.raw(), out, error) })?;
        Ok(paused != 0)
    }

    fn raw(&self) -> sys::modelstore_file_hasher {
        self.handle.raw()
    }
}

unsafe extern "C" fn on_file(
    user_data: *mut c_void,
    index: u64,
    item: *const sys::modelstore_hash_item,
) -> c_int {
    let called = callback::contain(|| {
        // SAFETY: `user_data` is what `hash_all` made, and only read; `item` is valid during the call.
        let (closure, item) = unsafe { (&*user_data.cast::<Mutex<OnFile>>(), HashBatchItem::from_c(&*item)) };
        // The library calls once at a time, so the lock is never waited for; it is poisoned after a panic.
        match closure.lock() {
            Ok(mut closure) => closure(index as usize, &item),
            Err(_) => ControlFlow::Break(()),
        }
    });
    c_int::from(called != Some(ControlFlow::Continue(())))
}

fn hash_result(job: sys::modelstore_job) -> Result<FileHash> {
    // SAFETY: the out-parameters outlive the call.
    let block = ffi::block(|out, error| unsafe { sys::modelstore_file_hasher_hash_result(job, out, error) })?;
    let c: &sys::modelstore_file_hash = &block;
    Ok(FileHash {
        // SAFETY: the block is the library's.
        path: unsafe { PathBuf::from_c(&c.path) },
        sha256: Sha256::new(c.sha256.bytes),
        size_bytes: c.size_bytes,
        cached: c.cached != 0,
    })
}

fn hash_all_result(job: sys::modelstore_job) -> Result<HashBatch> {
    // SAFETY: the out-parameters outlive the call.
    let block =
        ffi::block(|out, error| unsafe { sys::modelstore_file_hasher_hash_all_result(job, out, error) })?;
    let c: &sys::modelstore_hash_batch = &block;
    Ok(HashBatch {
        // SAFETY: the block is the library's.
        items: unsafe { ffi::list(c.items, c.items_count) },
        bytes_hashed: c.bytes_hashed,
    })
}
