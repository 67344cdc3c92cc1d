//! Previews: pictures of models in three WebP tiers, and the originals that wait with pending records.

use crate::error::Result;
use crate::ffi::{self, Block, FromC};
use crate::handle::Handle;
use crate::job::Job;
use crate::record_id::RecordId;
use crate::records::{PendingPicture, Preview, Tier};
use crate::sha256::Sha256;
use crate::store::Store;
use crate::store_options::PreviewOptions;
use modelstore_sys as sys;
use std::path::Path;

/// One encoded tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedTier {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// The file.
    pub webp: Vec<u8>,
}

impl FromC<sys::modelstore_encoded_tier> for EncodedTier {
    unsafe fn from_c(c: &sys::modelstore_encoded_tier) -> Self {
        // SAFETY: the caller's promise.
        let webp = unsafe { ffi::slice(c.webp.data, c.webp.size) }.to_vec();
        EncodedTier { width: c.width, height: c.height, webp }
    }
}

/// A picture in three tiers, not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierSet {
    /// High, medium, low.
    pub tiers: [EncodedTier; 3],
    /// "png", "jpeg", "webp", "gif", …
    pub source_format: String,
    /// JSON object: what the picture said about itself.
    pub source_text: String,
}

impl TierSet {
    /// One of them.
    pub fn tier(&self, tier: Tier) -> &EncodedTier {
        &self.tiers[tier as usize]
    }
}

/// A handle to a store's previews.
///
/// Any number may exist, and any thread may use each. Decoding runs on the calling thread, except for what
/// returns a [`Job`].
///
/// Errors of a picture: UnsupportedFormat, BadImage, LimitExceeded, OutOfMemory, DecoderCrashed; of its file:
/// FileMissing, FileUnreadable, NotRegularFile, Io. Errors of everything that changes a store: as for
/// [`Database`](crate::Database).
#[derive(Debug)]
pub struct ImageProcessor {
    handle: Handle<sys::modelstore_image_processor>,
}

