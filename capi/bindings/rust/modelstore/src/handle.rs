//! Handles of the C interface, which are destroyed when they are dropped.

use crate::error::Result;
use crate::ffi::{self, ErrorOut};
use modelstore_sys as sys;

/// A kind of handle.
pub(crate) trait Raw: Copy + Send + Sync + 'static {
    const NONE: Self;

    fn destroy(self, error: ErrorOut) -> sys::modelstore_status;
}

macro_rules! raw {
    ($($handle:ident $destroy:ident,)*) => {$(
        impl Raw for sys::$handle {
            const NONE: Self = sys::$handle { value: 0 };

            fn destroy(self, error: ErrorOut) -> sys::modelstore_status {
                // SAFETY: handles are numbers which the library checks; `error` may be null, or is where one
                // goes.
                unsafe { sys::$destroy(self, error) }
            }
        }
    )*};
}

raw! {
    modelstore_store modelstore_store_destroy,
    modelstore_database modelstore_database_destroy,
    modelstore_image_processor modelstore_image_processor_destroy,
    modelstore_file_hasher modelstore_file_hasher_destroy,
    modelstore_scanner modelstore_scanner_destroy,
    modelstore_legacy_importer modelstore_legacy_importer_destroy,
    modelstore_reactive_migrator modelstore_reactive_migrator_destroy,
    modelstore_job modelstore_job_destroy,
}

/// The owner of one handle.
#[derive(Debug)]
pub(crate) struct Handle<H: Raw>(H);

impl<H: Raw> Handle<H> {
    /// Takes the handle that `function` makes.
    pub(crate) fn make(function: impl FnOnce(*mut H, ErrorOut) -> sys::modelstore_status) -> Result<Self> {
        let mut handle = H::NONE;
        ffi::call(|error| function(&mut handle, error))?;
        Ok(Handle(handle))
    }

    pub(crate) fn raw(&self) -> H {
        self.0
    }
}

impl<H: Raw> Drop for Handle<H> {
    fn drop(&mut self) {
        let handle = self.0;
        let status = handle.destroy(std::ptr::null_mut());
        // In a callback the library refuses to wait for the callback's own end, which another thread can.
        if status == sys::MODELSTORE_INVALID_ARGUMENT {
            let _ = std::thread::Builder::new()
                .name("modelstore-close".into())
                .spawn(move || handle.destroy(std::ptr::null_mut()));
        }
    }
}
