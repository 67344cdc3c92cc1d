//! A SHA-256 digest: the identity of a model.

use crate::error::{Error, Result};
use crate::ffi::{self, FromC};
use modelstore_sys as sys;
use std::fmt;
use std::os::raw::c_char;
use std::str::FromStr;

/// A SHA-256 digest (FIPS 180-4), written as 64 lowercase hexadecimal digits.
///
/// The default has all bytes zero: no known content has this digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// A digest of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Sha256(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn to_c(self) -> sys::modelstore_sha256 {
        sys::modelstore_sha256 { bytes: self.0 }
    }

    pub(crate) fn known(self) -> Option<Self> {
        Some(self).filter(|digest| digest.0 != [0; 32])
    }
}

impl FromC<sys::modelstore_sha256> for Sha256 {
    unsafe fn from_c(c: &sys::modelstore_sha256) -> Self {
        Sha256(c.bytes)
    }
}

/// Reads 64 hexadecimal digits of either case. Errors: InvalidArgument.
impl FromStr for Sha256 {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // SAFETY: `text` and the out-parameters outlive the call.
        let c =
            ffi::value(|out, error| unsafe { sys::modelstore_sha256_parse(ffi::text(text), out, error) })?;
        Ok(Sha256(c.bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 65];
        // SAFETY: 65 bytes are what the function writes.
        unsafe { sys::modelstore_sha256_format(&self.to_c(), text.as_mut_ptr() as *mut c_char) };
        formatter.pad(digits(&text))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sha256({})", self)
    }
}

/// What stands before the zero byte.
pub(crate) fn digits(text: &[u8; 65]) -> &str {
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    std::str::from_utf8(&text[..end]).unwrap_or("")
}
