//! What lies between Rust's values and those of the C interface.

use crate::error::{Error, ErrorCode, Result};
use modelstore_sys as sys;
use std::ffi::{CStr, OsStr};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::os::raw::{c_char, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;

/// What a call writes an error to.
pub(crate) type ErrorOut = *mut *mut sys::modelstore_error;

/// Calls a function of the library, and turns its status into a result.
pub(crate) fn call(function: impl FnOnce(ErrorOut) -> sys::modelstore_status) -> Result<()> {
    let mut error = ptr::null_mut();
    match function(&mut error) {
        sys::MODELSTORE_OK => Ok(()),
        status => Err(take_error(status, error)),
    }
}

#[cold]
fn take_error(status: sys::modelstore_status, error: *mut sys::modelstore_error) -> Error {
    // SAFETY: `error` is null or an error that this function owns; its message ends in a zero byte and lives
    // until the error is freed, behind the copy of it.
    unsafe {
        let message = CStr::from_ptr(sys::modelstore_error_message(error)).to_string_lossy().into_owned();
        let known = sys::modelstore_error_status(error);
        sys::modelstore_error_free(error);
        Error::new(ErrorCode::from_number(if known == sys::MODELSTORE_OK { status } else { known }), message)
    }
}

/// Types of out-parameters for which any bits, hence also all zero, are a value.
///
/// # Safety
/// The type must be inhabited by zeros.
pub(crate) unsafe trait Plain: Copy {}
// SAFETY: integers, and structs of integers.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for i64 {}
// SAFETY: as above.
unsafe impl Plain for sys::modelstore_sha256 {}
// SAFETY: as above.
unsafe impl Plain for sys::modelstore_record_id {}
// SAFETY: as above.
unsafe impl Plain for sys::modelstore_progress {}
// SAFETY: as above.
unsafe impl Plain for sys::modelstore_job {}

/// Calls a function that answers one plain value.
pub(crate) fn value<T: Plain>(
    function: impl FnOnce(*mut T, ErrorOut) -> sys::modelstore_status,
) -> Result<T> {
    // SAFETY: `Plain` says that zeros are a value.
    let mut value = unsafe { MaybeUninit::<T>::zeroed().assume_init() };
    call(|error| function(&mut value, error))?;
    Ok(value)
}

/// Calls a function that answers a block of memory.
pub(crate) fn block<T>(
    function: impl FnOnce(*mut *mut T, ErrorOut) -> sys::modelstore_status,
) -> Result<Block<T>> {
    let mut block = ptr::null_mut();
    call(|error| function(&mut block, error))?;
    match ptr::NonNull::new(block) {
        Some(block) => Ok(Block(block)),
        None => Err(Error::new(ErrorCode::Internal, "the library answered no block")),
    }
}

/// A block of memory that the library handed out, and everything that its pointers point to.
pub(crate) struct Block<T>(ptr::NonNull<T>);

impl<T> Deref for Block<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the library handed the block out whole, does not change it, and it is freed by `drop` only.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Drop for Block<T> {
    fn drop(&mut self) {
        // SAFETY: the block is the library's, and this is its only owner.
        unsafe { sys::modelstore_free(self.0.as_ptr() as *const c_void) }
    }
}

/// A value that is read from one of the C interface.
pub(crate) trait FromC<C> {
    /// # Safety
    /// The pointers in `c` must be as the library hands them out: null, or to as many elements as their count says.
    unsafe fn from_c(c: &C) -> Self;
}

/// # Safety
/// `data` must be null or point to `count` elements that stay as they are for the lifetime `'a`.
pub(crate) unsafe fn slice<'a, T>(data: *const T, count: u64) -> &'a [T] {
    if data.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise; what is in memory has a size that fits.
    unsafe { std::slice::from_raw_parts(data, count as usize) }
}

/// # Safety
/// As for `slice`, and for what the elements point to.
pub(crate) unsafe fn list<C, T: FromC<C>>(data: *const C, count: u64) -> Vec<T> {
    // SAFETY: the caller's promise.
    unsafe { slice(data, count).iter().map(|element| T::from_c(element)).collect() }
}

/// # Safety
/// `text` must be as the library hands it out.
pub(crate) unsafe fn bytes_of<'a>(text: &sys::modelstore_text) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { slice(text.data as *const u8, text.size) }
}