impl ImageProcessor {
    /// Makes the three tiers of an encoded picture; needs no store. Errors: those of a picture.
    pub fn make_tiers(picture: &[u8], options: &PreviewOptions) -> Result<TierSet> {
        let c = options.to_c();
        // SAFETY: all arguments outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_make_tiers(ffi::bytes(picture), &c, out, error)
        })?;
        let set: &sys::modelstore_tier_set = &block;
        // SAFETY: the block is the library's.
        unsafe {
            Ok(TierSet {
                tiers: [0, 1, 2].map(|tier: usize| EncodedTier::from_c(&set.tiers[tier])),
                source_format: String::from_c(&set.source_format),
                source_text: String::from_c(&set.source_text),
            })
        }
    }

    /// A handle to `store`'s previews. Errors: Closed.
    pub fn new(store: &Store) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle = Handle::make(|out, error| unsafe {
            sys::modelstore_image_processor_create(store.raw(), out, error)
        })?;
        Ok(ImageProcessor { handle })
    }

    /// Adds the picture in a file behind the last one of a record, and returns its id: for a model, of its
    /// new preview; for a pending record, of the original, which is stored unchanged once it is known to
    /// decode.
    /// Errors: those of a picture and of its file, NotFound.
    pub fn add(&self, record: &RecordId, picture: impl AsRef<Path>) -> Result<i64> {
        let (record, path) = (record.to_c(), ffi::path(picture.as_ref()));
        // SAFETY: all arguments outlive the call.
        ffi::value(|out, error| unsafe {
            sys::modelstore_image_processor_add(self.raw(), &record, path, out, error)
        })
    }

    /// As [`add`](ImageProcessor::add), from memory. `original_name` is kept with a pending record's picture;
    /// it may be empty.
    pub fn add_bytes(&self, record: &RecordId, picture: &[u8], original_name: &str) -> Result<i64> {
        let (record, name) = (record.to_c(), ffi::text(original_name));
        // SAFETY: all arguments outlive the call.
        ffi::value(|out, error| unsafe {
            sys::modelstore_image_processor_add_bytes(
                self.raw(),
                &record,
                ffi::bytes(picture),
                name,
                out,
                error,
            )
        })
    }

    /// As [`add`](ImageProcessor::add), on the store's threads. Progress counts pictures.
    pub fn add_async(&self, record: &RecordId, picture: impl AsRef<Path>) -> Result<Job<i64>> {
        let (record, path) = (record.to_c(), ffi::path(picture.as_ref()));
        Job::start(add_result, |out, error| {
            // SAFETY: all arguments outlive the call.
            unsafe { sys::modelstore_image_processor_add_async(self.raw(), &record, path, out, error) }
        })
    }

    /// A model's previews in show order. Errors: NotFound.
    pub fn previews(&self, model: &Sha256) -> Result<Vec<Preview>> {
        let model = model.to_c();
        // SAFETY: all arguments outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_image_processor_previews(self.raw(), &model, out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ffi::list(block.previews, block.previews_count) })
    }

    /// A pending record's pictures in show order. Errors: NotFound.
    pub fn pending_pictures(&self, pending: i64) -> Result<Vec<PendingPicture>> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_image_processor_pending_pictures(self.raw(), pending, out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ffi::list(block.pictures, block.pictures_count) })
    }

    /// The WebP bytes of one tier. Errors: NotFound, FileMissing, Io.
    pub fn read(&self, preview_id: i64, tier: Tier) -> Result<Vec<u8>> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_image_processor_read(self.raw(), preview_id, tier.to_c(), out, error)
        })?;
        Ok(copy(&block))
    }

    /// The original bytes of a preview's picture. Errors: NotFound (also where it was not kept), FileMissing,
    /// Io.
    pub fn read_original(&self, preview_id: i64) -> Result<Vec<u8>> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_image_processor_read_original(self.raw(), preview_id, out, error)
        })?;
        Ok(copy(&block))
    }

    /// The original bytes of a pending record's picture. Errors: NotFound, FileMissing, Io.
    pub fn read_pending(&self, picture_id: i64) -> Result<Vec<u8>> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_image_processor_read_pending(self.raw(), picture_id, out, error)
        })?;
        Ok(copy(&block))
    }

    /// Shows a record's pictures in this order: `ids` are all of them, each once. No file is renamed.
    /// Errors: NotFound, InvalidArgument.
    pub fn reorder(&self, record: &RecordId, ids: &[i64]) -> Result<()> {
        let record = record.to_c();
        // SAFETY: all arguments outlive the call.
        ffi::call(|error| unsafe {
            sys::modelstore_image_processor_reorder(
                self.raw(),
                &record,
                ids.as_ptr(),
                ids.len() as u64,
                error,
            )
        })
    }

    /// Deletes one preview of a model, or one picture of a pending record, with its files. Later ones move
    /// down.
    /// Errors: NotFound.
    pub fn remove(&self, record: &RecordId, picture_id: i64) -> Result<()> {
        let record = record.to_c();
        // SAFETY: all arguments outlive the call.
        ffi::call(|error| unsafe {
            sys::modelstore_image_processor_remove(self.raw(), &record, picture_id, error)
        })
    }

    fn raw(&self) -> sys::modelstore_image_processor {
        self.handle.raw()
    }
}

fn copy(block: &Block<sys::modelstore_bytes_block>) -> Vec<u8> {
    // SAFETY: the block is the library's.
    unsafe { ffi::slice(block.bytes.data, block.bytes.size) }.to_vec()
}

fn add_result(job: sys::modelstore_job) -> Result<i64> {
    // SAFETY: the out-parameters outlive the call.
    ffi::value(|out, error| unsafe { sys::modelstore_image_processor_add_result(job, out, error) })
}
