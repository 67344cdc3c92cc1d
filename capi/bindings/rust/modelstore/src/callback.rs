//! Closures as callbacks of the C interface: each lives in a box whose address is the callback's `user_data`,
//! and which the library gives back once, to `destroy`. No panic leaves a callback.

use modelstore_sys as sys;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Puts what a callback needs where C can refer to it, until `destroy::<T>` is called with it.
pub(crate) fn user_data<T: Send + 'static>(value: T) -> *mut c_void {
    Box::into_raw(Box::new(value)) as *mut c_void
}

/// The destructor of what `user_data::<T>` made.
pub(crate) fn destroy<T: Send + 'static>() -> sys::modelstore_destroy_callback {
    Some(destroy_box::<T>)
}

unsafe extern "C" fn destroy_box<T>(user_data: *mut c_void) {
    // SAFETY: `user_data` comes from `user_data::<T>`, and the library calls this once, behind the last use
    // of it.
    let value = unsafe { Box::from_raw(user_data as *mut T) };
    contain(move || drop(value));
}

/// Runs a closure whose panic must not reach the library; says what it answered, if it did. The panic hook
/// has said what there is to say about the panic.
pub(crate) fn contain<R>(closure: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(closure)) {
        Ok(answer) => Some(answer),
        Err(payload) => {
            // Dropping a payload may panic in turn; such a one is left where it is.
            if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}