impl FromC<sys::modelstore_text> for String {
    unsafe fn from_c(text: &sys::modelstore_text) -> Self {
        // SAFETY: the caller's promise.
        String::from_utf8_lossy(unsafe { bytes_of(text) }).into_owned()
    }
}

impl FromC<sys::modelstore_text> for PathBuf {
    unsafe fn from_c(text: &sys::modelstore_text) -> Self {
        // SAFETY: the caller's promise.
        PathBuf::from(OsStr::from_bytes(unsafe { bytes_of(text) }))
    }
}

/// No text is `None`.
impl FromC<sys::modelstore_text> for Option<String> {
    unsafe fn from_c(text: &sys::modelstore_text) -> Self {
        if text.data.is_null() {
            return None;
        }
        // SAFETY: the caller's promise.
        Some(unsafe { String::from_c(text) })
    }
}

impl FromC<i64> for i64 {
    unsafe fn from_c(number: &i64) -> Self {
        *number
    }
}

/// A text of the C interface that borrows `text`, of which the caller takes care.
pub(crate) fn text(text: &str) -> sys::modelstore_text {
    bytes_as_text(text.as_bytes())
}

/// As `text`; no text for `None`.
pub(crate) fn optional_text(given: Option<&str>) -> sys::modelstore_text {
    given.map_or(NO_TEXT, text)
}

/// As `text`; no text for an empty one.
pub(crate) fn text_or_none(given: &str) -> sys::modelstore_text {
    optional_text(Some(given).filter(|given| !given.is_empty()))
}

/// As `text`, with the bytes of a path.
pub(crate) fn path(path: &Path) -> sys::modelstore_text {
    bytes_as_text(path.as_os_str().as_bytes())
}

/// As `path`; no text for `None`.
pub(crate) fn optional_path(given: Option<&Path>) -> sys::modelstore_text {
    given.map_or(NO_TEXT, path)
}

/// As `text`, for each of several.
pub(crate) fn texts(given: &[String]) -> Vec<sys::modelstore_text> {
    given.iter().map(|given| text(given)).collect()
}

/// As `path`, for each of several.
pub(crate) fn paths<P: AsRef<Path>>(given: &[P]) -> Vec<sys::modelstore_text> {
    given.iter().map(|given| path(given.as_ref())).collect()
}

pub(crate) fn bytes(given: &[u8]) -> sys::modelstore_bytes {
    sys::modelstore_bytes { data: given.as_ptr(), size: given.len() as u64 }
}

pub(crate) const NO_TEXT: sys::modelstore_text = sys::modelstore_text { data: ptr::null(), size: 0 };

fn bytes_as_text(bytes: &[u8]) -> sys::modelstore_text {
    sys::modelstore_text { data: bytes.as_ptr() as *const c_char, size: bytes.len() as u64 }
}

/// A static text of the library.
pub(crate) fn static_text(text: *const c_char) -> &'static str {
    if text.is_null() {
        return "";
    }
    // SAFETY: only called with what functions of the library answer that promise a static text with a zero
    // byte.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}

/// Milliseconds for the C interface, in which long enough is for ever.
pub(crate) fn milliseconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A number where zero stands for the default in C and for itself in Rust: -1 is zero, or as invalid as zero.
pub(crate) fn explicit<N: Default + PartialEq + From<i8>>(number: N) -> N {
    if number == N::default() {
        N::from(-1)
    } else {
        number
    }
}

/// Declares an enumeration whose values have numbers in the C interface.
macro_rules! c_enum {
    ($(#[$meta:meta])* $enum:ident: $c:ident { $($(#[$doc:meta])* $name:ident = $number:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $($(#[$doc])* $name,)*
            /// A value that only newer versions of the library know, by its number.
            Other(i32),
        }

        impl $enum {
            #[allow(dead_code)] // some only come from the library, others only go there
            pub(crate) fn to_c(self) -> modelstore_sys::$c {
                match self {
                    $($enum::$name => modelstore_sys::$number,)*
                    $enum::Other(number) => number,
                }
            }

            #[allow(dead_code)]
            pub(crate) fn from_number(number: modelstore_sys::$c) -> Self {
                match number {
                    $(modelstore_sys::$number => $enum::$name,)*
                    _ => $enum::Other(number),
                }
            }
        }
    };
}
pub(crate) use c_enum;
